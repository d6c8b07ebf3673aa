import type { FilePlace } from '../../../common/errors/condition.js'
import type { Batch, BatchReader, CountedMemory, Json, OpensAhead, ReaderProvider } from '../../../connectors/api.js'
import type { PhysicalScan } from '../../../planner/plan/physical/plan.js'
import type { ExecutableSource, SourceContext } from './operator.js'

/** What splits that are opened ahead may take of what the task can count on. */
const AHEAD_SHARE = 1 / 16

/** Reads the splits that the driver assigned to the task. */
export const scan: ExecutableSource<PhysicalScan> = {
  batches: (node, context) => new SplitsReader(node, context),
  isScan: true,
}

/** Splits one after the other, the next ones opened ahead where their source wants it and there is memory for them. A batch that a reader has at hand is given without a promise. */
class SplitsReader implements BatchReader {
  readonly #node: PhysicalScan
  readonly #context: SourceContext
  readonly #signal: AbortSignal
  readonly #splits: readonly Json[]
  /** How many splits were opened. */
  #opened = 0
  /** Those whose turn comes next. */
  readonly #ahead: Promise<BatchReader>[] = []
  /** What these take, and the one whose turn has come until its first batch is there. */
  #held: CountedMemory | undefined
  #open: BatchReader | undefined

  constructor(node: PhysicalScan, context: SourceContext) {
    this.#node = node
    this.#context = context
    this.#signal = context.environment.signal
    this.#splits = context.inputs.splits[node.scanId] ?? []
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    this.#signal.throwIfAborted()
    if (!this.#open) return this.#ofNextSplit()
    const next = this.#open.next()
    return next instanceof Promise ? next.then((batch) => batch ?? this.#ofNextSplit()) : (next ?? this.#ofNextSplit())
  }

  async placeOf(address: number): Promise<FilePlace | undefined> {
    return await this.#open?.placeOf?.(address)
  }

  async close(): Promise<void> {
    // One that cannot be opened has nothing to be closed.
    const ahead = this.#ahead.splice(0).map(async (opening) => (await opening.catch(() => undefined))?.close())
    const closed = await Promise.allSettled([this.#closeOpen(), ...ahead])
    this.#held?.hold(0)
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }

  async #closeOpen(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.close()
  }

  /** The first batch of the next split that has one. */
  async #ofNextSplit(): Promise<Batch | undefined> {
    const provider = await this.#context.environment.reader(this.#node.source.provider)
    for (;;) {
      await this.#closeOpen()
      const next = this.#ahead.shift() ?? this.#opening(provider, false)
      if (next === undefined) return undefined
      if (provider.opensAhead) this.#openAhead(provider, provider.opensAhead)
      this.#open = await next
      this.#signal.throwIfAborted()
      const batch = await this.#open.next()
      this.#held?.hold(this.#ahead.length * provider.opensAhead!.bytes)
      if (batch) return batch
    }
  }

  /** Opens splits until as many wait for their turn as the source wants, or as there is memory for. */
  #openAhead(provider: ReaderProvider, { splits, bytes }: OpensAhead): void {
    const { memory } = this.#context
    this.#held ??= memory.count('splits that are opened ahead')
    while (this.#ahead.length < splits && this.#opened < this.#splits.length) {
      const held = this.#held.bytes + bytes
      if (held > memory.share * AHEAD_SHARE || !memory.secure(memory.taskBytes + bytes)) return
      this.#held.hold(held)
      this.#ahead.push(this.#opening(provider, true)!)
    }
  }

  /** The next split; undefined when there is none. */
  #opening(provider: ReaderProvider, isAhead: boolean): Promise<BatchReader> | undefined {
    if (this.#opened === this.#splits.length) return undefined
    const { source, columns, filters } = this.#node
    const { memory, deferred, coded } = this.#context
    const request = { source, columns, filters, parallelism: 1 }
    const split = { data: this.#splits[this.#opened++]! }
    const context = { memory, kernels: memory.kernels, signal: this.#signal, deferred, coded, isAhead }
    // What it throws at once is told when its turn comes, too.
    const opening = (async () => await provider.openReader(request, split, context))()
    opening.catch(() => undefined)
    return opening
  }
}
