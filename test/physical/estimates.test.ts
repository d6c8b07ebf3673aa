import test from 'ava'
import { BIGINT, DOUBLE, INT } from '../../columnar/types.js'
import {
  domainOfKey,
  estimateBytes,
  estimateRows,
  joinedRows,
  mostMatches,
  UNKNOWN_MATCHES,
  unfilteredRows,
} from '../../planner/physical/estimate.js'
import { type ColumnFacts, domainAmong, valuesAmong } from '../../planner/physical/selectivity.js'
import type { ExprId } from '../../planner/plan/expression/expression.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const table = (name: string, ddl: string, statistics?: object) => ({
  ...{ provider: 'parquet', options: {}, paths: [name], schema: parseSchema(ddl) },
  ...(statistics ? { statistics: { bytes: 0, ...statistics } } : {}),
})
const catalog = catalogOf({
  rooms: table('rooms', 'room int, floor int, note string, free boolean', {
    ...{ rows: 1_000, ranges: { room: [1, 1_000] }, distinct: { floor: 20 } },
  }),
  nights: table('nights', 'room int, night int, paid int', {
    ...{ rows: 100_000, ranges: { room: [1, 1_000], paid: [0, 99_999] }, distinct: { room: 500, night: 50 } },
  }),
  sized: table('sized', 'a int', { bytes: 5_000 }),
  unknown: table('unknown', 'a int'),
  constant: table('constant', 'one int', { rows: 1_000, ranges: { one: [5, 5] } }),
  nothing: table('nothing', 'a int', { rows: 0 }),
  wide: table('wide', 's struct<a: int, b: string>, t string, d double', { rows: 10 }),
})
const plan = (sql: string): LogicalPlan => analyzed(sql, catalog)
const rowsOf = (sql: string): number => Math.round(estimateRows(plan(sql)))

for (const [sql, rows] of [
  ['select 1', 1],
  ['select * from range(0, 10, 3)', 3],
  ['select * from range(10, 0, -1)', 10],
  ['select * from range(5, 0)', 0],
  ['select * from sized', 50],
  ['select * from unknown', 10_000_000],
  ['select * from rooms tablesample (25 percent)', 250],
  ['select * from nothing tablesample (25 percent)', 1],
  ['select count(*) from nights', 1],
  ['select count(*) from nothing group by a', 1],
  ['select * from nothing where a = 1', 1],
  ['select * from rooms limit 7', 7],
  ['select * from sized limit 70', 50],
  ['select room from rooms union all select room from nights', 101_000],
  // By the values that were counted, and one group of NULLs.
  ['select night from nights group by night', 51],
  // Of the two keys one is counted: a tenth of the rows, as more than these are no combinations that belong together.
  ['select paid, night from nights group by paid, night', 10_000],
  ['select night, room from nights group by night, room', 10_000],
  ['select floor, note from rooms group by floor, note', 100],
] as const)
  test(`${sql} gives about ${rows} rows`, (t) => t.is(rowsOf(sql), rows))

for (const [where, rows] of [
  ['floor = 3', 50],
  ['floor in (3, 4)', 100],
  ['floor = 3 and floor in (3, 4)', 50],
  ['floor = 3 or floor = 4', 100],
  ['not floor = 3', 950],
  ['floor <=> 3', 50],
  ['room = 3', 1],
  ['room <= 100', 99],
  ['100 >= room', 99],
  ['room > 901', 99],
  ['room > 901 and room <= 951', 50],
  ['room < -5', 1],
  ['room > 901 and room < 100', 1],
  ["note like 'a%'", 100],
  ["note = 'a'", 100],
  ["note > 'a'", 333],
  ["note <> 'a'", 900],
  ['note is not null', 900],
  ['free', 500],
  [`floor in (${Array.from({ length: 25 }, (_, i) => i).join()})`, 1_000],
  ['free or free or room > 1', 1_000],
  ['floor = room', 1],
  ['floor = 3 and floor = room and free', 1],
  ['(floor = 3 or floor = room) and free', 26],
  ['floor = 3 and free', 25],
  ["note > 'a' and floor = 3", 17],
] as const)
  test(`of 1000 rows those where ${where} are about ${rows}`, (t) =>
    t.is(rowsOf(`select * from rooms where ${where}`), rows))

test('what a filter below has asked of a column already leaves no fewer rows when it is asked again', (t) => {
  const below = 'select * from rooms where floor = 3'
  t.is(rowsOf(`select * from (${below}) where floor = 3`), 50)
  t.is(rowsOf(`select * from (select * from rooms where room > 901) where room > 901`), 99)
  t.is(rowsOf(`select * from (select * from rooms where room > 901) where room > 10`), 99)
  t.is(
    rowsOf(`select * from (select * from rooms where floor = 3 or floor = 4 and free) where floor = 3`),
    38,
    'half of 75',
  )
})

test('of a column of one value a comparison keeps all rows or nearly none, and of what is computed nothing is known', (t) => {
  t.is(rowsOf('select * from constant where one >= 5'), 1_000)
  t.is(rowsOf('select * from constant where one <= 5 and one >= 5'), 1_000)
  t.is(rowsOf('select * from constant where one <= 4'), 1)
  t.is(rowsOf('select * from constant where 6 <= one'), 1)
  t.is(rowsOf('select * from (select floor + room x from rooms) where x = 3'), 100)
  t.is(rowsOf('select * from (select room x from rooms) where x = 3'), 1)
})

for (const [sql, rows] of [
  ['select * from rooms join nights using (room)', 100_000],
  ['select * from rooms left join nights on floor = night', 2_000_000],
  ['select * from rooms cross join sized', 50_000],
  ['select * from nothing right join rooms on a = room', 1_000],
  ['select * from nothing full join rooms on a = room', 1_000],
  ['select * from nothing join rooms on a = room', 1],
  ['select * from rooms left semi join nights on rooms.room = nights.room', 1_000],
  ['select * from nothing left semi join nights on a = room', 1],
  ['select * from rooms left anti join nights on rooms.room = nights.room', 500],
  ['select * from nothing left anti join nights on a = room', 1],
  // Each row of the groups has one match there.
  ['select * from nights join (select night n, count(*) c from nights group by night) on night = n', 100_000],
] as const)
  test(`${sql} gives about ${rows} rows of both sides`, (t) => t.is(rowsOf(sql), rows))

test('columns that must be equal have as many values as the one of them has that has most, where all were counted', (t) => {
  const [a, b, c] = [1, 2, 3] as unknown as readonly ExprId[] as readonly [ExprId, ExprId, ExprId]
  const facts = new Map<ExprId, ColumnFacts>([
    [a, { distinct: 10 }],
    [b, { distinct: 40 }],
  ])
  const domains = new Map([
    [a, 1_000],
    [b, 200],
    [c, 300],
  ])
  t.is(domainOfKey([a, b], domains, facts), 40)
  t.is(domainOfKey([b, a], domains, facts), 40)
  t.is(domainOfKey([a, b, c], domains, facts), 200, 'one was not counted')
  t.is(domainOfKey([a], domains, facts), 1_000, 'alone it says nothing of the other side')
  t.is(joinedRows({ rows: 6, unfilteredRows: 6 }, { rows: 7, unfilteredRows: 7 }, []), 42)
  t.is(joinedRows({ rows: 60, unfilteredRows: 100 }, { rows: 50, unfilteredRows: 80 }, [10, 4]), 75)
  t.is(joinedRows({ rows: 60, unfilteredRows: 100 }, { rows: 50, unfilteredRows: 60 }, [10, 40]), 50)
})

test('how many rows have the same keys is told by groups and by counted values, through filters and the columns that pass', (t) => {
  const matches = (sql: string, names: readonly string[]): number => {
    const made = plan(sql)
    return mostMatches(made, new Set(outputOf(made).flatMap(({ id, name }) => (names.includes(name) ? [id] : []))))
  }
  const groups = 'select room r, night n, count(*) c from nights group by room, night'
  t.is(matches(groups, ['r', 'n']), 1)
  t.is(matches(groups, ['r', 'n', 'c']), 1)
  t.is(matches(groups, ['r']), UNKNOWN_MATCHES)
  t.is(matches(`select n, r from (${groups}) where c > 1`, ['n', 'r']), 1)
  t.is(matches(`select n + 1 n, r from (${groups})`, ['n', 'r']), UNKNOWN_MATCHES)
  t.is(matches('select * from nights', ['night']), 2_000)
  t.is(matches('select * from nights', ['night', 'room', 'paid']), 200)
  t.is(matches('select * from nights', ['paid']), UNKNOWN_MATCHES)
  t.is(matches('select * from nights limit 5', ['night']), UNKNOWN_MATCHES)
})

test('before any filter a join has the rows of its larger side, and groups are those of all rows', (t) => {
  const unfiltered = (sql: string): number => unfilteredRows(plan(sql))
  t.is(unfiltered('select * from rooms join nights using (room) where floor = 3'), 100_000)
  t.is(unfiltered('select * from nights join rooms using (room)'), 100_000)
  t.is(unfiltered('select * from rooms left semi join nights on rooms.room = nights.room'), 1_000)
  t.is(unfiltered('select night, count(*) from nights where night < 3 group by night'), 51)
  t.is(unfiltered('select count(*) from nights where night < 3'), 100_000)
  t.is(unfiltered('select * from nights where night < 3 limit 5'), 5)
})

test('bytes are those of the columns: of structs those of their fields, of texts a guess, of nothing none', (t) => {
  t.is(estimateBytes(plan('select d from wide')), 80)
  t.is(estimateBytes(plan('select t, d from wide')), 320)
  t.is(estimateBytes(plan('select s from wide')), 280)
  t.is(estimateBytes(plan('select null x, d from wide')), 80)
})

test('a column has no more values than there are rows, its source has or its range holds, and one at least', (t) => {
  t.is(valuesAmong({ range: [5, 9] }, INT, 100), 5)
  t.is(valuesAmong({ range: [5, 9] }, INT, 3), 3)
  t.is(valuesAmong({ range: [5, 9] }, DOUBLE, 100), 100, 'between two doubles there are more')
  t.is(valuesAmong({ range: [5, 9], distinct: 2 }, BIGINT, 100), 2)
  t.is(valuesAmong({ most: 7 }, INT, 100), 7)
  t.is(valuesAmong({ range: [5, 9] }, INT, 0), 1)
  t.is(valuesAmong(undefined, INT, 100), 100)
  t.is(domainAmong({ range: [5, 9], distinct: 2 }, INT, 100), 5, 'any of its range may be asked for')
  t.is(domainAmong({ distinct: 2 }, INT, 100), 2)
  t.is(domainAmong({ range: [5, 9], most: 3 }, INT, 100), 3)
  t.is(domainAmong({}, INT, 0), 1)
})
