import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const table = (name: string, ddl: string, rows: number, ranges: Record<string, readonly [number, number]>) => ({
  provider: 'parquet',
  options: {},
  paths: [name],
  schema: parseSchema(ddl),
  statistics: { rows, bytes: rows * 20, ranges },
})

const RATED = { rows: 1_000, bytes: 1 << 24, distinct: { charged: 100, rate: 100 } }

const catalog = catalogOf({
  guests: table('guests', 'id int, town int', 1_000, { id: [1, 1_000] }),
  towns: table('towns', 'town_id int', 10, { town_id: [1, 10] }),
  visits: table(
    'visits',
    'guest int, night int, paid int, due decimal(10,2), total bigint, rate double, note string',
    1_000_000,
    {
      guest: [1, 1_000],
      night: [1, 100],
      paid: [1, 100],
    },
  ),
  people: table('people', 'person int, name string, town string, born int', 20_000, { person: [1, 20_000] }),
  trips: table('trips', 'traveller int, year int, paid decimal(7,2)', 20_000_000, {
    traveller: [1, 30_000],
    year: [1901, 2000],
  }),
  few: table('few', 'guest int', 50_000, { guest: [1, 1_000] }),
  many: table('many', 'guest int', 100_000_000, { guest: [1, 500_000] }),
  crowded: table('crowded', 'guest int', 100_000_000, { guest: [1, 200_000] }),
  numbers: table('numbers', 'number int, paid int', 1_000_000, { number: [1, 1_000_000] }),
  names: table('names', 'named int, name string', 1_000_000, { named: [1, 1_000_000] }),
  everybody: table('everybody', 'id int', 500_000, { id: [1, 500_000] }),
  rates: { ...table('rates', 'charged double', 1_000, {}), statistics: RATED },
  rated: { ...table('rated', 'rate double, paid int', 1_000_000, {}), statistics: { ...RATED, rows: 1_000_000 } },
})

/** Whether there is an aggregate below the join of the optimized plan. */
const groupsEarly = (sql: string): boolean =>
  /Join[\s\S]*Aggregate/.test(explainLogical(optimize(analyzed(sql, catalog))))

const ofGuests = (aggregate: string, join = 'left join visits on id = guest'): string =>
  `select id, ${aggregate} from guests ${join} group by id`

for (const aggregate of [
  'count(*)',
  'count(note)',
  'sum(paid)',
  'sum(due)',
  'min(note), max(rate)',
  'max(night < paid)',
])
  test(`${aggregate} of many rows is made before they are joined with the few values of their key`, (t) => {
    t.true(groupsEarly(ofGuests(aggregate)))
    t.true(groupsEarly(ofGuests(aggregate, 'join visits on id = guest')))
  })

for (const [why, aggregate] of [
  ['the sum of doubles depends on their order', 'sum(rate)'],
  ['the sum of long integers may overflow for rows without a match', 'sum(total)'],
  ['an average is not merged', 'avg(due)'],
  ['DISTINCT values are not merged', 'count(distinct paid)'],
  ['another one needs the other side', 'sum(paid), max(town)'],
  ['its argument may raise for rows without a match', 'sum(cast(paid / night as int))'],
  ['only some rows count', 'count(*) filter (where paid > 1)'],
  ['what is no number counts for nothing and others may overflow', 'sum(try_cast(note as bigint))'],
] as const)
  test(`rows are joined before they are grouped where ${why}`, (t) => t.false(groupsEarly(ofGuests(aggregate))))

for (const aggregate of ['min(coalesce(paid, -1))', "count(coalesce(note, 'x'))", "max('k')", 'count_if(note is null)'])
  test(`${aggregate} is not made before a join that has rows without a match, for which it has a value`, (t) => {
    t.false(groupsEarly(ofGuests(aggregate)))
    t.true(groupsEarly(ofGuests(aggregate, 'join visits on id = guest')))
  })

test('a side that is padded with NULL is not grouped before a join, nor one of a full join', (t) => {
  t.false(groupsEarly('select guest, count(night) from visits left join guests on id = guest group by guest'))
  t.false(groupsEarly(ofGuests('count(night)', 'full join visits on id = guest')))
})

test('rows are not grouped early where that leaves too many groups, or there are few rows', (t) => {
  t.false(groupsEarly(ofGuests('count(*)', 'left join visits on id = guest and night < town and paid < town')))
  t.false(groupsEarly(ofGuests('count(*)', 'left join few on id = guest')))
  t.true(groupsEarly(ofGuests('count(*)', 'left join visits on id = guest and night < town')))
})

test('rows that are looked up in a small table, or most of which a join drops, are not grouped before', (t) => {
  t.false(groupsEarly('select town_id, sum(paid) from towns join visits on town_id = night group by town_id'))
  t.false(groupsEarly('select id, sum(paid) from guests join visits on id = guest where town = 5 group by id'))
  t.false(groupsEarly('select id, sum(paid) from guests left join visits on id = guest where town = 5 group by id'))
})

test('of columns that filters ask for, only the values that are left count', (t) => {
  const ofYear = (asked: string): string =>
    `select name, town, year, sum(paid) from people join trips on person = traveller where ${asked} group by name, town, year`
  t.true(groupsEarly(ofYear('year > 1995')))
  t.false(groupsEarly(ofYear('true')))
  const ofNumbers = (most: number): string =>
    `select name, sum(paid) from numbers join names on number = named where number <= ${most} group by name`
  for (const most of [200_000, 1_000_000]) t.false(groupsEarly(ofNumbers(most)), 'each row has a value of its own')
})

test('rows that are looked up in a small table are grouped before where they would be grouped by its texts', (t) => {
  const by = (keys: string): string =>
    `select ${keys}, sum(paid) from people join trips on person = traveller group by ${keys}`
  t.true(groupsEarly(by('name, town')))
  t.false(groupsEarly(by('name, born')))
  t.false(groupsEarly(by('person')))
})

test('decimals with room are computed for rows without a match, also their halves', (t) => {
  t.true(groupsEarly(ofGuests('sum((due - 1.50) / 2)', 'join visits on id = guest')))
  t.false(groupsEarly(ofGuests('sum(due / paid)', 'join visits on id = guest')))
})

test('what may raise is only asked of rows that have a match', (t) => {
  t.false(groupsEarly(ofGuests('max(100 div night)', 'join visits on id = guest')))
  t.true(groupsEarly(ofGuests('max(try_add(night, paid))', 'join visits on id = guest')))
})

test('keys that are computed, doubles that differ only by their sign, and none at all are no columns to group by before', (t) => {
  t.false(groupsEarly('select m, count(*) from (select id + 1 m from guests join visits on id = guest) group by m'))
  t.false(groupsEarly('select charged, sum(paid) from rates join rated on charged = rate group by charged'))
  t.false(groupsEarly('select count(*) from guests left join visits on id = guest'))
})

test('more groups than the memory near the processor holds are not made before a join', (t) => {
  t.false(groupsEarly('select id, count(*) from everybody left join many on id = guest group by id'))
  t.true(groupsEarly('select id, count(*) from everybody left join crowded on id = guest group by id'))
})

test('rows of a stream are joined as they come, and grouped once', (t) => {
  const streaming = transformPlanUp(
    analyzed(ofGuests('count(*)'), catalog),
    (plan): LogicalPlan => (plan.kind === 'scan' ? Object.freeze({ ...plan, streaming: true }) : plan),
  )
  t.notRegex(explainLogical(optimize(streaming)), /Join[\s\S]*Aggregate/)
})

test('a join that is told which side goes to all tasks keeps its sides', (t) => {
  t.false(
    groupsEarly('select /*+ broadcast(visits) */ id, count(*) from guests left join visits on id = guest group by id'),
  )
})
