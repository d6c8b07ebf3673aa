import type { Field, Schema } from '../columnar/types.js'

/** Files as the user named them. */
export interface AskedFiles {
  readonly paths: readonly string[]
  readonly schema: Schema | undefined
  readonly partitions: KnownPartitions | undefined
}

/** A value that a folder is named after, as in the plan's literals; bytes are those of the text. */
export type PartitionValue = boolean | number | bigint | string | null

/** Which values the folders of files are named after. */
export interface PartitionedPaths {
  readonly columns: readonly Field[]
  /** The values of each folder, in the order of the columns. */
  readonly values: readonly (readonly PartitionValue[])[]
  /** For each path of the source, which of `values` it has. */
  readonly ofPaths: readonly number[]
}

/** A table whose catalog knows the folders of its partitions: no others are read, and what they are named after has the columns' types. */
export interface KnownPartitions {
  readonly columns: readonly string[]
  /** `a=1/b=x`, below the path of the table. */
  readonly folders: readonly string[]
}

/** The files that there are, and which values the folders that they are in are named after. */
export interface ListedFiles {
  readonly paths: readonly string[]
  readonly partitions: PartitionedPaths | undefined
}
