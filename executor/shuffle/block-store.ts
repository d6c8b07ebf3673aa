import type { Block } from '../../columnar/blocks/block.js'
import { BlockGarbage } from '../../common/collect-garbage.js'
import type { KeyBits } from '../../common/encryption/file-protection.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { FetchedBlock, OutputOwner } from '../../proto/protocol.js'
import type { MemoryPool } from '../memory/memory-pool.js'
import { type SpilledBlock, SpillFile } from '../spill/spill-file.js'

/** Bytes of dropped blocks after which garbage is collected. */
const GARBAGE_BYTES = 256 * 1024 ** 2

/** A block in memory, or where it lies in the output's spill file. */
type StoredBlock = Block | SpilledBlock

interface Output {
  readonly jobId: number
  readonly owner: OutputOwner
  readonly partitions: Map<number, StoredBlock[]>
  readonly partitionBytes: Map<number, number>
  bytes: number
  memoryBytes: number
  file: Promise<SpillFile> | undefined
  isDropped: boolean
}

/**
 * What tasks of this executor wrote: shuffle output, cached partitions and results, by attempt. Blocks stay in memory while the
 * executor's pool has room for them; what comes beyond it goes to files.
 */
export class BlockStore {
  readonly #outputs = new Map<number, Output>()
  readonly #pool: MemoryPool
  readonly #directory: string | undefined
  /** Encrypts the files that are made from now on, with keys of so many bits. */
  keyBits: KeyBits | undefined
  readonly #removals = new Set<Promise<void>>()
  /** The blocks of outputs, in or on their way out of memory, that were not written to files. */
  readonly #inMemory = new WeakSet<Block>()
  readonly #garbage = new BlockGarbage(GARBAGE_BYTES)

  /** @param directory where files go; the system's for temporary files unless given */
  constructor(pool: MemoryPool, directory?: string) {
    this.#pool = pool
    this.#directory = directory
  }

  open(attemptId: number, jobId: number, owner: OutputOwner): void {
    const sizes = { partitionBytes: new Map(), bytes: 0, memoryBytes: 0 }
    this.#outputs.set(attemptId, { jobId, owner, partitions: new Map(), ...sizes, file: undefined, isDropped: false })
  }

  /** Keeps a block; resolves when it is stored. Blocks of a partition keep the order of the calls. @throws FAILED_WRITE_FILE */
  put(attemptId: number, partition: number, block: Block): Promise<void> | undefined {
    const output = this.#outputs.get(attemptId)
    // Dropped in the meantime: the job ended while the task still ran.
    if (!output) return undefined
    let blocks = output.partitions.get(partition)
    if (!blocks) {
      blocks = []
      output.partitions.set(partition, blocks)
    }
    output.bytes += block.bytes.length
    output.partitionBytes.set(partition, (output.partitionBytes.get(partition) ?? 0) + block.bytes.length)
    const position = blocks.push(block) - 1
    output.memoryBytes += block.bytes.length
    this.#inMemory.add(block)
    if (this.#pool.takeStored(block.bytes.length)) return undefined
    // Until it is written, it is in memory nevertheless.
    this.#pool.holdStored(block.bytes.length)
    return this.#spill(output, blocks, position)
  }

  /** Whether the store has this very block in memory, so that it is counted. */
  counts(block: Block): boolean {
    return this.#inMemory.has(block)
  }

  /** How many bytes the attempt has written. */
  bytesOf(attemptId: number): number {
    return this.#outputs.get(attemptId)?.bytes ?? 0
  }

  /** How many of them in each of the first partitions. */
  partitionBytesOf(attemptId: number, partitions: number): readonly number[] {
    const sizes = this.#outputs.get(attemptId)?.partitionBytes
    return Array.from({ length: partitions }, (_, partition) => sizes?.get(partition) ?? 0)
  }

  has(attemptId: number): boolean {
    return this.#outputs.has(attemptId)
  }

  /** The blocks of a partition, or of all in order, that an attempt wrote. @throws OUTPUT_NOT_HELD, BLOCK_CORRUPT */
  async *read(attemptId: number, partition: number | 'all'): AsyncGenerator<Block> {
    const output = this.#outputs.get(attemptId)
    if (!output) throw new MillraceError('OUTPUT_NOT_HELD', { attempt: attemptId })
    const wanted = partition === 'all' ? [...output.partitions.keys()].sort((a, b) => a - b) : [partition]
    for (const one of wanted) {
      if (output.isDropped) throw new MillraceError('OUTPUT_NOT_HELD', { attempt: attemptId })
      for (const stored of output.partitions.get(one) ?? []) {
        yield 'bytes' in stored ? stored : await (await output.file!).read(stored)
      }
    }
  }

  /** All that an attempt wrote, each block with its partition. @throws OUTPUT_NOT_HELD, BLOCK_CORRUPT */
  async *readOutput(attemptId: number): AsyncGenerator<FetchedBlock> {
    const partitions = [...(this.#outputs.get(attemptId)?.partitions.keys() ?? [])]
    if (partitions.length === 0) yield* this.read(attemptId, 'all')
    for (const partition of partitions) {
      for await (const block of this.read(attemptId, partition)) yield { ...block, partition }
    }
  }

  discard(attemptId: number): void {
    const output = this.#outputs.get(attemptId)
    if (!output) return
    this.#outputs.delete(attemptId)
    output.isDropped = true
    this.#pool.dropStored(output.memoryBytes)
    output.partitions.clear()
    this.#garbage.released(output.bytes)
    if (!output.file) return
    const removal = output.file.then((file) => file.close()).catch(() => undefined)
    this.#removals.add(removal)
    void removal.then(() => this.#removals.delete(removal))
  }

  releaseJob(jobId: number): void {
    this.#discardWhere((output) => output.owner.kind === 'job' && output.jobId === jobId)
  }

  dropCache(cacheId: string): void {
    this.#discardWhere(({ owner }) => owner.kind === 'cache' && owner.cacheId === cacheId)
  }

  /** Drops everything, files included. */
  async close(): Promise<void> {
    this.#discardWhere(() => true)
    await Promise.all(this.#removals)
  }

  #discardWhere(condition: (output: Output) => boolean): void {
    for (const [attemptId, output] of this.#outputs) if (condition(output)) this.discard(attemptId)
  }

  async #spill(output: Output, blocks: StoredBlock[], position: number): Promise<void> {
    output.file ??= SpillFile.create(this.#directory, this.keyBits)
    const { rows, bytes } = blocks[position] as Block
    const file = await output.file
    if (output.isDropped) return
    const spilled = await file.append(rows, bytes)
    if (output.isDropped) return
    this.#inMemory.delete(blocks[position] as Block)
    blocks[position] = spilled
    output.memoryBytes -= bytes.length
    this.#pool.dropStored(bytes.length)
  }
}
