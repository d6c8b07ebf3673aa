import { MillraceError } from '../common/errors/millrace-error.js'
import { quotedName } from '../common/errors/quoting.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'

interface TemporaryView {
  readonly name: string
  readonly plan: UnresolvedRelation
}

/** Temporary views of a session, by name without regard to case. */
export class TemporaryViews {
  readonly #check: (plan: UnresolvedRelation) => void
  readonly #views = new Map<string, TemporaryView>()

  /** @param check refuses plans that make no sense, as far as that is known without waiting */
  constructor(check: (plan: UnresolvedRelation) => void) {
    this.#check = check
  }

  /** @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  create(name: string, plan: UnresolvedRelation, replace: boolean): void {
    const key = name.toLowerCase()
    if (!replace && this.#views.has(key)) {
      throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quotedName(name) })
    }
    this.#check(plan)
    this.#views.set(key, { name, plan })
  }

  drop(name: string): boolean {
    return this.#views.delete(name.toLowerCase())
  }

  get(name: string): UnresolvedRelation | undefined {
    return this.#views.get(name.toLowerCase())?.plan
  }

  /** @returns false when there is no view of the old name. @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  rename(from: string, to: string): boolean {
    const view = this.#views.get(from.toLowerCase())
    if (view === undefined) return false
    if (this.#views.has(to.toLowerCase()))
      throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quotedName(to) })
    this.#views.delete(from.toLowerCase())
    this.#views.set(to.toLowerCase(), { ...view, name: to })
    return true
  }

  names(): readonly string[] {
    return [...this.#views.values()].map(({ name }) => name).toSorted()
  }
}
