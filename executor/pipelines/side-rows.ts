import type { Block } from '../../columnar/blocks/block.js'
import { leavesOf } from '../../columnar/leaves.js'
import type { Field } from '../../columnar/types.js'
import type { Batch, CountedMemory } from '../../connectors/api.js'
import { BlockBatches, everyLeaf } from '../memory/block-batches.js'
import { BlockBuilders } from '../memory/block-builder.js'
import type { LinearMemory } from '../memory/linear-memory.js'

/** The rows that generated code writes to a side output (see `PipelineCompiler.sideOutput`), until a step takes them. */
export class SideRows {
  readonly #memory: LinearMemory
  readonly #fields: readonly Field[]
  readonly #builders: BlockBuilders
  readonly #held: CountedMemory
  #full: Block[] = []

  constructor(memory: LinearMemory, fields: readonly Field[]) {
    this.#memory = memory
    this.#fields = fields
    this.#builders = new BlockBuilders(memory, leavesOf({ fields }), 1)
    this.#held = memory.count('state')
  }

  /** The address of the builder of the block that is being filled. */
  get builder(): number {
    return this.#builders.address
  }

  /** How many rows there are to take. */
  get waiting(): number {
    return this.#full.reduce((sum, { rows }) => sum + rows, this.#builders.rows)
  }

  /** Whether there is a whole block. */
  get hasFull(): boolean {
    return this.#full.length > 0
  }

  /** The builder is full. */
  takeFull(): void {
    const { block } = this.#builders.take(this.builder)
    this.#full.push(block)
    this.#held.hold(this.#held.bytes + block.bytes.length)
  }

  /** The rows as blocks. */
  takeBlocks(): readonly Block[] {
    this.#held.hold(0)
    const full = this.#full
    this.#full = []
    return [...full, ...[...this.#builders.takeAll()].map(({ block }) => block)]
  }

  /** The rows as batches; those that are in no block yet stay where they lie. Nothing may be written until the last batch is used. */
  *takeBatches(): Generator<Batch> {
    const leaves = leavesOf({ fields: this.#fields })
    const full = new BlockBatches(this.#memory, leaves, everyLeaf(leaves))
    try {
      for (const block of this.#full.splice(0)) yield* full.of(block)
    } finally {
      full.release()
      this.#held.hold(0)
    }
    yield* this.#builders.batches()
  }

  release(): void {
    this.#builders.release()
  }
}
