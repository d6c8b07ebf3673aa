import { Session } from './packaged.js'
import { writeResult } from './report.js'

const THREADS = 2
/** What tasks may hold is six tenths of this: 38 MB each, of which 5 MB are kept free. */
const LITTLE = '128m'
const PLENTY = '12g'
const RUNS = 2

interface Work {
  readonly what: string
  /** What its time may be, in times of that with plenty of memory. */
  readonly most: number
  readonly sql: string
}

/** Rows of `n(id)` in the sizes that make each work hold about ten times what its tasks may, or more. */
const MIXED = '(id * 7919 + 13) % 100000007'

const SORTED = `select id, a from (select id, ${MIXED} k, concat('row ', id) a from range(12000000)) order by k, a`

const WORKS: readonly Work[] = [
  { what: 'sort of 12 M rows, all read', most: 2.5, sql: SORTED },
  // Sorted twice: by the tasks, and then by the one that leaves the offset out.
  { what: 'sort of 12 M rows, the last five read', most: 2.5, sql: `${SORTED} limit 5 offset 11999995` },
  {
    what: '20 M groups',
    most: 4,
    sql: `select count(*), sum(n), max(m) from (select ${MIXED} k, count(*) n, max(id) m from range(20000000) group by 1)`,
  },
  {
    what: '50 M groups',
    most: 4,
    sql: `select count(*), sum(n), max(m) from (select ${MIXED} k, count(*) n, max(id) m from range(50000000) group by 1)`,
  },
  {
    what: 'join with a build side of 8 M rows',
    most: 4,
    sql: `select count(*), sum(a.id), max(b.v) from (select id, ${MIXED} k from range(10000000)) a join (select ${MIXED} k, concat('row ', id) v from range(8000000)) b on a.k = b.k`,
  },
  {
    what: 'window partition of 6 M rows, running total',
    most: 4,
    sql: `select count(*), sum(s % 1000003), max(p) from (select sum(id) over (order by k) s, row_number() over (order by k) p from (select id, ${MIXED} k from range(6000000)))`,
  },
  {
    what: 'window partition of 6 M rows, total of all',
    most: 4,
    sql: `select count(*), sum(s % 1000003), max(v) from (select sum(id) over (partition by z) s, last_value(v) over (partition by z order by k rows between unbounded preceding and unbounded following) v from (select id, id * 0 z, ${MIXED} k, concat('row ', id) v from range(6000000)))`,
  },
]

interface Measured {
  readonly what: string
  readonly most: number
  readonly runs: Readonly<Record<'plenty' | 'little', readonly Run[]>>
}

interface Run {
  readonly wallMs: number
  readonly cpuMs: number
}

/**
 * Work that holds about ten times what its tasks may, against the same with plenty of memory, two threads each: wall time and time of the
 * processor. Results must be the same. `SPILL` names a part of one work's name, to measure it alone.
 */
export async function benchSpill(): Promise<void> {
  const only = process.env['SPILL'] ?? ''
  const works = WORKS.filter(({ what }) => what.includes(only))
  const rows: Measured[] = []
  for (const { what, most, sql } of works) {
    const [little, plenty] = [await measured(sql, LITTLE), await measured(sql, PLENTY)]
    if (little.result !== plenty.result) throw new Error(`${what}: ${little.result} instead of ${plenty.result}`)
    rows.push({ what, most, runs: { plenty: plenty.runs, little: little.runs } })
  }
  writeResult({
    name: 'spill',
    title: `Work beyond the memory (${LITTLE} for ${THREADS} threads) against the same with ${PLENTY}, the best of ${RUNS} runs`,
    text: renderRatios(rows),
    data: rows,
    isOfRecord: only === '',
  })
}

async function measured(
  sql: string,
  memory: string,
): Promise<{ readonly runs: readonly Run[]; readonly result: string }> {
  const runs: Run[] = []
  let result = ''
  const session = await Session.builder().master(`local[${THREADS}]`).config('executor.memory', memory).getOrCreate()
  try {
    for (let i = 0; i < RUNS; i++) {
      const [began, used] = [performance.now(), process.cpuUsage()]
      const table = await session.sql(sql).toArrow()
      const { user, system } = process.cpuUsage(used)
      runs.push({ wallMs: performance.now() - began, cpuMs: (user + system) / 1000 })
      result = `${table.numRows} rows, the last ${table.get(table.numRows - 1)}`
    }
  } finally {
    await session.stop()
  }
  return { runs, result }
}

/** A table of the best times with their ratios. */
export function renderRatios(rows: readonly Measured[]): string {
  const best = (runs: readonly Run[], of: keyof Run): number => Math.min(...runs.map((run) => run[of]))
  const cells = rows.map(({ what, most, runs: { plenty, little } }) => [
    what,
    ...(['wallMs', 'cpuMs'] as const).flatMap((of) => [
      best(plenty, of).toFixed(0),
      best(little, of).toFixed(0),
      (best(little, of) / best(plenty, of)).toFixed(2),
    ]),
    `≤ ${most}`,
  ])
  const header = ['', 'plenty ms', 'little ms', 'ratio', 'plenty CPU ms', 'little CPU ms', 'CPU ratio', 'wanted']
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
