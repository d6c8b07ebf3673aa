import {
  type ArrayType,
  array,
  BOOLEAN,
  field,
  INT,
  type MapType,
  map,
  quotedTypeName,
  STRING,
  struct,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression, Lambda, LambdaVariable } from '../../plan/expression/expression.js'
import { transformDown } from '../../plan/expression/transform.js'
import { divided } from '../collations/searches.js'
import { ofEqualKeys } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { commonType } from '../types/common-types.js'
import { arrayOfValues, concatenated } from './array-operands.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { asLambda } from './higher-order.js'
import { madeVariables } from './made-lambdas.js'
import { mapOf, refuseMapKey, typedMapOf, withPositiveKeys } from './maps.js'
import { REGEXPS } from './regexps.js'

/* Maps that are made of texts, of arrays and of two maps: of an array of keys and one of values that lambdas of our own make. */

/** Of elements; lambdas that users write have levels from 0 on. */
const elementOf = ({ element, containsNull }: ArrayType): LambdaVariable =>
  Object.freeze({ kind: 'variable', name: 'element', level: -1, type: element, nullable: containsNull })

const lambdaOf = (variable: LambdaVariable, body: Expression): Lambda =>
  Object.freeze({ kind: 'lambda', parameters: [variable], body, type: body.type, nullable: body.nullable })

/** What becomes of each element. */
function ofEach(elements: Expression, variable: LambdaVariable, body: Expression): Expression {
  const options = { nullable: elements.nullable }
  return call('transform', array(body.type, body.nullable), [elements, lambdaOf(variable, body)], options)
}

const ENTRIES = '"ARRAY" of pair "STRUCT"'

/** NULL where an entry is. */
const fromEntries: FunctionDefinition = exactly(1, (args, site) => {
  const [entries] = args
  const { type } = entries!
  if (type.kind !== 'array' || type.element.kind !== 'struct' || type.element.fields.length !== 2)
    throw unexpectedType(entries!, ENTRIES, 0, site)
  const { fields } = type.element
  const made = map(fields[0]!.type, fields[1]!.type, fields[1]!.nullable)
  refuseMapKey(made, site)
  // Entries are there where this is computed.
  const entry = Object.freeze({ ...elementOf(type), nullable: false })
  const [keys, values] = [0, 1].map((i) => ofEach(entries!, entry, fieldOf(entry, fields, i)))
  const told = call('map_of', made, [keys!, values!], { origin: site.origin, failure: ofEqualKeys() })
  const result = withPositiveKeys(told, site)
  if (!type.containsNull) return result
  const missing = call('is_null', BOOLEAN, [elementOf(type)])
  const someMissing = call('exists', BOOLEAN, [entries!, lambdaOf(elementOf(type), missing)])
  return buildCase([{ when: call('not', BOOLEAN, [someMissing]), value: result }], undefined, site)
})

const DELIMITERS = [literal(STRING, ','), literal(STRING, ':')]

/** Entries that a pattern divides, and another one their keys from their values. */
const ofText: FunctionDefinition = between(1, 3, (args, site) => {
  const given = [args[0]!, args[1] ?? DELIMITERS[0]!, args[2] ?? DELIMITERS[1]!]
  const [text, between, within] = given.map((arg, i) => {
    if (arg.type.kind === 'string' || arg.type.kind === 'void') return castTo(arg, STRING)
    throw unexpectedType(arg, '"STRING"', i, site)
  })
  const split = (of: Expression, by: Expression, limit: number): Expression =>
    REGEXPS['split']!.build([of, by, literal(INT, limit)], site)
  const parts = split(text!, between!, -1)
  const part = elementOf(parts.type as ArrayType)
  const [keys, values] = [0, 1].map((i) => {
    const found = call('get', STRING, [split(part, within!, 2), literal(INT, i)], {
      nullable: i > 0 || within!.nullable,
    })
    return ofEach(parts, part, found)
  })
  const failure = ofEqualKeys()
  const result = call('map_of', map(STRING, STRING), [keys!, values!], { origin: site.origin, failure })
  if (!within!.nullable) return result
  return buildCase([{ when: call('is_not_null', BOOLEAN, [within!]), value: result }], undefined, site)
})

/** The type of the keys of both. @throws DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES */
function commonKey(args: readonly Expression[], site: CallSite): MapType['key'] {
  const [left, right] = [mapOf(args, 0, site).key, mapOf(args, 1, site).key]
  const mixesTexts = (left.kind === 'string') !== (right.kind === 'string')
  const isEmpty = left.kind === 'void' || right.kind === 'void'
  const key = mixesTexts && !isEmpty ? undefined : commonType(left, right)
  if (key) return key
  const parameters = {
    sqlExpr: site.sql,
    functionName: quotedName(site.name),
    leftType: quotedTypeName(left),
    rightType: quotedTypeName(right),
  }
  throw new MillraceError('DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES', parameters, { origin: site.origin })
}

const keysOf = (of: Expression): Expression => call('map_keys', array((of.type as MapType).key, false), [of])

/** The values of a map for keys which differ, NULL for those that it does not have. */
function valuesAt(keys: Expression, of: Expression, site: CallSite): Expression {
  const { value, valueContainsNull } = of.type as MapType
  const values = call('map_values', array(value, valueContainsNull), [of], { origin: site.origin })
  const withMissing = concatenated([values, arrayOfValues([literal(value, null)], site)], site)
  const size = call('size', INT, [keys], { origin: site.origin })
  const searched = concatenated([keys, keysOf(of)], site)
  const places = kernelCall('packedPlaces', array(INT, false), [searched, size], site, { types: [0] })
  return kernelCall('packedInOrder', withMissing.type, [withMissing, places], site, { types: [0] })
}

/** For each key of either map; what a map does not have is NULL. */
const zipWith: FunctionDefinition = {
  ...exactly(3, (args, site) => {
    const key = commonKey(args, site)
    const maps = [0, 1].map((i) => {
      const { value, valueContainsNull } = mapOf(args, i, site)
      return castTo(args[i]!, map(key, value, valueContainsNull))
    })
    const { parameters, body } = asLambda(args[2]!)
    const all = concatenated(maps.map(keysOf), site)
    const keys = kernelCall('packedDistinct', all.type, [all], site, { types: [0] })
    const parts = [keys, ...maps.map((of) => valuesAt(keys, of, site))]
    const fields = parts.map(({ type }, i) => field(String(i), (type as ArrayType).element, i > 0))
    const entries = call('zip', array(struct(fields), false), parts, { origin: site.origin })
    const entry = Object.freeze({ ...madeVariables([struct(fields)], [body, ...parameters])[0]!, nullable: false })
    const replaced = (e: Expression): Expression => {
      const at = e.kind === 'variable' ? parameters.findIndex(({ level }) => level === e.level) : -1
      return at < 0 ? e : fieldOf(entry, fields, at)
    }
    const made = ofEach(entries, entry, transformDown(body, replaced))
    const type = map(key, body.type, body.nullable)
    return withPositiveKeys(call('map_of', type, [keys, made], { origin: site.origin }), site)
  }),
  lambdas: {
    first: 2,
    given: (args, _position, _parameters, site) => {
      const values = [0, 1].map((i) => ({ type: typedMapOf(args, i, site).value, nullable: true }))
      return [{ type: commonKey(args, site), nullable: false }, ...values]
    },
  },
}

export const MADE_MAPS: FunctionTable = {
  map_from_entries: helped(
    '(array of structs)',
    'A map of entries: structs of a key and a value; NULL where one of them is.',
    [["map_from_entries(array(struct(1, 'a'), struct(2, 'b')))", '{1 -> a, 2 -> b}']],
    fromEntries,
  ),
  str_to_map: helped(
    '(text[, between entries[, behind keys]])',
    'A map of the entries that a text tells; a comma is between them, and a colon behind their keys, unless other patterns are told.',
    [
      ["str_to_map('a:1,b:2')", '{a -> 1, b -> 2}'],
      ["str_to_map('a=1&b', '&', '=')", '{a -> 1, b -> NULL}'],
    ],
    ofText,
    { collations: divided, printed: { defaults: { count: 3, last: [',', ':'] } } },
  ),
  map_zip_with: helped(
    '(map, map, (key, value, value) -> value)',
    'A map of what the lambda makes of each key and its values in both maps, NULL where one does not have it.',
    [["map_zip_with(map(1, 'a', 2, 'b'), map(1, 'x', 2, 'y'), (k, a, b) -> concat(a, b))", '{1 -> ax, 2 -> by}']],
    zipWith,
  ),
}
