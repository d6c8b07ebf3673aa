import test from 'ava'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { parseSchema } from '../../planner/sql/types.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { CallCounter } from '../support/calls-counted.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const range = <T>(count: number, of: (i: number) => T): readonly T[] => Array.from({ length: count }, (_, i) => of(i))
const columns = (count: number): readonly string[] => range(count, (i) => `c${i}`)
const table = (name: string, width: number) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema(
    columns(width)
      .map((column) => `${column} int`)
      .join(', '),
  ),
  statistics: { rows: 1_000_000, bytes: 100_000_000 },
})
/** A table that is as wide as the query, and one that is not. */
const catalog = (width: number) => catalogOf({ t: table('t', width), s: table('s', 2) })

/** Queries of any width. */
const QUERIES: Readonly<Record<string, (width: number) => string>> = {
  columns: (n) => `select ${columns(n).join(', ')} from t where c0 > 1`,
  'computed columns': (n) =>
    `select ${columns(n)
      .map((c) => `${c} + 1 as x_${c}`)
      .join(', ')} from t order by x_c0`,
  aggregates: (n) =>
    `select c0, ${columns(n)
      .map((c) => `sum(${c})`)
      .join(', ')} from t group by c0 order by c0`,
  'keys of a GROUP BY': (n) => `select ${columns(n).join(', ')}, count(*) from t group by ${columns(n).join(', ')}`,
  'branches of a CASE': (n) =>
    `select case ${range(n, (i) => `when c0 = ${i} then c1 + ${i}`).join(' ')} end as x from t`,
  conjuncts: (n) => `select c0 from t where ${range(n, (i) => `c${i} <> ${i}`).join(' and ')}`,
  disjuncts: (n) => `select c0 from t where ${range(n, (i) => `(c0 = ${i} and c1 = ${i + 1})`).join(' or ')}`,
  'members of a UNION': (n) => range(n, (i) => `select c0, c1 from s where c0 = ${i}`).join(' union all '),
  'functions over windows': (n) =>
    `select ${columns(n)
      .map((c) => `sum(${c}) over (partition by c0) as s_${c}`)
      .join(', ')} from t`,
  'CTEs, each over the one before': (n) =>
    `with a0 as (select c0, c1 from s)${range(n, (i) => `, a${i + 1} as (select c0, c1 + 1 as c1 from a${i})`).join('')} select * from a${n}`,
  subqueries: (n) =>
    `select c0 from s where ${range(n, (i) => `exists (select 1 from s as x where x.c0 = s.c1 and x.c0 = ${i})`).join(' and ')}`,
}

const planned = (width: number, sql: string): void => {
  const physical = planPhysical(optimize(analyzed(sql, catalog(width))), PHYSICAL_OPTIONS)
  cutStages(physical, { kind: 'collect' }, 2)
}

const WIDTH = 64
/** Twice as much to do, and a little for what comes in steps. */
const MOST_GROWTH = 2.1

const isPlanner = (url: string): boolean => url.includes('/dist/planner/') || url.includes('/dist/columnar/')

for (const [name, query] of Object.entries(QUERIES)) {
  test.serial(`planning of twice as many ${name} is twice the work`, async (t) => {
    const counter = await CallCounter.start()
    const callsOf = (width: number): Promise<number> => counter.callsOf(() => planned(width, query(width)), isPlanner)
    // What is made with the first query counts for none.
    await callsOf(2)
    const [once, twice] = [await callsOf(WIDTH), await callsOf(2 * WIDTH)]
    counter.stop()
    t.true(once > 100 && twice / once < MOST_GROWTH, `${once} calls, then ${twice}`)
  })
}
