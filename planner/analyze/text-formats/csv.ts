import { type DataType, field, STRING, type StructType, VOID } from '../../../columnar/types.js'
import type { Options } from '../../../connectors/api.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { encodeCsvSample } from '../../plan/text-specs/sample-spec.js'
import { csvValues, mergedCsvType, toldType } from '../functions/csv-inference.js'
import { CSV_READING, csvOptions } from '../functions/csv-options.js'
import { kernelCall } from '../functions/definition.js'
import { type OptionRules, optionsFor } from '../functions/text-options.js'
import { checkedMode } from '../functions/text-schema.js'
import { csvWithTexts } from '../functions/told-parts.js'
import type { AnalysisSession } from '../session.js'
import { FILE_OPTIONS, given, selectionOf, siteOf, sourceOptions, without } from './file-options.js'
import { typeOfShape } from './line-shapes.js'
import type { SchemaInference, TextFormat } from './text-format.js'

const NAME = 'csv'
const SITE = siteOf(NAME)

/** What is told of files and of how columns are found, and not of rows. */
const OF_FILES: OptionRules = {
  ...FILE_OPTIONS,
  inferSchema: { kind: 'flag', usual: false },
  preferDate: { kind: 'flag', usual: true },
  samplingRatio: { kind: 'text', usual: '1.0' },
}

const RULES: OptionRules = {
  ...OF_FILES,
  ...CSV_READING,
  /** The names in files are not compared with those that are wanted, as in Spark unless it is told to. */
  enforceSchema: { kind: 'fixed', usual: 'true' },
  unescapedQuoteHandling: { kind: 'fixed', usual: 'STOP_AT_DELIMITER' },
}

const checked = (options: Options): Options => sourceOptions(options, RULES, NAME)

/** Lines without anything in them are no rows, nor are comments. */
function linesOf(options: Options, hasHeader: boolean): Options {
  const { lineSep, multiLine, header, comment, quote = '"', sep, delimiter, ...others } = checked(options)
  const { encoding = others['charset'] } = others
  const { sep: separator = ',' } = csvOptions(given({ sep, delimiter }), SITE)
  return given({
    ...selectionOf(others),
    'lines.skipBlank': 'true',
    'lines.header': hasHeader ? header : undefined,
    'lines.comment': comment,
    lineSep,
    encoding,
    ...(multiLine
      ? { 'lines.quote': quote, 'lines.escape': others['escape'] ?? '\\', 'lines.delimiter': separator }
      : {}),
  })
}

/** Rows of comma-separated values, one a line, as Spark reads them. */
export const csvFormat: TextFormat = {
  name: NAME,
  rules: RULES,
  lines: (options) => linesOf(options, true),
  sampledLines: (options) => linesOf(options, false),
  infer: inferred,
  byFirstLine: () => undefined,
  isListed: () => false,
  listsByFirstLine: () => undefined,

  rows(text: Expression, type: StructType, options: Options): Expression {
    const { multiLine, header, mode, ...others } = checked(options)
    const read = without(others, OF_FILES)
    const texts = optionsFor(
      type,
      checkedMode(type, csvOptions(given({ ...read, mode: modeOf(mode) }), SITE), SITE),
      'reading',
      SITE,
    )
    const row = multiLine ? withLineFeeds(text) : text
    return csvWithTexts(type, texts, (as, how) => call('from_csv', as, [row], { texts: how, nullable: false }))
  },
}

/** Within values that have several lines these end in one way, as when Univocity reads a file whose lines end in `\\r\\n`. */
const withLineFeeds = (text: Expression): Expression =>
  kernelCall('textReplace', STRING, [text, literal(STRING, '\r\n'), literal(STRING, '\n')], SITE)

/** Rows that are dropped when they are malformed are known by the column for these. */
const modeOf = (mode: string | undefined): string | undefined => (mode === 'DROPMALFORMED' ? undefined : mode)

/** Names are those of the first line; types are found in all lines where that is asked for. */
function inferred(given: Options, session: AnalysisSession): SchemaInference {
  const { header, inferSchema, ...others } = checked(given)
  const options = csvOptions(others, SITE)
  const timeZone = options['timeZone'] ?? session.timeZone
  const merged = mergedCsvType(options)
  return {
    needsFirstLine: true,

    sample(line) {
      if (inferSchema === undefined || line === undefined) return undefined
      const columns = csvValues(line, options).length
      const isWithoutZone = session.timestampType === 'TIMESTAMP_NTZ'
      return encodeCsvSample({ ...options, timeZone }, columns, header && line, isWithoutZone)
    },

    found(line, shapes) {
      const values = line === undefined ? [] : csvValues(line, options)
      const names = header ? safeNames(values) : values.map((_, i) => `_c${i}`)
      const typeOf = (i: number): DataType =>
        shapes.map(({ row }) => typeOfShape(row.fields![i]![1], merged)).reduce(merged, VOID)
      return { schema: { fields: names.map((name, i) => field(name, toldType(typeOf(i)))) }, isListed: false }
    },
  }
}

/** Names of columns by a header: numbered where one lacks or comes again. */
function safeNames(values: readonly string[]): readonly string[] {
  const keys = values.map((value) => value.toLowerCase())
  return values.map((value, i) => {
    if (value === '') return `_c${i}`
    return keys.indexOf(keys[i]!) !== keys.lastIndexOf(keys[i]!) ? `${value}${i}` : value
  })
}
