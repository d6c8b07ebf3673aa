import type { Json } from '../api.js'
import type { GivenColumn } from '../files/given-columns.js'
import type { PlannedFile } from '../files/systems/open-file.js'

/** A leaf of the batches: the lines, or what is not in the file. */
export type TextColumn = { readonly kind: 'lines' } | GivenColumn

/** A share of a file: the lines that begin between two of its bytes. */
export interface FileShare extends PlannedFile {
  readonly from: number
  readonly until: number
  readonly columns: readonly TextColumn[]
}

export interface TextSplit {
  /** Which of the splits it is. */
  readonly index: number
  readonly files: readonly FileShare[]
}

export const splitToJson = (split: TextSplit): Json => split as unknown as Json
export const splitFromJson = (data: Json): TextSplit => data as unknown as TextSplit
