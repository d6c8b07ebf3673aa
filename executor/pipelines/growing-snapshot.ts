import type { StateVersion } from '../../common/state-path.js'
import { type StateChain, withSnapshot } from './state-chain.js'
import type { RowRange } from './step.js'
import type { OperatorState, Rebase, StateWriter } from './task.js'

/** Over how many batches a snapshot is spread at most, if the batches that change nothing are not counted. */
const MOST_PARTS = 32
/** What a batch adds at least, and so the rows of a state that is small enough for a snapshot at once. */
export const LEAST_PART_ROWS = 1 << 14
/** What a batch adds for each row that it changes: the snapshot is done before the deltas are larger than it. */
const ROWS_FOR_A_CHANGE = 2

/**
 * A snapshot that is made bit by bit, by batches that write their deltas besides, so that none has to wait for all of it. It has the rows that there were when it was begun, each as it is when its turn
 * comes. What batches change meanwhile is in their deltas, which are read behind it: together they are what the last of them left. So it stands in place of the version that it was begun over,
 * for those who read a version that names it.
 */
export class GrowingSnapshot {
  readonly #over: StateVersion
  readonly #begun: StateChain
  readonly #ranges: readonly RowRange[]
  readonly #partRows: number
  #next = 0
  #file: { readonly writer: StateWriter; readonly batchId: number } | undefined

  /** @param over the version of which the rows are, made of the files of a chain */
  constructor(over: StateVersion, chain: StateChain, ranges: readonly RowRange[]) {
    this.#over = over
    this.#begun = chain
    this.#ranges = ranges
    const rows = ranges.reduce((sum, [, count]) => sum + count, 0)
    this.#partRows = Math.max(LEAST_PART_ROWS, Math.ceil(rows / MOST_PARTS))
  }

  /** Whether the rows lie where they did: when many were removed they move together. */
  isIn(first: RowRange | undefined): boolean {
    return first?.[0] === this.#ranges[0]?.[0]
  }

  get isWhole(): boolean {
    return this.#next === this.#ranges.length
  }

  /** The rows that a batch adds which changes so many. */
  part(changed: number): readonly RowRange[] {
    const from = this.#next
    let rows = 0
    while (!this.isWhole && rows < Math.max(this.#partRows, changed * ROWS_FOR_A_CHANGE))
      rows += this.#ranges[this.#next++]![1]
    return this.#ranges.slice(from, this.#next)
  }

  /** Where the rows of a part go. */
  async writer(operator: OperatorState): Promise<StateWriter> {
    this.#file ??= {
      batchId: operator.batch.batchId,
      writer: await operator.write('snapshot', this.#begun, {}),
    }
    return this.#file.writer
  }

  /** Ends the file. @param chain the files of the version before the batch, which it shortens */
  async finish(batchId: number, chain: StateChain): Promise<{ readonly rebase: Rebase; readonly chain: StateChain }> {
    const { writer, batchId: oldest } = this.#file!
    const { version, bytes } = await writer.finish()
    const { deltas, deltaBytes } = this.#begun
    return {
      rebase: { over: this.#over, by: version },
      chain: {
        ...withSnapshot(chain, { from: batchId, oldest }, bytes),
        deltas: chain.deltas - deltas,
        deltaBytes: chain.deltaBytes - deltaBytes,
      },
    }
  }

  /** Nothing names the file: it is removed, which nobody waits for. */
  abandon(): void {
    void this.#file?.writer.abort()
    this.#file = undefined
  }
}
