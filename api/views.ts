import { MillraceError } from '../common/errors/millrace-error.js'
import { quotedName } from '../common/errors/quoting.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import type { ViewCatalog } from './engine.js'

/** The temporary views of a session. */
export class TemporaryViews implements ViewCatalog {
  readonly #check: (plan: UnresolvedRelation) => void
  readonly #views = new Map<string, { readonly name: string; readonly plan: UnresolvedRelation }>()

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

  names(): readonly string[] {
    return [...this.#views.values()].map(({ name }) => name).toSorted()
  }
}
