import type { BatchColumn, LeafRange } from '../../connectors/api.js'
import type { ReadLiteral } from '../compiler/late-literals.js'
import type { ProgramInstance } from '../compiler/program.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { LateRange } from './step.js'

/** A generated function over rows: (first, end) → a status, or for a test how many rows pass. */
export type PipelineFunction = (first: number, end: number) => number

/** A range as it is for a query. */
export function leafRangeOf({ leaf, least, greatest }: LateRange, read: ReadLiteral): LeafRange {
  return { leaf, least: least(read), greatest: greatest(read) }
}

/** What generated code sees of the batches of a source: where their leaves lie. */
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
}
