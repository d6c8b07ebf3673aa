import { leavesOf } from '../../columnar/leaves.js'
import type { DataType, Field } from '../../columnar/types.js'
import type { StateVersion } from '../../common/state-path.js'
import {
  type Batch,
  type BatchColumn,
  type BatchReader,
  MAX_BATCH_ROWS,
  type ReadContext,
  type ReaderProvider,
  type ScanRequest,
  type Split,
} from '../../connectors/api.js'
import { Area, type BatchMemory, BlockBatches, type WantedLeaf } from '../memory/block-batches.js'
import { threadStateFiles } from '../thread-protection.js'
import { type StateOwner, versionFiles } from './version-files.js'

/** The columns of the source that lie in no file, in this order before the others. */
const PARTITION = 0
const AGE = 1
const UNTIL = 2
const FILE_COLUMNS = 3
const MICROS_PER_DAY = 86_400_000_000n

/** What the driver plans for a partition. */
interface StateSplit extends StateOwner, StateVersion {
  readonly folder: string
}

/** The rows in the files of a state, executor side: which of them still count is for the plan to find out. */
export const stateReader: ReaderProvider = {
  name: 'statestore',
  openReader: ({ source, columns }: ScanRequest, { data }: Split, context: ReadContext): Promise<BatchReader> =>
    Promise.resolve(new StateReader(source.schema.fields, columns, data as unknown as StateSplit, context)),
}

class StateReader implements BatchReader {
  readonly #fields: readonly Field[]
  /** The positions of the columns that are wanted. */
  readonly #wanted: readonly number[]
  readonly #split: StateSplit
  readonly #context: ReadContext
  readonly #memory: BatchMemory
  readonly #blocks: BlockBatches
  readonly #constants: readonly Area[]
  readonly #batches: AsyncGenerator<Batch, undefined>

  constructor(fields: readonly Field[], columns: readonly string[], split: StateSplit, context: ReadContext) {
    this.#fields = fields
    this.#wanted = columns.map((name) => fields.findIndex((one) => one.name === name))
    this.#split = split
    this.#context = context
    this.#memory = batchMemory(context)
    const inFile = fields.slice(FILE_COLUMNS)
    this.#blocks = new BlockBatches(
      this.#memory,
      leavesOf({ fields: inFile }),
      this.#wanted.filter((at) => at >= FILE_COLUMNS).flatMap((at) => leavesAt(inFile, at - FILE_COLUMNS)),
    )
    this.#constants = fields.slice(0, FILE_COLUMNS).map(() => new Area(this.#memory))
    this.#batches = this.#read()
  }

  async next(): Promise<Batch | undefined> {
    return (await this.#batches.next()).value
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined)
    this.#blocks.release()
    for (const area of this.#constants) area.release()
  }

  async *#read(): AsyncGenerator<Batch, undefined> {
    const { memory, signal } = this.#context
    const held = memory.count('state that is read')
    const { folder, partition } = this.#split
    let until: bigint | undefined
    const newestFirst = await versionFiles(threadStateFiles(), folder, this.#split, this.#split, held)
    for (const [age, file] of newestFirst.entries()) {
      // What a batch removed is not less than what those before it did.
      until ??= file.header.expiredMicros
      const constants = [this.#int(PARTITION, partition), this.#int(AGE, age), this.#time(until)]
      for await (const block of file.blocks()) {
        for (const { rows, columns } of this.#blocks.of(block)) {
          signal.throwIfAborted()
          yield { rows, columns: this.#columns(constants, columns) }
        }
      }
    }
    return undefined
  }

  /** The leaves of the wanted columns, those in the file among those beside it. */
  #columns(constants: readonly BatchColumn[], ofFile: readonly BatchColumn[]): readonly BatchColumn[] {
    let next = 0
    return this.#wanted.flatMap((at) => {
      if (at < FILE_COLUMNS) return [constants[at]!]
      const first = next
      next += leavesOf({ fields: [this.#fields[at]!] }).length
      return ofFile.slice(first, next)
    })
  }

  #int(column: number, value: number): BatchColumn {
    const data = this.#constants[column]!.atLeast(MAX_BATCH_ROWS * Int32Array.BYTES_PER_ELEMENT)
    new Int32Array(this.#memory.bytes.buffer, data, MAX_BATCH_ROWS).fill(value)
    return { data, validity: 0 }
  }

  /** Up to when rows have expired, in the unit of the column. */
  #time(micros: bigint | undefined): BatchColumn {
    const width = MAX_BATCH_ROWS * BigInt64Array.BYTES_PER_ELEMENT
    const data = this.#constants[UNTIL]!.atLeast(width + MAX_BATCH_ROWS)
    const validity = data + width
    this.#memory.bytes.fill(micros === undefined ? 0 : 1, validity, validity + MAX_BATCH_ROWS)
    const { buffer } = this.#memory.bytes
    if (isDate(this.#fields[UNTIL]!.type)) new Int32Array(buffer, data, MAX_BATCH_ROWS).fill(daysOf(micros ?? 0n))
    else new BigInt64Array(buffer, data, MAX_BATCH_ROWS).fill(micros ?? 0n)
    return { data, validity }
  }
}

const isDate = ({ kind }: DataType): boolean => kind === 'date'

/** The last day that begins at a time or before. */
const daysOf = (micros: bigint): number =>
  Number((micros - (((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY)) / MICROS_PER_DAY)

/** The leaves of a column, with their places among those of all. */
function leavesAt(fields: readonly Field[], at: number): readonly WantedLeaf[] {
  const first = leavesOf({ fields: fields.slice(0, at) }).length
  return leavesOf({ fields: [fields[at]!] }).map((leaf, i) => ({ leaf, index: first + i }))
}

/** Views go stale, so the memory is asked each time. */
const batchMemory = ({ memory, kernels }: ReadContext): BatchMemory => ({
  allocate: (bytes) => memory.allocate(bytes),
  release: (address) => memory.release(address),
  get bytes() {
    return memory.bytes
  },
  kernels,
})
