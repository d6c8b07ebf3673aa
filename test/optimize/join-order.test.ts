import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { intersects, isSingle, isWithin, setOf, union } from '../../planner/optimize/relation-set.js'
import { estimateRows, unfilteredRows } from '../../planner/physical/estimate.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

type Ranges = Record<string, readonly [number, number]>

const table = (
  name: string,
  ddl: string,
  rows: number,
  ranges: Ranges = {},
  distinct: Record<string, number> = {},
) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema(ddl),
  statistics: { rows, bytes: rows * 20, ranges, distinct },
})

const catalog = catalogOf({
  sales: table('sales', 'item int, shop int, amount int, day date', 1_000_000, {
    item: [1, 50_000],
    day: [10_000, 11_000],
  }),
  items: table('items', 'item_id int, maker int', 50_000, { item_id: [1, 50_000], maker: [1, 100] }),
  shops: table('shops', 'shop_id int, town int', 1_000, { shop_id: [1, 1_000], town: [1, 100] }),
  places: table('places', 'place int, country string', 100, { place: [1, 100] }),
  days: table('days', 'day_id date, year int', 10_000, { day_id: [5_000, 14_999] }, { day_id: 10_000, year: 28 }),
  endless: table('endless', 'x double', 1_000_000, { x: [0, Number.POSITIVE_INFINITY] }),
  kinds: table('kinds', 'kind string, of int', 1_000, {}, { kind: 2 }),
  nothing: table('nothing', 'n int, m int', 0, {}),
  visits: table('visits', 'guest int, room int, night int', 1_000_000, {}, { room: 100, night: 20 }),
})
const optimizedPlan = (sql: string): LogicalPlan => optimize(analyzed(sql, catalog))

/** Names of relations, joins as parentheses: left is probed, right is built. */
function shape(plan: LogicalPlan): string {
  if (plan.kind === 'join') return `(${shape(plan.left)} ${shape(plan.right)})`
  if (plan.kind === 'scan') return plan.source.paths[0]!
  return 'input' in plan ? shape(plan.input) : plan.kind
}

test('a small filtered table reduces the others before the largest one is joined', (t) => {
  const plan = optimizedPlan(
    "select amount from sales, items, shops, places where item = item_id and shop = shop_id and town = place and country = 'NZ'",
  )
  t.is(shape(plan), '((sales (shops places)) items)')
})

test('an equality that follows from two others lets a table be reduced by one it was not written with', (t) => {
  const plan = optimizedPlan(
    "select amount from sales, items, shops, places where item = item_id and shop = shop_id and maker = town and town = place and country = 'NZ'",
  )
  t.regex(shape(plan), /\(items places\)/)
  t.regex(explainLogical(plan), /Join Inner, \(maker#\d+ = place#\d+\)|Join Inner, \(place#\d+ = maker#\d+\)/)
})

test('a table is joined early with the one row that a condition compares it with, and by what is computed of columns', (t) => {
  const joined = 'select amount from sales, items, shops'
  const where = 'where item = item_id and shop = shop_id'
  const place = "(select place from places where country = 'NZ')"
  t.is(shape(optimizedPlan(`${joined} ${where} and town = ${place}`)), '(items (sales (shops places)))')
  const most = "(select max(place) from places where country = 'NZ')"
  t.is(shape(optimizedPlan(`${joined} ${where} and town > ${most}`)), '((sales (shops places)) items)')
  const computed = "and greatest(town, 0) = place and country = 'NZ'"
  t.is(shape(optimizedPlan(`${joined}, places ${where} ${computed}`)), '((sales (shops places)) items)')
  const compared = "and town > place and country = 'NZ'"
  t.is(shape(optimizedPlan(`${joined}, places ${where} ${compared}`)), '(((sales shops) items) places)')
})

test('columns of one table that are equal by way of another are compared in that table', (t) => {
  const plan = explainLogical(
    optimizedPlan('select amount from sales, items, shops where item = item_id and shop = item_id and shop = shop_id'),
  )
  t.regex(plan, /Filter .*\((item#\d+ = shop#\d+|shop#\d+ = item#\d+)\)/)
})

test('what nothing connects is multiplied last, and conditions between them still hold', (t) => {
  const plan = optimizedPlan('select amount from places, sales, items where item = item_id and amount > place')
  t.is(shape(plan), '((sales items) places)')
  t.regex(explainLogical(plan), /Join Inner, \(amount#\d+ > place#\d+\)/)
})

test('a join whose condition may raise keeps what was joined before it, so that the condition meets no row which that drops', (t) => {
  const divided = 'join shops on shop = shop_id and 1 / (amount - town) > 0'
  const plan = optimizedPlan(
    `select amount from sales join items on item = item_id ${divided} join places on town = place`,
  )
  t.is(shape(plan), '(((sales items) shops) places)')
  const compared = divided.replace('1 / (amount - town) > 0', 'amount > town')
  const other = optimizedPlan(
    `select amount from sales join items on item = item_id ${compared} join places on town = place`,
  )
  t.is(shape(other), '((sales (shops places)) items)')
})

test('a list of tables is joined by its keys in whatever order, also when what is asked of its rows may raise', (t) => {
  const where = 'item = item_id and shop = shop_id and amount + 1 > town'
  t.is(shape(optimizedPlan(`select amount from items, shops, sales where ${where}`)), '((sales shops) items)')
})

test('what is joined before a join whose condition may raise is still put in order', (t) => {
  const plan = optimizedPlan(
    "select amount from sales join items on item = item_id join shops on shop = shop_id join places on town = place and country = 'NZ' join visits on guest = amount and 1 / (night - maker) > 0",
  )
  t.regex(
    shape(plan),
    /^\(visits \(\(sales \(shops places\)\) items\)\)$|^\(\(\(sales \(shops places\)\) items\) visits\)$/,
  )
})

test('a condition about none of three and more relations is asked as well', (t) => {
  const joined = 'from sales, items, shops where item = item_id and shop = shop_id'
  const plan = explainLogical(optimizedPlan(`select amount ${joined} and upper('a') = 'b'`))
  t.regex(plan, /\(upper\('a'\) = 'b'\)/)
})

test('more relations than can be tried in every order are joined pair by pair, each once', (t) => {
  const names = Array.from({ length: 12 }, (_, i) => `p${i}`)
  const from = names.map((name) => `places ${name}`).join(', ')
  const where = names.slice(1).map((name, i) => `${names[i]}.place = ${name}.place`)
  const joined = shape(optimizedPlan(`select p0.country from ${from} where ${where.join(' and ')}`))
  t.is(joined.match(/places/g)!.length, 12)
  t.is(joined.match(/\(/g)!.length, 11)
})

const rowsOf = (where: string): number => Math.round(estimateRows(optimizedPlan(`select * from sales where ${where}`)))

test('how much a filter keeps is judged by the range of the column where its source tells one', (t) => {
  t.is(rowsOf("day >= date '1997-12-05' and day < date '1998-01-04'"), 30_000)
  t.is(rowsOf("date '1997-12-05' <= day and date '1998-01-04' > day"), 30_000)
  t.is(rowsOf("day > date '2030-01-01'"), 1_000, 'never nothing: the range may be that of a sample')
  t.is(rowsOf("day < date '2030-01-01'"), 1_000_000)
  t.is(rowsOf('amount > 5'), 333_333, 'nothing is known of it')
})

test('how many rows an operator gives is judged by those below it and by what was counted of their columns', (t) => {
  const ranked = (where: string): string =>
    `select *, rank() over (partition by guest order by night) r from visits where ${where}`
  const cases: Readonly<Record<string, number>> = {
    'select count(*) from visits': 1,
    'select guest, count(*) from visits group by guest': 100_000,
    'select room, night, count(*) from visits group by room, night': 101 * 21,
    'select room, guest, count(*) from visits group by rollup(room, guest)': 300_000,
    'select * from visits limit 10': 10,
    'select * from shops limit 5000': 1_000,
    'select * from visits tablesample (10 percent)': 100_000,
    'select * from range(7, 100, 3)': 31,
    'select * from visits union all select * from visits': 2_000_000,
    'select * from shops, places': 100_000,
    'select * from items join shops on item_id = shop_id': 50_000,
    'select * from sales join items on item = item_id where item = 7': 20,
    'select * from sales join items on item = item_id where item <= 500': 9_980,
    'select * from sales join days on day = day_id': 1_000_000,
    'select * from sales join days on day = day_id where year = 1999': 356_786,
    'select * from sales join (select max(day_id) last from days) on day = last': 999,
    'select * from sales join (select item_id i from items group by item_id) on item = i': 1_000_000,
    'select item, shop, count(*) from sales group by item, shop': 100_000,
    'select country, count(*) from sales join places on item = place group by country': 101,
    'select room, night, guest, count(*) from visits group by room, night, guest': 100_000,
    'select year, count(*) from days where year = 1999 group by year': 2,
    'select * from visits left join places on room = place and country = "NZ"': 1_000_000,
    'select * from places full join visits on room = place': 1_000_000,
    'select * from visits left semi join places on room = place': 1_000_000,
    'select * from visits left anti join places on room = place': 500_000,
    'select * from visits where room = 3': 10_000,
    'select * from visits where room = night': 10_000,
    'select * from visits where room in (1, 2, 3)': 30_000,
    'select * from visits where room in (1, 2) and room = 2': 10_000,
    'select * from sales where item > 25000 and (item = 7 or item = 8)': 40,
    [`select * from (${ranked('room in (3, 4)')}) where room = 3`]: 10_000,
    [`select * from (${ranked('room = 3 and night > 5 or room = 4 and guest = 2')}) where room = 3`]: 2_167,
    [`select * from (${ranked('room = 3 and night > 5 or guest = 2')}) where room = 3`]: 1_033,
    'select * from visits where not (room > 3)': 666_667,
    'select * from nothing join places on n = place': 1,
    'select * from places left join nothing on place = n and place not in (1)': 100,
    'select * from (select guest from visits where not (guest is null or guest is not null)) join places on guest = place': 1,
    'select n, count(*) from nothing join places on m = place join shops on n = shop_id group by n': 2,
    'select * from endless where x > 5': 333_333,
    'select * from endless where x < double("NaN")': 333_333,
    'select x, count(*) from endless where x > 5 group by x': 33_333,
    'select * from range(10, 0, 1) join places on id = place': 1,
    "select * from kinds a join kinds b on a.kind = b.kind and a.of + 1 = b.of + 1 where a.kind not in ('x', 'y') and b.kind not in ('x', 'y')": 1,
    'select * from visits join days on room = year': 100_000_000,
    'select * from sales join (select room, night from visits group by room, night) on item = room and night + shop = amount': 1_000_000,
    'select * from visits where guest > 5 or night < 3': 666_667,
    'select * from visits where guest > 5 and night < 3': 111_111,
    'select * from visits where guest is not null': 900_000,
  }
  for (const [sql, rows] of Object.entries(cases)) t.is(Math.round(estimateRows(optimizedPlan(sql))), rows, sql)
})

test('sets of relations tell them apart however many there are', (t) => {
  const count = 65
  const all = Array.from({ length: count }, (_, i) => setOf(i, count))
  for (const [i, a] of all.entries())
    for (const [j, b] of all.entries()) {
      const both = union(a, b)
      t.is(intersects(a, b), i === j)
      t.is(isWithin(a, b), i === j)
      t.is(isSingle(both), i === j)
      t.true(isWithin(a, both) && intersects(both, b))
      t.is(isWithin(both, a), i === j)
    }
  t.true(isSingle(union(all[0]!, all[0]!).map(() => 0)), 'none')
})

test('a join that has a hint keeps it, and its sides, where others change their places', (t) => {
  const sql = (hint: string): string =>
    `select ${hint} amount from sales join shops on shop = shop_id join items on item = item_id where maker = 7`
  t.is(shape(optimizedPlan(sql(''))), '((sales items) shops)')
  t.is(shape(optimizedPlan(sql('/*+ broadcast(sales) */'))), '((sales shops) items)')
})

test('rows of which others only are kept that have a match are no more than those of the side that is kept', (t) => {
  const semi = 'select item from sales left semi join visits on item = guest'
  t.is(unfilteredRows(optimizedPlan(`select place from places left semi join sales on place = item`)), 100)
  t.is(unfilteredRows(optimizedPlan(semi)), 1_000_000)
})
