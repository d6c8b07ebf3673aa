import type { Json } from '../api.js'
import type { ConstantColumn } from '../files/constant-column.js'
import type { ByteRange, PlannedFile } from '../files/systems/open-file.js'

/** A column of the batches: one of the file, if it has it, or what the file's folder is named after. */
export type ArrowColumn = { readonly kind: 'column' } | ({ readonly kind: 'constant' } & ConstantColumn)

/** A share of a file. */
export interface ArrowShare {
  readonly file: PlannedFile
  readonly columns: readonly ArrowColumn[]
  /** The schema, and what of the file is read after it, in its order. */
  readonly messages: readonly ByteRange[]
}

export const splitToJson = (share: ArrowShare): Json => share as unknown as Json
export const splitFromJson = (data: Json): ArrowShare => data as unknown as ArrowShare
