import { bytesOf, type Target, targetOf } from '../../../columnar/leaf-places.js'
import { type Leaf, leavesOf } from '../../../columnar/leaves.js'
import type { Field } from '../../../columnar/types.js'
import { type BatchColumn, MAX_BATCH_ROWS, type ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'

const REF_BYTES = 8

interface LeafPlace {
  readonly leaf: Leaf
  readonly region: Region
  /** Where lists are moved to once all rows are read. */
  readonly lists: Region | undefined
}

/** Where the values of a column go, leaf by leaf, for as many rows as a batch has. */
export class ColumnPlaces {
  readonly target: Target
  readonly #leaves: readonly LeafPlace[]
  readonly #context: Pick<ReadContext, 'memory' | 'kernels'>

  constructor(field: Field, context: Pick<ReadContext, 'memory' | 'kernels'>) {
    this.#context = context
    const { memory } = context
    this.#leaves = leavesOf({ fields: [field] }).map((leaf) => {
      const { kind } = leaf.type
      const region = new Region(memory)
      region.reserve(MAX_BATCH_ROWS * (1 + bytesOf(leaf)))
      return { leaf, region, lists: kind === 'array' || kind === 'map' ? new Region(memory) : undefined }
    })
    let next = 0
    this.target = targetOf(field.type, () => {
      const { leaf, region } = this.#leaves[next++]!
      const value = region.address + MAX_BATCH_ROWS
      return { flag: region.address, flagStep: 1, present: 1, value, valueStep: bytesOf(leaf) }
    })
  }

  /** Makes all rows NULL. */
  clear(): void {
    for (const { leaf, region } of this.#leaves) {
      const end = region.address + MAX_BATCH_ROWS * (leaf.storage.kind === 'variable' ? 1 + REF_BYTES : 1)
      this.#context.memory.bytes.fill(0, region.address, end)
    }
  }

  /** The leaves of so many rows. Lists are moved out of the kernels' arena. */
  columns(rows: number): readonly BatchColumn[] {
    const { kernels } = this.#context
    return this.#leaves.map(({ leaf, region, lists }) => {
      const data = region.address + MAX_BATCH_ROWS
      if (lists) kernels.refsMoved(data, rows, lists.reserve(kernels.refsBytes(data, rows)))
      return { data: leaf.type.kind === 'struct' ? 0 : data, validity: region.address }
    })
  }

  release(): void {
    for (const { region, lists } of this.#leaves) {
      region.release()
      lists?.release()
    }
  }
}
