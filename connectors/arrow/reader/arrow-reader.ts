import type { Data, RecordBatch, RecordBatchReader } from 'apache-arrow'
import { blocksOfArrow } from '../../../columnar/arrow/arrow-input.js'
import { schemaOfArrow } from '../../../columnar/arrow/arrow-types.js'
import { corrupt } from '../../../columnar/arrow/flat-metadata.js'
import type { Block } from '../../../columnar/blocks/block.js'
import { type Schema, sameType, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { type Batch, type BatchReader, type CountedMemory, MAX_BATCH_ROWS, type ReadContext } from '../../api.js'
import { constantColumn } from '../../files/constant-column.js'
import { failedRead } from '../../files/file-errors.js'
import type { FileFaults } from '../../files/file-faults.js'
import { Region } from '../../files/region.js'
import { fileReader } from '../../files/systems/open-file.js'
import { damagedBy } from '../damage.js'
import { streamOf } from '../messages.js'
import type { ArrowShare } from '../split.js'
import { BlockColumns } from './block-columns.js'
import { checkColumn } from './check-column.js'
import { decompressBy } from './decompress.js'

const MAX_ROWS = 2 ** 31 - 1

/** Reads the record batches of a share: the columns that are wanted become blocks of the engine's layout, and these batches. */
export class ArrowReader implements BatchReader {
  readonly #share: ArrowShare
  readonly #faults: FileFaults
  readonly #schema: Schema
  readonly #context: ReadContext
  readonly #held: CountedMemory
  /** Columns of the file, and where they stand among those that are wanted. */
  readonly #own: readonly number[]
  readonly #columns: BlockColumns
  readonly #constants: readonly Region[]
  #stream: RecordBatchReader | undefined
  #blocks: Iterator<Block> | undefined

  /** @param schema the columns that are wanted */
  constructor(share: ArrowShare, schema: Schema, faults: FileFaults, context: ReadContext) {
    this.#share = share
    this.#faults = faults
    this.#schema = schema
    this.#context = context
    this.#held = context.memory.count('batches of Arrow files')
    this.#own = share.columns.flatMap(({ kind }, i) => (kind === 'column' ? [i] : []))
    this.#columns = new BlockColumns({ fields: this.#own.map((i) => schema.fields[i]!) }, context)
    this.#constants = share.columns.map(() => new Region(context.memory))
  }

  async next(): Promise<Batch | undefined> {
    if (this.#context.signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    try {
      this.#stream ??= await this.#open()
      const block = this.#guarded(() => this.#nextBlock())
      return block && { rows: block.rows, columns: this.#batchColumns(block) }
    } catch (error) {
      if (!this.#faults.passesOver(error)) throw error
      return undefined
    }
  }

  close(): void {
    this.#columns.release()
    for (const region of this.#constants) region.release()
    this.#held.hold(0)
    this.#blocks = undefined
  }

  async #open(): Promise<RecordBatchReader> {
    const { file, messages } = this.#share
    this.#held.hold(messages.reduce((sum, { bytes }) => sum + bytes, 0))
    await decompressBy(this.#context)
    return await streamOf(file, messages, fileReader(this.#context))
  }

  #nextBlock(): Block | undefined {
    for (;;) {
      const { done, value } = this.#blocks?.next() ?? { done: true, value: undefined }
      if (!done) return value
      const next = (this.#stream as Iterator<RecordBatch> | undefined)!.next()
      if (next.done) return undefined
      this.#blocks = this.#blocksOf(next.value)
    }
  }

  #blocksOf(batch: RecordBatch): Iterator<Block> {
    const { schema, data, numRows } = batch
    if (numRows > MAX_ROWS) throw corrupt('it has too many rows')
    const { fields } = schemaOfArrow(batch)
    const columns = this.#own.map((i): Data | undefined => {
      const wanted = this.#schema.fields[i]!
      const at = schema.fields.findIndex(({ name }) => name === wanted.name)
      if (at < 0) return undefined
      const column = data.children[at]!
      if (!sameType(fields[at]!.type, wanted.type))
        throw failedRead(
          this.#share.file.path,
          `its column ${wanted.name} is ${typeName(fields[at]!.type)} and not ${typeName(wanted.type)}`,
        )
      checkColumn(column, numRows)
      return column
    })
    return blocksOfArrow({ fields: this.#own.map((i) => this.#schema.fields[i]!) }, columns, numRows, MAX_BATCH_ROWS)
  }

  #batchColumns(block: Block): Batch['columns'] {
    const own = this.#columns.of(block)
    let next = 0
    return this.#share.columns.flatMap((column, i) =>
      column.kind === 'constant'
        ? [constantColumn(column, this.#constants[i]!, this.#context.memory)]
        : (own[next++] ?? []),
    )
  }

  /** What the library raises of damaged bytes is a condition of the file. */
  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw damagedBy(this.#share.file.path, error)
    }
  }
}
