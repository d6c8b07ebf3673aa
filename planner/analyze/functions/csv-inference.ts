import { BIGINT, type DataType, decimal, field, STRING, struct } from '../../../columnar/types.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { encodeCsvSample } from '../../plan/text-specs/sample-spec.js'
import { analysisSession } from '../session.js'
import { shapesOfText, typeOfShape } from '../text-formats/line-shapes.js'
import type { CallSite } from './definition.js'
import { mergedType } from './inferred-types.js'

/** The values of a row that is used to tell what others are like, without their quotes: what kernels read of rows is in csv-tokens.ts. */
export function csvValues(row: string, options: TextOptions): readonly string[] {
  const { sep = ',', quote = '"' } = options
  const [trimsStart, trimsEnd] = [options['ignoreLeadingWhiteSpace'], options['ignoreTrailingWhiteSpace']]
  const values: string[] = []
  for (let at = 0; ; at += sep.length) {
    if (trimsStart) while (row[at] !== undefined && row[at]! <= ' ' && !row.startsWith(sep, at)) at++
    const isQuoted = quote !== '' && row[at] === quote
    const quoted = isQuoted ? quotedValue(row, at + 1, options) : { value: '', end: at }
    const end = row.indexOf(sep, quoted.end)
    const rest = row.slice(quoted.end, end < 0 ? row.length : end)
    values.push(quoted.value + (trimsEnd || isQuoted ? rest.trimEnd() : rest))
    if (end < 0) return values
    at = end
  }
}

/** A value in quotes, and where the quote behind it ends. */
function quotedValue(row: string, from: number, { quote = '"', escape: escapeSign = '\\' }: TextOptions) {
  let value = ''
  for (let at = from; at < row.length; at++) {
    const next = row[at + 1]
    if (row[at] === escapeSign && (next === quote || next === escapeSign)) value += row[++at]
    else if (row[at] === quote) return { value, end: at + 1 }
    else value += row[at]
  }
  return { value, end: row.length }
}

const INT_DECIMAL = decimal(10, 0)

/** The type of values that are of two types; text where nothing else is of both. Dates are no timestamps when these have a pattern of their own. */
export const mergedCsvType =
  ({ timestampFormat }: TextOptions) =>
  (a: DataType, b: DataType): DataType => {
    if (a.kind === 'int' && b.kind === 'bigint') return b
    if (a.kind === 'bigint' && b.kind === 'int') return a
    const dated = [a, b].find(({ kind }) => kind === 'date')
    const timed = [a, b].find(({ kind }) => kind === 'timestamp' || kind === 'timestamp_ntz')
    if (dated && timed) return timestampFormat === undefined ? timed : STRING
    return mergedType(ofInt(a, b), ofInt(b, a))
  }

/** A type beside another: an integer of 32 bits has ten digits beside decimals. */
function ofInt(type: DataType, beside: DataType): DataType {
  if (type.kind !== 'int' || beside.kind === 'int' || beside.kind === 'void') return type
  return beside.kind === 'decimal' ? INT_DECIMAL : BIGINT
}

/** The type of a row as Spark infers it. */
export function inferCsv(row: string, options: TextOptions, site: CallSite): DataType {
  const { timeZone, timestampType } = analysisSession()
  const columns = csvValues(row, options).length
  const sample = encodeCsvSample({ timeZone, ...options }, columns, undefined, timestampType === 'TIMESTAMP_NTZ')
  const { fields = [] } = shapesOfText(row, sample, site).row
  const merged = mergedCsvType(options)
  return struct(fields.map(([, shape], i) => field(`_c${i}`, toldType(typeOfShape(shape, merged)))))
}

/** A column of which nothing is known is text. */
export const toldType = (type: DataType): DataType => (type.kind === 'void' ? STRING : type)
