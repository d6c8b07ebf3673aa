import type { Batch, LeafRange, RowSelection } from '../../connectors/api.js'
import type { ProgramInstance } from '../compiler/program.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { type BatchInput, leafRangeOf, type PipelineFunction } from './batch-input.js'
import type { RowSelect } from './step.js'

/** A test with what it is for a query. */
interface Test {
  readonly run: PipelineFunction
  readonly reads: ReadonlySet<number>
  readonly range: LeafRange | undefined
}

/** How the rows of a batch are selected. */
interface Course {
  /** Test by test, whether the source does it itself. */
  readonly told: readonly boolean[]
  readonly ranges: readonly LeafRange[]
  /** The other tests, and leaves that are filled before each. */
  readonly steps: readonly { readonly run: PipelineFunction; readonly missing: ReadonlySet<number> }[]
  /** Leaves that are filled for what comes behind. */
  readonly missing: ReadonlySet<number>
}

/** Has rows of batches selected. What follows from the query is worked out once, and the course of tests where it changes: batches are small. */
export class SelectedBatches {
  readonly #input: BatchInput
  readonly #memory: LinearMemory
  readonly #list: number
  readonly #tests: readonly Test[]
  readonly #reads: ReadonlySet<number>
  #course: Course

  constructor({ rows, tests, reads }: RowSelect, input: BatchInput, instance: ProgramInstance, memory: LinearMemory) {
    this.#input = input
    this.#memory = memory
    this.#list = instance.base + rows
    this.#tests = tests.map(({ name, range, ...test }) => ({
      run: instance.exports[name] as unknown as PipelineFunction,
      reads: test.reads,
      range: range && leafRangeOf(range, instance.read),
    }))
    this.#reads = reads
    this.#course = this.#courseOf(tests.map(() => false))
  }

  /** Has the rows of a batch selected, and columns that were left out filled for these. Returns how many there are. */
  select(batch: Batch): number {
    const { ranges, steps, missing } = this.#courseFor(batch)
    const list = this.#list
    let count = ranges.length > 0 ? batch.select!(ranges, list) : batch.rows
    for (const step of steps) {
      if (count === 0) return 0
      this.#fill(batch, step.missing, { address: list, count })
      count = step.run(0, count)
      this.#memory.kernels.arenaReset()
    }
    if (count > 0) this.#fill(batch, missing, { address: list, count })
    return count
  }

  /** That of the last batch, unless the source does other tests of this one. */
  #courseFor(batch: Batch): Course {
    const { told } = this.#course
    const first = isTold(this.#tests[0]!, batch)
    // Tests that the source does itself may go before others, as long as the first, which sees the whole batch, is among them.
    for (let i = 0; i < told.length; i++)
      if (told[i] !== (first && isTold(this.#tests[i]!, batch))) {
        this.#course = this.#courseOf(this.#tests.map((test) => first && isTold(test, batch)))
        break
      }
    return this.#course
  }

  #courseOf(told: readonly boolean[]): Course {
    const filled = new Set<number>()
    const missingOf = (reads: ReadonlySet<number>): ReadonlySet<number> => {
      const missing = new Set([...reads].filter((leaf) => !filled.has(leaf)))
      for (const leaf of missing) filled.add(leaf)
      return missing
    }
    const steps = this.#tests.flatMap(({ run, reads }, i) => {
      if (told[i]) return []
      const missing = missingOf(reads)
      // A batch comes with what its first test reads.
      return [{ run, missing: i === 0 ? NONE : missing }]
    })
    const ranges = this.#tests.flatMap(({ range }, i) => (told[i] ? [range!] : []))
    return { told, ranges, steps, missing: missingOf(this.#reads) }
  }

  /** Fills leaves for the rows selected so far. */
  #fill(batch: Batch, leaves: ReadonlySet<number>, selected: RowSelection): void {
    if (leaves.size > 0 && batch.fill) this.#input.describe(batch.fill(leaves, selected))
  }
}

const NONE: ReadonlySet<number> = new Set()

/** Whether the source of a batch can do a test itself. */
const isTold = ({ range }: Test, batch: Batch): boolean => range !== undefined && batch.canSelect?.(range.leaf) === true
