import type { FilePlace } from '../../../common/errors/condition.js'
import type { Batch, BatchReader, Json, ReaderProvider } from '../../../connectors/api.js'
import type { PhysicalScan } from '../../../planner/plan/physical/plan.js'
import type { ExecutableSource, SourceContext } from './operator.js'

/** Reads the splits that the driver assigned to the task. */
export const scan: ExecutableSource<PhysicalScan> = {
  batches: (node, context) => new SplitsReader(node, context),
  isScan: true,
}

/** Splits one after the other, the next ones opened ahead where their source wants it. A batch that a reader has at hand is given without a promise. */
class SplitsReader implements BatchReader {
  readonly #node: PhysicalScan
  readonly #context: SourceContext
  readonly #signal: AbortSignal
  readonly #splits: readonly Json[]
  /** How many splits were opened. */
  #opened = 0
  /** Those whose turn comes next. */
  readonly #ahead: Promise<BatchReader>[] = []
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
      this.#openUntil(provider, 1)
      const next = this.#ahead.shift()
      if (next === undefined) return undefined
      this.#openUntil(provider, provider.opensAhead ?? 0)
      this.#open = await next
      this.#signal.throwIfAborted()
      const batch = await this.#open.next()
      if (batch) return batch
    }
  }

  /** Opens splits until so many wait for their turn. */
  #openUntil(provider: ReaderProvider, count: number): void {
    const { source, columns, filters } = this.#node
    const { memory, deferred, coded } = this.#context
    const request = { source, columns, filters, parallelism: 1 }
    while (this.#ahead.length < count && this.#opened < this.#splits.length) {
      const split = { data: this.#splits[this.#opened++]! }
      const context = { memory, kernels: memory.kernels, signal: this.#signal, deferred, coded }
      // What it throws at once is told when its turn comes, too.
      const opening = (async () => await provider.openReader(request, split, context))()
      opening.catch(() => undefined)
      this.#ahead.push(opening)
    }
  }
}
