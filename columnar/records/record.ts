import type { ColumnBuffers } from '../column-buffers.js'
import type { Decimal } from '../decimal.js'
import type { CalendarDate } from '../times/calendar-date.js'
import type { CalendarInterval } from '../times/calendar-interval.js'
import type { TimeOfDay } from '../times/time-of-day.js'
import type { Timestamp } from '../times/timestamp.js'
import type { DataType, OfKind, PlainType } from '../types.js'
import type { Variant } from '../variant.js'

/** In what a value is held: a number of WebAssembly, two words, an address with a length, or the fields of a struct. */
export type Shape = 'i32' | 'i64' | 'f32' | 'f64' | 'wide' | 'bytes' | 'struct'

/** How the values of a leaf are stored: nothing (struct, void), a fixed width in bytes, a boolean, or bytes with offsets. */
export type Storage =
  | { readonly kind: 'none' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'fixed'; readonly bytes: 1 | 2 | 4 | 8 | 16 }
  | { readonly kind: 'variable' }

/** A type of Arrow as the tables of its Schema.fbs say it: the tag of the union, and the slots of the table in order. */
export interface ArrowType {
  readonly tag: number
  readonly slots: readonly ArrowSlot[]
}

/** A number with the one that is left out, or a text, which is left out when it is undefined. */
export type ArrowSlot =
  | { readonly as: 'int8' | 'int16' | 'int32'; readonly value: number; readonly default: number }
  | { readonly as: 'text'; readonly value: string | undefined }

/** A value as it will lie in memory, or undefined for NULL. */
export type Encoded = bigint | number | boolean | Uint8Array | undefined

/** A value as it is stored, and as literals of plans have it: decimals unscaled, dates as days, timestamps as microseconds, times as nanoseconds. */
export type StoredValue = null | boolean | number | bigint | string | Uint8Array

/** A value of a plain type as users see it. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Timestamp
  | CalendarDate
  | CalendarInterval
  | TimeOfDay
  | Decimal
  | Variant

export type Read<V> = (row: number) => V

/** What this layer knows of a type. Methods get the type, of which parameters may matter. */
export interface TypeRecord<T extends DataType> {
  /** How values are held in generated code. */
  shape(type: T): Shape
  /** How they lie in blocks. */
  storage(type: T): Storage
  /** How Arrow calls the type. @param decimalBits how wide decimals are said to be, where not as they are stored */
  arrow(type: T, decimalBits?: 128): ArrowType
}

/** Of a type whose values are one thing each; what structs, arrays and maps consist of is walked (`column-reader.ts`, `packed-writer.ts`). */
export interface PlainRecord<T extends PlainType> extends TypeRecord<T> {
  /** Reads values as they are stored; of texts their bytes where they lie. */
  readStored(buffers: ColumnBuffers, type: T): Read<Exclude<StoredValue, string>>
  /** Reads values as users get them. */
  readUser(buffers: ColumnBuffers, type: T): Read<PlainValue>
  /** Gives a value that is not NULL as it will lie in memory. */
  encodeStored(value: Exclude<StoredValue, null>, type: T): Encoded
  /** Gives what a user gave, which is not NULL, in the same way; undefined when it is not of the type. */
  encodeUser(value: unknown, type: T): Encoded
}

/** The record of a plain type by its kind. */
export type RecordOf<K extends PlainType['kind']> = PlainRecord<Extract<PlainType, OfKind<K>>>
