import type { Batch, BatchColumn, LeafRange, RowSelection } from '../../connectors/api.js'
import type { ReadLiteral } from '../compiler/late-literals.js'
import type { ProgramInstance } from '../compiler/program.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { LateRange, RowSelect, TestStep } from './step.js'

/** A generated function over rows: (first, end) → a status, or for a test how many rows pass. */
export type PipelineFunction = (first: number, end: number) => number

/** A range as it is for a query. */
export function leafRangeOf({ leaf, least, greatest }: LateRange, read: ReadLiteral): LeafRange {
  return { leaf, least: least(read), greatest: greatest(read) }
}

/** What generated code sees of the batches of a source: where their leaves lie, and which of their rows are selected. */
export class BatchInput {
  readonly #memory: LinearMemory
  readonly #instance: ProgramInstance
  readonly #leaves: number

  /** @param leaves offset in the data area of the addresses */
  constructor(memory: LinearMemory, instance: ProgramInstance, leaves: number) {
    this.#memory = memory
    this.#instance = instance
    this.#leaves = leaves
  }

  /** Leaves the addresses of a batch where the generated code looks for them. */
  describe(columns: readonly BatchColumn[]): void {
    const { view, allValid } = this.#memory
    const at = this.#instance.base + this.#leaves
    for (let i = 0; i < columns.length; i++) {
      const { data, validity } = columns[i]!
      view.setUint32(at + i * 8, data, true)
      view.setUint32(at + i * 8 + 4, validity === 0 ? allValid : validity, true)
    }
  }

  /** Has the rows of a batch selected, and columns that were left out filled for these. Returns how many there are. */
  select({ rows, tests, reads }: RowSelect, batch: Batch): number {
    const { base, exports } = this.#instance
    const list = base + rows
    const filled = new Set<number>()
    const isTold = (test: TestStep): boolean => test.range !== undefined && batch.canSelect?.(test.range.leaf) === true
    let count = batch.rows
    // Tests that the source does itself may go before others, as long as the first, which sees the whole batch, is among them.
    const told = isTold(tests[0]!) ? tests.filter(isTold) : []
    if (told.length > 0) {
      count = batch.select!(
        told.map(({ range }) => leafRangeOf(range!, this.#instance.read)),
        list,
      )
    }
    for (const test of tests) {
      if (count === 0) return 0
      if (told.includes(test)) continue
      if (test === tests[0]) for (const leaf of test.reads) filled.add(leaf)
      else this.#fill(batch, test.reads, filled, { address: list, count })
      count = (exports[test.name] as unknown as PipelineFunction)(0, count)
      this.#memory.kernels.arenaReset()
    }
    if (count === 0) return 0
    this.#fill(batch, reads, filled, { address: list, count })
    return count
  }

  /** Fills leaves that are not filled yet for the rows selected so far. */
  #fill(batch: Batch, leaves: ReadonlySet<number>, filled: Set<number>, selected: RowSelection): void {
    if (!batch.fill) return
    const missing = new Set([...leaves].filter((leaf) => !filled.has(leaf)))
    if (missing.size === 0) return
    this.describe(batch.fill(missing, selected))
    for (const leaf of missing) filled.add(leaf)
  }
}
