import type { StateVersion } from '../../common/state-path.js'
import type { RowWork } from './rows-apart.js'
import { mostDeltas, type StateChain, withSnapshot } from './state-chain.js'
import type { RowRange } from './step.js'
import type { OperatorState, Rebase, StateWriter } from './task.js'

/** A snapshot of no more rows than these is written at once. */
const ROWS_AT_ONCE = 1 << 14
/** What a batch adds at least. */
const LEAST_PART_ROWS = 1 << 10
/** What a batch adds for each row that it changes: the snapshot is done before the deltas are larger than it. */
const ROWS_FOR_A_CHANGE = 2

/** Rows that are written together. */
export interface SnapshotPiece {
  readonly rows: number
  visit(work: RowWork): Promise<void>
}

/** The rows that a snapshot has, piece by piece. */
export interface SnapshotRows {
  readonly pieces: readonly SnapshotPiece[]
  /** Of rows in memory where the first one is. */
  readonly first: number | undefined
  /** They are wanted no more. */
  release(): void
}

/** @param width bytes from one row to the next */
export const rowsInMemory = (ranges: readonly RowRange[], width: number): SnapshotRows => ({
  pieces: ranges.flatMap((range) => piecesOf(range, width)),
  first: ranges[0]?.[0],
  release: () => {},
})

const piecesOf = ([first, rows]: RowRange, width: number): readonly SnapshotPiece[] =>
  Array.from({ length: Math.ceil(rows / LEAST_PART_ROWS) }, (_, i): SnapshotPiece => {
    const from = i * LEAST_PART_ROWS
    const count = Math.min(LEAST_PART_ROWS, rows - from)
    return { rows: count, visit: (work) => work(first + from * width, count) }
  })

/** Whether a state of so many rows is too large for a snapshot at once. */
export const growsSnapshots = (rows: number): boolean => rows > ROWS_AT_ONCE

/** How many rows each batch adds to a snapshot of so many at least. Batches that change nothing do not count. @param chain the files when it is begun */
const partRowsOf = (rows: number, chain: StateChain): number =>
  Math.max(LEAST_PART_ROWS, Math.ceil(rows / mostDeltas(chain)))

/**
 * A snapshot that is made bit by bit, by batches that write their deltas besides, so that none has to wait for all of it. It has the rows that there were when it was begun, each as it is when its turn
 * comes. What batches change meanwhile is in their deltas, which are read behind it: together they are what the last of them left. So it stands in place of the version that it was begun over,
 * for those who read a version that names it.
 */
export class GrowingSnapshot {
  readonly #over: StateVersion
  readonly #begun: StateChain
  readonly #rows: SnapshotRows
  readonly #partRows: number
  /** Over how many batches it is spread at most. */
  readonly parts: number
  #next = 0
  #file: { readonly writer: StateWriter; readonly batchId: number } | undefined

  /** @param over the version of which the rows are, made of the files of a chain */
  constructor(over: StateVersion, chain: StateChain, rows: SnapshotRows) {
    this.#over = over
    this.#begun = chain
    this.#rows = rows
    const total = rows.pieces.reduce((sum, piece) => sum + piece.rows, 0)
    this.#partRows = partRowsOf(total, chain)
    this.parts = Math.ceil(total / this.#partRows)
  }

  /** Whether the rows lie in memory, from where they may leave. */
  get isInMemory(): boolean {
    return this.#rows.first !== undefined
  }

  /** Whether rows that lie in memory lie where they did: when many were removed they move together. */
  isIn(first: RowRange | undefined): boolean {
    return !this.isInMemory || first?.[0] === this.#rows.first
  }

  get isWhole(): boolean {
    return this.#next === this.#rows.pieces.length
  }

  /** The rows that a batch adds which changes so many. */
  part(changed: number): readonly SnapshotPiece[] {
    const from = this.#next
    let rows = 0
    while (!this.isWhole && rows < Math.max(this.#partRows, changed * ROWS_FOR_A_CHANGE))
      rows += this.#rows.pieces[this.#next++]!.rows
    return this.#rows.pieces.slice(from, this.#next)
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
    this.#rows.release()
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
    this.#rows.release()
  }
}
