import { parseDateText, parseTimestampText } from '../../columnar/times/calendar.js'
import type { DataType, PlainType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ColumnType } from './column-types.js'
import { compared } from './filters.js'
import type { PostgresFormat } from './options/format.js'
import type { Partitioning } from './options/read-options.js'
import type { Condition } from './split.js'
import { quotedIdentifier } from './sql.js'
import { valueText } from './value-text.js'

/** Conditions of which each row fulfils those of one share; rows beyond the bounds and NULLs are in the outer ones. */
export function sharesOf(
  format: PostgresFormat,
  { column, lower, upper, count }: Partitioning,
  known: ReadonlyMap<string, ColumnType>,
): readonly (readonly Condition[])[] {
  const invalid = (option: string, value: string, reason: string): MillraceError =>
    new MillraceError('INVALID_OPTION', { option, provider: format, value, reason })
  const name = [...known.keys()].find((one) => one === column || one.toLowerCase() === column.toLowerCase())
  const type = name === undefined ? undefined : known.get(name)
  if (name === undefined || !type) throw invalid('partitionColumn', column, 'there is no such column')
  const bound = (option: string, text: string): bigint => {
    const value = boundOf(type.type, text)
    if (value === 'no') throw invalid('partitionColumn', column, 'rows are divided by numbers, dates and timestamps')
    if (value === undefined) throw invalid(option, text, 'it is no value of the partitionColumn')
    return value
  }
  const [least, most] = [bound('lowerBound', lower), bound('upperBound', upper)]
  if (least > most) throw invalid('lowerBound', lower, 'it is above upperBound')
  const shares = most - least < BigInt(count) ? most - least : BigInt(count)
  if (shares <= 1n) return [[]]
  const quoted = quotedIdentifier(name)
  const cut = (i: number): string => textOf(type.type, least + ((most - least) * BigInt(i)) / shares)
  const comparedAs = isNumber(type.type) ? 'numeric' : type.comparedAs!
  return Array.from({ length: Number(shares) }, (_, i) => {
    const from = compared(quoted, 'ge', cut(i), comparedAs)
    const until = compared(quoted, 'lt', cut(i + 1), comparedAs)
    if (i === 0) return [{ ...until, parts: [`(${until.parts[0]}`, `${until.parts[1]} or ${quoted} is null)`] }]
    return i === Number(shares) - 1 ? [from] : [from, until]
  })
}

const isNumber = ({ kind }: DataType): boolean =>
  ['smallint', 'int', 'bigint', 'float', 'double', 'decimal'].includes(kind)

/** A bound as a whole number: of days and microseconds, where it is no number. */
function boundOf(type: DataType, text: string): bigint | undefined | 'no' {
  if (isNumber(type)) return /^[+-]?\d{1,38}$/.test(text.trim()) ? BigInt(text.trim().replace('+', '')) : undefined
  switch (type.kind) {
    case 'date': {
      const days = parseDateText(text)
      return days === undefined ? undefined : BigInt(days)
    }
    case 'timestamp':
    case 'timestamp_ntz':
      return parseTimestampText(text) ?? parseTimestampText(`${text} 00:00:00`)
    default:
      return 'no'
  }
}

const textOf = (type: DataType, value: bigint): string =>
  isNumber(type) ? String(value) : valueText(type as PlainType)!(value)
