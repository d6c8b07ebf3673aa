import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CountedMemory, Memory } from '../../connectors/api.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import { hostCalls } from '../kernels/host-calls.js'
import type { Kernels } from '../kernels/interface/generated.js'
import { instantiateKernels, kernelsModule } from '../kernels/load-kernels.js'
import { Counted, type NamedHolder } from './counted-memory.js'
import type { MemoryArbiter } from './memory-arbiter.js'
import type { SlotMemory } from './slot-memory.js'

const INITIAL_PAGES = 16
const MAX_PAGES = 65_536
const MAX_BYTES = 0xffff_ffff

/** A heap is not filled to its last byte: what is free in it lies in pieces. */
const MOST_TASK_BYTES = 0xf000_0000

/**
 * The linear memory of this thread with its kernels. Everything in it is allocated by one allocator, which keeps account. What tasks allocate is
 * taken from the thread's slot of the executor's pool, in pieces: the allocator asks for the next one when it is at the end of what it has.
 */
export class LinearMemory implements Memory {
  readonly linear = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES })
  readonly kernels: Kernels
  /** Validity of a batch without NULLs: MAX_BATCH_ROWS ones, so that generated code needs no branch. Lives as long as the thread. */
  readonly allValid: number
  #bytes: Uint8Array
  #view: DataView
  #slot: SlotMemory | undefined
  readonly #ownBytes: number
  #counted: Counted[] = []
  /** Who else holds linear memory than operators that can give it back, to be named when it runs out. */
  holders: readonly NamedHolder[] = []
  #arbiter: MemoryArbiter | undefined

  constructor(module: WebAssembly.Module = kernelsModule()) {
    const host = hostCalls(
      () => this.view,
      (bytes) => this.allocate(bytes),
    )
    this.kernels = instantiateKernels(module, this.linear, {
      abort: () => this.#aborted(),
      moreMemory: (bytes) => Number(this.#more(bytes >>> 0)),
      ...host,
    })
    this.#bytes = new Uint8Array(this.linear.buffer)
    this.#view = new DataView(this.linear.buffer)
    this.allValid = this.allocate(MAX_BATCH_ROWS)
    this.bytes.fill(1, this.allValid, this.allValid + MAX_BATCH_ROWS)
    this.#ownBytes = this.bytesInUse
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

  /** Bytes held for tasks: all but what the thread needs as long as it lives. */
  get taskBytes(): number {
    return this.bytesInUse - this.#ownBytes + this.#countedBytes
  }

  /** What a task can count on when all slots of the executor run one. */
  get share(): number {
    return Math.min(this.#slot?.share ?? MOST_TASK_BYTES, MOST_TASK_BYTES)
  }

  /** The most bytes that tasks may hold now. */
  get reach(): number {
    return Math.min(this.#slot?.reach ?? MOST_TASK_BYTES, MOST_TASK_BYTES)
  }

  /** What others wait for of what this thread took beyond its part. */
  get excess(): number {
    return this.#slot?.excess ?? 0
  }

  /** From now on what is held is counted in a slot of a pool. */
  use(slot: SlotMemory): void {
    if (this.#slot === slot) return
    this.#slot = slot
    this.settle()
  }

  /** Gives back to the pool what is not in use: a task ended. */
  settle(): void {
    this.#counted = []
    this.#slot?.hold(this.taskBytes)
    this.#allow()
  }

  /** Takes from the pool ahead, so that tasks may hold so many bytes in all. False when there are not so many. */
  secure(bytes: number): boolean {
    return this.#reserve(bytes, (slot, missing) => slot.take(missing))
  }

  /** The same, waiting for others to give back what is beyond their part, if it is this thread's due. */
  async secureOwed(bytes: number, signal: AbortSignal): Promise<boolean> {
    const slot = this.#slot
    if (!slot || bytes > MOST_TASK_BYTES) return false
    const missing = bytes - slot.granted
    const isGranted = missing <= 0 || (slot.isOwed(missing) && (await slot.wait(missing, signal)))
    this.#allow()
    return isGranted
  }

  /** Gives others, who wait, what was taken ahead and is not among the bytes to be kept. */
  yieldUnused(kept: number): void {
    const slot = this.#slot
    if (!slot) return
    const unused = Math.min(slot.excess, slot.granted - kept)
    if (unused > 0) slot.giveBack(unused)
    this.#allow()
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

  /** @param stateOperatorId of memory for a state of a stream */
  count(owner: string, stateOperatorId?: number): CountedMemory {
    const counted: Counted = new Counted(
      owner,
      (more) => {
        if (!this.#reserve(this.taskBytes + more, (slot, missing) => slot.takeOrWait(missing)))
          throw this.refusal(more, `, for the ${owner}`, counted)
      },
      () => this.#allow(),
      stateOperatorId,
    )
    this.#counted.push(counted)
    return counted
  }

  /** The allocator needs so many bytes in all. */
  #more(bytes: number): boolean {
    return this.#reserve(bytes - this.#ownBytes + this.#countedBytes, (slot, missing) => slot.takeOrWait(missing))
  }

  #reserve(bytes: number, take: (slot: SlotMemory, missing: number) => boolean): boolean {
    const slot = this.#slot
    if (!slot) return true
    const missing = bytes - slot.granted
    if (missing <= 0) return true
    if (bytes > MOST_TASK_BYTES || !take(slot, missing)) return false
    this.#allow()
    return true
  }

  /** Lets the allocator use what was taken. */
  #allow(): void {
    const granted = this.#slot ? Math.max(0, this.#slot.granted - this.#countedBytes) : MAX_BYTES
    this.kernels.setMemoryBudget(Math.min(this.#ownBytes + granted, MAX_BYTES))
  }

  get #countedBytes(): number {
    return this.#counted.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  #aborted(): never {
    const requestedBytes = this.kernels.takeRefused() >>> 0
    if (requestedBytes === 0) throw new MillraceError('INTERNAL_ERROR', { message: 'a kernel aborted' })
    throw this.refusal(requestedBytes)
  }

  /**
   * The condition that so much cannot be had, with who holds what there is. @param why what else there is to say
   * @param short who asks, if that is known: of generated code it is not, and who needs most is taken for it
   */
  refusal(requestedBytes: number, why = '', short?: NamedHolder): MillraceError {
    const held = [...this.holders, ...this.#counted].filter(({ bytes }) => bytes > 0)
    const needs = [...(this.#arbiter?.needs() ?? []), ...held].sort((a, b) => b.bytes - a.bytes)
    const { stateOperatorId } = short ?? needs[0] ?? {}
    const each = [
      ...(this.#arbiter?.reservations() ?? []),
      ...held.map(({ operator, bytes }) => `${operator} ${bytes}`),
    ]
    return new MillraceError('UNABLE_TO_ACQUIRE_MEMORY', {
      requestedBytes,
      receivedBytes: this.taskBytes,
      budgetBytes: this.reach,
      operators: `${each.length === 0 ? '' : `, of which ${each.join(', ')}`}${why}`,
      ...(stateOperatorId === undefined ? {} : { stateOperator: stateOperatorId }),
    })
  }
}

let ofThread: LinearMemory | undefined

/** The memory of this thread, made when first asked for. */
export function threadMemory(): LinearMemory {
  ofThread ??= new LinearMemory()
  return ofThread
}
