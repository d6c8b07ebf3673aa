import type { Value } from '../columnar/value-reader.js'

/** A row whose columns are not known while compiling: what `sql` and files without a typed schema give. */
export type AnyRow = { readonly [column: string]: Value }

/** The names of a row's columns; any string where they are not known. */
export type ColumnsOf<R> = keyof R & string
