import test from 'ava'
import { BIGINT, BOOLEAN, DOUBLE, decimal, field, INT, STRING } from '../../columnar/types.js'
import { Reduction } from '../../executor/pipelines/operators/reduction.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { AggregateCall, Expression } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import {
  aggregate,
  aggregateCall,
  bound,
  named,
  numbersBelow,
  project,
  type Run,
  run,
  schemaOf,
  table,
  tableOfBlocks,
} from '../support/stages.js'

/** Groups that a partial aggregation makes before it asks whether they are worth it, and rows that it passes on if not. */
const FIRST_GROUPS = 1 << 15
const UNGROUPED_ROWS = 1 << 20
/** Rows of one call of generated code. */
const CALL_ROWS = 8192

const FIELDS = [
  field('i', INT),
  field('s', STRING),
  field('d', DOUBLE),
  field('v', BIGINT),
  field('w', decimal(30, 4)),
  field('t', STRING),
]
const LONG_TEXT = 'so long that it does not lie in its row but somewhere else'

/** Rows of which hardly two share their keys, then rows of few groups, some of those before among them. */
function mixedRows(random: Random, unlike: number, alike: number): PhysicalPlan {
  const rows = Array.from({ length: unlike + alike }, (_, at) => {
    const n = at < unlike ? at : random.integer(0, 40)
    return {
      i: n % 7 === 0 ? null : n,
      s: n % 5 === 0 ? null : n % 2 === 0 ? `${n}` : `${n} ${LONG_TEXT}`,
      d: at < unlike ? at : random.pick([null, Number.NaN, 0, -0, 1.5, n]),
      v: random.chance(0.1) ? null : BigInt(random.integer(-1000, 1000)),
      w: random.chance(0.1) ? null : `${n}.25`,
      t: random.chance(0.1) ? null : `${random.integer(0, 1000)}${random.chance(0.5) ? LONG_TEXT : ''}`,
    }
  })
  return table(FIELDS, rows, 5000)
}

function calls(input: PhysicalPlan): AggregateCall[] {
  const c = (name: string) => bound(input, name)
  const positive = call('gt', BOOLEAN, [c('v'), literal(BIGINT, 0n)])
  return [
    aggregateCall('n', 'count', BIGINT, []),
    aggregateCall('nv', 'count', BIGINT, [c('v')], positive),
    aggregateCall('sum', 'sum', BIGINT, [c('v')]),
    aggregateCall('wide', 'sum', decimal(38, 4), [c('w')]),
    aggregateCall('avg', 'avg', DOUBLE, [c('v')]),
    aggregateCall('least', 'min', STRING, [c('t')]),
    aggregateCall('most', 'max', STRING, [c('t')], positive),
    aggregateCall('first', 'first', STRING, [c('t')]),
    aggregateCall('last', 'last', BIGINT, [c('v')]),
  ]
}

const textsOf = (plan: PhysicalPlan, { rows }: Run): readonly string[] =>
  rowTexts(
    plan.attributes.map(({ type }) => type),
    rows,
  ).toSorted()

/** Rows that only one of the two has: of many, no difference of all is to be printed. */
function differing(merged: readonly string[], expected: readonly string[]): readonly string[] {
  const [ours, theirs] = [new Set(merged), new Set(expected)]
  const few = [...merged.filter((row) => !theirs.has(row)), ...expected.filter((row) => !ours.has(row))].slice(0, 5)
  return merged.length === expected.length ? few : [...few, `${merged.length} rows instead of ${expected.length}`]
}

/** Groups that were made in part and then merged, as those of one aggregation; and how many rows the first part gave. */
async function both(input: PhysicalPlan, keyNames: readonly string[], aggregates: readonly AggregateCall[]) {
  const keys = keyNames.map((name) => named(name, bound(input, name)))
  const whole = aggregate('complete', input, keys, aggregates)
  const partial = aggregate('partial', input, keys, aggregates)
  const first = await run(partial)
  const read = tableOfBlocks(
    schemaOf(partial).fields,
    first.emitted.map(({ block }) => block),
  )
  const final = aggregate('final', read, keys, aggregates)
  return { expected: textsOf(whole, await run(whole)), merged: textsOf(final, await run(final)), first: first.result }
}

for (const keys of [['i'], ['s'], ['d'], ['i', 's', 'd']]) {
  test(`rows that share no groups go on as they are, with the state of each of one row (keys ${keys.join()})`, async (t) => {
    const [unlike, alike] = [FIRST_GROUPS * 2, 20_000]
    const input = mixedRows(new Random(keys.length), unlike, alike)
    const { expected, merged, first } = await both(input, keys, calls(input))
    t.deepEqual(differing(merged, expected), [])
    // All went on: those before were groups of their own, those after were not grouped, though they might have been.
    if (keys.length === 3) t.is(first.rowsWritten, unlike + alike)
  })
}

test('distinct rows have no aggregates and go on as they are, too', async (t) => {
  const input = mixedRows(new Random(9), FIRST_GROUPS * 2, 5000)
  const { expected, merged, first } = await both(input, ['i', 'd'], [])
  t.deepEqual(differing(merged, expected), [])
  t.is(first.rowsWritten, FIRST_GROUPS * 2 + 5000)
})

test('more aggregates than one function has are those of each row alone', async (t) => {
  const input = mixedRows(new Random(4), FIRST_GROUPS + CALL_ROWS, 3000)
  const many = Array.from({ length: 60 }, (_, i) =>
    aggregateCall(`s${i}`, 'sum', BIGINT, [call('add', BIGINT, [bound(input, 'v'), literal(BIGINT, BigInt(i))])]),
  )
  const { expected, merged, first } = await both(input, ['d'], [...many, ...calls(input)])
  t.deepEqual(differing(merged, expected), [])
  t.is(first.rowsWritten, FIRST_GROUPS + CALL_ROWS + 3000)
})

/** Numbers from 0, and groups of them. */
function numbered(rows: number, key: (id: ReturnType<typeof bound>) => ReturnType<typeof bound>): PhysicalPlan {
  const range = numbersBelow(rows)
  const id = bound(range, 'id')
  return project(range, [named('id', id), named('k', key(id))])
}

const number = (value: number) => literal(BIGINT, BigInt(value))
const sums = (input: PhysicalPlan) => [
  aggregateCall('n', 'count', BIGINT, []),
  aggregateCall('sum', 'sum', BIGINT, [bound(input, 'id')]),
]

test('rows that begin to share groups are grouped again', async (t) => {
  const unlike = FIRST_GROUPS * 2
  const rows = UNGROUPED_ROWS + 500_000
  const input = numbered(rows, (id) => ({
    kind: 'case',
    type: BIGINT,
    nullable: false,
    branches: [{ when: call('lt', BOOLEAN, [id, number(unlike)]), value: id }],
    otherwise: number(unlike),
  }))
  const { expected, merged, first } = await both(input, ['k'], sums(input))
  t.deepEqual(differing(merged, expected), [])
  t.true(first.rowsWritten >= FIRST_GROUPS + UNGROUPED_ROWS)
  t.true(first.rowsWritten <= FIRST_GROUPS + UNGROUPED_ROWS + 2 * CALL_ROWS + 1)
})

test('rows that are still not grouped after another try keep their texts apart, when one of them needs more room than before, too', async (t) => {
  const [before, rows] = [FIRST_GROUPS * 3 + UNGROUPED_ROWS, FIRST_GROUPS * 3 + UNGROUPED_ROWS * 2]
  const input = numbered(rows, (id) => id)
  const textOf = (id: Expression, end: Expression): Expression =>
    call('concat', STRING, [{ kind: 'cast', child: id, type: STRING, mode: 'ansi', nullable: false }, end])
  const alike = literal(STRING, LONG_TEXT)
  const growing = (id: Expression): Expression => ({
    kind: 'case',
    type: STRING,
    nullable: false,
    branches: [{ when: call('lt', BOOLEAN, [id, number(before)]), value: literal(STRING, '') }],
    otherwise: literal(STRING, LONG_TEXT.repeat(3)),
  })
  const id = bound(input, 'id')
  const partial = aggregate(
    'partial',
    input,
    [named('k', bound(input, 'k'))],
    [
      aggregateCall('least', 'min', STRING, [textOf(id, alike)]),
      aggregateCall('most', 'max', STRING, [textOf(id, growing(id))]),
    ],
  )
  const [key, least, most] = partial.attributes.map(({ name }) => bound(partial, name))
  const isRight = call('and', BOOLEAN, [
    call('eq', BOOLEAN, [least!, textOf(key!, alike)]),
    call('eq', BOOLEAN, [most!, textOf(key!, growing(key!))]),
  ])
  const counted = aggregate('complete', partial, [], [aggregateCall('n', 'count', BIGINT, [], isRight)])
  t.deepEqual((await run(counted)).rows, [[BigInt(rows)]])
})

for (const [keys, kept] of [
  [['i', 's', 'd'], ['i']],
  [
    ['i', 's'],
    ['s', 'i'],
  ],
  [['d'], ['d']],
] as const)
  test(`states of groups are merged to those of ${kept.join()} in the task of the rows, also those of rows that went on ungrouped`, async (t) => {
    const input = mixedRows(new Random(keys.length), FIRST_GROUPS * 2, 20_000)
    const aggregates = calls(input).filter(({ fn }) => fn !== 'first' && fn !== 'last')
    const of = (plan: PhysicalPlan, names: readonly string[]) => names.map((name) => named(name, bound(plan, name)))
    const whole = aggregate('complete', input, of(input, kept), aggregates)
    const partial = aggregate('partial', input, of(input, keys), aggregates)
    const states = partial.attributes.slice(keys.length).map(({ name }) => name)
    const coarser = project(partial, of(partial, [...kept, ...states]))
    const merge = aggregate('merge', coarser, of(coarser, kept), aggregates)
    const first = await run(merge)
    const read = tableOfBlocks(
      schemaOf(merge).fields,
      first.emitted.map(({ block }) => block),
    )
    const final = aggregate('final', read, of(read, kept), aggregates)
    t.deepEqual(differing(textsOf(final, await run(final)), textsOf(whole, await run(whole))), [])
  })

test('states that are to go on as they are do so, the others are merged', async (t) => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    k: i % 10,
    s: i % 3 === 0 ? null : `${i % 10}`,
    v: BigInt(i),
  }))
  const input = table([field('k', INT), field('s', STRING), field('v', BIGINT)], rows, 700)
  const aggregates = [
    aggregateCall('sum', 'sum', BIGINT, [bound(input, 'v')]),
    aggregateCall('least', 'min', STRING, [bound(input, 's')]),
  ]
  const states = project(input, [
    named('k', bound(input, 'k')),
    named('sum.sum', bound(input, 'v')),
    named('least.value', bound(input, 's')),
  ])
  const merge = aggregate('merge', states, [named('k', bound(states, 'k'))], aggregates)
  const passing = { ...merge, passes: call('lt', BOOLEAN, [bound(states, 'k'), literal(INT, 2)]) } as PhysicalPlan
  const { rows: given } = await run(passing)
  const ofKey = (key: number) => given.filter(([k]) => k === key)
  t.deepEqual(
    [0, 1, 2, 9].map((key) => ofKey(key).length),
    [300, 300, 1, 1],
  )
  const sumOf = (key: number) => ofKey(key).reduce((sum, [, v]) => sum + (v as bigint), 0n)
  for (const key of [0, 1, 2, 9]) t.is(sumOf(key), BigInt(300 * key + 10 * 44850))
  t.is(ofKey(9)[0]![2], '9')
  t.deepEqual([...new Set(ofKey(1).map(([, , s]) => s ?? 'none'))].toSorted(), ['1', 'none'])
})

test('groups whose rows come together go on from a small table, each once', async (t) => {
  const groups = 300_000
  const input = numbered(groups * 4, (id) => call('int_divide', BIGINT, [id, number(4)]))
  const { expected, merged, first } = await both(input, ['k'], sums(input))
  t.deepEqual(differing(merged, expected), [])
  // A group may be cut where the table was full.
  t.true(first.rowsWritten >= groups && first.rowsWritten <= groups + 10)
})

test('keys that are found ahead are compared: of so many, some share all bits of their hashes', async (t) => {
  const groups = 400_000
  const input = numbered(groups * 2, (id) => call('remainder', BIGINT, [id, number(groups)]))
  const keys = [named('k', bound(input, 'k'))]
  const { rows } = await run(aggregate('complete', input, keys, sums(input)))
  t.is(rows.length, groups)
  const wrong = rows.filter(([k, n, sum]) => n !== 2n || sum !== (k as bigint) * 2n + BigInt(groups))
  t.deepEqual(wrong, [])
})

test('no key is found ahead where its group may go to disk before the rest of the batch is added', async (t) => {
  const [groups, rows] = [9000, 90_000]
  const input = numbered(rows, (id) => call('remainder', BIGINT, [id, number(groups)]))
  // Texts so long that a batch is added in several calls of generated code.
  const text = call('concat', STRING, [
    { kind: 'cast', child: bound(input, 'id'), type: STRING, mode: 'ansi', nullable: false },
    literal(STRING, ' '.repeat(1500)),
  ])
  const aggregates = [...sums(input), aggregateCall('least', 'min', STRING, [text])]
  const plan = aggregate('complete', input, [named('k', bound(input, 'k'))], aggregates)
  const { rows: found, result } = await run(plan, { memory: memoryOf(16 << 20), spills: true })
  t.true(result.spilledBytes > 0)
  t.is(found.length, groups)
  const wrong = found.filter(([k, n, sum]) => n !== 10n || sum !== (k as bigint) * 10n + BigInt(groups * 45))
  t.is(wrong.length, 0)
})

test('a key is found ahead where it was added before in the same batch', async (t) => {
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ i: i % 3 === 0 ? null : (i >> 3) % 900, v: 1n }))
  const input = table([field('i', INT), field('v', BIGINT)], rows, 4000)
  const { expected, merged } = await both(input, ['i'], [aggregateCall('n', 'count', BIGINT, [])])
  t.deepEqual(differing(merged, expected), [])
  t.is(expected.length, 901)
})

/** What is done when a table of its limit has rows of so many rows each. */
const full = (reduction: Reduction, rowsEach: number) => reduction.whenFull(reduction.limit, reduction.limit * rowsEach)

test('a table grows as long as it finds more rows of its groups', (t) => {
  const reduction = new Reduction()
  t.is(reduction.limit, FIRST_GROUPS)
  t.is(full(reduction, 1.2), 'grow')
  t.is(reduction.limit, FIRST_GROUPS * 2)
  t.is(full(reduction, 1.5), 'grow')
  t.is(full(reduction, 1.51), 'passOn')
  t.is(reduction.limit, FIRST_GROUPS * 4)
})

test('a table does not grow beyond what a cache holds, however many rows it finds', (t) => {
  const reduction = new Reduction()
  let rowsEach = 2
  while (full(reduction, rowsEach) === 'grow') rowsEach *= 2
  t.is(reduction.limit, FIRST_GROUPS * 16)
  t.is(full(reduction, rowsEach * 2), 'passOn')
})

test('rows drawn from more groups than a cache holds are not grouped, and after them a small table is tried again', (t) => {
  // A call may make a table somewhat larger than its limit: rows of their own must not count as rows that found their group.
  const whenDrawn = (from: number, reduction: Reduction) => {
    const groups = reduction.limit * 1.2
    return reduction.whenFull(groups, -from * Math.log1p(-groups / from))
  }
  t.is(whenDrawn(400_000, new Reduction()), 'grow')
  t.is(whenDrawn(1_000_000, new Reduction()), 'passThrough')
  const later = new Reduction()
  t.is(full(later, 2), 'grow')
  t.is(full(later, 1), 'passThrough')
  t.is(later.limit, FIRST_GROUPS)
  t.is(full(later, 2), 'grow')
})
