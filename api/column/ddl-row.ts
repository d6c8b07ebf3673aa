import type { Decimal } from '../../columnar/decimal.js'
import type { CalendarDate } from '../../columnar/times/calendar-date.js'
import type { CalendarInterval } from '../../columnar/times/calendar-interval.js'
import type { TimeOfDay } from '../../columnar/times/time-of-day.js'
import type { Timestamp } from '../../columnar/times/timestamp.js'
import type { Variant } from '../../columnar/variant.js'
import type { AnyRow, Flat, Value } from './row.js'

/** The values of types without parameters, by Spark's names of them. */
interface PlainTypes {
  readonly boolean: boolean
  readonly tinyint: number
  readonly byte: number
  readonly smallint: number
  readonly short: number
  readonly int: number
  readonly integer: number
  readonly bigint: bigint
  readonly long: bigint
  readonly float: number
  readonly real: number
  readonly double: number
  readonly string: string
  readonly binary: Uint8Array
  readonly date: CalendarDate
  readonly time: TimeOfDay
  readonly interval: CalendarInterval
  readonly variant: Variant
  readonly timestamp: Timestamp
  readonly timestamp_ltz: Timestamp
  readonly timestamp_ntz: Timestamp
  readonly decimal: Decimal
  readonly dec: Decimal
  readonly numeric: Decimal
}

type Trimmed<T extends string> = T extends ` ${infer U}` | `\n${infer U}` | `${infer U} ` | `${infer U}\n`
  ? Trimmed<U>
  : T

/** The value of a column of a type written as in DDL, NULL apart; `Value` for types that are not read while compiling. */
export type ValueOfType<T extends string> =
  Lowercase<Trimmed<T>> extends keyof PlainTypes
    ? PlainTypes[Lowercase<Trimmed<T>>]
    : Lowercase<Trimmed<T>> extends `${'decimal' | 'dec' | 'numeric'}${' ' | ''}(${string})`
      ? Decimal
      : Lowercase<Trimmed<T>> extends `string collate ${string}`
        ? string
        : Lowercase<Trimmed<T>> extends `time${' ' | ''}(${string})`
          ? TimeOfDay
          : Value

type ValueOfField<T extends string> =
  Lowercase<Trimmed<T>> extends `${infer Plain} not null` ? ValueOfType<Plain> : ValueOfType<T> | null

/** Divides at commas, but not at the one between the digits of a decimal. */
type Parts<T extends string, Out extends string = never> = T extends `${infer Head},${infer Rest}`
  ? Head extends `${string}(${infer Digits}`
    ? Digits extends `${string})${string}`
      ? Parts<Rest, Out | Head>
      : Rest extends `${infer Scale},${infer More}`
        ? Parts<More, Out | `${Head},${Scale}`>
        : Out | T
    : Parts<Rest, Out | Head>
  : Out | T

type NamedType<F extends string> = F extends `${infer Name}:${infer Type}`
  ? [Trimmed<Name>, Type]
  : F extends `${infer Name} ${infer Type}`
    ? [Name, Type]
    : [F, string]

/**
 * The row that a schema in DDL gives, `user_id bigint, amount decimal(12,2) not null`. Nested types, quoted names and texts that are
 * not literal give an open row.
 */
export type DdlRow<T extends string> = string extends T
  ? AnyRow
  : T extends `${string}${'<' | '`' | "'" | '"' | '\t' | '\r'}${string}`
    ? AnyRow
    : Flat<{ [F in Trimmed<Parts<T>> as NamedType<F>[0]]: ValueOfField<NamedType<F>[1]> }>
