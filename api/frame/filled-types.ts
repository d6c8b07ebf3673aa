import type { Decimal } from '../../columnar/decimal.js'
import type { AnyRow, Flat } from '../column/row.js'

/** What fills columns: of numbers, of texts or of booleans. */
export type Filling = number | bigint | string | boolean

type KindOf<V> = V extends boolean ? boolean : V extends string ? string : number | bigint | Decimal

/** Rows whose columns of a value's kind, among `C`, are no longer NULL. */
export type Filled<R, V, C> = string extends keyof R
  ? AnyRow
  : Flat<{
      [K in keyof R]: K extends C ? ([Exclude<R[K], null>] extends [KindOf<V>] ? Exclude<R[K], null> : R[K]) : R[K]
    }>

/** Rows whose columns `C` are not NULL. */
export type WithoutNulls<R, C> = string extends keyof R
  ? AnyRow
  : Flat<{ [K in keyof R]: K extends C ? Exclude<R[K], null> : R[K] }>
