import type { Decimal } from '../../columnar/decimal.js'
import type { Value } from '../../columnar/value-reader.js'
import type { Column } from './column.js'
import type { AnyRow, Both, ColumnsOf, Flat, Settled, Without } from './row.js'

/** Stands for the value of a column known by name only: the DataFrame it is used with says what it is. */
export type ByName<Name extends string> = { readonly '~column': Name }

/** A boolean column. */
export type Condition<C extends string> = Column<boolean | null, string, C>

/** The column a name in a query means: the last part of `t.a`; unknown for stars and quoted names. */
export type NameIn<T extends string> = string extends T
  ? string
  : T extends `${string}${'`' | '*'}${string}`
    ? string
    : T extends `${string}.${infer Rest}`
      ? NameIn<Rest>
      : T

/** The columns that a name written by a user refers to and that can be checked; none for qualified, quoted and star names. */
export type CheckedName<T extends string> = T extends `${string}${'`' | '*' | '.'}${string}` ? never : T

/** What may be given where a DataFrame expects a column of its own. */
export type ColumnOf<R> = Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}` | '*'

/** The columns that an argument refers to. */
export type ReferencesOf<T> = T extends Column<unknown, string, infer C> ? C : T extends string ? CheckedName<T> : never

type Unknown<R, C extends string> = string extends keyof R ? never : string extends C ? never : Exclude<C, keyof R>

/** The argument itself, or a message that does not fit when it refers to a column that the rows have not. */
export type Checked<R, T> =
  T extends Column<unknown, string, infer C>
    ? [Unknown<R, C>] extends [never]
      ? T
      : { readonly error: `there is no column ${Unknown<R, C>}` }
    : T

/** The same for a condition, which is boolean as far as its value is known. */
export type CheckedCondition<R, T> = T extends Column
  ? [ValueIn<R, T>] extends [boolean | null]
    ? Checked<R, T>
    : Value extends ValueIn<R, T>
      ? Checked<R, T>
      : { readonly error: 'a condition is boolean' }
  : T

export type AllChecked<R, S extends readonly unknown[]> = { [I in keyof S]: Checked<R, S[I]> }

/** The name an item of a select list gets; `string` when only the analysis says. */
export type NameOf<T> = T extends Column<unknown, infer N, string> ? N : T extends string ? NameIn<T> : never

/** The fields of a struct, which are NULL where it is; unknown unless all are known. */
type FieldsOf<V> = [Exclude<V, null>] extends [{ readonly [field: string]: Value }]
  ? string extends keyof Exclude<V, null>
    ? AnyRow
    : { [K in keyof Exclude<V, null>]: Exclude<V, null>[K] | Extract<V, null> }
  : AnyRow
type FieldIn<Row, N> = N extends keyof Row ? Row[N] : Value

/** The value of a name: a column, a field of one, or a column after the name of its table. */
type Lookup<R, T extends string> = T extends keyof R
  ? R[T]
  : T extends `${infer Head}.${infer Rest}`
    ? Head extends keyof R
      ? FieldIn<FieldsOf<R[Head]>, Rest>
      : FieldIn<R, Rest>
    : Value
type Resolved<R, V> = V extends ByName<infer N> ? Lookup<R, N> : V
type ValueIn<R, T> =
  T extends Column<infer V, string, string>
    ? unknown extends V
      ? Value
      : Resolved<R, V>
    : T extends string
      ? Lookup<R, T>
      : Value

type Listed<R, T> = { [I in T as NameOf<I>]: ValueIn<R, I> }

/** A star: all columns, or all fields of a struct. */
type Star = '*' | `${string}.*`
type StarredBy<R, T> = T extends '*'
  ? R
  : T extends `${infer Head}.*`
    ? Head extends keyof R
      ? FieldsOf<R[Head]>
      : AnyRow
    : never
/** What several stars stand for together. */
type Together<U> = (U extends unknown ? (row: U) => void : never) extends (row: infer I) => void ? I : never
type Starred<R, T> = [T] extends [never] ? unknown : Together<StarredBy<R, T>>

type ListOf<R, T> =
  string extends NameOf<Exclude<T, Star>>
    ? AnyRow
    : string extends keyof Starred<R, Extract<T, Star>>
      ? AnyRow
      : Both<Starred<R, Extract<T, Star>>, Listed<R, Exclude<T, Star>>>

/** The row of a select list over rows `R`: open when those are, or when an item has no known name. */
export type Selected<R, S extends readonly unknown[]> = string extends keyof R ? AnyRow : ListOf<R, S[number]>

/** The name that a value of a pivot gives to its column. */
type PivotName<P> =
  P extends Column<unknown, infer N, string>
    ? N
    : P extends string | number | bigint | boolean
      ? `${P}`
      : P extends null
        ? 'null'
        : string

/** The columns of a pivot by values `P`: one for each, or of several aggregates one for each and each. NULL where a group has no row for it. */
type PivotColumns<R, P, A extends readonly unknown[]> = A extends readonly [infer One]
  ? { [V in P as PivotName<V>]: ValueIn<R, One> | null }
  : { [I in A[number] as `${PivotName<P>}_${NameOf<I>}`]: ValueIn<R, I> | null }

/** The rows of groups of a pivot: keys `K`, and aggregates `A` for each of the values `P`, where these are known. */
export type Pivoted<R, K extends readonly unknown[], P, A extends readonly unknown[]> = string extends
  | keyof Selected<R, K>
  | PivotName<P>
  | keyof PivotColumns<R, P, A>
  ? AnyRow
  : Both<Selected<R, K>, PivotColumns<R, P, A>>

/** The columns of a row that hold numbers, or that may. */
export type NumbersOf<R> = string extends keyof R
  ? string
  : {
      [C in keyof R & string]: [Exclude<R[C], null>] extends [number | bigint | Decimal]
        ? C
        : Value extends R[C]
          ? C
          : never
    }[keyof R & string]

/** The rows of groups by fewer columns than all. */
export type WithNulls<R> = { [C in keyof R]: R[C] | null }

type IsOpen<R> = string extends keyof R ? true : false

export type WithColumns<R, M extends Readonly<Record<string, Column>>> =
  IsOpen<R> extends true
    ? AnyRow
    : string extends keyof M
      ? AnyRow
      : Settled<{ [K in keyof R | keyof M]: K extends keyof M ? ValueIn<R, M[K]> : K extends keyof R ? R[K] : never }>

export type Renamed<R, O extends keyof R, N extends string> =
  IsOpen<R> extends true
    ? AnyRow
    : Settled<{ [K in Exclude<keyof R, O> | N]: K extends N ? R[O] : K extends keyof R ? R[K] : never }>

/** Rows whose columns are called as a map says. */
export type RenamedBy<R, M> =
  IsOpen<R> extends true
    ? AnyRow
    : Flat<{ [K in keyof R as K extends keyof M ? (M[K] extends string ? M[K] : K) : K]: R[K] }>

export type Dropped<R, K extends keyof R> = IsOpen<R> extends true ? AnyRow : Without<R, K>
