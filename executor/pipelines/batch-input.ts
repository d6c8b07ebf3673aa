import type { BatchColumn, LeafRange } from '../../connectors/api.js'
import type { ReadLiteral } from '../compiler/late-literals.js'
import type { ProgramInstance } from '../compiler/program.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { CODED_ADDRESS, CODED_CODES, CODED_DICTIONARY } from './codegen/batch-leaves.js'
import type { BatchSource, LateRange } from './step.js'

/** A generated function over rows: (first, end) → a status, or for a test how many rows pass. */
export type PipelineFunction = (first: number, end: number) => number

const [LEAST_LONG, GREATEST_LONG] = [-(1n << 63n), (1n << 63n) - 1n]

/** A range as it is for a query: bounds beyond the values of 64 bits are within, and one that no such value is in has them the wrong way round. */
export function leafRangeOf({ leaf, ...late }: LateRange, read: ReadLiteral): LeafRange {
  const [least, greatest] = [late.least(read), late.greatest(read)]
  if (least > GREATEST_LONG || greatest < LEAST_LONG) return { leaf, least: GREATEST_LONG, greatest: LEAST_LONG }
  return {
    leaf,
    least: least < LEAST_LONG ? LEAST_LONG : least,
    greatest: greatest > GREATEST_LONG ? GREATEST_LONG : greatest,
  }
}

/** What generated code sees of the batches of a source: where their leaves lie. */
export class BatchInput {
  readonly #memory: LinearMemory
  readonly #instance: ProgramInstance
  readonly #leaves: number
  readonly #coded: readonly (readonly [leaf: number, offset: number])[]
  /** Whether a leaf of the batch that was described last has codes. */
  hasCodes = false

  constructor(
    memory: LinearMemory,
    instance: ProgramInstance,
    { leaves, coded }: Pick<BatchSource, 'leaves' | 'coded'>,
  ) {
    this.#memory = memory
    this.#instance = instance
    this.#leaves = leaves
    this.#coded = [...coded]
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
    this.hasCodes = false
    for (const [leaf, offset] of this.#coded) this.#describeCodes(columns[leaf]!, this.#instance.base + offset)
  }

  #describeCodes({ codes }: BatchColumn, at: number): void {
    const { view } = this.#memory
    this.hasCodes ||= codes !== undefined
    view.setUint32(at + CODED_ADDRESS, codes?.address ?? 0, true)
    view.setUint32(at + CODED_DICTIONARY, codes?.dictionary ?? 0, true)
    view.setUint32(at + CODED_CODES, codes ? codes.entries + 1 : 0, true)
  }
}
