import type { Leaf } from '../../columnar/leaves.js'
import type { BatchColumn, LeafRange, RowSelection } from '../../connectors/api.js'
import { RANGE_BYTES, RANGE_GREATEST, RANGE_LEAST } from '../kernels/interface/narrow.js'
import { Area, type BlockBatches, type DetachedMemory } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'

/** A leaf of a batch that stays in memory: as pipelines read it, or integers as differences from the least of them, in fewer bytes. */
export type KeptLeaf = { readonly kind: 'plain'; readonly column: BatchColumn } | NarrowedLeaf

export interface NarrowedLeaf {
  readonly kind: 'narrowed'
  readonly differences: number
  readonly least: bigint
  readonly narrow: 1 | 2 | 4
  readonly width: 4 | 8
  readonly validity: number
}

/** What is kept, and the memory it lies in. */
export interface Kept {
  readonly leaf: KeptLeaf
  readonly memory: DetachedMemory
}

/** Widening every row, several at a time, is as fast as picking this share of them. */
const WORTH_SELECTING = 4

/** The largest difference in so many bytes. */
const MOST = { 1: 0xffn, 2: 0xffffn, 4: 0xffff_ffffn } as const

/** Bytes behind a column that kernels may touch. */
const SLACK_BYTES = 64

/** Takes over a leaf of the last batch of `batches`. Integers are narrowed where that saves half: what a query waits for is the memory. */
export function keepLeaf(
  memory: LinearMemory,
  batches: BlockBatches,
  at: number,
  leaf: Leaf,
  column: BatchColumn,
  rows: number,
): Kept {
  const width = integerWidth(leaf)
  const range = width === undefined ? undefined : rangeOf(memory, column.data, rows, width)
  const narrow = range && narrowWidth(range.greatest - range.least)
  if (width === undefined || range === undefined || narrow === undefined || narrow >= width) {
    return { leaf: { kind: 'plain', column }, memory: batches.detach(at) }
  }
  const bytes = rows * narrow + SLACK_BYTES
  const differences = memory.allocate(bytes)
  memory.kernels.narrowColumn(column.data, rows, width, range.least, narrow, differences)
  const own = batches.detach(at)
  memory.release(column.data)
  const { validity } = column
  const validityBytes = validity === 0 ? 0 : rows
  return {
    leaf: { kind: 'narrowed', differences, least: range.least, narrow, width, validity },
    memory: {
      addresses: [differences, ...own.addresses.filter((address) => address !== column.data)],
      bytes: bytes + validityBytes,
    },
  }
}

function integerWidth({ type, storage }: Leaf): 4 | 8 | undefined {
  if (type.kind === 'float' || type.kind === 'double' || storage.kind !== 'fixed') return undefined
  return storage.bytes === 4 || storage.bytes === 8 ? storage.bytes : undefined
}

function rangeOf(memory: LinearMemory, data: number, rows: number, width: number): { least: bigint; greatest: bigint } {
  const out = memory.allocate(RANGE_BYTES)
  memory.kernels.narrowRange(data, rows, width, out)
  const { view } = memory
  const range = {
    least: view.getBigInt64(out + RANGE_LEAST, true),
    greatest: view.getBigInt64(out + RANGE_GREATEST, true),
  }
  memory.release(out)
  return range
}

function narrowWidth(spread: bigint): 1 | 2 | 4 | undefined {
  if (spread < 1n << 8n) return 1
  if (spread < 1n << 16n) return 2
  return spread < 1n << 32n ? 4 : undefined
}

/** Gives kept leaves the form pipelines read; each leaf's is valid until the next of the same position is asked for. */
export class LeafWidener {
  readonly #memory: LinearMemory
  readonly #areas = new Map<number, Area>()
  /** A bit for each row of a batch, while rows are selected. */
  readonly #bits: Area

  constructor(memory: LinearMemory) {
    this.#memory = memory
    this.#bits = new Area(memory)
  }

  /** @param selected the rows that are wanted, where not all are */
  columnOf(position: number, kept: KeptLeaf, rows: number, selected?: RowSelection): BatchColumn {
    if (kept.kind === 'plain') return kept.column
    const { differences, least, narrow, width, validity } = kept
    let area = this.#areas.get(position)
    if (!area) {
      area = new Area(this.#memory)
      this.#areas.set(position, area)
    }
    const data = area.atLeast(rows * width + SLACK_BYTES)
    const { kernels } = this.#memory
    if (selected && selected.count * WORTH_SELECTING < rows) {
      kernels.widenRows(differences, selected.address, selected.count, narrow, least, width, data)
    } else kernels.widenColumn(differences, rows, narrow, least, width, data)
    return { data, validity }
  }

  /** Writes the numbers of the rows whose values are in ranges to a list; returns how many there are. */
  select(tests: readonly (readonly [kept: NarrowedLeaf, range: LeafRange])[], rows: number, list: number): number {
    const { kernels } = this.#memory
    const bits = this.#bits.atLeast((rows >> 3) + SLACK_BYTES)
    for (const [i, [{ differences, validity, least, narrow }, range]] of tests.entries()) {
      const most = MOST[narrow]
      const lowest = range.least > least ? range.least - least : 0n
      const highest = range.greatest - least < most ? range.greatest - least : most
      if (lowest > highest) return 0
      kernels.rangeBits(differences, validity, rows, narrow, Number(lowest), Number(highest), i === 0 ? 1 : 0, bits)
    }
    return kernels.listBits(bits, rows, list) >>> 0
  }

  release(): void {
    this.#bits.release()
    for (const area of this.#areas.values()) area.release()
  }
}
