/** A query of one value, which is known. */
export interface Work {
  readonly sql: string
  readonly expected: bigint
}

/** The most partitions that `range` makes. */
const MOST_OF_RANGE = 10_000

/** Work of the processor alone, in tasks of the same size: the times of an executor are those of its share of the rows. */
export function steadyWork(rows: number, tasks: number): Work {
  const kept = `(id * 7919 + 13) % 1000003 >= 0 and length(sha1(cast(id as string))) = 40`
  return { sql: `select count(*) from range(0, ${rows}, 1, ${tasks}) where ${kept}`, expected: BigInt(rows) }
}

/** Tasks that do next to nothing, each with a result of its own that the driver takes: what is left is what a task costs. */
export function emptyTasks(tasks: number): Work {
  const ranges: string[] = []
  for (let left = tasks; left > 0; left -= MOST_OF_RANGE) {
    const these = Math.min(left, MOST_OF_RANGE)
    ranges.push(`select id from range(0, ${these}, 1, ${these})`)
  }
  return { sql: `select count(*) from (${ranges.join(' union all ')})`, expected: BigInt(tasks) }
}

/** An exchange of so many times so many blocks, with a row in each on the average. */
export function exchange(maps: number, reduces: number): Work {
  const rows = maps * reduces
  const exchanged = `select /*+ repartition(${reduces}, id) */ id from range(0, ${rows}, 1, ${maps})`
  return { sql: `select count(*) from (${exchanged})`, expected: BigInt(rows) }
}

/** Columns of eight bytes of such a row, with its number; they are hashes, so that no encoding makes them smaller. */
const WIDE_COLUMNS = 16
const ROWS_OF_PART = 250_000

/** Rows of so many bytes in all, and a checksum over all columns of all of them: as they are made, and behind an exchange. */
export function shuffled(bytes: number): { readonly direct: string; readonly exchanged: string } {
  const rows = Math.ceil(bytes / (WIDE_COLUMNS * 8))
  const parts = Math.ceil(rows / ROWS_OF_PART)
  const names = Array.from({ length: WIDE_COLUMNS - 1 }, (_, i) => `c${i}`)
  const wide = `select id, ${names.map((name, i) => `xxhash64(id, ${i}) ${name}`).join(', ')} from range(0, ${rows}, 1, ${parts})`
  const checksum = `select sum(pmod(xxhash64(id, ${names.join(', ')}), 1000003))`
  return {
    direct: `${checksum} from (${wide})`,
    exchanged: `${checksum} from (select /*+ repartition(${parts}, id) */ * from (${wide}))`,
  }
}
