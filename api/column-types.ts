import type { Value } from '../columnar/value-reader.js'
import type { Column } from './column.js'
import type { AnyRow, ColumnsOf, Flat } from './row.js'

/** Stands for the value of a column known by name only: the DataFrame it is used with says what it is. */
export type ByName<Name extends string> = { readonly '~column': Name }

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

export type AllChecked<R, S extends readonly unknown[]> = { [I in keyof S]: Checked<R, S[I]> }

/** The name an item of a select list gets; `string` when only the analysis says. */
export type NameOf<T> = T extends Column<unknown, infer N, string> ? N : T extends string ? NameIn<T> : never

type Lookup<R, N extends string> = N extends keyof R ? R[N] : Value
type Resolved<R, V> = V extends ByName<infer N> ? Lookup<R, N> : V
type ValueIn<R, T> =
  T extends Column<infer V, string, string>
    ? unknown extends V
      ? Value
      : Resolved<R, V>
    : T extends ColumnsOf<R>
      ? R[T]
      : Value

type Listed<R, T> = { [I in T as NameOf<I>]: ValueIn<R, I> }
type Starred<R, T> = '*' extends T ? R & Listed<R, Exclude<T, '*'>> : Listed<R, T>

/** The row of a select list over rows `R`: open when those are, or when an item has no known name. */
export type Selected<R, S extends readonly unknown[]> = string extends keyof R
  ? AnyRow
  : string extends NameOf<Exclude<S[number], '*'>>
    ? AnyRow
    : Flat<Starred<R, S[number]>>

type IsOpen<R> = string extends keyof R ? true : false

export type WithColumns<R, M extends Readonly<Record<string, Column>>> =
  IsOpen<R> extends true
    ? AnyRow
    : string extends keyof M
      ? AnyRow
      : Flat<Omit<R, keyof M> & { -readonly [K in keyof M]: ValueIn<R, M[K]> }>

export type Renamed<R, O extends keyof R, N extends string> =
  IsOpen<R> extends true ? AnyRow : Flat<Omit<R, O> & { [K in N]: R[O] }>

export type Dropped<R, K extends keyof R> = IsOpen<R> extends true ? AnyRow : Flat<Omit<R, K>>
