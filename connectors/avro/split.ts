import type { Json } from '../api.js'
import type { GivenColumn } from '../files/given-columns.js'
import type { PlannedFile } from '../files/systems/open-file.js'
import type { AvroFile } from './container.js'

/** A column of the rows, by the names that it may have in a file, or the leaves of one that is in no file. */
export type AvroColumn =
  | { readonly kind: 'column'; readonly names: readonly string[] }
  | { readonly kind: 'given'; readonly leaves: readonly GivenColumn[] }

/** A share of a file: the blocks before which a sync marker begins between two of its bytes. */
export interface AvroShare extends Omit<AvroFile, 'file'> {
  readonly file: PlannedFile
  readonly from: number
  readonly until: number
  readonly columns: readonly AvroColumn[]
}

export const splitToJson = (shares: readonly AvroShare[]): Json => shares as unknown as Json
export const splitFromJson = (data: Json): readonly AvroShare[] => data as unknown as readonly AvroShare[]
