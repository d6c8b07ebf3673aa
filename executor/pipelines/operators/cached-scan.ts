import { leavesOf } from '../../../columnar/leaves.js'
import type { Batch, BatchColumn, BatchReader, LeafRange, RowSelection } from '../../../connectors/api.js'
import type { PhysicalCachedScan } from '../../../planner/plan/physical/plan.js'
import { MOST_GROUP_CODES } from '../../kernels/interface/table.js'
import { BlockBatches, type WantedLeaf } from '../../memory/block-batches.js'
import { TextCoder } from '../coded-texts.js'
import { dictionaryOf, type KeptLeaf, keepLeaf, LeafWidener, leafCoder } from '../kept-leaf.js'
import type { Batches } from '../step.js'
import { wantedLeaves } from './block-batches.js'
import type { ExecutableSource, SourceContext } from './operator.js'

export const cachedScan: ExecutableSource<PhysicalCachedScan> = { batches: cached }

/** The share of a task's memory that may hold columns of cached relations between tasks. */
const CACHED_COLUMNS_SHARE = 0.25
const NO_LEAVES: ReadonlySet<number> = new Set()
const NOT_USED: BatchColumn = { data: 0, validity: 0 }

/** A partition of a cached relation: columns that the thread has kept, and the others from its blocks, to be kept as well. */
function cached(node: PhysicalCachedScan, context: SourceContext): Batches {
  const { used, inputs, environment, cachedColumns } = context
  const wanted = wantedLeaves(node.relation, node.columns, used)
  const partition = cachedColumns.partition(node.cacheId, inputs.partition, environment.cacheVersion(node.cacheId))
  const needed = new Map(wanted.flatMap((x) => (x ? [[x.index, x] as const] : [])))
  const missing = [...needed.values()].filter(({ index }) => !partition.has(index))
  // Nothing is waited for then, and a small batch takes less time than a promise for it.
  const reading = { partition, needed: new Set(needed.keys()), wanted, missing }
  return partition.isRead && missing.length === 0
    ? new KeptBatches(reading, context)
    : loadedBatches(node, context, reading)
}

interface Reading {
  readonly partition: ReturnType<SourceContext['cachedColumns']['partition']>
  readonly needed: ReadonlySet<number>
  readonly wanted: readonly WantedLeaf[]
  /** Those needed that are not kept. */
  readonly missing: readonly NonNullable<WantedLeaf>[]
}

async function* loadedBatches(
  { cacheId, relation }: PhysicalCachedScan,
  { environment, memory, cachedColumns }: SourceContext,
  { partition, needed, wanted, missing }: Reading,
): AsyncGenerator<Batch> {
  const widener = new LeafWidener(memory)
  const leaves = missing.map(({ index }) => index)
  const loader = new BlockBatches(memory, leavesOf({ fields: relation }), missing)
  const coders = missing.map(({ leaf }) => leafCoder(memory, leaf))
  const load = cachedColumns.load(partition, leaves, environment.memory.share * CACHED_COLUMNS_SHARE)
  const known = partition.isRead ? partition.batches : []
  partition.beginRead(needed)
  try {
    let at = 0
    for await (const block of environment.cachedBlocks(cacheId)) {
      for (const { rows, columns: loaded } of loader.of(block)) {
        const kept = known[at++]?.leaves
        const columnOf = (leaf: number): BatchColumn => {
          const own = kept?.get(leaf)
          return own ? widener.columnOf(leaf, own, rows) : loaded[leaves.indexOf(leaf)]!
        }
        yield { rows, columns: wanted.map((x) => (x ? columnOf(x.index) : NOT_USED)) }
        load.keep(rows, loader.bytes, (i) => keepLeaf(memory, loader, i, missing[i]!.leaf, loaded[i]!, rows, coders[i]))
      }
    }
    load.finish(coders.map((coder) => () => coder?.finish() ?? []))
  } finally {
    partition.endRead()
    load.close()
    for (const coder of coders) if (coder instanceof TextCoder) coder.close()
    loader.release()
    widener.release()
  }
}

/**
 * The batches of a partition of which all columns are kept. It is also the batch that it gave last: what follows from the query is worked out once, since the
 * rows of a batch take a few microseconds. Columns that may be left out first are widened when they are wanted.
 */
class KeptBatches implements BatchReader, Batch {
  rows = 0
  readonly columns: BatchColumn[]
  readonly #reading: Reading
  readonly #widener: LeafWidener
  /** Of the leaves that are wanted, by their positions: which leaf of the relation each is, and what is kept of it in the batch. */
  readonly #leaves: readonly (number | undefined)[]
  readonly #kept: (KeptLeaf | undefined)[]
  readonly #deferred: ReadonlySet<number>
  readonly #rangeLeaf: number | undefined
  /** By their positions: a leaf that is wanted twice may be wanted as codes once. */
  readonly #mayBeCoded: ReadonlySet<number>
  #coded = NO_LEAVES
  readonly #allRows: number
  #next = 0

  constructor(reading: Reading, { memory, deferred, coded, range }: SourceContext) {
    const { partition, wanted } = reading
    this.#reading = reading
    this.#widener = new LeafWidener(memory)
    this.#leaves = wanted.map((x) => x?.index)
    this.#kept = wanted.map(() => undefined)
    this.columns = wanted.map(() => NOT_USED)
    this.#deferred = deferred
    this.#rangeLeaf = range?.leaf
    this.#mayBeCoded = coded
    this.#allRows = partition.batches.reduce((sum, { rows }) => sum + rows, 0)
    partition.beginRead(reading.needed)
  }

  next(): Batch | undefined {
    const batch = this.#reading.partition.batches[this.#next++]
    if (!batch) return undefined
    this.rows = batch.rows
    const kept = this.#kept
    for (let i = 0; i < kept.length; i++) {
      const leaf = this.#leaves[i]
      kept[i] = leaf === undefined ? undefined : batch.leaves.get(leaf)
    }
    this.#coded = isWorthCodes(kept, this.#mayBeCoded, this.#allRows) ? this.#mayBeCoded : NO_LEAVES
    for (let i = 0; i < kept.length; i++) {
      const leaf = kept[i]
      const isLeftOut = this.#deferred.has(i) || (leaf?.kind === 'narrowed' && i === this.#rangeLeaf)
      this.columns[i] = leaf && !isLeftOut ? this.#columnOf(i, leaf) : NOT_USED
    }
    return this
  }

  close(): void {
    this.#reading.partition.endRead()
    this.#widener.release()
  }

  canSelect(leaf: number): boolean {
    return this.#kept[leaf]?.kind === 'narrowed'
  }

  select(ranges: readonly LeafRange[], list: number): number {
    return this.#widener.select(this.#kept, ranges, this.rows, list)
  }

  fill(leaves: ReadonlySet<number>, selected: RowSelection): readonly BatchColumn[] {
    for (const i of leaves) {
      const leaf = this.#kept[i]
      if (leaf) this.columns[i] = this.#columnOf(i, leaf, selected)
    }
    return this.columns
  }

  #columnOf(i: number, leaf: KeptLeaf, selected?: RowSelection): BatchColumn {
    return this.#widener.columnOf(i, leaf, this.rows, selected, this.#coded.has(i))
  }
}

/**
 * Groups are found by codes where all of their keys have some and one of them is a text: where one has none, codes only cost, and integers alone are hashed as
 * fast. Nor are they worth it where the places of their combinations are too many, or more than the rows of the partition.
 */
function isWorthCodes(kept: readonly (KeptLeaf | undefined)[], coded: ReadonlySet<number>, rows: number): boolean {
  let places = 1
  let hasText = false
  for (const i of coded) {
    places *= (dictionaryOf(kept[i])?.entries ?? Number.POSITIVE_INFINITY) + 1
    hasText ||= kept[i]?.kind === 'coded'
  }
  return hasText && places <= Math.min(MOST_GROUP_CODES, rows)
}
