import {
  type ArrayType,
  array,
  BOOLEAN,
  type DataType,
  INT,
  type MapType,
  quotedTypeName,
  type TypeKind,
  VOID,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { keyOfItem, keyOfMap } from '../collations/map-uses.js'
import { getField } from '../names/scope.js'
import type { CallText } from '../printing.js'
import { castMode, isLenient } from '../session.js'
import { explicitCast } from '../types/casts.js'
import { castTo, expectType, unexpectedType, unifyAll } from '../types/coercion.js'
import { commonType, isIntegral, isNumeric } from '../types/common-types.js'
import { refuseUnordered } from '../types/orderable.js'
import { arrayOf, flattened, mixesDecimals, refuseVoid, withElement } from './array-operands.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
} from './definition.js'
import { anotherKey } from './wrong-key.js'

const makeArray: FunctionDefinition = between(0, Number.POSITIVE_INFINITY, (args, { origin, ...site }) => {
  const values = args.length === 0 ? [] : unifyAll(args, 'array', { ...site, origin })
  const element = values[0]?.type ?? VOID
  const containsNull = values.some(({ nullable }) => nullable)
  return call('array', array(element, containsNull), values, { origin })
})

/** Of arrays and maps; outside of ANSI mode a NULL has the size -1, as in Hive. */
const size: FunctionDefinition = exactly(1, ([value], site) => {
  const { kind } = value!.type
  if (kind !== 'array' && kind !== 'map' && kind !== 'void') throw unexpectedType(value!, '("ARRAY" or "MAP")', 0, site)
  const count = call('size', INT, [value!], { origin: site.origin })
  return isLenient() ? call('coalesce', INT, [count, literal(INT, -1)]) : count
})

/** An element by its number; whether it is NULL depends on the elements, and for some functions on whether there is one. */
function element(fn: ScalarFunction, args: readonly Expression[], site: CallSite, maybeMissing: boolean): Expression {
  const type = arrayOf(args, 0, site)
  const [value, index] = args
  if (!isIntegral(index!.type) && index!.type.kind !== 'void') throw unexpectedType(index!, '"INTEGRAL"', 1, site)
  const nullable = maybeMissing || type.containsNull || args.some((arg) => arg.nullable)
  return call(fn, type.element, [value!, castTo(index!, INT)], { origin: site.origin, nullable })
}

/** The number of an element; numbers with a fraction lose it, and texts are read. */
function placeOf(index: Expression, site: CallSite): Expression {
  const { type } = index
  if (isIntegral(type) || type.kind === 'void') return index
  if (!isNumeric(type) && type.kind !== 'string') throw unexpectedType(index, '"INT"', 1, site)
  return explicitCast(index, INT, castMode(), site)
}

/** The value of a key of a map. */
function mapValue(args: readonly Expression[], type: MapType, site: CallSite): Expression {
  const [map, key] = args
  const common = commonType(type.key, key!.type)
  if (common === undefined) throw unexpectedType(key!, quotedTypeName(type.key), 1, site)
  const wanted = expectType(key!, type.key, 1, site)
  return call('map_value', type.value, [map!, wanted], { origin: site.origin, nullable: true })
}

/** Whether a text in brackets is the name of a field: of a struct, or of each of an array. */
const hasFields = (type: DataType): boolean =>
  type.kind === 'struct' || (type.kind === 'array' && type.element.kind === 'struct')

/** `a[i]` of an array or a map, or `s['field']`. */
const item: FunctionDefinition = exactly(2, (args, site) => {
  const { type } = args[0]!
  const [value, key] = args
  if (hasFields(type) && key!.kind === 'literal' && typeof key!.value === 'string')
    return getField(value!, key!.value, site.origin)
  if (type.kind === 'variant') return getField(value!, '', site.origin)
  if (type.kind === 'void') return value!
  if (type.kind === 'array') return element(isLenient() ? 'get' : 'item', args, site, isLenient())
  if (type.kind !== 'map') throw nothingWithin(args, site)
  const isCast =
    key!.type.kind === 'string' || key!.type.kind === 'void' || (isNumeric(key!.type) && isNumeric(type.key))
  if (!isCast) return mapValue(args, type, site)
  const wanted = explicitCast(key!, type.key, castMode(), site)
  return call('map_value', type.value, [value!, wanted], { origin: site.origin, nullable: true })
})

function nothingWithin([value, key]: readonly Expression[], { argumentSql, origin }: CallSite): MillraceError {
  const [base, extraction] = [value!, key!].map((e, i) => argumentSql?.(i) ?? `"${sqlText(e)}"`)
  const { type } = value!
  return type.kind === 'struct'
    ? new MillraceError('INVALID_EXTRACT_FIELD_TYPE', { extraction: extraction! }, { origin })
    : new MillraceError('INVALID_EXTRACT_BASE_FIELD_TYPE', { base: base!, other: quotedTypeName(type) }, { origin })
}

const PLACES: ReadonlySet<TypeKind> = new Set(['tinyint', 'smallint', 'int'])

/** As Spark names every call, also of `try_element_at`. */
const namedElementAt = (site: CallSite): CallSite => ({
  ...site,
  name: 'element_at',
  sql: site.sql.replace(/^"try_/, '"'),
})

const elementAt = (fn: 'element_at' | 'try_element_at'): FunctionDefinition =>
  exactly(2, (args, site) => {
    const { type } = args[0]!
    if (type.kind === 'map') {
      const isText = [type.key.kind, args[1]!.type.kind].map((kind) => kind === 'string')
      const isOneText = isText[0] !== isText[1] && args[1]!.type.kind !== 'void'
      const isAnother = isOneText || (!isLenient() && mixesDecimals(type.key, args[1]!.type))
      if (isAnother || commonType(type.key, args[1]!.type) === undefined)
        throw anotherKey(type, args[1]!, namedElementAt(site))
      return mapValue(args, type, site)
    }
    if (type.kind !== 'array' && type.kind !== 'void') throw unexpectedType(args[0]!, '("ARRAY" or "MAP")', 0, site)
    // A BIGINT is no place in an array, nor is NULL.
    if (!PLACES.has(args[1]!.type.kind)) throw unexpectedType(args[1]!, '"INT"', 1, namedElementAt(site))
    const gives = isLenient() ? 'try_element_at' : fn
    return element(gives, args, site, gives === 'try_element_at')
  })

const arrayContains: FunctionDefinition = exactly(2, (args, site) => {
  const { origin } = site
  refuseVoid(args, site)
  const type = arrayOf(args, 0, site)
  const operands = withElement(args[0]!, args[1]!, site, true)
  refuseUnordered((operands[0].type as ArrayType).element, site)
  const nullable = type.containsNull || args.some((arg) => arg.nullable)
  return call('array_contains', BOOLEAN, operands, { origin, nullable })
})

const arraySize: FunctionDefinition = exactly(1, (args, site) => {
  arrayOf(args, 0, site)
  return call('size', INT, args, { origin: site.origin })
})

/** The elements of the arrays of an array. */
const flatten: FunctionDefinition = exactly(1, (args, site) => {
  const { element: inner } = arrayOf(args, 0, site)
  if (inner.kind !== 'array') throw unexpectedType(args[0]!, '"ARRAY<ARRAY>"', 0, site)
  return flattened(args[0]!, inner, site)
})

const itemText: CallText = ([a, index], text, { typeOf }) => {
  const type = typeOf?.(a!)
  return type && hasFields(type) && index!.kind === 'literal' && typeof index!.value === 'string'
    ? `${text(a!)}.${index!.value}`
    : `${text(a!)}[${text(index!)}]`
}

export const ARRAYS: FunctionTable = collated('values', {
  array: helped('(value, …)', 'An array of the values.', [['array(1, 2, 3)', '[1, 2, 3]']], makeArray),
  size: helped('(array or map)', 'How many elements there are.', [["size(map('a', 1, 'b', 2))", '2']], size),
  cardinality: helped('(array or map)', 'The same as `size`.', [["cardinality(array('b', 'd'))", '2']], size),
  array_size: helped('(array)', 'How many elements there are.', [["array_size(array('b', NULL))", '2']], arraySize),
  get: helped(
    '(array, index)',
    'The element with that number, from 0 on; NULL where there is none.',
    [
      ['get(array(1, 2, 3), 0)', '1'],
      ['get(array(1, 2, 3), 3)', 'NULL'],
    ],
    exactly(2, ([value, index], site) => element('get', [value!, placeOf(index!, site)], site, true)),
  ),
  '[]': { ...item, collations: keyOfItem, printed: { call: itemText } },
  element_at: helped(
    '(array, index) or (map, key)',
    'The element with that number, from 1 on, or from the end where it is negative; the value of that key, NULL where there is none.',
    [
      ['element_at(array(1, 2, 3), -1)', '3'],
      ["element_at(map(1, 'a', 2, 'b'), 2)", 'b'],
    ],
    elementAt('element_at'),
    { collations: keyOfMap },
  ),
  try_element_at: helped(
    '(array, index) or (map, key)',
    'As `element_at`; NULL where there is no such element.',
    [['try_element_at(array(1, 2, 3), 5)', 'NULL']],
    elementAt('try_element_at'),
    { collations: keyOfMap },
  ),
  flatten: helped(
    '(array of arrays)',
    'The elements of all arrays; NULL where one of these is.',
    [['flatten(array(array(1, 2), array(3, 4)))', '[1, 2, 3, 4]']],
    flatten,
  ),
  array_contains: helped(
    '(array, value)',
    'Whether an element equals the value; NULL where none does and one is NULL.',
    [['array_contains(array(1, 2, 3), 2)', 'true']],
    arrayContains,
    { collations: 'keys' },
  ),
})
