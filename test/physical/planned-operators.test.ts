import test from 'ava'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import { broadcastSide } from '../../planner/physical/join-strategy.js'
import type { PhysicalOptions } from '../../planner/physical/options.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import type { LogicalJoin, LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const table = (name: string) => ({
  ...{ provider: 'parquet', options: {}, paths: [name], schema: parseSchema('a int, b int, s struct<x: int, y: int>') },
  statistics: { rows: 1_000_000, bytes: 100_000_000 },
})
const catalog = catalogOf({ l: table('l'), r: table('r') })
const plan = (sql: string): LogicalPlan => analyzed(sql, catalog)
const textOf = (relation: LogicalPlan, options: Partial<PhysicalOptions> = {}): string =>
  explainPhysical(planPhysical(relation, { ...PHYSICAL_OPTIONS, ...options }).root)
const planned = (sql: string, options: Partial<PhysicalOptions> = {}): string => textOf(plan(sql), options)

test('only the first rows of a global order are kept while sorting, as many as are asked for at most', (t) => {
  t.regex(planned('select a from l order by a limit 3'), /TakeOrdered 3 /)
  t.notRegex(planned('select a from l sort by a limit 3'), /TakeOrdered/)
  t.notRegex(planned('select a from l order by a offset 5'), /TakeOrdered/)
  const skipping = planned('select a from l offset 5')
  t.is([...skipping.matchAll(/Limit/g)].length, 1, skipping)
})

test('a result of just as many rows as the setting says is sorted in ranges, also when metrics are observed above', (t) => {
  const sql = 'select a from l order by a'
  t.regex(planned(sql, { rangeSortRows: 1_000_000 }), /FindRange/)
  t.notRegex(planned(sql, { rangeSortRows: 1_000_001 }), /FindRange/)
  const observed: LogicalPlan = {
    kind: 'observe',
    input: plan(sql),
    name: 'm',
    instance: 'i',
    aggregates: [],
    metrics: [],
  }
  t.regex(textOf(observed, { rangeSortRows: 1_000_000 }), /FindRange/)
})

test('ranges of very many partitions come from a bounded sample', (t) => {
  const sampled = (shufflePartitions: number): readonly string[] => [
    ...new Set(
      planned('select a from l order by a', { shufflePartitions, rangeSortRows: 1 }).match(/TakeOrdered \d+/g),
    ),
  ]
  t.deepEqual(sampled(4), ['TakeOrdered 4000'])
  t.deepEqual(sampled(50), ['TakeOrdered 5000'])
  t.deepEqual(sampled(2_000), ['TakeOrdered 100000'])
})

test('one partition needs no division', (t) => {
  t.regex(planned('select /*+ repartition(1) */ a from l'), /Exchange single/i)
  t.regex(planned('select /*+ repartition(1, a) */ a from l'), /Exchange single/i)
})

test('rows that are numbered one by one are ordered first where they come from other tasks or a cache, to be so again', (t) => {
  const sortsOf = (text: string): number => text.split('Sort [').length - 1
  const grouped = '(select a, s from l group by a, s)'
  t.is(sortsOf(planned('select /*+ repartition(3) */ a from l')), 0)
  t.is(sortsOf(planned(`select /*+ repartition(3) */ a, s from ${grouped}`)), 1)
  t.is(sortsOf(planned(`select /*+ coalesce(3) */ a, s from ${grouped}`)), 0)
  const cached = transformPlanUp(
    plan('select rand() r, a from l'),
    (node): LogicalPlan => (node.kind === 'scan' ? { kind: 'cached', input: node, cacheId: 'c' } : node),
  )
  t.is(sortsOf(textOf(cached)), 1)
  // A struct that is NULL is another one than a struct of NULLs.
  t.regex(planned(`select /*+ repartition(3) */ a, s from ${grouped}`), /Sort \[.*s IS NULL.*s\.x.*s\.y/)
})

test('values of no rows are a relation', (t) => {
  const none: LogicalPlan = { kind: 'values', rows: [], output: [] }
  t.deepEqual(planPhysical(none, PHYSICAL_OPTIONS).root, { kind: 'values', rows: [], attributes: [] })
})

test('a hint for a side that cannot be built sends no side', (t) => {
  const joinIn = (node: LogicalPlan): LogicalJoin => (node.kind === 'join' ? node : joinIn(inputsOf(node)[0]!))
  const join = joinIn(plan('select l.a from l left join r on l.a = r.a'))
  t.is(broadcastSide({ ...join, hint: 'broadcast-left' }, PHYSICAL_OPTIONS), undefined)
  t.is(broadcastSide({ ...join, hint: 'broadcast-right' }, PHYSICAL_OPTIONS), join.right)
})
