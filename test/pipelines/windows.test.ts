import test from 'ava'
import { Decimal } from '../../columnar/decimal.js'
import { BIGINT, DOUBLE, decimal, field, INT, STRING } from '../../columnar/types.js'
import { compileExpression } from '../../executor/compiler/expression/compile.js'
import { CompilerContext } from '../../executor/compiler/expression/context.js'
import { PagedRows } from '../../executor/pipelines/codegen/window/row-finder.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { Expression, FrameBound, WindowCall } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { bound, named, numbersBelow, project, type Run, run, table } from '../support/stages.js'
import { at, CURRENT, type Shape, UNBOUNDED, windowOver } from '../support/windows.js'

/** Numbers from 0 with the group of so many that each is in. */
function grouped(rows: number, size: number): PhysicalPlan {
  const range = numbersBelow(rows)
  const id = bound(range, 'id')
  const group: Expression = call('int_divide', BIGINT, [id, literal(BIGINT, BigInt(size))])
  return project(range, [named('g', group), named('id', id)])
}

const rowNumber: Shape = { fn: 'row_number', type: INT, nullable: false }
const sums = (input: PhysicalPlan): Shape => ({ fn: 'sum', type: BIGINT, args: [bound(input, 'id')] })

for (const size of [1, 7, 8191, 8192, 8193, 30_000]) {
  test(`partitions of ${size} rows are told apart wherever batches end`, async (t) => {
    const rows = 40_000
    const input = grouped(rows, size)
    const last: Shape = {
      fn: 'at_offset',
      type: BIGINT,
      args: [bound(input, 'id'), literal(BIGINT, -1n)],
      frame: { unit: 'rows', lower: at(1), upper: at(1) },
    }
    const { rows: found } = await run(windowOver(input, ['g'], ['id'], [rowNumber, sums(input), last]))
    t.is(found.length, rows)
    let sum = 0n
    for (const [i, row] of found.entries()) {
      const place = i % size
      sum = place === 0 ? BigInt(i) : sum + BigInt(i)
      const next = place === size - 1 || i === rows - 1 ? -1n : BigInt(i + 1)
      if (row[2] !== place + 1 || row[3] !== sum || row[4] !== next) return t.fail(`${i}: ${row.map(String)}`)
    }
  })
}

test('only the rows of the current partition are held', async (t) => {
  const input = grouped(1_000_000, 5000)
  const fraction: Shape = { fn: 'percent_rank', type: DOUBLE }
  const plan = windowOver(input, ['g'], ['id'], [rowNumber, fraction])
  const { rows } = await run(plan, { memory: memoryOf(6 << 20) })
  t.is(rows.length, 1_000_000)
  const whole = windowOver(input, [], ['id'], [rowNumber, fraction])
  await t.throwsAsync(run(whole, { memory: memoryOf(6 << 20) }), { message: /UNABLE_TO_ACQUIRE_MEMORY/ })
})

test('texts of a partition outlive the batches that they came in, and are freed with it', async (t) => {
  const text = (i: number): string => `${'é'.repeat((i * 37) % 500)}🚀${i}`
  const rows = Array.from({ length: 8000 }, (_, i) => ({ g: Math.floor(i / 1100), s: i % 5 === 0 ? null : text(i) }))
  const input = table([field('g', INT), field('s', STRING)], rows, 256)
  const frame = { unit: 'rows', lower: at(-900), upper: CURRENT } as const
  const first: Shape = { fn: 'first', type: STRING, args: [bound(input, 's')], ignoresNulls: true, frame }
  const { rows: found } = await run(windowOver(input, ['g'], [], [first]))
  const other = found.findIndex((row, i) => {
    const { g, s } = rows[i]!
    const from = Math.max(g * 1100, i - 900)
    const expected = rows.slice(from, i + 1).find((candidate) => candidate.s !== null)?.s ?? null
    return row[0] !== g || row[1] !== s || row[2] !== expected
  })
  t.is(other, -1, String(found[other]))
  t.is(found.length, rows.length)
})

test('a limit over a window stops the rows that come to it', async (t) => {
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ g: Math.floor(i / 10), id: BigInt(i) }))
  const input = table([field('g', INT), field('id', BIGINT)], rows, 500)
  const plan = windowOver(input, ['g'], [], [rowNumber])
  const limited: PhysicalPlan = {
    kind: 'limit',
    isGlobal: true,
    inputs: [plan],
    limit: 25,
    offset: 0,
    attributes: plan.attributes,
  }
  const { rows: found, result } = await run(limited)
  t.deepEqual(
    found.map((row) => row[2]),
    rows.slice(0, 25).map((_, i) => (i % 10) + 1),
  )
  t.true(result.rowsRead <= 1500, String(result.rowsRead))
})

test('a window over a window in one task passes partitions on, whichever of the two is complete first', async (t) => {
  const input = grouped(30_000, 9000)
  const inner = windowOver(input, ['g'], ['id'], [{ ...rowNumber, name: 'n' }])
  const outer = windowOver(
    inner,
    [],
    [],
    [{ fn: 'max', type: INT, args: [bound(inner, 'n')], frame: { unit: 'rows', lower: UNBOUNDED, upper: UNBOUNDED } }],
  )
  const { rows } = await run(outer)
  t.is(rows.length, 30_000)
  t.true(rows.every((row) => row[3] === 9000))
})

const sliding = { unit: 'rows', lower: at(-1), upper: CURRENT } as const
const growing = { unit: 'rows', lower: UNBOUNDED, upper: CURRENT } as const

test('sums are exact whatever they were in between, and raise beyond their type', async (t) => {
  const most = 2n ** 63n - 1n
  const values = [most, -most, most, 1n]
  const input = table(
    [field('id', BIGINT)],
    values.map((id) => ({ id })),
  )
  const of = (frame: WindowCall['frame']) => windowOver(input, [], [], [{ ...sums(input), frame }])
  for (const frame of [sliding, growing]) await t.throwsAsync(run(of(frame)), { message: /ARITHMETIC_OVERFLOW/ })
  const three = await run(of({ unit: 'rows', lower: at(-2), upper: at(-1) }))
  t.deepEqual(
    three.rows.map((row) => row[1]),
    [null, most, 0n, 0n],
  )
})

test('decimals of 38 digits slide without losing what goes beyond 128 bits', async (t) => {
  const type = decimal(38, 0)
  const most = 10n ** 38n - 1n
  const values = [most, most, -most, -most, 5n, -7n].map((unscaled) => new Decimal(unscaled, 0))
  const input = table(
    [field('m', type)],
    values.map((m) => ({ m })),
  )
  const sumOf = (lower: FrameBound, upper: FrameBound): Promise<Run> =>
    run(
      windowOver(
        input,
        [],
        [],
        [{ fn: 'sum', type, args: [bound(input, 'm')], frame: { unit: 'rows', lower, upper } }],
      ),
    )
  // Rows come one after the other, so that the sum is twice the most in between.
  const all = await sumOf(at(-9), at(9))
  t.deepEqual(
    all.rows.map((row) => String(row[1])),
    values.map(() => '-2'),
  )
  for (const lower of [at(-1), UNBOUNDED])
    await t.throwsAsync(sumOf(lower, CURRENT), { message: /NUMERIC_VALUE_OUT_OF_RANGE/ })
})

test('a sum that 128 bits cannot tell from nothing raises', async (t) => {
  const type = decimal(38, 0)
  const rows = Array.from({ length: 4 }, () => ({ m: new Decimal(2n ** 126n, 0) }))
  const input = table([field('m', type)], rows)
  const frame = { unit: 'rows', lower: at(-3), upper: at(3) } as const
  const sum = windowOver(input, [], [], [{ fn: 'sum', type, args: [bound(input, 'm')], frame }])
  await t.throwsAsync(run(sum), { message: /NUMERIC_VALUE_OUT_OF_RANGE/ })
})

test('a sum of doubles forgets what has left it, NaN and infinity too', async (t) => {
  const values = [1, Number.NaN, 2, Number.POSITIVE_INFINITY, 3, 1e300, -1e300, 0.1, 0.2, null, null, 7]
  const input = table(
    [field('d', DOUBLE)],
    values.map((d) => ({ d })),
  )
  const shapes = (['sum', 'avg'] as const).map(
    (fn): Shape => ({ fn, type: DOUBLE, args: [bound(input, 'd')], frame: sliding }),
  )
  const { rows } = await run(windowOver(input, [], [], shapes))
  const pairs = values.map((d, i) => [values[i - 1] ?? null, d].filter((x) => x !== null))
  t.deepEqual(
    rows.map((row) => row.slice(1)),
    pairs.map((pair) => {
      const sum = pair.reduce((a, b) => a + b, 0)
      return pair.length === 0 ? [null, null] : [sum, sum / pair.length]
    }),
  )
})

test('functions without a frame are computed along with a frame of rows, which knows nothing of equal rows', async (t) => {
  const input = table(
    [field('x', BIGINT)],
    [1n, 1n, 2n, 3n, 3n, 3n].map((x) => ({ x })),
  )
  const shapes: readonly Shape[] = [
    { fn: 'cume_dist', type: DOUBLE },
    { fn: 'sum', type: BIGINT, args: [bound(input, 'x')], frame: sliding },
    { fn: 'rank', type: INT },
    { fn: 'percent_rank', type: DOUBLE },
  ]
  const { rows } = await run(windowOver(input, [], ['x'], shapes))
  t.deepEqual(
    rows.map((row) => row.slice(1)),
    [
      [2 / 6, 1n, 1, 0],
      [2 / 6, 2n, 1, 0],
      [3 / 6, 3n, 3, 2 / 5],
      [1, 5n, 4, 3 / 5],
      [1, 6n, 4, 3 / 5],
      [1, 6n, 4, 3 / 5],
    ],
  )
})

test('what changes rows on disk never knows of a page through what only reads it: the host hears of changes when it is asked for the page', (t) => {
  const context = new CompilerContext([], compileExpression)
  const paged = new PagedRows(context, 0, 8)
  const f = context.module.function(['i32'], [])
  const index = f.parameters[0]!
  const asksFor = (...writes: readonly boolean[]): number => {
    paged.begin()
    for (const one of writes) paged.in(f).push(index, one)
    return paged.places.length
  }
  t.is(asksFor(true), 1)
  t.is(asksFor(false), 2)
  t.is(asksFor(false, true), 2)
  t.is(asksFor(true, true, false), 3)
})
