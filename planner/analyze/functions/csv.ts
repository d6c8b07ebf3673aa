import { type DataType, type Field, isNested, quotedTypeName, STRING, sqlTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, literal } from '../../plan/expression/build.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { constantOf } from '../constants.js'
import { inferCsv } from './csv-inference.js'
import { between, type CallSite, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { type OptionRules, optionsFor, readOptions, TIME_OPTIONS } from './text-options.js'
import { checkedMode, MODE_OPTIONS, sampleText, schemaOf, textOperand } from './text-schema.js'

const text = (usual: string) => ({ kind: 'text', usual }) as const
const flag = (usual: boolean) => ({ kind: 'flag', usual }) as const

const SIGNS: OptionRules = {
  sep: text(','),
  delimiter: text(','),
  quote: text('"'),
  escape: text('\\'),
  nullValue: text(''),
  /** There is no row of names in one text. */
  header: flag(false),
}

const READING: OptionRules = {
  ...MODE_OPTIONS,
  ...TIME_OPTIONS,
  ...SIGNS,
  comment: text(''),
  emptyValue: text(''),
  nanValue: text('NaN'),
  positiveInf: text('Inf'),
  negativeInf: text('-Inf'),
  ignoreLeadingWhiteSpace: flag(false),
  ignoreTrailingWhiteSpace: flag(false),
}

const WRITING: OptionRules = {
  ...TIME_OPTIONS,
  ...SIGNS,
  emptyValue: text('""'),
  ignoreLeadingWhiteSpace: flag(true),
  ignoreTrailingWhiteSpace: flag(true),
  quoteAll: flag(false),
}

const ONE_BYTE = ['quote', 'escape', 'comment'] as const
const isByte = (sign: string | undefined): boolean => sign === undefined || (sign.length === 1 && sign < '\u0080')
const SEPARATORS: Readonly<Record<string, string>> = { '\\t': '\t', '\\\\': '\\' }

/** The options as kernels take them: one name for the separator, signs of one byte. @throws UNSUPPORTED_FEATURE */
function csvOptions({ delimiter, header, ...given }: TextOptions, { name, origin }: CallSite): TextOptions {
  const sep = given['sep'] ?? delimiter
  const wrong = sep === '' ? 'sep' : ONE_BYTE.find((option) => !isByte(given[option]))
  if (wrong !== undefined) {
    const feature = `${wrong} => '${wrong === 'sep' ? sep : given[wrong]}' of ${name}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
  }
  return sep === undefined ? given : { ...given, sep: SEPARATORS[sep] ?? sep }
}

const fromCsv: FunctionDefinition = between(2, 3, ([csv, schema, options], site) => {
  const type = schemaOf(schema!, 1, site)
  const given = csvOptions(readOptions(options, READING, site), site)
  const row = textOperand(csv!, site)
  if (type.kind !== 'struct') {
    const inputSchema = `"${String(constantOf(schema!)?.value)}"`
    const parameters = { inputSchema, dataType: quotedTypeName(type) }
    throw new MillraceError('INVALID_SCHEMA.NON_STRUCT_TYPE', parameters, { origin: site.origin })
  }
  const texts = optionsFor(type, checkedMode(type, given, site), 'reading', site)
  refuseFields(type.fields, site)
  return call('from_csv', type, [row], { origin: site.origin, texts })
})

/** @throws UNSUPPORTED_DATATYPE */
function refuseFields(fields: readonly Field[], { origin }: CallSite): void {
  const refused = fields.find(({ type }) => isNested(type) || type.kind === 'void')
  if (refused) throw new MillraceError('UNSUPPORTED_DATATYPE', { typeName: quotedTypeName(refused.type) }, { origin })
}

const toCsv: FunctionDefinition = between(1, 2, ([value, options], site) => {
  const given = csvOptions(readOptions(options, WRITING, site), site)
  const { type } = value!
  if (type.kind === 'void') return literal(STRING, null, site.origin)
  if (type.kind !== 'struct') throw notWritable(type, site)
  const texts = optionsFor(type, given, 'writing', site)
  return call('to_csv', STRING, [value!], { origin: site.origin, texts, nullable: true })
})

const notWritable = (type: DataType, { name, sql, origin }: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE',
    { functionName: quotedName(name), dataType: quotedTypeName(type), sqlExpr: sql },
    { origin },
  )

const schemaOfCsv: FunctionDefinition = between(1, 2, ([csv, options], site) => {
  const given = csvOptions(readOptions(options, { ...SIGNS, nanValue: text('NaN') }, site), site)
  return literal(STRING, sqlTypeName(inferCsv(sampleText(csv!, 'csv', site), given)), site.origin)
})

export const CSV_FUNCTIONS: FunctionTable = {
  from_csv: helped(
    '(text, schema[, options])',
    'The struct that a row of CSV says; NULL in what it lacks or has of another type. Options are those of Spark: `sep`, `quote`, `escape`, `comment`, `nullValue`, `emptyValue`, `mode`, `columnNameOfCorruptRecord`, `dateFormat`, `timestampFormat` and others.',
    [
      ["from_csv('1, 0.8', 'a INT, b DOUBLE')", '{1, 0.8}'],
      ["from_csv('26/08/2015', 'time Timestamp', map('timestampFormat', 'dd/MM/yyyy'))", '{2015-08-26 00:00:00}'],
    ],
    fromCsv,
  ),
  to_csv: helped(
    '(struct[, options])',
    'A struct as a row of CSV. Options: `sep`, `quote`, `escape`, `quoteAll`, `nullValue`, `emptyValue`, `dateFormat`, `timestampFormat` and others.',
    [
      ["to_csv(named_struct('a', 1, 'b', 2))", '1,2'],
      ["to_csv(named_struct('a', 'x,y', 'b', null))", '"x,y",'],
    ],
    toCsv,
  ),
  schema_of_csv: helped(
    '(text[, options])',
    'The types of a row of CSV as DDL, for from_csv. The text is a constant.',
    [["schema_of_csv('1,abc')", 'STRUCT<_c0: INT, _c1: STRING>']],
    schemaOfCsv,
  ),
}
