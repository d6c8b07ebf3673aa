import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Variables } from '../session/session-variables.js'

/** What names have in common that are the same: their letters, or these without regard to case. */
export type NameKey = (name: string) => string

interface TemporaryView {
  readonly name: string
  readonly plan: UnresolvedRelation
}

/** Refuses plans that make no sense, as far as that is known without waiting. @param variables those of the session unless told */
type CheckView = (plan: UnresolvedRelation, variables?: Variables) => void

/** Temporary views of a session, by name without regard to case unless that counts. */
export class TemporaryViews {
  readonly #check: CheckView
  readonly #keyOf: NameKey
  readonly #views = new Map<string, TemporaryView>()

  constructor(check: CheckView, keyOf: NameKey) {
    this.#check = check
    this.#keyOf = keyOf
  }

  /** @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  create(name: string, plan: UnresolvedRelation, replace: boolean, variables?: Variables): void {
    const key = this.#keyOf(name)
    if (!replace && this.#views.has(key)) {
      throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quotedName(name) })
    }
    this.#check(plan, variables)
    this.#views.set(key, { name, plan })
  }

  drop(name: string): boolean {
    return this.#views.delete(this.#keyOf(name))
  }

  get(name: string): UnresolvedRelation | undefined {
    return this.#views.get(this.#keyOf(name))?.plan
  }

  /** @returns false when there is no view of the old name. @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  rename(from: string, to: string): boolean {
    const view = this.#views.get(this.#keyOf(from))
    if (view === undefined) return false
    if (this.#views.has(this.#keyOf(to)))
      throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quotedName(to) })
    this.#views.delete(this.#keyOf(from))
    this.#views.set(this.#keyOf(to), { ...view, name: to })
    return true
  }

  names(): readonly string[] {
    return [...this.#views.values()].map(({ name }) => name).toSorted()
  }
}
