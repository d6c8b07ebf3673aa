import {
  array,
  BOOLEAN,
  type DataType,
  isNested,
  partTypes,
  quotedTypeName,
  STRING,
  sqlTypeName,
  VARIANT,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import type { CallText } from '../printing.js'
import { writtenIntervals } from '../types/interval-parts.js'
import { either } from './aggregates/fold.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { inferJson } from './json-inference.js'
import { type OptionRules, type OptionSite, optionsFor, readOptions, TIME_OPTIONS } from './text-options.js'
import { checkedMode, MODE_OPTIONS, sampleText, schemaOf, textOperand } from './text-schema.js'
import { jsonWithTexts } from './told-parts.js'
import { withWrittenTimes } from './written-times.js'

const off = { kind: 'flag', usual: false } as const
const on = { kind: 'flag', usual: true } as const

/** Of texts that are read. */
export const JSON_READING: OptionRules = {
  ...MODE_OPTIONS,
  ...TIME_OPTIONS,
  allowSingleQuotes: on,
  allowNonNumericNumbers: on,
  allowUnquotedFieldNames: off,
  allowComments: off,
  allowNumericLeadingZeros: off,
  allowBackslashEscapingAnyCharacter: off,
  allowUnquotedControlChars: off,
  primitivesAsString: off,
  prefersDecimal: off,
}

/** Of calls, which may take all of a text as one variant. */
const OF_CALLS: OptionRules = { ...JSON_READING, singleVariantColumn: { kind: 'text' } }

/** Of values that are written. */
export const JSON_WRITING: OptionRules = { ...TIME_OPTIONS, ignoreNullFields: on, pretty: off }

/** `from_json(text, schema[, options])` */
const fromJson: FunctionDefinition = between(2, 3, ([json, schema, options], site) => {
  const type = schemaOf(schema!, 1, site)
  const { primitivesAsString, prefersDecimal, singleVariantColumn, ...given } = readOptions(options, OF_CALLS, site)
  const text = textOperand(json!, site)
  if (singleVariantColumn !== undefined && type.kind !== 'variant') return inOneColumn(type, text, given, site)
  checkSchema(type, site)
  const texts = optionsFor(type, checkedMode(type, given, site), 'reading', site)
  return jsonWithTexts(type, texts, (as, how) =>
    call('from_json', as, [text], { origin: site.origin, nullable: true, texts: how }),
  )
})

/** All of a text as the one column, which is a variant. @throws INVALID_SINGLE_VARIANT_COLUMN */
function inOneColumn(type: DataType, text: Expression, given: TextOptions, site: CallSite): Expression {
  const [column, ...others] = type.kind === 'struct' ? type.fields : []
  if (column?.type.kind !== 'variant' || others.length > 0) {
    const parameters = { schema: quotedTypeName(type) }
    throw new MillraceError('INVALID_SINGLE_VARIANT_COLUMN', parameters, { origin: site.origin })
  }
  const texts = optionsFor(VARIANT, checkedMode(type, given, site), 'reading', site)
  const variant = call('from_json', VARIANT, [text], { origin: site.origin, nullable: true, texts })
  const isTold = call('ne', BOOLEAN, [call('trim', STRING, [text]), literal(STRING, '')])
  return either(isTold, call('named_struct', type, [variant], { origin: site.origin }))
}

/** @throws DATATYPE_MISMATCH.INVALID_JSON_SCHEMA, DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE */
export function checkSchema(type: DataType, { sql, origin }: Pick<CallSite, 'sql' | 'origin'>): void {
  const parameters = { schema: quotedTypeName(type), sqlExpr: sql }
  if (!isNested(type) && type.kind !== 'variant')
    throw new MillraceError('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA', parameters, { origin })
  if (hasOtherKeys(type)) throw new MillraceError('DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE', parameters, { origin })
}

/** Whether a map in it has keys that are no texts. */
const hasOtherKeys = (type: DataType): boolean =>
  (type.kind === 'map' && type.key.kind !== 'string') || partTypes(type).some(hasOtherKeys)

const toJson: FunctionDefinition = between(1, 2, ([value, options], site) => {
  const { type } = value!
  const given = readOptions(options, JSON_WRITING, site)
  if (type.kind === 'void') return literal(STRING, null, site.origin)
  if (!isNested(type) && type.kind !== 'variant') {
    const parameters = { schema: quotedTypeName(type), sqlExpr: site.sql }
    throw new MillraceError('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA', parameters, { origin: site.origin })
  }
  return writtenJson(writtenIntervals(value!), given, site)
})

/** A value as JSON. @throws the conditions of patterns */
export function writtenJson(value: Expression, given: TextOptions, site: OptionSite): Expression {
  const [told, texts] = withWrittenTimes(value, optionsFor(value.type, given, 'writing', site), 'plain', site)
  return call('to_json', STRING, [told], { origin: site.origin, texts })
}

const schemaOfJson: FunctionDefinition = between(1, 2, ([json, options], site) => {
  const given = readOptions(options, OF_CALLS, site)
  const text = sampleText(json!, 'json', site)
  return literal(STRING, sqlTypeName(inferJson(text, given, site)), site.origin)
})

const objectKeys: FunctionDefinition = exactly(1, ([json], site) => {
  return kernelCall('jsonKeys', array(STRING), [textOperand(json!, site)], site, { givesNull: true, types: ['result'] })
})

const fromJsonText: CallText = ([json, schema], text) =>
  /^\s*map\s*</i.test(text(schema!)) ? 'entries' : `from_json(${text(json!)})`

export const JSON_FUNCTIONS: FunctionTable = collated('plain', {
  from_json: helped(
    '(text, schema[, options])',
    'The struct, array or map that a text of JSON says; NULL in what it lacks or has of another type. Options are those of Spark: `mode`, `columnNameOfCorruptRecord`, `dateFormat`, `timestampFormat`, `timestampNTZFormat`, `timeFormat`, `timeZone`, and the `allow…` ones.',
    [
      ['from_json(\'{"a":1, "b":0.8}\', \'a INT, b DOUBLE\')', '{1, 0.8}'],
      ["from_json('[{\"a\":[1,2]}]', 'array<struct<a: array<int>>>')", '[{[1, 2]}]'],
      ["from_json('{\"d\":\"26/08/2015\"}', 'd date', map('dateFormat', 'dd/MM/yyyy'))", '{2015-08-26}'],
    ],
    fromJson,
    { printed: { call: fromJsonText } },
  ),
  to_json: helped(
    '(value[, options])',
    'A struct, array or map as JSON, of structs without what is NULL. Options: `ignoreNullFields`, `pretty`, `dateFormat`, `timestampFormat`, `timestampNTZFormat`, `timeFormat`, `timeZone`.',
    [
      ["to_json(named_struct('a', 1, 'b', 2))", '{"a":1,"b":2}'],
      ["to_json(array(named_struct('a', null)), map('ignoreNullFields', 'false'))", '[{"a":null}]'],
    ],
    toJson,
    { collations: 'values', printed: { shown: 1 }, leavesLiterals: true },
  ),
  schema_of_json: helped(
    '(text[, options])',
    'The type of a text of JSON as DDL, for from_json. The text is a constant.',
    [['schema_of_json(\'[{"col":0}]\')', 'ARRAY<STRUCT<col: BIGINT>>']],
    schemaOfJson,
    { printed: { shown: 1 } },
  ),
  json_object_keys: helped(
    '(text)',
    'The keys of the outermost object of JSON text as an array; NULL when it is none.',
    [['json_object_keys(\'{"f1":"abc", "f2":{"f3":"a"}}\')', '[f1, f2]']],
    objectKeys,
  ),
})
