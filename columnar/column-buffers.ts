import type { BufferRange } from './blocks/buffer-range.js'

/** A value of a column: one of a plain type, NULL, or a struct, an array or a map of such. */
export type Nested<V> =
  | null
  | V
  | { readonly [field: string]: Nested<V> }
  | readonly Nested<V>[]
  | ReadonlyMap<Nested<V>, Nested<V>>

/** Where the values of a plain column lie; `data` are the bytes of strings. */
export interface ColumnBuffers {
  readonly view: DataView
  readonly bytes: Buffer
  readonly at: number
  readonly data: BufferRange
}
