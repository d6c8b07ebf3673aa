import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { shareGroups } from '../../planner/optimize/rules/share-groups.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { analyzed, catalogOf, tableOf } from '../support/analysis.js'
import { withSession } from '../support/sessions.js'

const catalog = catalogOf({
  sales: tableOf('item int, day int, paid decimal(10,2)'),
  returns: tableOf('returned int, on_day int, back decimal(10,2)'),
  days: tableOf('day_id int, year int, month int'),
})

const countOf = (plan: LogicalPlan): number =>
  inputsOf(plan).reduce((sum, input) => sum + countOf(input), plan.kind === 'aggregate' && plan.isShared ? 1 : 0)

const GROUPS = 'select item, year, month, sum(paid) s from sales, days where day = day_id group by item, year, month'
/** Pairs of groups of items, of which the first and second are asked what stands there. */
const pairs = (first: string, second: string, groups = GROUPS): string =>
  `with g as (${groups}) select a.item, a.s, b.s from g a join g b on a.item = b.item where ${first} and ${second}`

const optimized = (sql: string): LogicalPlan => optimize(analyzed(sql, catalog))
/** Without identities. */
const textOf = (plan: LogicalPlan): string => explainLogical(plan).replace(/#\d+/g, '')
const sharedIn = (sql: string): number => countOf(optimized(sql))

test('groups that are made for several values of a key are made once for all of these', (t) => {
  const plan = optimized(pairs('a.year = 2001', 'b.year = 2002'))
  t.is(countOf(plan), 2)
  const asked = textOf(plan).match(/filters: \[year IN \(2001, 2002\)\]/g)
  t.is(asked?.length, 2)
})

test('what all ask is asked of the rows, and what only some ask above', (t) => {
  const text = textOf(optimized(pairs('a.year = 2001 and a.month = 1', 'b.year = 2001 and b.month = 2')))
  t.is(text.match(/filters: \[year = 2001, month IN \(1, 2\)\]/g)?.length, 2, text)
})

test('groups of which some are asked for all are made of all rows', (t) => {
  const plan = optimized(pairs('a.year = 2001 and a.month = 1', 'true'))
  t.is(countOf(plan), 2)
  t.is(textOf(plan).match(/Filter .*year = 2001/g)?.length, 1)
})

test('groups whose sum is above zero are most, and made once with others', (t) => {
  const asked = (first: string): number => sharedIn(pairs(`a.year = 2001 and ${first}`, 'b.year = 2002'))
  for (const first of ['a.s > 0', '0 < a.s']) t.is(asked(first), 2, first)
  for (const first of ['a.s < 0', '0 > a.s', 'a.s >= 0', 'a.s > 1', 'a.s > 0 and a.s < 9', 'a.s > a.item'])
    t.is(asked(first), 0, first)
  const counts = GROUPS.replace('sum(paid)', 'count(*)')
  t.is(sharedIn(pairs('a.year = 2001 and a.s > 0', 'b.year = 2002', counts)), 0)
})

const UNION = `select item, year, month, sum(paid) s from (
  select item, day, paid from sales union all select returned, on_day, back from returns), days where day = day_id group by item, year, month`

test('filters are found in all inputs of a union, and below other groups', (t) => {
  t.is(sharedIn(pairs('a.year = 2001', 'b.year = 2002', UNION)), 2)
  const below = `select year as y, item, count(*) s from (${GROUPS}) group by year, item`
  t.is(sharedIn(pairs('a.y = 2001', 'b.y = 2002', below)), 2)
})

test('groups within others that are made once are no others', (t) => {
  const below = `select year as y, item, count(*) s from (${GROUPS}) group by year, item`
  const text = textOf(optimized(pairs('a.y = 2001', 'b.y = 2002', below)))
  t.is(text.match(/Filter \(year = /g)?.length, 2, text)
  t.is(text.match(/Aggregate/g)?.length, 4)
})

const OUTER = `select item, year, month, sum(paid) s from sales left join days on day = day_id group by item, year, month`
for (const [why, sql] of [
  ['all ask the same', pairs('a.year = 2001', 'b.year = 2001')],
  ['what they aggregate is asked for', pairs('a.year = 2001 and a.s > 5', 'b.year = 2002')],
  [
    'rows are asked for other things than keys',
    pairs('a.year = 2001', 'b.year = 2002').replace('g b', `(${GROUPS.replace('where', 'where paid > 5 and')}) b`),
  ],
  [
    'they aggregate something else',
    pairs('a.year = 2001', 'b.year = 2002').replace('g b', `(${GROUPS.replace('sum(paid)', 'max(paid)')}) b`),
  ],
  ['they ask for values of several columns', pairs('a.year = 2001', 'b.month = 2')],
  ['they ask for ranges, as sources skip rows by these', pairs('a.year < 2001', 'b.year > 2002')],
  [
    'rows are drawn',
    pairs(
      'a.year = 2001',
      'b.year = 2002',
      GROUPS.replace('from sales', 'from (select * from sales where rand(1) < 0.5)'),
    ),
  ],
  ['what they ask may raise', pairs('a.item / a.year = 2001', 'b.item / b.year = 2002')],
  ['a join makes NULL of what is asked', pairs('a.year is null', 'b.year = 2002', OUTER)],
] as const)
  test(`groups are made apart where ${why}`, (t) => t.is(sharedIn(sql), 0))

test('of very many groups none is compared, and none of a stream', (t) => {
  const queries = (count: number): LogicalPlan => {
    const groups = [...Array(count).keys()].map(
      (i) => `select item, sum(paid) from sales where item = ${i} group by item`,
    )
    return analyzed(groups.join(' union all '), catalog)
  }
  const [few, many] = [queries(64), queries(65)]
  t.is(countOf(shareGroups.apply(few)), 64)
  t.is(shareGroups.apply(many), many)
  const streamed = transformPlanUp(queries(2), (node): LogicalPlan => {
    return node.kind === 'scan' ? { ...node, streaming: true } : node
  })
  t.is(shareGroups.apply(streamed), streamed)
})

/** How often a query joins, and its rows. */
async function ran(session: Session, sql: string): Promise<readonly [joins: number, rows: readonly string[]]> {
  const text = await session.engine.explain(session.sql(sql).plan, 'simple')
  const rows = await session.sql(sql).collect()
  return [text.match(/HashJoin/g)?.length ?? 0, rows.map((row) => Object.values(row).map(String).join())]
}

for (const joined of ['with tables that are sent whole', 'of which all rows are together already'])
  test(`groups ${joined} are read from one exchange, and give what they give alone`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const isTogether = joined.startsWith('of')
    const settings: Readonly<Record<string, number>> = isTogether ? { autoBroadcastJoinThreshold: -1 } : {}
    await withSession(
      'local[2]',
      async (session) => {
        for (const [name, sql] of [
          [
            'sales',
            'select cast(id % 7 as int) item, cast(nullif(id % 5, 3) as int) day, cast(id as decimal(10,2)) paid from range(200)',
          ],
          [
            'days',
            'select cast(id as int) day_id, cast(2000 + id % 3 as int) year, cast(id as int) month from range(5)',
          ],
        ] as const) {
          await session.sql(sql).write.parquet(join(folder, name))
          session.read.parquet(join(folder, name)).createOrReplaceTempView(name)
        }
        const item = isTogether ? 'day' : 'item'
        const groups = `select ${item} item, year, sum(paid) s, count(*) c from sales, days where day = day_id group by ${item}, year`
        const sums = (year: number): string =>
          `select '${year}' y, item, cast(s as double) v from (${groups}) where year = ${year}`
        const counts = `select 'all' y, item, cast(c as double) v from (${groups})`
        const queries = [sums(2000), sums(2001), counts]
        const [joins, rows] = await ran(session, `${queries.join(' union all ')} order by 1, 2, 3`)
        t.is(joins, 1)
        const alone = await Promise.all(queries.map((sql) => ran(session, `${sql} order by 1, 2, 3`)))
        t.true(alone.every(([, own]) => own.length > 0))
        t.deepEqual(
          rows,
          alone.flatMap(([, own]) => own),
        )
      },
      settings,
    )
  })

test('values of keys are asked for before groups are merged, and joins with them leave all of them alike', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await withSession(
    'local[2]',
    async (session) => {
      const made = session.sql('select cast(id % 7 as int) item, cast(id % 3 as int) year, id paid from range(200)')
      await made.write.parquet(join(folder, 'sales'))
      session.read.parquet(join(folder, 'sales')).createOrReplaceTempView('sales')
      const sql = `with g as (select item, year, sum(paid) s from sales group by item, year)
        select a.s - b.s d from g a, g b where a.item = b.item and a.year = 1 and b.year = 2 order by 1`
      const text = await session.engine.explain(session.sql(sql).plan, 'simple')
      t.is(
        text.match(/HashAggregate \(final\).*\n[ :]*\+- Filter \(year = [12]\)\n[ :]*\+- (Reused)?Exchange/g)?.length,
        2,
        text,
      )
      t.is(text.match(/Scan parquet/g)?.length, 1, text)
      t.is((await session.sql(sql).collect()).length, 7)
      const ofAll = sql.replace('a.year = 1 and ', '')
      const whole = await session.engine.explain(session.sql(ofAll).plan, 'simple')
      t.is(whole.match(/Scan parquet/g)?.length, 1, whole)
      t.is((await session.sql(ofAll).collect()).length, 21)
    },
    { 'join.runtimeFilters': 'always' },
  )
})
