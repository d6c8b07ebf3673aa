import { MillraceError } from '../../common/errors/millrace-error.js'
import type { KernelExports, Memory } from '../../connectors/api.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import { hostCalls } from '../kernels/host-calls.js'
import { kernelsModule } from '../kernels/load-kernels.js'
import type { MemoryArbiter } from './memory-arbiter.js'

const INITIAL_PAGES = 16
const MAX_PAGES = 65_536
const MAX_BYTES = 0xffff_ffff

/** The kernels that pipelines call from JavaScript, per batch or per block. */
interface PipelineKernels {
  allocate(bytes: number): number
  reallocate(address: number, bytes: number): number
  release(address: number): void
  bytesInUse(): number
  setMemoryBudget(bytes: number): void
  takeRefused(): number
  arenaReset(): void
  groupTableInit(table: number): void
  groupInsert(table: number, hash: number, width: number): number
  tableRelease(table: number): void
  joinFinish(table: number, width: number): number
  sortFinish(table: number, width: number, descriptor: number): number
  mergeRefill(merge: number, run: number, page: number, end: number): void
  mergeStart(merge: number, runs: number, descriptor: number): void
  mergeResume(merge: number, runs: number, descriptor: number, hasEnded: boolean): void
  mergeNext(merge: number, runs: number, width: number, descriptor: number, out: number, most: number): number
  pageBytes(row: number, width: number, refs: number): number
  pagePack(list: number, stride: number, count: number, width: number, refs: number, page: number, room: number): bigint
  pageUnpack(page: number, rows: number, width: number, refs: number, end: number): void
  groupsByPart(table: number, shift: number, mask: number, counts: number, list: number): void
  rowsByPart(rows: number, width: number, shift: number, mask: number, counts: number, list: number): void
  storeRelease(store: number): void
  storeAdopt(store: number, chunk: number, rows: number, bytes: number): void
  topInit(table: number, keep: number): void
  topFinish(table: number, descriptor: number, keep: number): number
  storeFirst(store: number): number
  storeNext(chunk: number): number
  storeChunkBytes(store: number, chunk: number): number
  unpackBits(bits: number, first: number, rows: number, out: number): void
  packBits(bytes: number, rows: number, out: number): number
  narrowRange(data: number, rows: number, width: number, out: number): void
  narrowColumn(data: number, rows: number, width: number, least: bigint, narrow: number, out: number): void
  widenColumn(narrowed: number, rows: number, narrow: number, least: bigint, width: number, out: number): void
  rangeBits(
    differences: number,
    validity: number,
    rows: number,
    narrow: number,
    lowest: number,
    highest: number,
    isFirst: boolean,
    bits: number,
  ): void
  listBits(bits: number, rows: number, list: number): number
  widenRows(
    narrowed: number,
    list: number,
    count: number,
    narrow: number,
    least: bigint,
    width: number,
    out: number,
  ): void
  refsFromOffsets(offsets: number, rows: number, base: number, out: number): void
}

/**
 * The linear memory of this thread with its kernels. Everything in it is allocated by one allocator, which keeps account
 * and refuses what goes beyond the budget.
 */
export class LinearMemory implements Memory {
  readonly linear = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES })
  readonly kernels: PipelineKernels
  /** The same exports, as connectors and generated modules take them. */
  readonly exports: KernelExports
  /** Validity of a batch without NULLs: MAX_BATCH_ROWS ones, so that generated code needs no branch. Lives as long as the thread. */
  readonly allValid: number
  #bytes: Uint8Array
  #view: DataView
  #budget = MAX_BYTES
  #arbiter: MemoryArbiter | undefined

  constructor(module: WebAssembly.Module = kernelsModule()) {
    const host = hostCalls(
      () => this.view,
      (bytes) => this.allocate(bytes),
    )
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.linear, abort: () => this.#aborted(), ...host },
    })
    this.exports = instance.exports as KernelExports
    this.kernels = instance.exports as unknown as PipelineKernels
    this.#bytes = new Uint8Array(this.linear.buffer)
    this.#view = new DataView(this.linear.buffer)
    this.allValid = this.allocate(MAX_BATCH_ROWS)
    this.bytes.fill(1, this.allValid, this.allValid + MAX_BATCH_ROWS)
  }

  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.linear.buffer) this.#bytes = new Uint8Array(this.linear.buffer)
    return this.#bytes
  }

  get view(): DataView {
    if (this.#view.buffer !== this.linear.buffer) this.#view = new DataView(this.linear.buffer)
    return this.#view
  }

  /** Bytes held by everyone in this thread. */
  get bytesInUse(): number {
    return this.kernels.bytesInUse() >>> 0
  }

  /** Names the arbiter of the task that runs, which can tell who holds memory. */
  set arbiter(arbiter: MemoryArbiter | undefined) {
    this.#arbiter = arbiter
  }

  /** How many bytes a task may hold. */
  get budget(): number {
    return this.#budget
  }

  /** Lets a task hold so many bytes more than are held now. */
  limit(budget: number): void {
    this.#budget = Math.min(budget, MAX_BYTES)
    this.kernels.setMemoryBudget(Math.min(this.bytesInUse + budget, MAX_BYTES))
  }

  /** @throws UNABLE_TO_ACQUIRE_MEMORY */
  allocate(bytes: number): number {
    return this.kernels.allocate(bytes) >>> 0
  }

  reallocate(address: number, bytes: number): number {
    return this.kernels.reallocate(address, bytes) >>> 0
  }

  release(address: number): void {
    this.kernels.release(address)
  }

  #aborted(): never {
    const requestedBytes = this.kernels.takeRefused() >>> 0
    if (requestedBytes === 0) throw new MillraceError('INTERNAL_ERROR', { message: 'a kernel aborted' })
    throw new MillraceError('UNABLE_TO_ACQUIRE_MEMORY', {
      requestedBytes,
      receivedBytes: this.bytesInUse,
      budgetBytes: this.#budget,
      operators: this.#arbiter?.describe() ?? '',
    })
  }
}

let ofThread: LinearMemory | undefined

/** The memory of this thread, made when first asked for. */
export function threadMemory(): LinearMemory {
  ofThread ??= new LinearMemory()
  return ofThread
}
