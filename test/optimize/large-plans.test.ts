import test from 'ava'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { nodeCount } from '../../planner/plan/expression/transform.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf } from '../../planner/plan/logical/transform.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const table = (name: string, ddl: string, rows: number) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema(ddl),
  statistics: { rows, bytes: rows * 20 },
})
const range = <T>(count: number, of: (i: number) => T): readonly T[] => Array.from({ length: count }, (_, i) => of(i))
const catalog = catalogOf({
  t: table('t', 'k bigint, v bigint', 1_000),
  ...Object.fromEntries(range(70, (i) => [`t${i}`, table(`t${i}`, `k${i} bigint, v${i} bigint`, 100 + i)])),
})
const optimized = (sql: string): LogicalPlan => optimize(analyzed(sql, catalog))

function nodesOf(plan: LogicalPlan): readonly LogicalPlan[] {
  return [plan, ...inputsOf(plan).flatMap(nodesOf)]
}

// A cost of 2 or 3 to the power of the depth would run into the time-out of the test long before forty levels.
test('joins over aggregates, forty levels deep, are planned', (t) => {
  const nested = (depth: number): string =>
    depth === 0
      ? 'select k, v from t'
      : `select a.k, sum(b.v) v from (${nested(depth - 1)}) a join t c on a.k = c.k join t b on a.k = b.k group by a.k`
  const plan = optimized(nested(40))
  t.is(nodesOf(plan).filter(({ kind }) => kind === 'join').length, 80)
  t.is(planPhysical(plan, PHYSICAL_OPTIONS).root.attributes.length, 2)
})

for (const count of [32, 33, 40, 65]) {
  test(`a chain of ${count} joined relations keeps every relation and condition`, (t) => {
    const from = range(count, (i) => (i === 0 ? 't0' : `join t${i} on v${i - 1} = k${i} and v${i} > k0`)).join(' ')
    const plan = optimized(`select * from ${from}`)
    const scans = nodesOf(plan).flatMap((node) => (node.kind === 'scan' ? node.source.paths : []))
    t.deepEqual(scans.toSorted(), range(count, (i) => `t${i}`).toSorted())
    const joins = nodesOf(plan).flatMap((node) => (node.kind === 'join' ? [node] : []))
    t.is(joins.length, count - 1)
    t.true(
      joins.every(({ condition }) => condition !== undefined),
      'a product was made of relations that are connected',
    )
    t.is(planPhysical(plan, PHYSICAL_OPTIONS).root.attributes.length, 2 * count)
  })
}

test('relations that nothing connects are multiplied, however many they are', (t) => {
  const plan = optimized(`select count(*) from ${range(40, (i) => `t${i}`).join(', ')}`)
  t.is(nodesOf(plan).filter(({ kind }) => kind === 'scan').length, 40)
})

test('columns that are used twice at every level do not double what is computed', (t) => {
  const plan = optimized(
    range(150, (i) => i).reduce((q, i) => `select v + v as v from (${q}) q${i}`, 'select v from t'),
  )
  const sizes = nodesOf(plan).flatMap((node) =>
    node.kind === 'project' ? node.projections.map(({ expression }) => nodeCount(expression)) : [],
  )
  t.true(Math.max(...sizes) <= 2_000, `${Math.max(...sizes)} nodes`)
  const filtered = optimized(
    range(150, (i) => i).reduce((q, i) => `select v + v as v from (${q}) q${i} where v > 0`, 'select v from t'),
  )
  const conditions = nodesOf(filtered).flatMap((node) => (node.kind === 'filter' ? [nodeCount(node.condition)] : []))
  t.true(Math.max(...conditions) <= 10_000, `${Math.max(...conditions)} nodes`)
})
