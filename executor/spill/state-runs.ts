import { HASH_ENTRY_BYTES } from '../kernels/interface/state-runs.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { sortedList } from './sorted-list.js'
import type { PlacedStateRows, StateRun } from './state-run.js'
import { type HashRange, hashRanges, writeRun } from './state-run-writer.js'

/** Of more runs than these the smallest ones become one. */
export const MOST_RUNS = 8
const MERGED_RUNS = 4
/** When so many of the rows on disk count no more, runs that have too few of them are written anew. */
const LEAST_LIVE_SHARE = 1 / 2
/** How much of the runs is in memory while they are merged. */
export const MERGED_BYTES = 1 << 19

const sum = (runs: readonly StateRun[], of: (run: StateRun) => number): number =>
  runs.reduce((total, run) => total + of(run), 0)

/** Runs in place of others with the same rows: no more than `MOST_RUNS`, and not many more rows than count. @throws FAILED_WRITE_FILE, BLOCK_CORRUPT, UNABLE_TO_ACQUIRE_MEMORY */
export function mergeRuns(memory: LinearMemory, rows: PlacedStateRows, runs: readonly StateRun[]): readonly StateRun[] {
  const merged = runsToMerge(runs)
  if (merged.length === 0) return runs
  const live = sum(merged, (run) => run.live)
  const others = runs.filter((run) => !merged.includes(run))
  const result = live === 0 ? others : [...others, mergedRun(memory, rows, merged, live)]
  for (const run of merged) run.close()
  return result
}

function runsToMerge(runs: readonly StateRun[]): readonly StateRun[] {
  const isSparse = sum(runs, (run) => run.live) < sum(runs, (run) => run.rows) * LEAST_LIVE_SHARE
  const sparse = isSparse ? runs.filter((run) => run.live < run.rows * LEAST_LIVE_SHARE) : []
  const smallest = runs.length > MOST_RUNS ? runs.toSorted((a, b) => a.live - b.live).slice(0, MERGED_RUNS) : []
  return [...new Set([...sparse, ...smallest])]
}

/** Merges range by range of hashes: the rows of a range are listed, sorted and written. */
function mergedRun(memory: LinearMemory, rows: PlacedStateRows, runs: readonly StateRun[], live: number): StateRun {
  const bytes = sum(runs, ({ totalPageBytes }) => totalPageBytes)
  const ranges = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / MERGED_BYTES)))
  return writeRun(memory, rows, live, (writer) => {
    for (const range of hashRanges(ranges)) {
      const pages = runs.flatMap((run) => pagesIn(run, range).map((page) => ({ run, page })))
      const loaded: { readonly run: StateRun; readonly page: number; readonly first: number }[] = []
      try {
        for (const { run, page } of pages) loaded.push({ run, page, first: run.load(page).first })
        const most = pages.reduce((total, { run, page }) => total + run.firstRow(page + 1) - run.firstRow(page), 0)
        const fill = (list: number): number => listLive(memory, rows, loaded, range, list)
        sortedList(memory, most, fill, (list, count) => writer.add(list, count))
      } finally {
        for (const { first } of loaded) memory.release(first)
      }
    }
  })
}

function listLive(
  { kernels }: LinearMemory,
  { width, mark }: PlacedStateRows,
  pages: readonly { readonly run: StateRun; readonly page: number; readonly first: number }[],
  { from, last }: HashRange,
  list: number,
): number {
  let count = 0
  for (const { run, page, first } of pages)
    count += kernels.runLive(run.address, page, first, width, mark, from, last, list + count * HASH_ENTRY_BYTES)
  return count
}

/** The pages of a run that may have hashes of a range. */
function pagesIn(run: StateRun, { from, last }: HashRange): readonly number[] {
  let [low, high] = [0, run.pages]
  while (low < high) {
    const middle = (low + high) >> 1
    if (run.firstHash(middle) <= from) low = middle + 1
    else high = middle
  }
  const pages: number[] = []
  for (let page = Math.max(0, low - 1); page < run.pages && run.firstHash(page) <= last; page++) pages.push(page)
  return pages
}
