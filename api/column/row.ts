import type { Decimal } from '../../columnar/decimal.js'
import type { Value } from '../../columnar/value-reader.js'

/** A row whose columns are not known while compiling: what `sql` and files without a typed schema give. */
export type AnyRow = { readonly [column: string]: Value }

/** The names of a row's columns; any string where they are not known. */
export type ColumnsOf<R> = keyof R & string

/** Spreads intersections and mapped types out, so that a type reads, and compares, as one plain row. */
export type Flat<T> = Settled<{ [K in keyof T]: T[K] }>

/** The columns of both; of a name that both have, that of the first. */
export type Both<A, B> = Settled<{
  [K in keyof A | keyof B]: K extends keyof A ? A[K] : K extends keyof B ? B[K] : never
}>

/** A row without some columns. */
export type Without<R, C> = Settled<{ [K in keyof R as K extends C ? never : K]: R[K] }>

/**
 * The type itself; to tell that, the compiler has to look at every column now. Otherwise it would put that off, and the type of a column of a
 * chain of fifty steps would be fifty types deep, which it refuses.
 */
export type Settled<T> = T extends { [K in keyof T]: NonNullable<unknown> | null | undefined } ? T : T

/** What arithmetic gives: which of them depends on the operands. */
export type NumberValue = number | bigint | Decimal | null
export type { Value }

/** Rows as they come back: what was left out or undefined is NULL. */
export type Collected<R> = { [K in keyof R]-?: undefined extends R[K] ? Exclude<R[K], undefined> | null : R[K] }
