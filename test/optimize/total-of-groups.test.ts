import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { totalOfGroups } from '../../planner/optimize/rules/total-of-groups.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import { analyzed, catalogOf, tableOf } from '../support/analysis.js'
import { withSession } from '../support/sessions.js'

const catalog = catalogOf({
  sales: tableOf('item int, shop int, paid decimal(10,2), rate double, total bigint'),
  shops: tableOf('shop_id int, town string'),
})

const isOfGroups = (sql: string): boolean =>
  /Aggregate \[\][\s\S]*Aggregate \[item/.test(explainLogical(optimize(analyzed(sql, catalog))))

const ROWS = "from sales, shops where shop = shop_id and town = 'x'"
const comparing = (of: string, total: string, rows = ROWS, around = ROWS): string =>
  `select item, ${of} s ${around} group by item having ${of} > (select ${total} ${rows})`

test('a total over the rows that are grouped is that of the groups', (t) => {
  t.true(isOfGroups(comparing('sum(paid)', 'sum(paid) * 0.1')))
  t.true(isOfGroups(comparing('count(*)', 'count(*) / 10')))
  t.true(isOfGroups(comparing('max(rate)', 'max(rate) / 2')))
})

test('conditions may stand in any order, and equalities either way round', (t) => {
  t.true(isOfGroups(comparing('sum(paid)', 'sum(paid)', "from shops, sales where town = 'x' and shop_id = shop")))
})

for (const [why, sql] of [
  [
    'other rows are asked for',
    comparing('sum(paid)', 'sum(paid)', "from sales, shops where shop = shop_id and town = 'y'"),
  ],
  ['fewer conditions are asked', comparing('sum(paid)', 'sum(paid)', 'from sales, shops where shop = shop_id')],
  ['more conditions are asked', comparing('sum(paid)', 'sum(paid)', `${ROWS} and item > 3`)],
  ['other tables are read', comparing('sum(paid)', 'sum(paid)', 'from sales')],
  [
    'each row is joined with all of another table',
    comparing('count(*)', 'count(*)', 'from sales, shops where paid > 5', 'from sales where paid > 5'),
  ],
  ['another sum is asked for', comparing('sum(paid)', 'sum(paid * 2)')],
  ['the sum of doubles depends on their order', comparing('sum(rate)', 'sum(rate)')],
  [
    'the groups lose an aggregate that nothing reads',
    `select s from (select item, sum(paid) s, count(*) c ${ROWS} group by item) where s > (select sum(paid) / count(*) ${ROWS})`,
  ],
  [
    'a sum of integers as doubles depends on their order',
    comparing('sum(cast(item as double))', 'sum(cast(item as double))'),
  ],
  ['a sum of long integers may overflow in one and not in the other', comparing('sum(total)', 'sum(total)')],
  ['an average is not merged', comparing('avg(paid)', 'avg(paid)')],
  ['DISTINCT values are not merged', comparing('count(distinct paid)', 'count(distinct paid)')],
  ['the groups have aggregates that the total has not', comparing('max(paid) + sum(paid)', 'sum(paid)')],
  [
    'the groups are joined by their key',
    `select * from (select item, sum(paid) s ${ROWS} group by item) join shops on item = shop_id where s > (select sum(paid) ${ROWS})`,
  ],
] as const)
  test(`a total is made of its rows where ${why}`, (t) => t.false(isOfGroups(sql)))

test('a table that is joined with itself is found twice, and not once for both', (t) => {
  const rows = 'from sales a, sales b where a.paid > 5'
  const sql = (of: string): string =>
    `select a.item, sum(b.paid) s ${rows} group by a.item having sum(b.paid) > (select sum(${of}) ${rows})`
  t.true(isOfGroups(sql('b.paid')))
  t.false(isOfGroups(sql('a.paid')))
})

test('totals are no groups of one another', (t) => {
  const total = `(select sum(paid) ${ROWS})`
  const plan = explainLogical(optimize(analyzed(`select ${total}, ${total} * 2`, catalog)))
  t.is([...plan.matchAll(/Aggregate \[\]/g)].length, 2)
})

test('of very many groups none is compared, and none of a stream', (t) => {
  const queries = (count: number): LogicalPlan => {
    const groups = [...Array(count)].map(() => `select item, sum(paid) ${ROWS} group by item`)
    return analyzed([...groups, `select 0, (select sum(paid) ${ROWS})`].join(' union all '), catalog)
  }
  const [few, many] = [queries(16), queries(17)]
  t.not(totalOfGroups.apply(few), few)
  t.is(totalOfGroups.apply(many), many)
  const streamed = transformPlanUp(queries(1), (node): LogicalPlan => {
    return node.kind === 'scan' ? { ...node, streaming: true } : node
  })
  t.is(totalOfGroups.apply(streamed), streamed)
})

test('both aggregates read one exchange, and give what they gave', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-total-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await withSession('local[2]', async (session) => {
    const made = session.sql('select cast(id % 7 as int) item, cast(id as decimal(10,2)) paid from range(100)')
    await made.write.parquet(join(folder, 'paid'))
    session.read.parquet(join(folder, 'paid')).createOrReplaceTempView('paid')
    const rowsOf = async (sql: string): Promise<readonly (readonly string[])[]> => {
      t.regex(await session.engine.explain(session.sql(sql).plan, 'simple'), /Reused/, sql)
      return (await session.sql(sql).collect()).map((row) => Object.values(row).map(String))
    }
    const large = 'select item, sum(paid) s from paid group by item having sum(paid) * 7 > (select sum(paid) from paid)'
    t.deepEqual(
      await rowsOf(`${large} order by item`),
      [
        ['1', '750.00'],
        ['6', '721.00'],
        ['0', '735.00'],
      ].toSorted(),
    )
    const none = 'from paid where item > 9'
    t.deepEqual(
      await rowsOf(`select item, count(*) c ${none} group by item union all select -1, (select count(*) ${none})`),
      [['-1', '0']],
    )
  })
})
