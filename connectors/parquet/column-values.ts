import { isWhole } from '../../columnar/orderable-types.js'
import { onceEach } from '../../common/once-each.js'
import { failedRead } from '../files/file-errors.js'
import { boundsOf, type LeafColumn } from './bounds.js'
import { columnsOf } from './columns.js'
import { MalformedThrift } from './compact-reader.js'
import type { ParquetFile } from './footer.js'
import type { Chunk, ChunkStatistics } from './metadata.js'

type Range = readonly [least: number, greatest: number]

/** So many row groups, spread over all, are asked: estimates need no more, and a fresh process should not wait for them. */
const SAMPLED_GROUPS = 16

/** What is known of the values of top-level columns by their names, going by the statistics of some row groups. */
export interface ColumnValues {
  /** Between which values numbers, dates and timestamps lie. */
  readonly ranges: Readonly<Record<string, Range>>
  /** About how many values there are, where the writer counted those of each row group. */
  readonly distinct: Readonly<Record<string, number>>
}

export const columnValues = (files: readonly ParquetFile[]): ColumnValues =>
  files.length === 1 ? valuesOfOne(files[0]!) : valuesOfAll(files)

const valuesOfOne = onceEach((file: ParquetFile) => Object.freeze(valuesOfAll([file])))

function valuesOfAll(files: readonly ParquetFile[]): ColumnValues {
  const groups = files.flatMap((file) => file.metadata.rowGroups.map((_, group) => ({ file, group })))
  const step = Math.max(1, groups.length / SAMPLED_GROUPS)
  const ranges = new Map<string, Range>()
  const counts = new Map<string, ValueCount>()
  let sampled = 0
  for (let at = 0; at < groups.length; at += step, sampled++) {
    const { file, group } = groups[Math.floor(at)]!
    for (const [name, { range, count }] of valuesOf(file).of(group)) {
      if (range) ranges.set(name, union(ranges.get(name), range))
      if (count) counts.set(name, sum(counts.get(name), count))
    }
  }
  const distinct = [...counts]
    .filter(([, { groups: counted, most }]) => counted === sampled && most > 0)
    .map(([name, count]) => [name, distinctOf(count, groups.length / sampled, ranges.get(name))] as const)
  return { ranges: byName(ranges), distinct: byName(distinct) }
}

/** Without a prototype: a column may be called `constructor`. */
const byName = <T>(values: Iterable<readonly [string, T]>): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null), Object.fromEntries(values)) as Record<string, T>

/** The values of a column in row groups, counted in each on its own. */
interface ValueCount {
  readonly groups: number
  readonly total: number
  readonly most: number
  /** Rows of the row group that has most. */
  readonly rows: number
  readonly isWhole: boolean
}

const sum = (a: ValueCount | undefined, b: ValueCount): ValueCount =>
  a ? { ...(a.most < b.most ? b : a), groups: a.groups + b.groups, total: a.total + b.total } : b

/** So many rows for each value in a row group, and it has nearly all values there are, unless rows lie in their order. */
const ROWS_THAT_SHOW_ALL = 4

/** Whole numbers may lie in order, and no more than their range holds; a few values of other types are taken to be the same everywhere. */
function distinctOf({ total, most, rows, isWhole }: ValueCount, groups: number, range: Range | undefined): number {
  const all = Math.round(total * groups)
  if (isWhole && range) return Math.min(all, range[1] - range[0] + 1)
  return most * ROWS_THAT_SHOW_ALL <= rows ? most : all
}

interface ValuesInGroup {
  readonly range: Range | undefined
  readonly count: ValueCount | undefined
}

/** The values of row groups of a file, read once: a footer that is kept is asked by every query. */
class GroupValues {
  readonly #file: ParquetFile
  readonly #leaves: readonly LeafColumn[]
  readonly #known = new Map<number, ReadonlyMap<string, ValuesInGroup>>()

  constructor(file: ParquetFile) {
    this.#file = file
    this.#leaves = columnsOf(file.metadata).filter((column) => column.kind === 'leaf')
  }

  /** @throws FAILED_READ_FILE */
  of(group: number): ReadonlyMap<string, ValuesInGroup> {
    const known = this.#known.get(group)
    if (known) return known
    const { rows, chunks } = this.#file.metadata.rowGroups[group]!
    const values = new Map(
      this.#leaves.map((column) => {
        const statistics = statisticsOf(this.#file, chunks[column.chunk])
        const found = { range: rangeOf(column, statistics), count: countOf(column, statistics, rows) }
        return [column.field.name, found] as const
      }),
    )
    this.#known.set(group, values)
    return values
  }
}

const valuesOf = onceEach((file: ParquetFile) => new GroupValues(file))

function rangeOf(column: LeafColumn, statistics: ChunkStatistics | undefined): Range | undefined {
  const { kind } = column.conversion.type
  if (kind === 'string' || kind === 'binary' || kind === 'boolean') return undefined
  const { min, max } = statistics ? boundsOf(column, statistics) : {}
  if (min === undefined || max === undefined || typeof min === 'object') return undefined
  const range = [Number(min), Number(max)] as const
  // A share of a range without an end can't be told.
  return range.every(Number.isFinite) ? range : undefined
}

function countOf(column: LeafColumn, statistics: ChunkStatistics | undefined, rows: number): ValueCount | undefined {
  const isNull = statistics?.nullCount === rows
  const most = isNull ? 0 : (statistics?.distinctCount ?? 0)
  if (!isNull && (most < 1 || most > rows)) return undefined
  return { groups: 1, total: most, most, rows, isWhole: isWhole(column.conversion.type) }
}

function statisticsOf(file: ParquetFile, chunk: Chunk | undefined): ChunkStatistics | undefined {
  try {
    return chunk?.statistics()
  } catch (error) {
    if (error instanceof MalformedThrift) throw failedRead(file.path, `malformed statistics: ${error.message}`, error)
    throw error
  }
}

function union(a: Range | undefined, b: Range): Range {
  return a ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : b
}
