import { hasMaps } from '../../../columnar/type-parts.js'
import { array, hasVariants, type MapType, map, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { keysOfMap } from '../collations/map-uses.js'
import { ofEqualKeys } from '../session.js'
import { unexpectedType, unifyAll } from '../types/coercion.js'
import { arrayOf, elementType } from './array-operands.js'
import { ARRAYS } from './arrays.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { anotherKey } from './wrong-key.js'

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE for what is no map */
export function mapOf(args: readonly Expression[], position: number, site: CallSite): MapType {
  return args[position]!.type.kind === 'void' ? map(VOID, VOID) : typedMapOf(args, position, site)
}

/** The same of a map whose entries a lambda gets, which a NULL without a type is not either. */
export function typedMapOf(args: readonly Expression[], position: number, site: CallSite): MapType {
  const { type } = args[position]!
  if (type.kind === 'map') return type
  throw unexpectedType(args[position]!, '"MAP"', position, site)
}

const makeMap: FunctionDefinition = between(0, Number.POSITIVE_INFINITY, (args, site) => {
  const { origin, name } = site
  if (args.length % 2 !== 0) {
    const parameters = { functionName: quotedName(name), expectedNum: '2n (n > 0)', actualNum: args.length }
    throw new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', parameters, { origin })
  }
  if (args.length === 0) return call('map', map(VOID, VOID, false), [], { origin })
  const keys = unifyAll(
    args.filter((_, i) => i % 2 === 0),
    name,
    site,
    'CREATE_MAP_KEY',
  )
  const values = unifyAll(
    args.filter((_, i) => i % 2 === 1),
    name,
    site,
    'CREATE_MAP_VALUE',
  )
  const type = map(
    keys[0]!.type,
    values[0]!.type,
    values.some(({ nullable }) => nullable),
  )
  refuseMapKey(type, site)
  const made = call(
    'map',
    type,
    keys.flatMap((key, i) => [key, values[i]!]),
    { origin, failure: ofEqualKeys() },
  )
  return withPositiveKeys(made, site)
})

/**
 * A map whose keys that are zeros are positive, as Spark keeps those that it puts one by one into a map. It takes arrays of keys
 * (`map_from_arrays`, `transform_keys`) as they are, and does not look into keys of several parts.
 */
export function withPositiveKeys(made: Expression, site: CallSite): Expression {
  const { kind } = (made.type as MapType).key
  if (kind !== 'float' && kind !== 'double') return made
  return kernelCall('packedNormalizedKeys', made.type, [made], site, { types: [0] })
}

/** @throws DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE */
export function refuseMapKey({ key }: MapType, { sql, origin }: CallSite): void {
  const refused = hasVariants(key) ? '"VARIANT"' : hasMaps(key) ? '"MAP"' : undefined
  if (refused === undefined) return
  const parameters = { sqlExpr: sql, keyType: refused }
  throw new MillraceError('DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE', parameters, { origin })
}

const keys: FunctionDefinition = exactly(1, (args, site) =>
  call('map_keys', array(mapOf(args, 0, site).key, false), args, { origin: site.origin }),
)

const values: FunctionDefinition = exactly(1, (args, site) => {
  const { value, valueContainsNull } = mapOf(args, 0, site)
  return call('map_values', array(value, valueContainsNull), args, { origin: site.origin })
})

const fromArrays: FunctionDefinition = exactly(2, (args, site) => {
  const [key, value] = [arrayOf(args, 0, site), arrayOf(args, 1, site)]
  const type = map(key.element, value.element, value.containsNull)
  refuseMapKey(type, site)
  return call('map_of', type, args, {
    origin: site.origin,
    failure: ofEqualKeys(),
  })
})

/** Whether there is a key: whether it is among the keys. @throws DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES */
const containsKey: FunctionDefinition = exactly(2, ([map, key], site) => {
  const { type } = map!
  if (type.kind !== 'map' || !elementType(type.key, key!.type)) throw anotherKey(type, key!, site)
  const among = call('map_keys', array(type.key, false), [map!], { origin: site.origin })
  return ARRAYS.array_contains!.build([among, key!], site)
})

export const MAPS: FunctionTable = {
  map: helped(
    '(key, value, …)',
    'A map of the keys and values.',
    [["map(1, 'a', 2, 'b')", '{1 -> a, 2 -> b}']],
    makeMap,
    { collations: keysOfMap, leavesLiterals: true },
  ),
  map_keys: helped('(map)', 'The keys.', [["map_keys(map(1, 'a', 2, 'b'))", '[1, 2]']], keys, { collations: 'values' }),
  map_values: helped('(map)', 'The values.', [["map_values(map(1, 'a', 2, 'b'))", '[a, b]']], values, {
    collations: 'values',
  }),
  map_from_arrays: helped(
    '(keys, values)',
    'A map of an array of keys and one of their values.',
    [["map_from_arrays(array(1, 3), array('2', '4'))", '{1 -> 2, 3 -> 4}']],
    fromArrays,
  ),
  map_contains_key: helped(
    '(map, key)',
    'Whether the map has the key.',
    [["map_contains_key(map(1, 'a', 2, 'b'), 3)", 'false']],
    containsKey,
  ),
}
