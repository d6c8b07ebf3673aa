import test from 'ava'
import { BOOLEAN } from '../../columnar/types.js'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import type { PhysicalOptions } from '../../planner/physical/options.js'
import { literal } from '../../planner/plan/expression/build.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import { planQuery } from '../../planner/plan-query.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const plan = (sql: string, options: Partial<PhysicalOptions> = {}) =>
  planQuery(analyzed(sql), { kind: 'collect' }, { ...PHYSICAL_OPTIONS, broadcastThresholdBytes: 64 << 20, ...options })

/** The filters of a plan, each with what it is right above. */
function filtersOf(sql: string, options: Partial<PhysicalOptions> = {}): string[] {
  const lines = explainPhysical(plan(sql, options).physical.root).split('\n')
  const words = (line: string): string => line.replace(/^[ |:+-]*/, '')
  return lines.flatMap((line, i) =>
    line.includes('RuntimeFilter')
      ? [
          `${words(line)} over ${words(lines[i + 1]!)
            .split(/[[,]/)[0]!
            .trim()}`,
        ]
      : [],
  )
}

const PARTS = "(select p_partkey from part where p_brand = 'a' and p_container = 'b')"
const GROUPED = '(select l_partkey, sum(l_quantity) q from lineitem group by l_partkey)'

test('groups that a join drops are left out before they are made, by the table of that join', (t) => {
  const sql = `select q from ${PARTS} p join ${GROUPED} l on l_partkey = p_partkey`
  t.deepEqual(filtersOf(sql), ['RuntimeFilter [l_partkey = p_partkey] over Scan parquet'])
  const { stages } = plan(sql).stages
  // One stage brings the parts to both the filter and the join.
  t.is(stages.filter(({ sink }) => sink.kind === 'collect').length, 2)
  const reads = stages.filter(({ inputs }) => inputs.includes(0))
  t.is(reads.length, 2)
})

test('what a cache keeps is not filtered: others read it, too', (t) => {
  const sql = `select 1 from ${PARTS} p join (select l_partkey k from lineitem) l on k = p_partkey`
  const always = { ...PHYSICAL_OPTIONS, runtimeFilters: 'always' } as const
  const filters = (cached: boolean): string => {
    const found = transformPlanUp(analyzed(sql), (node) =>
      cached && node.kind === 'scan' && node.source.paths?.[0] === 'lineitem'
        ? { kind: 'cached', input: { kind: 'filter', input: node, condition: literal(BOOLEAN, true) }, cacheId: 'c' }
        : node,
    )
    const text = explainPhysical(planQuery(found, { kind: 'collect' }, always).physical.root)
    return text
      .split('\n')
      .flatMap((line) => /RuntimeFilter|Cached|InMemory|Scan/.exec(line) ?? [])
      .join(' ')
  }
  t.is(filters(false), 'RuntimeFilter Scan Scan')
  t.is(filters(true), 'RuntimeFilter InMemory Scan')
})

test('settings force filters to be everywhere and nowhere', (t) => {
  const sql = `select q from ${PARTS} p join ${GROUPED} l on l_partkey = p_partkey`
  t.deepEqual(filtersOf(sql, { runtimeFilters: 'never' }), [])
  const unfiltered = `select q from part p join ${GROUPED} l on l_partkey = p_partkey`
  t.deepEqual(filtersOf(unfiltered), [])
  t.is(filtersOf(unfiltered, { runtimeFilters: 'always' }).length, 1)
})

test('what would be built of many rows is filtered by rows behind an exchange that both read', (t) => {
  const sql = `select count(*) from orders where o_orderpriority = 'x'
    and exists (select 1 from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)`
  t.deepEqual(filtersOf(sql), ['RuntimeFilter [l_orderkey = o_orderkey] over Filter (l_commitdate < l_receiptdate)'])
  const { stages } = plan(sql).stages
  const shuffles = stages.filter(({ sink }) => sink.kind === 'shuffle' && sink.partitioning.kind === 'hash')
  t.is(shuffles.length, 1)
  t.is(stages.filter(({ inputs }) => inputs.includes(shuffles[0]!.id)).length, 2)
})

test('a filter reaches both sides of a join below, whose rows without a match it knows', (t) => {
  const sql = `select o_totalprice, l_quantity from orders join lineitem on l_orderkey = o_orderkey
    where o_orderkey in (select l_orderkey from lineitem group by l_orderkey having sum(l_quantity) > 300)`
  t.deepEqual(filtersOf(sql, { broadcastThresholdBytes: 8 << 20 }), [
    'RuntimeFilter [l_orderkey = l_orderkey] over Scan parquet',
    'RuntimeFilter [o_orderkey = l_orderkey] over Scan parquet',
  ])
})

test('filters stop where fewer rows would change what comes out', (t) => {
  const always = { runtimeFilters: 'always' } as const
  const over = (below: string) =>
    filtersOf(`select * from ${PARTS} p join (${below}) l on l.k = p_partkey`, always).map((x) => x.split(' over ')[1])
  t.deepEqual(over('select l_partkey k from lineitem order by l_shipdate limit 5000000'), ['Project'])
  t.deepEqual(
    over('select l_partkey k, row_number() over (partition by l_suppkey order by l_shipdate) n from lineitem'),
    ['Window'],
  )
  t.deepEqual(
    over('select l_partkey k, row_number() over (partition by l_partkey order by l_shipdate) n from lineitem'),
    ['Scan parquet'],
  )
  t.deepEqual(over('select l_partkey k, rand(1) r from lineitem'), ['Draw drawDouble'])
  // Rows of the right side without a match are output with NULL. What may raise keeps the join one that has such rows.
  t.is(
    over('select l_partkey k from orders left join lineitem on l_orderkey = o_orderkey where 10 / l_suppkey > 0')[0],
    'ShuffledHashJoin LeftOuter',
  )
  // Rows of both sides are output without a match.
  t.is(
    over('select l_partkey k from lineitem full join orders on l_orderkey = o_orderkey where 10 / l_suppkey > 0')[0],
    'ShuffledHashJoin FullOuter',
  )
})

test('a filter below UNION ALL asks each input for the column in the place of the one that is joined', (t) => {
  const both = 'select l_suppkey s, l_partkey k from lineitem union all select ps_suppkey, ps_partkey from partsupp'
  const filters = filtersOf(`select s from ${PARTS} p join (${both}) l on k = p_partkey`, { runtimeFilters: 'always' })
  t.deepEqual(filters, [
    'RuntimeFilter [l_partkey = p_partkey] over Scan parquet',
    'RuntimeFilter [ps_partkey = p_partkey] over Scan parquet',
  ])
})

test('only sides whose rows without a match count for nothing are filtered', (t) => {
  const always = { runtimeFilters: 'always' } as const
  const joined = (kind: string) =>
    filtersOf(`select 1 from ${PARTS} p ${kind} join ${GROUPED} l on l_partkey = p_partkey`, always)
  t.is(joined('full').length, 0)
  t.deepEqual(joined('left'), ['RuntimeFilter [l_partkey = p_partkey] over Scan parquet'])
  t.deepEqual(joined('left anti'), ['RuntimeFilter [l_partkey = p_partkey] over Scan parquet'])
  t.deepEqual(joined('right'), [
    "RuntimeFilter [p_partkey = l_partkey] over Filter ((p_brand = 'a') AND (p_container = 'b'))",
  ])
  // The few rows are on the right: none of the left side may be left out.
  const turned = (kind: string) =>
    filtersOf(`select 1 from ${GROUPED} l ${kind} join ${PARTS} p on l_partkey = p_partkey`, always)
  for (const kind of ['left', 'left anti'])
    t.deepEqual(
      turned(kind),
      ["RuntimeFilter [p_partkey = l_partkey] over Filter ((p_brand = 'a') AND (p_container = 'b'))"],
      kind,
    )
  t.deepEqual(turned('left semi'), ['RuntimeFilter [l_partkey = p_partkey] over Scan parquet'])
  t.deepEqual(
    filtersOf(`select 1 from ${PARTS} p join ${GROUPED} l on l_partkey is not distinct from p_partkey`, always),
    [],
  )
  t.deepEqual(
    filtersOf(
      `select p_partkey from ${PARTS} p where p_partkey not in (select nullif(l_partkey, 1) from lineitem)`,
      always,
    ),
    [],
  )
})

test('of what a side is joined with only columns filter that all of its rows have a match among', (t) => {
  const few =
    '(select l_orderkey x from lineitem where l_quantity = 1 and l_tax = 0 and l_discount = 0 and l_linenumber = 1)'
  const groups = '(select l_orderkey, sum(l_quantity) q from lineitem group by l_orderkey)'
  const byFew = (kind: string) =>
    filtersOf(
      `select q from (select o_orderkey from orders ${kind} join ${few} on x = o_orderkey) join ${groups} on l_orderkey = o_orderkey`,
    ).filter((line) => line.includes('[l_orderkey = x]')).length
  t.deepEqual(['left', 'left anti', 'full'].map(byFew), [0, 0, 0])
})

test('EXPLAIN shows filters in logical plans, too', (t) => {
  const { optimized } = plan(`select q from ${PARTS} p join ${GROUPED} l on l_partkey = p_partkey`)
  t.regex(explainLogical(optimized), /RuntimeFilter \(l_partkey#\d+ = p_partkey#\d+\)/)
})
