import { doubleText, floatText, shortestFloat } from '../../columnar/double-text.js'
import { rowKeys } from '../../columnar/row-keys.js'
import { dateText, jsonTimestampText, timestampText } from '../../columnar/times/calendar.js'
import type { CalendarDate } from '../../columnar/times/calendar-date.js'
import { dayTimeText, yearMonthText } from '../../columnar/times/interval-text.js'
import type { Timestamp } from '../../columnar/times/timestamp.js'
import type { DataType, Field, OfKind, Schema, TypeKind } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import type { Variant } from '../../columnar/variant.js'
import { localMicros } from '../../common/time/time-zone.js'
import { jsonReplacer } from './json-replacer.js'

type Present = Exclude<Value, null>

/** How values of a type are printed, which are no NULLs. */
interface Cell<T extends DataType = DataType> {
  /** By `show`, in a session of this time zone. */
  text(value: Present, type: T, timeZone: string): string
  /** In a line of JSON. */
  json(value: Present, type: T): string
}

const asJson = (value: Present): string => JSON.stringify(value, jsonReplacer)
const PLAIN: Cell = { text: String, json: asJson }

const CELLS: { readonly [K in TypeKind]: Cell<OfKind<K>> } = {
  void: PLAIN,
  boolean: PLAIN,
  tinyint: PLAIN,
  smallint: PLAIN,
  int: PLAIN,
  bigint: PLAIN,
  float: {
    text: (value) => floatText(value as number),
    json: (value) => asJson(Number.isFinite(value) ? shortestFloat(value as number) : value),
  },
  double: { text: (value) => doubleText(value as number), json: asJson },
  decimal: PLAIN,
  string: PLAIN,
  binary: { text: (value) => hexText(value as Uint8Array), json: asJson },
  date: {
    text: (value) => dateText((value as CalendarDate).days),
    json: (value) => `"${dateText((value as CalendarDate).days)}"`,
  },
  time: { text: String, json: asJson },
  timestamp: {
    text: (value, _, timeZone) => timestampText(localMicros(timeZone, (value as Timestamp).micros)),
    json: (value) => `"${jsonTimestampText((value as Timestamp).micros)}Z"`,
  },
  timestamp_ntz: {
    text: (value) => timestampText((value as Timestamp).micros),
    json: (value) => `"${jsonTimestampText((value as Timestamp).micros)}"`,
  },
  interval_ym: {
    text: (value, type) => yearMonthText(value as number, type),
    json: (value, type) => `"${yearMonthText(value as number, type)}"`,
  },
  interval_dt: {
    text: (value, type) => dayTimeText(value as bigint, type),
    json: (value, type) => `"${dayTimeText(value as bigint, type)}"`,
  },
  interval: PLAIN,
  variant: {
    // As in Spark whatever the zone of the session is.
    text: (value) => (value as Variant).toJson(),
    json: (value) => (value as Variant).toJson(),
  },
  struct: {
    text: (value, { fields }, timeZone) =>
      `{${membersOf(fields, value)
        .map((member, i) => cellText(member, fields[i]!.type, timeZone))
        .join(', ')}}`,
    json: (value, { fields }) => jsonObject(fields, membersOf(fields, value)),
  },
  array: {
    text: (value, { element }, timeZone) =>
      `[${(value as readonly Value[]).map((member) => cellText(member, element, timeZone)).join(', ')}]`,
    json: (value, { element }) =>
      `[${(value as readonly Value[]).map((member) => jsonText(member, element)).join(',')}]`,
  },
  map: {
    text: (value, type, timeZone) =>
      `{${entriesOf(value)
        .map(([key, held]) => `${cellText(key, type.key, timeZone)} -> ${cellText(held, type.value, timeZone)}`)
        .join(', ')}}`,
    json: (value, type) =>
      `{${entriesOf(value)
        .map(([key, held]) => `${JSON.stringify(memberName(key, type.key))}:${jsonText(held, type.value)}`)
        .join(',')}}`,
  },
}

const cellOf = (type: DataType): Cell => CELLS[type.kind]

const entriesOf = (value: Present): readonly (readonly [Value, Value])[] => [...(value as ReadonlyMap<Value, Value>)]
const memberName = (key: Value, type: DataType): string => (typeof key === 'string' ? key : cellText(key, type))

function hexText(value: Uint8Array): string {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex').toUpperCase()
  return `[${bytes.replace(/..(?=.)/g, '$& ')}]`
}

/** A value as `show` prints it, in a session of this time zone. */
export const cellText = (value: Value | undefined, type: DataType, timeZone = 'UTC'): string =>
  value === null || value === undefined ? 'NULL' : cellOf(type).text(value, type, timeZone)

/** A row as a line of JSON, as Spark's `toJSON` writes it, but that NULLs stay, exact numbers are text and timestamps have all digits. */
export const jsonRow = (schema: Schema, values: readonly Value[]): string => jsonObject(schema.fields, values)

/** Members of one name stay beside each other, which no JavaScript object can hold. */
function jsonObject(fields: readonly Field[], values: readonly Value[]): string {
  const members = fields.map(({ name, type }, i) => `${JSON.stringify(name)}:${jsonText(values[i]!, type)}`)
  return `{${members.join(',')}}`
}

const jsonText = (value: Value, type: DataType): string => (value === null ? 'null' : cellOf(type).json(value, type))

/** The values of a struct in the order of its fields. */
function membersOf(fields: readonly Field[], value: Value): readonly Value[] {
  const struct = value as Readonly<Record<string, Value>>
  return rowKeys(fields).map((key) => struct[key]!)
}
