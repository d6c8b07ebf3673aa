import type { Field, Schema } from '../columnar/types.js'

export type Options = Readonly<Record<string, string>>

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
  /** The table, by the names of its database and its own: who reads it again asks the catalog for the folders that there are then. */
  readonly table?: readonly [database: string, name: string]
}

/** The files that there are, and which values the folders that they are in are named after. */
export interface ListedFiles {
  readonly paths: readonly string[]
  readonly partitions: PartitionedPaths | undefined
}

/** How the rows of a table are divided by Spark's hash of columns, and ordered within; the names of files tell which bucket their rows are of. */
export interface Buckets {
  readonly count: number
  readonly columns: readonly string[]
  readonly sortColumns: readonly string[]
}

/** How rows are made of texts. */
export interface TextRows {
  readonly format: string
  /** The columns that the texts hold. */
  readonly schema: Schema
  readonly options: Options
  /** Whether each text holds a list of rows. */
  readonly isListed: boolean
}
