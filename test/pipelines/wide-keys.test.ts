import test from 'ava'
import { BIGINT, field, INT, STRING, struct } from '../../columnar/types.js'
import type { NamedExpression } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { aggregate, aggregateCall, bound, join, named, run, table } from '../support/stages.js'

const WIDTH = 70
const NAMES = Array.from({ length: WIDTH }, (_, i) => `k${i}`)
const FIELDS = NAMES.map((name, i) => field(name, i % 3 === 2 ? STRING : INT))

/** Row `at` is empty but for the column of that number, which is NULL: only the null mask tells it from the others. */
const rowOf = (at: number): object =>
  Object.fromEntries(NAMES.map((name, i) => [name, i === at ? null : i % 3 === 2 ? '' : 0]))
const rows = [...NAMES.keys(), WIDTH].map(rowOf)

const keysOf = (plan: PhysicalPlan): readonly NamedExpression[] => NAMES.map((name) => named(name, bound(plan, name)))

test('groups are told apart by a NULL in any of seventy keys', async (t) => {
  const plan = table(FIELDS, [...rows, ...rows.toReversed()], 40)
  const counted = aggregate(
    'final',
    aggregate('partial', plan, keysOf(plan), [aggregateCall('n', 'count', BIGINT, [])]),
    keysOf(plan),
    [aggregateCall('n', 'count', BIGINT, [])],
  )
  const found = (await run(counted)).rows
  const expected = rows.map((row) => [...Object.values(row), 2n])
  t.deepEqual(found, expected)
})

test('a struct of more than thirty-two fields is a key', async (t) => {
  const plan = table(
    [field('s', struct(FIELDS))],
    [...rows, ...rows].map((s) => ({ s })),
    40,
  )
  const key = [named('s', bound(plan, 's'))]
  const found = (await run(aggregate('partial', plan, key, [aggregateCall('n', 'count', BIGINT, [])]))).rows
  t.is(found.length, rows.length)
  t.true(found.every(([, n]) => n === 2n))
})

test('rows join by seventy keys, and a NULL in any of them joins nothing', async (t) => {
  const left = table(FIELDS, rows)
  const right = table(
    FIELDS.map(({ name, type }) => field(`r${name}`, type)),
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [`r${name}`, value]))),
  )
  const found = (
    await run(
      join(
        'inner',
        left,
        right,
        NAMES.map((name) => [name, `r${name}`]),
      ),
    )
  ).rows
  t.is(found.length, 1)
  const outer = (
    await run(
      join(
        'left',
        left,
        right,
        NAMES.map((name) => [name, `r${name}`]),
      ),
    )
  ).rows
  t.is(outer.length, rows.length)
})

test('rows go to the same partition by seventy keys wherever they come from', async (t) => {
  const plan = table(FIELDS, [...rows, ...rows], 40)
  const keys = NAMES.map((name) => bound(plan, name))
  const { emitted } = await run(plan, {
    sink: { kind: 'shuffle', partitioning: { kind: 'hash', keys, partitions: 4 } },
  })
  const total = emitted.reduce((sum, { block }) => sum + block.rows, 0)
  t.is(total, 2 * rows.length)
  t.true(emitted.every(({ block }) => block.rows % 2 === 0))
})
