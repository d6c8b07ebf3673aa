import { readdirSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { BIGINT, BOOLEAN, type DataType, DOUBLE, decimal, field, INT, STRING } from '../../columnar/types.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { Attribute, Expression, FrameBound } from '../../planner/plan/expression/expression.js'
import { JOIN_NAMES, type JoinKind } from '../../planner/plan/join-kind.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
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
import { at, CURRENT, type Shape, UNBOUNDED, windowOver } from '../support/windows.js'

/** So little that rows of the tables below go to disk several times, and enough for the batches beside them. */
const SHORT = 12 << 20
const LONG_TEXT = 'so long that it does not lie in its row but somewhere else in the memory, of which this takes much'

const FIELDS = [
  field('i', INT),
  field('b', BIGINT, false),
  field('s', STRING),
  field('d', DOUBLE),
  field('w', decimal(38, 4)),
]

function randomRows(random: Random, count: number, distinct: number) {
  return Array.from({ length: count }, () => {
    const n = random.integer(0, distinct)
    return {
      i: random.chance(0.1) ? null : n,
      b: BigInt(random.integer(0, distinct)),
      s: random.chance(0.1) ? null : random.chance(0.5) ? `${n}` : `${n} ${LONG_TEXT}`,
      d: random.chance(0.1) ? null : random.next(),
      w: random.chance(0.1) ? null : `${n}.25`,
    }
  })
}

const manyRows = (seed: number, count: number, distinct: number): PhysicalPlan =>
  table(FIELDS, randomRows(new Random(seed), count, distinct) as object[], 4000)

/** Compares many texts. ava compares lists value by value, to show where they differ: only lists that do. */
function sameTexts(t: ExecutionContext, texts: readonly string[], due: readonly string[]): void {
  if (texts.length === due.length && texts.every((text, i) => text === due[i])) t.pass()
  else t.deepEqual(texts, due)
}

/** What several tests read is made for the first of them. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function boundAt(columns: readonly Attribute[], ordinal: number): Expression {
  const { name, type, nullable } = columns[ordinal]!
  return { kind: 'bound', ordinal, name, type, nullable }
}

const textsOf = (plan: PhysicalPlan, rows: readonly (readonly unknown[])[]): readonly string[] =>
  rowTexts(
    plan.attributes.map(({ type }): DataType => type),
    rows as never,
  )

/** The plan's rows with enough memory and with too little, and that the latter put something on disk. */
async function both(plan: PhysicalPlan, least: number, memoryBudget = SHORT) {
  const whole = await run(plan)
  const short = await run(plan, { memory: memoryOf(memoryBudget), spills: true })
  if (whole.result.spilledBytes > 0) throw new Error('the memory should have been enough')
  if (short.result.spilledBytes < least) throw new Error(`only ${short.result.spilledBytes} bytes were put on disk`)
  return { whole: textsOf(plan, whole.rows), short: textsOf(plan, short.rows) }
}

for (const seed of [1, 2]) {
  test(`a sort beyond its memory gives the rows of one that has enough, ties in their order (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    const plan = manyRows(seed, 100_000, 1000)
    const names = FIELDS.map(({ name }) => name).filter(() => random.chance(0.5))
    const by = names.map((name) =>
      order(bound(plan, name), random.pick(['asc', 'desc']), random.pick(['first', 'last'])),
    )
    const { whole, short } = await both(sort(plan, by), 8 << 20)
    sameTexts(t, short, whole)
  })

  test(`groups beyond their memory are those of one that has enough (seed ${seed})`, async (t) => {
    const plan = manyRows(seed, 100_000, 60_000)
    const keys = seed % 2 === 0 ? ['s'] : ['i', 's']
    const groups = aggregate(
      'complete',
      plan,
      keys.map((key) => named(key, bound(plan, key))),
      [
        aggregateCall('n', 'count', BIGINT, []),
        aggregateCall('sum', 'sum', BIGINT, [bound(plan, 'b')]),
        aggregateCall('total', 'sum', decimal(38, 4), [bound(plan, 'w')]),
        aggregateCall('mean', 'avg', decimal(38, 8), [bound(plan, 'w')]),
        aggregateCall('least', 'min', STRING, [bound(plan, 's')]),
        aggregateCall('first', 'first', STRING, [bound(plan, 's')]),
        aggregateCall('greatest', 'max', DOUBLE, [bound(plan, 'd')]),
      ],
    )
    const { whole, short } = await both(groups, 8 << 20)
    sameTexts(t, [...short].sort(), [...whole].sort())
  })

  const sides = once(() => [manyRows(seed, 40_000, 30_000), manyRows(seed + 100, 60_000, 30_000)] as const)
  for (const kind of Object.keys(JOIN_NAMES) as JoinKind[]) {
    test(`a ${kind} join beyond its memory has the rows of one that has enough (seed ${seed})`, async (t) => {
      const [left, right] = sides()
      const name = seed % 2 === 0 ? 's' : 'i'
      const plan = join(kind, left, right, [[name, name]])
      const { whole, short } = await both(plan, 4 << 20)
      sameTexts(t, [...short].sort(), [...whole].sort())
    })
  }
}

for (const keys of ['z', 'none'] as const) {
  const sides = once(() => {
    const random = new Random(5)
    const fields = [field('z', INT), field('n', INT, false), field('s', STRING)]
    // Few of one side meet few of the other: in which block they are differs from row to row.
    const rows = (count: number, distinct: number) =>
      Array.from({ length: count }, () => ({
        z: keys === 'z' && random.chance(0.05) ? null : 1,
        n: random.integer(0, distinct),
        s: LONG_TEXT,
      }))
    return [table(fields, rows(700, 200_000)), table(fields, rows(60_000, 200_000), 4000)] as const
  })
  for (const kind of Object.keys(JOIN_NAMES) as JoinKind[]) {
    test(`a ${kind} join of rows with one key beyond its memory has the rows of one that has enough (key: ${keys})`, async (t) => {
      const [left, right] = sides()
      const condition = (columns: readonly Attribute[]) =>
        call('eq', BOOLEAN, [boundAt(columns, 1), boundAt(columns, 4)])
      const plan = join(kind, left, right, keys === 'z' ? [['z', 'z']] : [], condition)
      const { whole, short } = await both(plan, 6 << 20)
      t.true(whole.length > 0)
      sameTexts(t, [...short].sort(), [...whole].sort())
    })
  }
}

test('NOT IN of rows with one key that meets right rows of one key, beyond the memory', async (t) => {
  const fields = [field('z', INT), field('n', INT, false), field('s', STRING)]
  const rows = (count: number, z: (i: number) => number | null) =>
    Array.from({ length: count }, (_, i) => ({ z: z(i), n: i, s: LONG_TEXT }))
  const left = table(
    fields,
    rows(200, (i) => (i % 10 === 0 ? null : i % 3)),
  )
  const counts: number[] = []
  for (const withNull of [false, true]) {
    const right = table(
      fields,
      rows(60_000, (i) => (withNull && i === 59_999 ? null : 1)),
      4000,
    )
    const condition = (columns: readonly Attribute[]) => call('eq', BOOLEAN, [boundAt(columns, 1), boundAt(columns, 4)])
    for (const plan of [
      join('left_anti', left, right, [['z', 'z']], undefined, 'aware'),
      join('left_anti', left, right, [['z', 'z']], condition),
    ]) {
      const { whole, short } = await both(plan, 6 << 20)
      sameTexts(t, [...short].sort(), [...whole].sort())
      counts.push(whole.length)
    }
  }
  t.deepEqual(counts, [120, 140, 0, 140])
})

const rowsFrame = (lower: FrameBound, upper: FrameBound) => ({ frame: { unit: 'rows', lower, upper } }) as const
const peersFrame = (lower: FrameBound, upper: FrameBound) => ({ frame: { unit: 'range', lower, upper } }) as const

/** Functions of every kind over frames of every kind. */
function shapesOver(input: PhysicalPlan): readonly Shape[] {
  const [i, b, s, d, w] = FIELDS.map(({ name }) => bound(input, name)) as [Expression, Expression, ...Expression[]]
  const whole = rowsFrame(UNBOUNDED, UNBOUNDED)
  const near = rowsFrame(at(-3), at(5))
  const far = rowsFrame(at(-20_000), at(-9000))
  return [
    { fn: 'row_number', type: INT },
    { fn: 'rank', type: INT },
    { fn: 'dense_rank', type: INT },
    { fn: 'percent_rank', type: DOUBLE },
    { fn: 'cume_dist', type: DOUBLE },
    { fn: 'ntile', type: INT, n: 7 },
    { fn: 'at_offset', type: STRING, args: [s!], ...rowsFrame(at(-15_000), at(-15_000)) },
    { fn: 'at_offset', type: STRING, args: [s!], ignoresNulls: true, ...rowsFrame(at(2), at(2)) },
    ...[
      whole,
      near,
      far,
      rowsFrame(UNBOUNDED, CURRENT),
      peersFrame(UNBOUNDED, CURRENT),
      peersFrame(CURRENT, UNBOUNDED),
    ].flatMap((frame): readonly Shape[] => [
      { fn: 'count', type: BIGINT, args: [s!], ...frame },
      { fn: 'sum', type: BIGINT, args: [b], ...frame },
      { fn: 'avg', type: DOUBLE, args: [d!], ...frame },
      { fn: 'sum', type: decimal(38, 4), args: [w!], ...frame },
      { fn: 'min', type: STRING, args: [s!], ...frame },
      { fn: 'max', type: INT, args: [i], ...frame },
      { fn: 'first', type: STRING, args: [s!], ignoresNulls: true, ...frame },
      { fn: 'last', type: STRING, args: [s!], ...frame },
      { fn: 'nth_value', type: STRING, args: [s!], n: 3, ...frame },
    ]),
  ]
}

for (const sizes of [[40_000], [3, 25_000, 1, 14_000, 5, 2], [9, 9, 30_000]]) {
  test(`windows over partitions of ${sizes} rows, beyond their memory, give what they give with enough`, async (t) => {
    const random = new Random(11)
    const rows = sizes.flatMap((size, p) =>
      randomRows(random, size, 2000)
        .map((row) => ({ p, ...row }))
        .sort((a, b) => (a.i ?? -1) - (b.i ?? -1)),
    )
    const input = table([field('p', INT), ...FIELDS], rows as object[], 3000)
    const plan = windowOver(input, ['p'], ['i'], shapesOver(input))
    const { whole, short } = await both(plan, 8 << 20, 10 << 20)
    t.is(whole.length, rows.length)
    sameTexts(t, short, whole)
  })
}

test('a window over a window, and a sort over it, share a memory that none of them has enough of', async (t) => {
  const input = manyRows(4, 60_000, 100)
  const rowNumber: Shape = { fn: 'row_number', type: INT, name: 'n' }
  const inner = windowOver(input, [], [], [rowNumber])
  const last: Shape = { fn: 'last', type: INT, args: [bound(inner, 'n')], ...rowsFrame(UNBOUNDED, UNBOUNDED) }
  const outer = windowOver(inner, [], [], [last])
  const plan = sort(outer, [order(bound(outer, 'n'), 'desc')])
  const { whole, short } = await both(plan, 16 << 20)
  sameTexts(t, short, whole)
})

test('texts that filters and projections make take no more memory at once than there is', async (t) => {
  const rows = Array.from({ length: 30_000 }, (_, i) => ({ s: `${i} ${LONG_TEXT}` }))
  const input = table([field('s', STRING)], rows, 4000)
  const longText = (of: PhysicalPlan) => call('concat', STRING, Array<Expression>(50).fill(bound(of, 's')))
  const length = (of: PhysicalPlan) => call('length', INT, [longText(of)])
  const kept = filter(input, call('gt', BOOLEAN, [length(input), literal(INT, 4999)]))
  const projected = project(kept, [named('n', length(kept))])
  const total = aggregateCall('sum', 'sum', BIGINT, [bound(projected, 'n')])
  const summed = aggregate('complete', projected, [], [total])
  const sum = rows.reduce((all, { s }) => all + 50 * s.length, 0)
  t.deepEqual((await run(summed, { memory: memoryOf(5 << 20), spills: true })).rows, [[BigInt(sum)]])
})

test('a row that alone is larger than the memory for pages names who needs it', async (t) => {
  const input = table([field('s', STRING)], [{ s: 'x'.repeat(3 << 20) }, { s: 'y' }, { s: 'z'.repeat(3 << 20) }], 1)
  const plan = windowOver(input, [], [], [{ fn: 'row_number', type: INT }])
  await t.throwsAsync(run(plan, { memory: memoryOf(5 << 20), spills: true }), {
    message: /UNABLE_TO_ACQUIRE_MEMORY.*window \d+ and \d+ reserved/,
  })
})

test.serial('what a task put on disk is closed when it ends, well or not', async (t) => {
  const plan = manyRows(1, 60_000, 1000)
  const sorted = sort(plan, [order(bound(plan, 's'), 'asc')])
  const open = (): number => readdirSync('/dev/fd').length
  const before = open()
  t.true((await run(sorted, { memory: memoryOf(SHORT) })).result.spilledBytes > 0)
  t.is(open(), before)
  const emit = (): never => {
    throw new Error('enough')
  }
  await t.throwsAsync(run(sorted, { memory: memoryOf(SHORT), emit }), { message: /enough/ })
  t.is(open(), before)
})

test('NOT IN drops left rows that are NULL when any right row is there, in whatever part', async (t) => {
  for (const key of [7, 8, 9]) {
    const left = manyRows(3, 60_000, 30_000)
    const right = table(
      FIELDS,
      Array.from({ length: 2000 }, () => ({ i: key, b: 1n, s: LONG_TEXT, d: null, w: null })),
    )
    const { whole, short } = await both(join('left_anti', left, right, [['i', 'i']], undefined, 'aware'), 512 << 10)
    sameTexts(t, [...short].sort(), [...whole].sort())
  }
})
