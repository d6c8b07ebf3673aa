import { deserialize, serialize } from 'node:v8'
import { Decimal } from '../../columnar/decimal.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { TimeOfDay } from '../../columnar/times/time-of-day.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import { Variant } from '../../columnar/variant.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** How values of a class go to other threads: their parts, of which they are made again. */
interface Sent<T> {
  readonly of: { readonly prototype: T }
  parts(value: T): readonly unknown[]
  made(parts: readonly unknown[]): T
}

const sent = <T>(of: Sent<T>['of'], parts: Sent<T>['parts'], made: (...parts: never[]) => T): Sent<T> => ({
  of,
  parts,
  made: (given) => made(...(given as never[])),
})

const CLASSES = {
  decimal: sent(
    Decimal,
    ({ unscaled, scale }) => [unscaled, scale],
    (unscaled: bigint, scale: number) => new Decimal(unscaled, scale),
  ),
  timestamp: sent(
    Timestamp,
    ({ micros }) => [micros],
    (micros: bigint) => Timestamp.ofMicros(micros),
  ),
  date: sent(
    CalendarDate,
    ({ days }) => [days],
    (days: number) => CalendarDate.ofDays(days),
  ),
  time: sent(
    TimeOfDay,
    ({ nanos }) => [nanos],
    (nanos: bigint) => TimeOfDay.ofNanos(nanos),
  ),
  variant: sent(
    Variant,
    ({ value, metadata }) => [value, metadata],
    (value: Uint8Array, metadata: Uint8Array) => new Variant(value, metadata),
  ),
} as const satisfies Record<string, unknown>
type Name = keyof typeof CLASSES

/** Begins what stands for a value of a class. */
const MARK = '\u0000millrace'

/** Classes whose values are copied as they are. */
const COPIED = [Date, RegExp, ArrayBuffer, SharedArrayBuffer, Error, Number, String, Boolean]

/** A state of an aggregate of the user as bytes. @throws UNSUPPORTED_UDF_STATE for what would lose its class on the way */
export const stateBytes = (state: unknown): Uint8Array => serialize(packed(state))

/** The state that bytes are. */
export const stateOfBytes = (bytes: Uint8Array): unknown => unpacked(deserialize(bytes))

function packed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const [name, { of, parts }] of Object.entries(CLASSES))
    if (value instanceof (of as never)) return [MARK, name, ...parts(value as never)]
  return mapped(value, packed)
}

function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value) && value[0] === MARK) return CLASSES[value[1] as Name].made(value.slice(2))
  return mapped(value, unpacked)
}

/** The value with its parts replaced; the same object when these stay as they are. */
function mapped(value: object, map: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const parts = value.map(map)
    return parts.some((part, i) => part !== value[i]) ? parts : value
  }
  if (value instanceof Map) return new Map([...value].map(([key, of]) => [map(key), map(of)]))
  if (value instanceof Set) return new Set([...value].map(map))
  const prototype = Object.getPrototypeOf(value) as unknown
  if (prototype === Object.prototype || prototype === null) {
    const entries = Object.entries(value)
    const parts = entries.map(([, part]) => map(part))
    if (!parts.some((part, i) => part !== entries[i]![1])) return value
    return Object.fromEntries(entries.map(([key], i) => [key, parts[i]]))
  }
  if (COPIED.some((of) => value instanceof of)) return value
  throw new MillraceError('UNSUPPORTED_UDF_STATE', { className: value.constructor.name })
}
