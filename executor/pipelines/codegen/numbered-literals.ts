import { typeName } from '../../../columnar/types.js'
import type { Literal } from '../../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import { LateLiterals, NumberedLiteral } from '../../compiler/late-literals.js'

/** Members that hold no literal that code is made of: what is told to sources are their values. */
const WITHOUT_LITERALS: ReadonlySet<string> = new Set(['type', 'schema', 'origin', 'source', 'filters'])

/** A part of a plan whose literals have numbers, and what those hold. */
export interface Numbered<T> {
  readonly part: T
  readonly values: readonly LiteralValue[]
  /** What is asked of them while the part is compiled. */
  readonly literals: LateLiterals
}

/**
 * Replaces the literals of a part of a plan by numbers, equal ones by the same, in the order in which they come. NULL and booleans, which decide what
 * code there is at all, stay.
 */
export function numberLiterals<T>(part: T): Numbered<T> {
  const values: LiteralValue[] = []
  const literals = new LateLiterals(values)
  const numbered = new Map<string, NumberedLiteral>()
  const replaced = new Map<object, unknown>()
  const numberOf = (literal: Literal): NumberedLiteral => {
    const key = `${typeName(literal.type)} ${Object.is(literal.value, -0) ? '-0' : String(literal.value)}`
    let found = numbered.get(key)
    if (!found) {
      found = new NumberedLiteral(literal.type, values.push(literal.value) - 1, literals)
      numbered.set(key, found)
    }
    return found
  }
  const replace = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    const known = replaced.get(value)
    if (known !== undefined) return known
    const result = isNumbered(value)
      ? numberOf(value)
      : Array.isArray(value)
        ? arrayOf(value)
        : objectOf(value as Readonly<Record<string, unknown>>)
    replaced.set(value, result)
    return result
  }
  // Every task of a first stage waits for this: copies are made only of what changes.
  const arrayOf = (members: readonly unknown[]): unknown => {
    let changed: unknown[] | undefined
    for (let i = 0; i < members.length; i++) {
      const member = replace(members[i])
      if (member === members[i]) continue
      changed ??= [...members]
      changed[i] = member
    }
    return changed ?? members
  }
  const objectOf = (value: Readonly<Record<string, unknown>>): unknown => {
    let changed: Record<string, unknown> | undefined
    for (const key of Object.keys(value)) {
      if (WITHOUT_LITERALS.has(key)) continue
      const member = replace(value[key])
      if (member === value[key]) continue
      changed ??= { ...value }
      changed[key] = member
    }
    return changed ?? value
  }
  return { part: replace(part) as T, values, literals }
}

function isNumbered(value: object): value is Literal {
  const { kind, type, value: held } = value as Partial<Literal>
  if (kind !== 'literal' || type === undefined) return false
  return typeof held === 'bigint' || typeof held === 'string' || typeof held === 'number'
}
