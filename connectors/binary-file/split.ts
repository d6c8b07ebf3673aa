import type { Json } from '../api.js'
import type { GivenColumn } from '../files/given-columns.js'
import type { PlannedFile } from '../files/systems/open-file.js'

/** A leaf of the batches: what a file holds, or what is told of it. */
export type BinaryColumn = { readonly kind: 'content' } | GivenColumn

/** A file that is a row. */
export interface BinaryRow {
  readonly file: PlannedFile
  readonly columns: readonly BinaryColumn[]
}

export const splitToJson = (rows: readonly BinaryRow[]): Json => rows as unknown as Json
export const splitFromJson = (data: Json): readonly BinaryRow[] => data as unknown as readonly BinaryRow[]
