import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { type BatchColumn, MAX_BATCH_ROWS, type Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { LeafSource, SplitRowGroup } from '../split.js'
import { ColumnReader } from './column-reader.js'
import type { PageFile } from './page-file.js'

export type VariantSource = Extract<LeafSource, { kind: 'variant' }>

/** A batch has at most so many bytes of the chunks, if the rows have about the same. */
const BATCH_CHUNK_BYTES = 4 * 1024 * 1024
/** More than there are, which are refused. */
const MOST_BYTES = 0xfff0_0000

/** Reads a variant column of a file: the two columns of its buffers, which a kernel puts together. */
export class VariantColumn {
  readonly #source: VariantSource
  readonly #kernels: Kernels
  readonly #values: ColumnReader
  readonly #metadata: ColumnReader
  readonly #joined: Region
  readonly #refs: Region
  #rowsAtOnce = MAX_BATCH_ROWS

  constructor(source: VariantSource, memory: Memory, kernels: Kernels) {
    this.#source = source
    this.#kernels = kernels
    this.#values = new ColumnReader(source.value, memory, kernels)
    this.#metadata = new ColumnReader(source.metadata, memory, kernels)
    this.#joined = new Region(memory)
    this.#refs = new Region(memory)
  }

  /** How many rows a batch of the row group should have at most. */
  get rowsAtOnce(): number {
    return this.#rowsAtOnce
  }

  /** Definition levels of the rows of the last batch, a byte each. */
  get levels(): number {
    return this.#values.levels
  }

  /** Begins with the chunks of the next row group. */
  open(file: PageFile, { rows, chunks }: SplitRowGroup): void {
    const [value, metadata] = [chunks[this.#source.value.chunk]!, chunks[this.#source.metadata.chunk]!]
    const share = BATCH_CHUNK_BYTES / Math.max(value[1] + metadata[1], 1)
    this.#rowsAtOnce = Math.max(1, Math.min(MAX_BATCH_ROWS, Math.floor(rows * share)))
    this.#values.open(file, value)
    this.#metadata.open(file, metadata)
  }

  /** Reads the next `rows` values. `validity` is where the levels are when some value is NULL, otherwise 0. */
  read(rows: number): BatchColumn {
    const { level } = this.#source
    const values = this.#values.read(rows)
    const metadata = this.#metadata.read(rows)
    const kernels = this.#kernels
    const bytes = kernels.parquetVariantBytes(values.data, metadata.data, rows, values.validity, level)
    const to = this.#joined.reserve(Math.min(bytes, MOST_BYTES))
    const data = this.#refs.reserve(MAX_BATCH_ROWS * 8)
    kernels.parquetVariants(values.data, metadata.data, rows, values.validity, level, data, to)
    return { data, validity: values.validity }
  }

  release(): void {
    for (const part of [this.#values, this.#metadata, this.#joined, this.#refs]) part.release()
  }
}
