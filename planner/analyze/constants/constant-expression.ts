import type { Nested } from '../../../columnar/column-buffers.js'
import { memberOf, rowKeys } from '../../../columnar/row-keys.js'
import type { DataType, StructType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { LiteralValue } from '../../plan/expression/literal.js'

/** A value as variables have it: of a struct an object, of an array a list, of a map a `Map`. */
export type ConstantValue = Nested<LiteralValue>

/** A value as an expression: a literal, or what makes a nested value of literals. */
export function constantExpression(type: DataType, value: ConstantValue, origin: Origin | undefined): Expression {
  const part = (own: DataType, of: ConstantValue): Expression => constantExpression(own, of, origin)
  if (value === null) return literal(type, null, origin)
  switch (type.kind) {
    case 'struct': {
      const fields = structValues(type, value).map((own, i) => part(type.fields[i]!.type, own))
      return call('named_struct', type, fields, { origin })
    }
    case 'array':
      return call(
        'array',
        type,
        arrayValues(value).map((own) => part(type.element, own)),
        { origin },
      )
    case 'map': {
      const entries = mapEntries(value).flatMap(([key, own]) => [part(type.key, key), part(type.value, own)])
      return call('map', type, entries, { origin })
    }
    default:
      return literal(type, value as LiteralValue, origin)
  }
}

/** The values of the fields of a struct that is not NULL. */
export const structValues = ({ fields }: StructType, value: ConstantValue): readonly ConstantValue[] =>
  rowKeys(fields).map((key) => memberOf(value as object, key) as ConstantValue)

export const arrayValues = (value: ConstantValue): readonly ConstantValue[] => value as readonly ConstantValue[]

export const mapEntries = (value: ConstantValue): readonly (readonly [ConstantValue, ConstantValue])[] => [
  ...(value as ReadonlyMap<ConstantValue, ConstantValue>),
]
