import type { Decimal } from '../../columnar/decimal.js'
import type { Value } from '../../columnar/value-reader.js'

/** A row whose columns are not known while compiling: what `sql` and files without a typed schema give. */
export type AnyRow = { readonly [column: string]: Value }

/** The names of a row's columns; any string where they are not known. */
export type ColumnsOf<R> = keyof R & string

/** Spreads intersections and mapped types out, so that a type reads, and compares, as one plain row. */
export type Flat<T> = { [K in keyof T]: T[K] }

/** What arithmetic gives: which of them depends on the operands. */
export type NumberValue = number | bigint | Decimal | null
export type { Value }

/** Rows as they come back: what was left out or undefined is NULL. */
export type Collected<R> = { [K in keyof R]-?: undefined extends R[K] ? Exclude<R[K], undefined> | null : R[K] }
