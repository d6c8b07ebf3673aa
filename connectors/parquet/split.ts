import type { DataType } from '../../columnar/types.js'
import type { Json } from '../api.js'
import type { ConstantColumn } from '../files/constant-column.js'
import type { PlannedFile } from '../files/systems/open-file.js'

/** A column chunk to read: the position of its first page, its size, how many values (NULLs included) it has, its codec's number. */
export type ChunkRange = readonly [offset: number, bytes: number, values: number, codec: number]

/** A column of plain values. */
export interface ValuesSource {
  readonly kind: 'values'
  /** For error messages. */
  readonly name: string
  /** Which of the split's chunks holds it. */
  readonly chunk: number
  /** Number of the conversion, see conversion.ts. */
  readonly conversion: number
  readonly physical: string
  readonly sourceBytes: number
  readonly targetBytes: number
  /** The definition level of a value; 0 when it cannot be NULL. */
  readonly level: number
  /** How many arrays and maps it is in. */
  readonly repetition: number
}

/** What an array or map is assembled of; levels as in `FileColumn`. */
export type NestedNode =
  | { readonly kind: 'values'; readonly type: DataType; readonly source: ValuesSource }
  | { readonly kind: 'struct'; readonly level: number; readonly children: readonly NestedNode[] }
  | {
      readonly kind: 'list'
      readonly level: number
      readonly repeated: number
      readonly repetition: number
      readonly children: readonly NestedNode[]
    }
  /** What the file lacks: NULL. */
  | { readonly kind: 'missing'; readonly type: DataType }

/** How one leaf of the requested columns is made from a file. */
export type LeafSource =
  | ValuesSource
  /** An array or a map: NULL below the level. */
  | { readonly kind: 'nested'; readonly name: string; readonly level: number; readonly root: NestedNode }
  /** A variant, of its two buffers: NULL below the level. */
  | {
      readonly kind: 'variant'
      readonly level: number
      readonly value: ValuesSource
      readonly metadata: ValuesSource
    }
  /** A struct: not NULL where the definition level of the leaf `of` (a position among the leaves) is at least `level`. */
  | { readonly kind: 'struct'; readonly of: number; readonly level: number }
  /** A column that the file's folder is named after: the same value in every row. */
  | ({ readonly kind: 'constant' } & ConstantColumn)
  /** A column that the file lacks: all NULL. */
  | { readonly kind: 'missing'; readonly targetBytes: number }

export interface SplitRowGroup {
  readonly rows: number
  readonly chunks: readonly ChunkRange[]
}

/** A share of one file. Size and time of change tell whether it is still the file that was planned. */
export interface FileSplit extends PlannedFile {
  readonly leaves: readonly LeafSource[]
  readonly rowGroups: readonly SplitRowGroup[]
}

export interface ParquetSplit {
  /** Whether pages are compared with their checksums. */
  readonly verifiesChecksums: boolean
  readonly files: readonly FileSplit[]
}

export const splitToJson = (split: ParquetSplit): Json => split as unknown as Json
export const splitFromJson = (data: Json): ParquetSplit => data as unknown as ParquetSplit
