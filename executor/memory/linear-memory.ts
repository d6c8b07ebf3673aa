import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Memory } from '../../connectors/api.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import { hostCalls } from '../kernels/host-calls.js'
import type { Kernels } from '../kernels/interface/generated.js'
import { instantiateKernels, kernelsModule } from '../kernels/load-kernels.js'
import type { MemoryArbiter } from './memory-arbiter.js'

const INITIAL_PAGES = 16
const MAX_PAGES = 65_536
const MAX_BYTES = 0xffff_ffff

/**
 * The linear memory of this thread with its kernels. Everything in it is allocated by one allocator, which keeps account
 * and refuses what goes beyond the budget.
 */
export class LinearMemory implements Memory {
  readonly linear = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES })
  readonly kernels: Kernels
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
    this.kernels = instantiateKernels(module, this.linear, { abort: () => this.#aborted(), ...host })
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
