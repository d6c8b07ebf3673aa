import type { Block } from '../../columnar/blocks/block.js'
import type { ColumnBuffers } from '../../columnar/column-buffers.js'
import { columnReaders } from '../../columnar/column-reader.js'
import type { Read } from '../../columnar/records/record.js'
import { plainRecordOf } from '../../columnar/records/records.js'
import { field, INT, type PlainType, type Schema, STRING } from '../../columnar/types.js'
import { partitionFolder } from '../../common/partition-path.js'
import type { WriteDescription } from '../api.js'

/** Where a row goes: into which folder of partitions, and which bucket. */
export interface RowPlace {
  readonly folder: string
  readonly bucket?: number
}

/** The places of the rows of a block. */
export interface RowPlaces {
  placeOf(row: number): RowPlace
  /** The first row behind one that goes somewhere else. */
  endOf(row: number): number
}

/** A text that names a folder, or the number of a bucket. */
type Divider = Buffer | number | null

/** What divides the rows of a write: columns of blocks behind those that are written. */
export class OutputDivision {
  /** Of blocks. */
  readonly schema: Schema
  readonly #written: number
  readonly #partitionBy: readonly string[]
  readonly #isInBuckets: boolean

  constructor({ schema, partitionBy = [], isInBuckets }: WriteDescription) {
    const bucket = isInBuckets ? [field('bucket', INT)] : []
    this.schema = { fields: [...schema.fields, ...partitionBy.map((name) => field(name, STRING)), ...bucket] }
    this.#written = schema.fields.length
    this.#partitionBy = partitionBy
    this.#isInBuckets = isInBuckets === true
  }

  placesOf(block: Block): RowPlaces {
    const { rows } = block
    const dividers = this.#dividersOf(block)
    return {
      placeOf: (row) => this.#placeOf(dividers, row),
      endOf: (row) => endOfPlace(dividers, row, rows),
    }
  }

  /** Of the rows of a block, for each column that divides them. */
  #dividersOf(block: Block): readonly (readonly Divider[])[] {
    if (this.schema.fields.length === this.#written) return []
    const readers = columnReaders(this.schema, block, dividerReader).slice(this.#written)
    return readers.map((read) => Array.from({ length: block.rows }, (_, row) => read(row) as Divider))
  }

  #placeOf(dividers: readonly (readonly Divider[])[], row: number): RowPlace {
    const folder = partitionFolder(this.#partitionBy.map((name, i) => [name, dividers[i]![row]?.toString() ?? null]))
    return this.#isInBuckets ? { folder, bucket: dividers.at(-1)![row] as number } : { folder }
  }
}

/** Of the columns that divide rows: the others are not read by it. */
function dividerReader(type: PlainType, buffers: ColumnBuffers): Read<unknown> {
  const read = plainRecordOf(type).readStored(buffers, type)
  return type.kind === 'string' ? (row) => bufferOf(read(row) as Uint8Array) : read
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

function endOfPlace(dividers: readonly (readonly Divider[])[], from: number, rows: number): number {
  if (dividers.length === 0) return rows
  let until = from + 1
  while (until < rows && dividers.every((column) => isSame(column[from]!, column[until]!))) until++
  return until
}

const isSame = (a: Divider, b: Divider): boolean => (Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b)
