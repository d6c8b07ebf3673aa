import type { FilePlace } from '../../../common/errors/condition.js'
import type { Batch, BatchReader, ReaderProvider } from '../../../connectors/api.js'
import type { PhysicalScan } from '../../../planner/plan/physical/plan.js'
import type { ExecutableSource, SourceContext } from './operator.js'

/** Reads the splits that the driver assigned to the task. */
export const scan: ExecutableSource<PhysicalScan> = {
  batches: (node, context) => new SplitsReader(node, context),
  isScan: true,
}

/** Splits one after the other. A batch that a reader has at hand is given without a promise. */
class SplitsReader implements BatchReader {
  readonly #node: PhysicalScan
  readonly #context: SourceContext
  readonly #signal: AbortSignal
  #opened = 0
  #open: BatchReader | undefined

  constructor(node: PhysicalScan, context: SourceContext) {
    this.#node = node
    this.#context = context
    this.#signal = context.environment.signal
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
    const open = this.#open
    this.#open = undefined
    await open?.close()
  }

  /** The first batch of the next split that has one. */
  async #ofNextSplit(): Promise<Batch | undefined> {
    const { source, columns, filters, scanId } = this.#node
    const { inputs, environment, memory, deferred, coded } = this.#context
    const signal = this.#signal
    const splits = inputs.splits[scanId] ?? []
    const provider: ReaderProvider = await environment.reader(source.provider)
    const request = { source, columns, filters, parallelism: 1 }
    for (;;) {
      await this.close()
      if (this.#opened === splits.length) return undefined
      const split = { data: splits[this.#opened++]! }
      const context = { memory, kernels: memory.kernels, signal, deferred, coded }
      this.#open = await provider.openReader(request, split, context)
      signal.throwIfAborted()
      const batch = await this.#open.next()
      if (batch) return batch
    }
  }
}
