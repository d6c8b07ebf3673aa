import { array, field, type MapType, map, quotedTypeName, STRING, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isLenient, ofEqualKeys } from '../session.js'
import { castTo, differentTypes, unifyAll } from '../types/coercion.js'
import { arrayOf, concatenated, typedArrayOf } from './array-operands.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { asLambda, booleanLambda } from './higher-order.js'
import { mapOf, refuseMapKey, typedMapOf, withPositiveKeys } from './maps.js'

/* Functions of several arrays or maps, and of lambdas over entries. */

const keysOf = (of: Expression, { origin }: CallSite): Expression =>
  call('map_keys', array((of.type as MapType).key, false), [of], { origin })

function valuesOf(of: Expression, { origin }: CallSite): Expression {
  const { value, valueContainsNull } = of.type as MapType
  return call('map_values', array(value, valueContainsNull), [of], { origin })
}

const entries: FunctionDefinition = exactly(1, (args, site) => {
  const type = mapOf(args, 0, site)
  const { key, value, valueContainsNull } = type
  const of = castTo(args[0]!, type)
  const entry = struct([field('key', key, false), field('value', value, valueContainsNull)])
  const parts = [keysOf(of, site), valuesOf(of, site)]
  return call('zip', array(entry, false), parts, { origin: site.origin })
})

const concat: FunctionDefinition = between(0, Number.POSITIVE_INFINITY, (args, site) => {
  const { origin, sql, name } = site
  if (args.length === 0) return call('map', map(STRING, STRING, false), [], { origin })
  if (args.some(({ type }) => type.kind !== 'map')) {
    const dataType = `[${args.map(({ type }) => quotedTypeName(type)).join(', ')}]`
    const parameters = { sqlExpr: sql, functionName: quotedName(name), dataType }
    throw new MillraceError('DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES', parameters, { origin })
  }
  const texts = args.filter(({ type }) => (type as MapType).key.kind === 'string').length
  // In ANSI mode no text is made a key of another type.
  if (!isLenient() && texts > 0 && texts < args.length) throw differentTypes(args, name, site)
  const maps = unifyAll(args, name, site)
  const { key, value } = maps[0]!.type as MapType
  const values = concatenated(
    maps.map((each) => valuesOf(each, site)),
    site,
  )
  const keys = concatenated(
    maps.map((each) => keysOf(each, site)),
    site,
  )
  const type = map(key, value, (values.type as { containsNull?: boolean }).containsNull ?? true)
  return withPositiveKeys(call('map_of', type, [keys, values], { origin, failure: ofEqualKeys() }), site)
})

/** `f(map, (k, v) -> …)`. */
const overEntries = (
  build: (of: Expression, type: MapType, lambda: ReturnType<typeof asLambda>, site: CallSite) => Expression,
): FunctionDefinition => ({
  ...between(2, 2, (args, site) => build(args[0]!, mapOf(args, 0, site), asLambda(args[1]!), site)),
  lambdas: {
    first: 1,
    given: (args, _position, _parameters, site) => {
      const { key, value, valueContainsNull } = typedMapOf(args, 0, site)
      return [
        { type: key, nullable: false },
        { type: value, nullable: valueContainsNull },
      ]
    },
  },
})

const filter = overEntries((of, type, lambda, site) =>
  call('map_filter', type, [of, booleanLambda(lambda, site)], { origin: site.origin, nullable: of.nullable }),
)

const transformValues = overEntries((of, { key }, lambda, { origin }) =>
  call('transform_values', map(key, lambda.type, lambda.nullable), [of, lambda], { origin, nullable: of.nullable }),
)

const transformKeys = overEntries((of, { value, valueContainsNull }, lambda, site) => {
  const type = map(lambda.type, value, valueContainsNull)
  refuseMapKey(type, site)
  const failure = ofEqualKeys()
  return call('transform_keys', type, [of, lambda], { origin: site.origin, nullable: of.nullable, failure })
})

/** Fields are called like the columns, or by their numbers. */
const zip: FunctionDefinition = between(1, Number.POSITIVE_INFINITY, (args, site) => {
  const fields = args.map((_, i) => field(site.argumentNames[i] ?? String(i), arrayOf(args, i, site).element, true))
  return call('zip', array(struct(fields), false), args, { origin: site.origin })
})

const zipWith: FunctionDefinition = {
  ...exactly(3, (args, site) => {
    const [a, b, made] = args
    for (const position of [0, 1]) arrayOf(args, position, site)
    const lambda = asLambda(made!)
    return call('zip_with', array(lambda.type, lambda.nullable), [a!, b!, lambda], {
      origin: site.origin,
      nullable: a!.nullable || b!.nullable,
    })
  }),
  lambdas: {
    first: 2,
    given: (args, _position, _parameters, site) =>
      [0, 1].map((i) => ({ type: typedArrayOf(args, i, site).element, nullable: true })),
  },
}

export const MAP_LAMBDAS: FunctionTable = {
  map_entries: helped(
    '(map)',
    'The entries as structs of `key` and `value`.',
    [["map_entries(map(1, 'a', 2, 'b'))", '[{1, a}, {2, b}]']],
    entries,
    { collations: 'values' },
  ),
  map_concat: helped(
    '(map, …)',
    'A map of the entries of all maps; a key that two of them have is refused.',
    [["map_concat(map(1, 'a'), map(2, 'b'))", '{1 -> a, 2 -> b}']],
    concat,
  ),
  map_filter: helped(
    '(map, (key, value) -> condition)',
    'The entries for which the condition is true.',
    [['map_filter(map(1, 0, 2, 2), (k, v) -> k > v)', '{1 -> 0}']],
    filter,
    { collations: 'values' },
  ),
  transform_keys: helped(
    '(map, (key, value) -> key)',
    'The map with the keys that the lambda makes.',
    [['transform_keys(map(1, 1, 2, 2), (k, v) -> k + 1)', '{2 -> 1, 3 -> 2}']],
    transformKeys,
  ),
  transform_values: helped(
    '(map, (key, value) -> value)',
    'The map with the values that the lambda makes.',
    [['transform_values(map(1, 1, 2, 2), (k, v) -> k + v)', '{1 -> 2, 2 -> 4}']],
    transformValues,
    { collations: 'values' },
  ),
  arrays_zip: helped(
    '(array, …)',
    'Structs of the elements of the arrays that have one number; NULL where an array has none.',
    [['arrays_zip(array(1, 2), array(2, 3))', '[{1, 2}, {2, 3}]']],
    zip,
    { collations: 'values' },
  ),
  zip_with: helped(
    '(array, array, (x, y) -> value)',
    'What the lambda makes of the elements of two arrays that have one number; NULL where the shorter one has none.',
    [["zip_with(array('a', 'b'), array('d', 'e'), (x, y) -> concat(x, y))", '[ad, be]']],
    zipWith,
    { collations: 'values' },
  ),
}
