import { type ArrayType, array, BOOLEAN, INT, type MapType, quotedTypeName, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { castTo, commonType, expectType, isIntegral, unexpectedType, unifyAll } from '../coercion.js'
import { isOrderable } from '../orderable.js'
import { getField } from '../scope.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable } from './definition.js'

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE for what is no array */
export function arrayOf(args: readonly Expression[], position: number, site: CallSite): ArrayType {
  const { type } = args[position]!
  if (type.kind === 'array') return type
  if (type.kind === 'void') return array(VOID)
  throw unexpectedType(args[position]!, '"ARRAY"', position, site)
}

const makeArray: FunctionDefinition = between(0, Number.POSITIVE_INFINITY, (args, { origin, ...site }) => {
  const values = args.length === 0 ? [] : unifyAll(args, 'array', { ...site, origin })
  const element = values[0]?.type ?? VOID
  const containsNull = values.some(({ nullable }) => nullable)
  return call('array', array(element, containsNull), values, { origin })
})

/** Arrays, and maps with values that may be NULL where the element asked for is not there. */
const size: FunctionDefinition = exactly(1, ([value], site) => {
  const { kind } = value!.type
  if (kind !== 'array' && kind !== 'map' && kind !== 'void') throw unexpectedType(value!, '("ARRAY" or "MAP")', 0, site)
  return call('size', INT, [value!], { origin: site.origin })
})

/** An element by its number; whether it is NULL depends on the elements, and for some functions on whether there is one. */
function element(fn: ScalarFunction, args: readonly Expression[], site: CallSite, maybeMissing: boolean): Expression {
  const type = arrayOf(args, 0, site)
  const [value, index] = args
  if (!isIntegral(index!.type) && index!.type.kind !== 'void') throw unexpectedType(index!, '"INTEGRAL"', 1, site)
  const nullable = maybeMissing || type.containsNull || args.some((arg) => arg.nullable)
  return call(fn, type.element, [value!, castTo(index!, INT)], { origin: site.origin, nullable })
}

/** The value of a key of a map. */
function mapValue(args: readonly Expression[], type: MapType, site: CallSite): Expression {
  const [map, key] = args
  const common = commonType(type.key, key!.type)
  if (common === undefined) throw unexpectedType(key!, quotedTypeName(type.key), 1, site)
  const wanted = expectType(key!, type.key, 1, site)
  return call('map_value', type.value, [map!, wanted], { origin: site.origin, nullable: true })
}

/** `a[i]` of an array or a map, or `s['field']`. */
const item: FunctionDefinition = exactly(2, (args, site) => {
  const { type } = args[0]!
  const [value, key] = args
  if (type.kind === 'struct' && key!.kind === 'literal' && typeof key!.value === 'string')
    return getField(value!, key!.value, site.origin)
  return type.kind === 'map' ? mapValue(args, type, site) : element('item', args, site, false)
})

const elementAt = (fn: 'element_at' | 'try_element_at'): FunctionDefinition =>
  exactly(2, (args, site) => {
    const { type } = args[0]!
    if (type.kind === 'map') return mapValue(args, type, site)
    if (type.kind !== 'array' && type.kind !== 'void') throw unexpectedType(args[0]!, '("ARRAY" or "MAP")', 0, site)
    return element(fn, args, site, fn === 'try_element_at')
  })

const arrayContains: FunctionDefinition = exactly(2, (args, site) => {
  const { origin, sql } = site
  const functionName = quotedName(site.name)
  if (args.some(({ type }) => type.kind === 'void'))
    throw new MillraceError('DATATYPE_MISMATCH.NULL_TYPE', { sqlExpr: sql, functionName }, { origin })
  const type = arrayOf(args, 0, site)
  const common =
    args[1]!.type.kind === 'string' && type.element.kind !== 'string'
      ? undefined
      : commonType(type.element, args[1]!.type)
  if (common === undefined) {
    const parameters = {
      sqlExpr: sql,
      functionName,
      dataType: '"ARRAY"',
      leftType: quotedTypeName(type),
      rightType: quotedTypeName(args[1]!.type),
    }
    throw new MillraceError('DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES', parameters, { origin })
  }
  if (!isOrderable(common)) {
    const parameters = { sqlExpr: sql, functionName, dataType: quotedTypeName(common) }
    throw new MillraceError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', parameters, { origin })
  }
  const operands = [castTo(args[0]!, array(common, type.containsNull)), castTo(args[1]!, common)]
  const nullable = type.containsNull || args.some((arg) => arg.nullable)
  return call('array_contains', BOOLEAN, operands, { origin, nullable })
})

export const ARRAYS: FunctionTable = {
  array: makeArray,
  size,
  cardinality: size,
  array_size: exactly(1, (args, site) => {
    arrayOf(args, 0, site)
    return call('size', INT, args, { origin: site.origin })
  }),
  get: exactly(2, (args, site) => element('get', args, site, true)),
  '[]': item,
  element_at: elementAt('element_at'),
  try_element_at: elementAt('try_element_at'),
  array_contains: arrayContains,
}
