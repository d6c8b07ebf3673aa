import type { Field } from '../../columnar/types.js'
import type { Conversion } from './conversion.js'
import type { SchemaNode } from './metadata.js'

/** A column of one file and how it is read. `level` is the definition level from which on it is not NULL. */
export type FileColumn =
  | {
      readonly kind: 'leaf'
      readonly field: Field
      readonly level: number
      /** How many arrays and maps it is in. */
      readonly repetition: number
      /** Position among the chunks of a row group. */
      readonly chunk: number
      readonly node: SchemaNode
      readonly conversion: Conversion
    }
  | { readonly kind: 'struct'; readonly field: Field; readonly level: number; readonly fields: readonly FileColumn[] }
  | ListColumn
  | VariantColumn
  | { readonly kind: 'unsupported'; readonly field: Field; readonly reason: string }

/** A variant, of its two buffers. */
interface VariantColumn {
  readonly kind: 'variant'
  readonly field: Field
  readonly level: number
  readonly value: FileColumn
  readonly metadata: FileColumn
}

/** An array, of its element, or a map, of key and value. */
export interface ListColumn {
  readonly kind: 'list'
  readonly field: Field
  readonly level: number
  /** The definition level from which on there is an element, and the repetition level of those behind the first. */
  readonly repeated: number
  readonly repetition: number
  readonly children: readonly FileColumn[]
}
