import test from 'ava'
import { BIGINT, BOOLEAN, decimal, field, INT, STRING } from '../../columnar/types.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import {
  aggregate,
  aggregateCall,
  bound,
  filter,
  join,
  named,
  order,
  project,
  run,
  sort,
  table,
} from '../support/stages.js'

const PEOPLE = [field('id', INT, false), field('name', STRING), field('amount', decimal(12, 2)), field('flag', BOOLEAN)]
const people = table(PEOPLE, [
  { id: 1, name: 'Ann', amount: '10.50', flag: true },
  { id: 2, name: 'Bob', amount: null, flag: false },
  { id: 3, name: null, amount: '0.25', flag: null },
  { id: 4, name: 'Ann', amount: '-1.75', flag: true },
  { id: 5, name: 'Christopher-Robin', amount: '3.00', flag: true },
])
const text = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map((x) => (x === null ? null : String(x))))

test('rows pass through a filter and a projection', async (t) => {
  const kept = filter(people, call('gt', BOOLEAN, [bound(people, 'id'), literal(INT, 1)]))
  const plan = project(kept, [
    named('n', bound(kept, 'name')),
    named('f', bound(kept, 'flag')),
    named('i', call('add', INT, [bound(kept, 'id'), literal(INT, 10)])),
  ])
  const { rows, result } = await run(plan)
  t.deepEqual(text(rows), [
    ['Bob', 'false', '12'],
    [null, null, '13'],
    ['Ann', 'true', '14'],
    ['Christopher-Robin', 'true', '15'],
  ])
  t.deepEqual(result, { rowsRead: 5, rowsWritten: 4, spilledBytes: 0 })
})

test('groups are added up', async (t) => {
  const plan = aggregate(
    'complete',
    people,
    [named('name', bound(people, 'name'))],
    [
      aggregateCall('n', 'count', BIGINT, []),
      aggregateCall('s', 'sum', decimal(22, 2), [bound(people, 'amount')]),
      aggregateCall('a', 'avg', decimal(16, 6), [bound(people, 'amount')]),
      aggregateCall('m', 'max', INT, [bound(people, 'id')]),
    ],
  )
  const { rows } = await run(plan)
  t.deepEqual(text(rows), [
    ['Ann', '2', '8.75', '4.375000', '4'],
    ['Bob', '1', null, null, '2'],
    [null, '1', '0.25', '0.250000', '3'],
    ['Christopher-Robin', '1', '3.00', '3.000000', '5'],
  ])
})

test('an aggregate without keys has one row, also of nothing', async (t) => {
  const none = filter(people, call('gt', BOOLEAN, [bound(people, 'id'), literal(INT, 100)]))
  const calls = [
    aggregateCall('n', 'count', BIGINT, [bound(people, 'amount')]),
    aggregateCall('s', 'sum', decimal(22, 2), [bound(people, 'amount')]),
    aggregateCall('m', 'min', STRING, [bound(people, 'name')]),
  ]
  t.deepEqual(text((await run(aggregate('complete', people, [], calls))).rows), [['4', '12.00', 'Ann']])
  t.deepEqual(text((await run(aggregate('complete', none, [], calls))).rows), [['0', null, null]])
})

test('rows are joined and sorted', async (t) => {
  const visits = table(
    [field('who', STRING), field('day', INT, false)],
    [
      { who: 'Ann', day: 7 },
      { who: 'Ann', day: 8 },
      { who: null, day: 9 },
      { who: 'Christopher-Robin', day: 1 },
      { who: 'Christopher-Robot', day: 2 },
    ],
  )
  const inner = join('inner', people, visits, [['name', 'who']])
  const sorted = sort(inner, [order(bound(inner, 'day'), 'desc'), order(bound(inner, 'id'), 'asc')])
  const plan = project(sorted, [named('id', bound(sorted, 'id')), named('day', bound(sorted, 'day'))])
  t.deepEqual(text((await run(plan)).rows), [
    ['1', '8'],
    ['4', '8'],
    ['1', '7'],
    ['4', '7'],
    ['5', '1'],
  ])
  const left = join('left', people, visits, [['name', 'who']])
  const byName = sort(left, [order(bound(left, 'name'), 'asc', 'last'), order(bound(left, 'day'), 'asc')])
  t.deepEqual(
    text((await run(byName)).rows).map((row) => [row[0], row[1], row[4], row[5]]),
    [
      ['1', 'Ann', 'Ann', '7'],
      ['4', 'Ann', 'Ann', '7'],
      ['1', 'Ann', 'Ann', '8'],
      ['4', 'Ann', 'Ann', '8'],
      ['2', 'Bob', null, null],
      ['5', 'Christopher-Robin', 'Christopher-Robin', '1'],
      ['3', null, null, null],
    ],
  )
})
