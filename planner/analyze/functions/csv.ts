import {
  type DataType,
  type Field,
  hasVariants,
  isNested,
  quotedTypeName,
  STRING,
  sqlTypeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { constantOf } from '../constants/constants.js'
import { intervalsAsTexts } from '../types/interval-parts.js'
import { inferCsv } from './csv-inference.js'
import { CSV_READING, CSV_SAMPLE, CSV_WRITING, csvOptions } from './csv-options.js'
import { between, type CallSite, collated, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { type OptionSite, optionsFor, readOptions } from './text-options.js'
import { checkedMode, sampleText, schemaOf, textOperand } from './text-schema.js'
import { csvWithTexts } from './told-parts.js'
import { withWrittenTimes } from './written-times.js'

const fromCsv: FunctionDefinition = between(2, 3, ([csv, schema, options], site) => {
  const type = schemaOf(schema!, 1, site)
  const given = csvOptions(readOptions(options, CSV_READING, site), site)
  const row = textOperand(csv!, site)
  if (type.kind !== 'struct') {
    const inputSchema = `"${String(constantOf(schema!)?.value)}"`
    const parameters = { inputSchema, dataType: quotedTypeName(type) }
    throw new MillraceError('INVALID_SCHEMA.NON_STRUCT_TYPE', parameters, { origin: site.origin })
  }
  const texts = optionsFor(type, checkedMode(type, given, site), 'reading', site)
  refuseFields(type.fields, site)
  return csvWithTexts(type, texts, (as, how) => call('from_csv', as, [row], { origin: site.origin, texts: how }))
})

/** @throws UNSUPPORTED_DATATYPE */
function refuseFields(fields: readonly Field[], { origin }: CallSite): void {
  const refused = fields.find(({ type }) => isNested(type) || type.kind === 'void')
  if (refused) throw new MillraceError('UNSUPPORTED_DATATYPE', { typeName: quotedTypeName(refused.type) }, { origin })
}

const toCsv: FunctionDefinition = between(1, 2, ([value, options], site) => {
  const given = csvOptions(readOptions(options, CSV_WRITING, site), site)
  const { type } = value!
  if (type.kind === 'void') return literal(STRING, null, site.origin)
  if (type.kind !== 'struct' || hasVariants(type)) throw notWritable(type, site)
  return writtenCsv(intervalsAsTexts(value!), given, site)
})

/** A struct as a row. @throws the conditions of patterns */
export function writtenCsv(row: Expression, given: TextOptions, site: OptionSite): Expression {
  const [told, texts] = withWrittenTimes(row, optionsFor(row.type, given, 'writing', site), 'by format', site)
  return call('to_csv', STRING, [told], { origin: site.origin, texts, nullable: true })
}

const notWritable = (type: DataType, { name, sql, origin }: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE',
    { functionName: quotedName(name), dataType: quotedTypeName(type), sqlExpr: sql },
    { origin },
  )

const schemaOfCsv: FunctionDefinition = between(1, 2, ([csv, options], site) => {
  const given = csvOptions(readOptions(options, CSV_SAMPLE, site), site)
  return literal(STRING, sqlTypeName(inferCsv(sampleText(csv!, 'csv', site), given, site)), site.origin)
})

export const CSV_FUNCTIONS: FunctionTable = collated('plain', {
  from_csv: helped(
    '(text, schema[, options])',
    'The struct that a row of CSV says; NULL in what it lacks or has of another type. Options are those of Spark: `sep`, `quote`, `escape`, `comment`, `nullValue`, `emptyValue`, `mode`, `columnNameOfCorruptRecord`, `dateFormat`, `timestampFormat`, `timeFormat` and others.',
    [
      ["from_csv('1, 0.8', 'a INT, b DOUBLE')", '{1, 0.8}'],
      ["from_csv('26/08/2015', 'time Timestamp', map('timestampFormat', 'dd/MM/yyyy'))", '{2015-08-26 00:00:00}'],
    ],
    fromCsv,
    { printed: { shown: 1 } },
  ),
  to_csv: helped(
    '(struct[, options])',
    'A struct as a row of CSV. Options: `sep`, `quote`, `escape`, `quoteAll`, `nullValue`, `emptyValue`, `dateFormat`, `timestampFormat`, `timeFormat` and others.',
    [
      ["to_csv(named_struct('a', 1, 'b', 2))", '1,2'],
      ["to_csv(named_struct('a', 'x,y', 'b', null))", '"x,y",'],
    ],
    toCsv,
    { collations: 'values', printed: { shown: 1 } },
  ),
  schema_of_csv: helped(
    '(text[, options])',
    'The types of a row of CSV as DDL, for from_csv. The text is a constant.',
    [["schema_of_csv('1,abc')", 'STRUCT<_c0: INT, _c1: STRING>']],
    schemaOfCsv,
    { printed: { shown: 1 } },
  ),
})
