import type { Nested } from '../../columnar/column-buffers.js'
import type { StoredValue } from '../../columnar/records/record.js'
import type { DataType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import { withVariables } from '../../planner/analyze/variables.js'
import type { SessionVariable } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

/** A variable as it was declared. */
export interface DeclaredVariable extends SessionVariable {
  /** The type as declared, by whose limits texts that it is given must fit: `varchar(10)`. */
  readonly declaredType: DataType
  /** Its default as it was written. */
  readonly defaultText: string
}

/** The variables that a statement sees. */
export interface Variables {
  /** What a name means. */
  lookUp(parts: readonly string[]): DeclaredVariable | undefined
  /** A query that goes on meaning the values that variables have now. */
  notedIn(query: UnresolvedRelation): UnresolvedRelation
  /** Gives a variable that was found another value. */
  assign(variable: DeclaredVariable, value: Nested<StoredValue>): void
}

/** Where all variables of a session lie. */
const NAMESPACE: readonly string[] = ['system', 'session']

/** A variable as messages name it. */
export const variablePath = (name: string): string => quotedPath([...NAMESPACE, name])

/** The variables of a session, by name without regard to case. */
export class SessionVariables implements Variables {
  readonly #variables = new Map<string, DeclaredVariable>()

  /** What `x`, `session.x` or `system.session.x` is. */
  lookUp(parts: readonly string[]): DeclaredVariable | undefined {
    const name = ownName(parts)
    return name === undefined ? undefined : this.#variables.get(name)
  }

  notedIn(query: UnresolvedRelation): UnresolvedRelation {
    return this.#variables.size === 0 ? query : withVariables(query, (parts) => this.lookUp(parts))
  }

  assign(variable: DeclaredVariable, value: Nested<StoredValue>): void {
    this.set({ ...variable, value })
  }

  set(variable: DeclaredVariable): void {
    this.#variables.set(variable.name, variable)
  }

  /** @returns whether there was one */
  drop(name: string): boolean {
    return this.#variables.delete(name)
  }
}

/** The name that a variable has where it lies, in lower case; undefined for names of other places. */
function ownName(parts: readonly string[]): string | undefined {
  const words = parts.map((part) => part.toLowerCase())
  const isQualified = words.slice(0, -1).every((word, i) => word === NAMESPACE[NAMESPACE.length - words.length + 1 + i])
  return words.length <= NAMESPACE.length + 1 && isQualified ? words.at(-1) : undefined
}

/** The name of a variable to be declared or dropped. @throws UNRESOLVED_VARIABLE */
export function declaredName(parts: readonly string[]): string {
  const name = ownName(parts)
  if (name !== undefined) return name
  throw new MillraceError('UNRESOLVED_VARIABLE', {
    variableName: quotedPath(parts),
    searchPath: `[${quotedPath(NAMESPACE)}]`,
  })
}
