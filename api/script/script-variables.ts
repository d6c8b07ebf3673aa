import type { Nested } from '../../columnar/column-buffers.js'
import type { StoredValue } from '../../columnar/records/record.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import { withVariables } from '../../planner/analyze/variables.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { DeclaredVariable, Variables } from '../session/session-variables.js'

/** The variables of a compound, or of a FOR, over those around it. */
export class ScriptVariables implements Variables {
  readonly #around: Variables
  readonly #label: string
  readonly #own = new Map<string, DeclaredVariable>()

  /** @param label a compound without one is called otherwise each time */
  constructor(around: Variables, label: string = crypto.randomUUID()) {
    this.#around = around
    this.#label = label
  }

  lookUp(parts: readonly string[]): DeclaredVariable | undefined {
    const [name, ...qualifiers] = parts.map((part) => part.toLowerCase()).toReversed()
    const isOwn = qualifiers.length === 0 || (qualifiers.length === 1 && qualifiers[0] === this.#label)
    return (isOwn && this.#own.get(name!)) || this.#around.lookUp(parts)
  }

  notedIn(query: UnresolvedRelation): UnresolvedRelation {
    return withVariables(query, (parts) => this.lookUp(parts))
  }

  assign(variable: DeclaredVariable, value: Nested<StoredValue>): void {
    if (this.#own.get(variable.name) !== variable) this.#around.assign(variable, value)
    else this.#own.set(variable.name, { ...variable, value })
  }

  /** @throws VARIABLE_ALREADY_EXISTS */
  declare(variable: DeclaredVariable): void {
    const { name } = variable
    if (this.#own.has(name)) throw new MillraceError('VARIABLE_ALREADY_EXISTS', { variableName: this.pathOf(name) })
    this.#own.set(name, { ...variable, label: this.#label })
  }

  /** A variable as messages name it. */
  pathOf(name: string): string {
    return quotedPath([this.#label, name])
  }
}
