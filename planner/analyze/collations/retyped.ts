import { withCollation } from '../../../columnar/text-types.js'
import { collationOf, type DataType, STRING, sameType, typeName } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { hasText, type Strength, strengthOf } from './strength.js'

/** The same value as one of a type that differs in collations alone. */
export function retyped(e: Expression, type: DataType, strength: Strength = strengthOf(e)): Expression {
  if (sameType(e.type, type) && typeName(e.type) === typeName(type)) return e
  if (e.kind === 'literal' && strength !== 'explicit') return literal(type, e.value, e.origin)
  const isExplicit = strength === 'explicit' && type.kind === 'string'
  return call(isExplicit ? 'collate' : 'as_collated', type, [e], { origin: e.origin })
}

/** The value with every text in it of a collation; undefined is that of texts of which none is said. */
export const collatedAs = (e: Expression, collation: string | undefined): Expression =>
  hasText(e.type) ? retyped(e, withCollation(e.type, collation)) : e

/** The value as functions take it that know no collations. */
export const uncollated = (e: Expression): Expression => {
  const inner = e.kind === 'call' && (e.fn === 'as_collated' || e.fn === 'collate') ? e.args[0]! : e
  return inner.type.kind === 'string' && sameType(inner.type, STRING) ? inner : collatedAs(e, undefined)
}

/** The collations of the texts in a type, that of an array those of its elements. */
export function collationsIn(type: DataType): readonly string[] {
  switch (type.kind) {
    case 'string':
      return [collationOf(type)]
    case 'array':
      return collationsIn(type.element)
    case 'map':
      return [...collationsIn(type.key), ...collationsIn(type.value)]
    case 'struct':
      return type.fields.flatMap((field) => collationsIn(field.type))
    default:
      return []
  }
}
