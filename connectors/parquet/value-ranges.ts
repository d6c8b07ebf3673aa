import { onceEach } from '../../common/once-each.js'
import { failedRead } from '../files/file-errors.js'
import { boundsOf, type LeafColumn } from './bounds.js'
import { columnsOf } from './columns.js'
import { MalformedThrift } from './compact-reader.js'
import type { ParquetFile } from './footer.js'

type Range = readonly [least: number, greatest: number]

/** So many row groups, spread over all, are asked: estimates need no more, and a fresh process should not wait for them. */
const SAMPLED_GROUPS = 16

/** Between which values the numbers, dates and timestamps of top-level columns lie, going by the statistics of some row groups. */
export const valueRanges = (files: readonly ParquetFile[]): Readonly<Record<string, Range>> =>
  files.length === 1 ? rangesOfOne(files[0]!) : rangesOfAll(files)

const rangesOfOne = onceEach((file: ParquetFile) => Object.freeze(rangesOfAll([file])))

function rangesOfAll(files: readonly ParquetFile[]): Readonly<Record<string, Range>> {
  const groups = files.flatMap((file) => file.metadata.rowGroups.map((_, group) => ({ file, group })))
  const step = Math.max(1, groups.length / SAMPLED_GROUPS)
  const ranges = new Map<string, Range>()
  for (let at = 0; at < groups.length; at += step) {
    const { file, group } = groups[Math.floor(at)]!
    for (const [name, range] of rangesOf(file).of(group)) ranges.set(name, union(ranges.get(name), range))
  }
  // Without a prototype: a column may be called `constructor`.
  return Object.assign(Object.create(null), Object.fromEntries(ranges)) as Record<string, Range>
}

/** The ranges of row groups of a file, read once: a footer that is kept is asked by every query. */
class GroupRanges {
  readonly #file: ParquetFile
  readonly #leaves: readonly LeafColumn[]
  readonly #known = new Map<number, ReadonlyMap<string, Range>>()

  constructor(file: ParquetFile) {
    this.#file = file
    this.#leaves = columnsOf(file.metadata).filter((column) => column.kind === 'leaf')
  }

  /** @throws FAILED_READ_FILE */
  of(group: number): ReadonlyMap<string, Range> {
    const known = this.#known.get(group)
    if (known) return known
    const ranges = new Map<string, Range>()
    for (const column of this.#leaves) {
      const range = rangeOf(column, this.#file, this.#file.metadata.rowGroups[group]!.chunks[column.chunk])
      const { name } = column.field
      if (range) ranges.set(name, union(ranges.get(name), range))
    }
    this.#known.set(group, ranges)
    return ranges
  }
}

const rangesOf = onceEach((file: ParquetFile) => new GroupRanges(file))

function rangeOf(
  column: LeafColumn,
  file: ParquetFile,
  chunk: ParquetFile['metadata']['rowGroups'][number]['chunks'][number] | undefined,
): Range | undefined {
  const { kind } = column.conversion.type
  if (kind === 'string' || kind === 'binary' || kind === 'boolean') return undefined
  const statistics = statisticsOf(file, chunk)
  const { min, max } = statistics ? boundsOf(column, statistics) : {}
  if (min === undefined || max === undefined || typeof min === 'object') return undefined
  return [Number(min), Number(max)]
}

function statisticsOf(file: ParquetFile, chunk: Parameters<typeof rangeOf>[2]) {
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
