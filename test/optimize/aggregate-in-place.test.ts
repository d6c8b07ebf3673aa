import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const table = (name: string, ddl: string, rows: number, distinct: Record<string, number>) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema(ddl),
  statistics: { rows, bytes: rows * 20, distinct },
})

const catalog = catalogOf({
  lines: table('lines', 'line int, item int, shop int, qty decimal(10,2), rate double', 1_000_000, {
    line: 1_000_000,
    item: 10_000,
    shop: 100,
  }),
  items: table('items', 'id int, kind int, size int', 10_000, { id: 10_000, kind: 100 }),
  shops: table('shops', 'shop_id int, town int', 100, { shop_id: 100 }),
  notes: table('notes', 'noted int, note string', 1_000, { noted: 1_000 }),
})

const planOf = (sql: string): string => explainLogical(optimize(analyzed(sql, catalog)))

interface Parts {
  readonly tables?: string
  readonly where?: string
  readonly aggregate?: string
  readonly own?: string
  readonly kind?: string
}

const query = ({ tables = '', where = '', aggregate = 'avg(qty)', own = '', kind = 'kind = 3' }: Parts): string =>
  `select l.line from lines l, items${tables} where id = l.item and ${kind}${where}
    and l.qty < (select ${aggregate} from lines m where m.item = id${own})`

const isInPlace = (parts: Parts): boolean => /Window/.test(planOf(query(parts)))

test('the average of the rows that are joined by a key is made of those, which are read once', (t) => {
  const plan = planOf(query({}))
  t.regex(plan, /Window/)
  t.notRegex(plan, /Aggregate/)
  t.is(plan.match(/Relation/g)?.length, 2)
})

for (const [what, parts] of [
  ['the least and the greatest value', { aggregate: 'min(qty) + max(qty)' }],
  ['more conditions that both have', { where: ' and l.shop = 5', own: ' and m.shop = 5' }],
  ['conditions of the query about the key', { where: ' and l.item > 5' }],
  ['other tables that are joined by the key', { tables: ', notes', where: ' and noted = l.item' }],
  ['the same table twice', { tables: ', lines o', where: ' and o.item = id and o.line = 17' }],
] as const)
  test(`aggregates are made of joined rows with ${what}`, (t) => t.true(isInPlace(parts)))

test('aggregates over a join are made of the rows of the same join', (t) => {
  const join = 'shop = shop_id and town = 3'
  const plan = planOf(`select line from lines l, items, shops where id = l.item and kind = 3 and ${join}
    and qty < (select avg(qty) from shops, lines m where m.item = id and ${join})`)
  t.regex(plan, /Window/)
  t.is(plan.match(/Relation/g)?.length, 3)
})

for (const [why, parts] of [
  ['a sum counts each copy of a row', { aggregate: 'sum(qty)' }],
  ['an average of doubles depends on the order', { aggregate: 'avg(rate)' }],
  ['there is no room for sums of more rows', { aggregate: 'avg(cast(qty as decimal(38, 2)))' }],
  ['only some rows are aggregated', { aggregate: 'max(qty) filter (where shop = 1)' }],
  ['the query leaves out some of the rows', { where: ' and l.shop = 5' }],
  ['the subquery leaves out some of the rows', { own: ' and m.shop = 5' }],
  ['they leave out different rows', { where: ' and l.shop = 5', own: ' and m.shop = 6' }],
  ['another table has some of the rows', { tables: ', notes', where: ' and noted = l.line' }],
  ['rows are joined by two columns', { own: ' and m.shop = size' }],
  ['most rows are joined', { kind: 'kind > 3' }],
] as const)
  test(`aggregates have rows of their own where ${why}`, (t) => t.false(isInPlace(parts)))

test('a column that may be NULL is no key of rows of its own', (t) => {
  const ofItem = (where: string): string =>
    `select line, (select max(qty) from lines m where m.item = l.item) from lines l, items where id ${where} l.item and kind = 3`
  t.regex(planOf(ofItem('=')), /Window/)
  t.notRegex(planOf(ofItem('<=>')), /Window/)
})

test('a subquery by another column than the one that rows are joined by has rows of its own', (t) => {
  const sql = `select line from lines l, items where id = l.item and kind = 3 and l.qty < (select avg(qty) from lines m where m.item = size)`
  t.notRegex(planOf(sql), /Window/)
})
