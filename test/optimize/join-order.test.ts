import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { estimateRows } from '../../planner/physical/estimate.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

type Ranges = Record<string, readonly [number, number]>

const table = (name: string, ddl: string, rows: number, ranges: Ranges = {}) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema(ddl),
  statistics: { rows, bytes: rows * 20, ranges },
})

const catalog = catalogOf({
  sales: table('sales', 'item int, shop int, amount int, day date', 1_000_000, {
    item: [1, 50_000],
    day: [10_000, 11_000],
  }),
  items: table('items', 'item_id int, maker int', 50_000, { item_id: [1, 50_000], maker: [1, 100] }),
  shops: table('shops', 'shop_id int, town int', 1_000, { shop_id: [1, 1_000], town: [1, 100] }),
  places: table('places', 'place int, country string', 100, { place: [1, 100] }),
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
