import test from 'ava'
import { BIGINT, BOOLEAN, DOUBLE, decimal, field, INT, STRING } from '../../columnar/types.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { WindowCall } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { bound, run, table } from '../support/stages.js'
import { CURRENT, type Shape, UNBOUNDED, windowOver } from '../support/windows.js'

interface Row {
  readonly p: number
  readonly k: number
  readonly v: bigint | null
  readonly s: string
  readonly d?: number
  readonly m?: string
}

const LONG_TEXT = 'so long that it does not lie in its row but somewhere else in the memory, of which this takes much'

const FIELDS = [
  field('p', INT),
  field('k', INT),
  field('v', BIGINT),
  field('s', STRING),
  field('d', DOUBLE),
  field('m', decimal(20, 2)),
]

/** Partitions of groups of rows that are equal by `k`, both of random sizes. */
function randomRows(count: number, partition: number, peers: number): readonly Row[] {
  const random = new Random(17)
  const rows: Row[] = []
  let [p, k] = [0, 0]
  for (let i = 0; i < count; i++) {
    if (random.chance(1 / partition)) p++
    if (random.chance(1 / peers)) k++
    const v = random.chance(0.2) ? null : BigInt(random.integer(-100, 100))
    rows.push({ p, k, v, s: random.chance(0.1) ? LONG_TEXT : `${i % 10}`, d: random.next(), m: `${k}.25` })
  }
  return rows
}

const inputOf = (rows: readonly Row[], batch: number): PhysicalPlan => table(FIELDS, rows as object[], batch)

const rowsSoFar = { frame: { unit: 'rows', lower: UNBOUNDED, upper: CURRENT } } as const
const peersSoFar = { frame: { unit: 'range', lower: UNBOUNDED, upper: CURRENT } } as const
const whole: Pick<WindowCall, 'frame'> = { frame: { unit: 'rows', lower: UNBOUNDED, upper: UNBOUNDED } }

function runningShapes(input: PhysicalPlan): readonly Shape[] {
  const v = bound(input, 'v')
  const positive = call('gt', BOOLEAN, [v, literal(BIGINT, 0n)])
  return [
    { fn: 'row_number', type: INT },
    { fn: 'rank', type: INT },
    { fn: 'dense_rank', type: INT },
    { fn: 'sum', type: BIGINT, args: [v], ...rowsSoFar },
    { fn: 'sum', type: BIGINT, args: [v], ...peersSoFar },
    { fn: 'count', type: BIGINT, args: [v], filter: positive, ...peersSoFar },
  ]
}

/** What these are by definition. */
function runningResults(rows: readonly Row[]): readonly string[] {
  const begins = (i: number): boolean => i === 0 || rows[i]!.p !== rows[i - 1]!.p
  let [first, rank, dense] = [0, 0, 0]
  const values = (end: number): readonly bigint[] => rows.slice(first, end).flatMap(({ v }) => v ?? [])
  const total = (end: number): bigint | null =>
    values(end).length === 0 ? null : values(end).reduce((sum, v) => sum + v, 0n)
  return rows.map(({ p, k }, i) => {
    if (begins(i)) [first, dense] = [i, 0]
    if (begins(i) || rows[i - 1]!.k !== k) [rank, dense] = [i - first + 1, dense + 1]
    let end = i
    while (rows[end]?.p === p && rows[end]!.k === k) end++
    const results = [i - first + 1, rank, dense, total(i + 1), total(end), values(end).filter((v) => v > 0n).length]
    return results.map(String).join(' ')
  })
}

const resultsOf = (found: readonly (readonly unknown[])[]): readonly string[] =>
  found.map((row) => row.slice(FIELDS.length).map(String).join(' '))

for (const [partition, peers] of [
  [40, 1],
  [40, 5],
  [900, 30],
  [3, 2],
  [5000, 1000],
] as const) {
  test(`running functions over partitions of about ${partition} rows, ${peers} of them equal, go on wherever batches end`, async (t) => {
    const rows = randomRows(4000, partition, peers)
    const due = runningResults(rows)
    for (const batch of [1, 7, 256, 4000]) {
      const input = inputOf(rows, batch)
      const { rows: found } = await run(windowOver(input, ['p'], ['k'], runningShapes(input)))
      t.deepEqual(resultsOf(found), due, `batches of ${batch}`)
    }
  })
}

test('rows of a partition of any size are passed on in a small memory when functions only look back', async (t) => {
  const rows = Array.from({ length: 200_000 }, (_, i): Row => ({ p: 0, k: i >> 1, v: 1n, s: LONG_TEXT }))
  const input = inputOf(rows, 4000)
  const { rows: found, result } = await run(windowOver(input, ['p'], ['k'], runningShapes(input)), {
    memory: memoryOf(6 << 20),
    spills: true,
  })
  t.is(result.spilledBytes, 0)
  const last = found.at(-1)!.slice(FIELDS.length)
  t.deepEqual(last, [200_000, 199_999, 100_000, 200_000n, 200_000n, 200_000n])
})

test('equal rows beyond the memory go on to what comes behind them', async (t) => {
  const rows = Array.from({ length: 50_000 }, (_, i): Row => {
    const k = i < 10 ? i : i < 45_000 ? 10 : i
    return { p: i < 49_000 ? 0 : 1, k, v: BigInt(i % 3), s: `${i} ${LONG_TEXT}` }
  })
  const input = inputOf(rows, 3000)
  const plan = windowOver(input, ['p'], ['k'], runningShapes(input))
  const { rows: found, result } = await run(plan, { memory: memoryOf(8 << 20), spills: true })
  t.true(result.spilledBytes > 0)
  const { rows: due } = await run(plan)
  const other = found.findIndex((row, i) => row.map(String).join() !== due[i]!.map(String).join())
  t.is(other, -1)
  t.deepEqual(due[44_999]!.slice(FIELDS.length, FIELDS.length + 3), [45_000, 11, 11])
  t.deepEqual(due[49_000]!.slice(FIELDS.length, FIELDS.length + 3), [1, 1, 1])
})

const WHOLE: Readonly<Record<string, (input: PhysicalPlan) => readonly Shape[]>> = {
  'the whole partition': (input) => [
    { fn: 'sum', type: BIGINT, args: [bound(input, 'v')], ...whole },
    { fn: 'avg', type: DOUBLE, args: [bound(input, 'd')], ...whole },
    { fn: 'max', type: STRING, args: [bound(input, 's')], ...whole },
    { fn: 'last', type: STRING, args: [bound(input, 's')], ...whole },
    { fn: 'nth_value', type: BIGINT, args: [bound(input, 'v')], n: 7, ...whole },
  ],
  'the whole partition and numbers of rows': (input) => [
    { fn: 'max', type: STRING, args: [bound(input, 's')], ...whole },
    { fn: 'sum', type: decimal(38, 2), args: [bound(input, 'm')], ...rowsSoFar },
    { fn: 'percent_rank', type: DOUBLE },
  ],
}

for (const [name, shapesOf] of Object.entries(WHOLE))
  for (const sizes of [[40_000], [3, 25_000, 1, 14_000, 5, 2], [9, 9, 30_000]]) {
    test(`functions over ${name}, of partitions of ${sizes} rows beyond the memory, give what they give with enough`, async (t) => {
      const rows = sizes.flatMap((size, p) => randomRows(size, size * 9, 3).map((row) => ({ ...row, p })))
      const input = inputOf(rows, 3000)
      const plan = windowOver(input, ['p'], ['k'], shapesOf(input))
      const { rows: due } = await run(plan)
      const { rows: found, result } = await run(plan, { memory: memoryOf(4 << 20), spills: true })
      t.true(result.spilledBytes > 0)
      t.is(found.length, rows.length)
      const other = found.findIndex((row, i) => row.map(String).join() !== due[i]!.map(String).join())
      t.is(other, -1, `${other}: ${found[other]}, not ${due[other]}`)
    })
  }

test('texts and lists that are kept of rows before do not go with these', (t) =>
  withSession('local[1]', async (session) => {
    const rows = await session
      .sql(
        `select count(*) n, count_if(m = s) texts, count_if(size(l) = least(i % 1000 + 1, 9)) lists
        from (select id i, s, max_by(s, id) over w m, collect_set(id % 9) over w l
          from (select id, concat(repeat('x', 50 + id % 50), id) s from range(30000))
          window w as (partition by id div 1000 order by id rows between unbounded preceding and current row))`,
      )
      .collect()
    t.deepEqual(rows, [{ n: 30_000n, texts: 30_000n, lists: 30_000n }])
  }))
