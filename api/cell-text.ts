import { dateText, jsonTimestampText, timestampText } from '../columnar/calendar.js'
import { CalendarDate } from '../columnar/calendar-date.js'
import { Decimal } from '../columnar/decimal.js'
import { doubleText, floatText, shortestFloat } from '../columnar/double-text.js'
import { dayTimeText, yearMonthText } from '../columnar/interval-text.js'
import { rowKeys } from '../columnar/row-keys.js'
import { Timestamp } from '../columnar/timestamp.js'
import type { DataType, Field, Schema } from '../columnar/types.js'
import type { Value } from '../columnar/value-reader.js'
import { localMicros } from '../common/time/time-zone.js'
import { jsonReplacer } from './json-replacer.js'

/** A value as `show` prints it, in a session of this time zone. */
export function cellText(value: Value | undefined, type: DataType, timeZone = 'UTC'): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Decimal) return value.toString()
  if (value instanceof CalendarDate) return dateText(value.days)
  if (value instanceof Timestamp)
    return timestampText(type.kind === 'timestamp' ? localMicros(timeZone, value.micros) : value.micros)
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex').toUpperCase()
    return `[${bytes.replace(/..(?=.)/g, '$& ')}]`
  }
  if (typeof value === 'number' && type.kind === 'interval_ym') return yearMonthText(value, type)
  if (typeof value === 'bigint' && type.kind === 'interval_dt') return dayTimeText(value, type)
  if (typeof value === 'number' && (type.kind === 'double' || type.kind === 'float'))
    return type.kind === 'float' ? floatText(value) : doubleText(value)
  if (type.kind === 'array')
    return `[${(value as readonly Value[]).map((member) => cellText(member, type.element)).join(', ')}]`
  if (type.kind === 'map') {
    const entries = [...(value as ReadonlyMap<Value, Value>)]
    return `{${entries.map(([key, held]) => `${cellText(key, type.key)} -> ${cellText(held, type.value)}`).join(', ')}}`
  }
  if (type.kind !== 'struct') return String(value)
  return `{${membersOf(type.fields, value)
    .map((member, i) => cellText(member, type.fields[i]!.type, timeZone))
    .join(', ')}}`
}

/** A row as a line of JSON, as Spark's `toJSON` writes it, but that NULLs stay, exact numbers are text and timestamps have all digits. */
export const jsonRow = (schema: Schema, values: readonly Value[]): string => jsonObject(schema.fields, values)

/** Members of one name stay beside each other, which no JavaScript object can hold. */
function jsonObject(fields: readonly Field[], values: readonly Value[]): string {
  const members = fields.map(({ name, type }, i) => `${JSON.stringify(name)}:${jsonText(values[i]!, type)}`)
  return `{${members.join(',')}}`
}

function jsonText(value: Value, type: DataType): string {
  if (value === null) return 'null'
  if (value instanceof CalendarDate) return `"${dateText(value.days)}"`
  if (value instanceof Timestamp)
    return `"${jsonTimestampText(value.micros)}${type.kind === 'timestamp_ntz' ? '' : 'Z'}"`
  if (type.kind === 'interval_ym' || type.kind === 'interval_dt') return JSON.stringify(cellText(value, type))
  if (typeof value === 'number' && type.kind === 'float' && Number.isFinite(value))
    return JSON.stringify(shortestFloat(value))
  if (type.kind === 'array')
    return `[${(value as readonly Value[]).map((member) => jsonText(member, type.element)).join(',')}]`
  if (type.kind === 'map') {
    const entries = [...(value as ReadonlyMap<Value, Value>)]
    const keyOf = (key: Value): string => (typeof key === 'string' ? key : cellText(key, type.key))
    return `{${entries.map(([key, held]) => `${JSON.stringify(keyOf(key))}:${jsonText(held, type.value)}`).join(',')}}`
  }
  if (type.kind === 'struct') return jsonObject(type.fields, membersOf(type.fields, value))
  return JSON.stringify(value, jsonReplacer)
}

/** The values of a struct in the order of its fields. */
function membersOf(fields: readonly Field[], value: Value): readonly Value[] {
  const struct = value as Readonly<Record<string, Value>>
  return rowKeys(fields).map((key) => struct[key]!)
}
