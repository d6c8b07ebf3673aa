import test from 'ava'
import { BIGINT, decimal } from '../../columnar/types.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import { evaluate, isError } from '../support/evaluate.js'
import { call, column } from '../support/expressions.js'
import { Random } from '../support/random.js'

const MAX38 = 10n ** 38n - 1n
const abs = (x: bigint) => (x < 0n ? -x : x)

/** Magnitudes that make long division guess wrong: limbs of all ones and of one bit, beside random ones. */
function operand(random: Random): bigint {
  let value = 0n
  for (let limb = random.pick([1, 1, 2, 3, 4]); limb > 0; limb--) {
    value =
      (value << 32n) | BigInt(random.pick([0xffffffff, 0, 1, 0x80000000, 0x7fffffff, random.integer(0, 0xffffffff)]))
  }
  // Small ones, too: they take other paths.
  if (random.chance(0.2)) value %= 1000n
  value = value > MAX38 ? value % MAX38 : value
  return random.chance(0.5) ? value : -value
}

/** Divided by a positive or negative divisor, half away from zero. */
function halfUp(dividend: bigint, divisor: bigint): bigint {
  const [x, y] = [abs(dividend), abs(divisor)]
  const quotient = (2n * x + y) / (2n * y)
  return dividend < 0n === divisor < 0n ? quotient : -quotient
}

const bounded = (x: bigint): bigint | string => (abs(x) > MAX38 ? 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION' : x)

test('decimals of 38 digits agree with integers of any size', (t) => {
  const random = new Random(20)
  const rows = Array.from({ length: 3000 }, () => [operand(random), operand(random)] as const)
  const [left, right, product, quotient] = [decimal(38, 10), decimal(38, 4), decimal(38, 6), decimal(38, 6)]
  const columns = [left, right].map((type, i) => ({ type, nullable: false, values: rows.map((row) => row[i]!) }))
  const run = (fn: ScalarFunction, type: ReturnType<typeof decimal> | typeof BIGINT) =>
    evaluate(call(fn, type, column(0, left, false), column(1, right, false)), columns, rows.length).map((x) =>
      isError(x) ? x.error.condition : x.value,
    )
  const expect = (of: (a: bigint, b: bigint) => bigint | string) => rows.map(([a, b]) => of(a, b))
  const up = 10n ** 6n
  const noZero =
    (of: (a: bigint, b: bigint) => bigint | string, condition = 'DIVIDE_BY_ZERO') =>
    (a: bigint, b: bigint) =>
      b === 0n ? condition : of(a, b)
  t.deepEqual(
    run('multiply', product),
    expect((a, b) => bounded(halfUp(a * b, 10n ** 8n))),
  )
  t.deepEqual(
    run('add', decimal(38, 9)),
    expect((a, b) => bounded(halfUp(a + b * up, 10n))),
  )
  t.deepEqual(
    run('subtract', decimal(38, 9)),
    expect((a, b) => bounded(halfUp(a - b * up, 10n))),
  )
  t.deepEqual(run('divide', quotient), expect(noZero((a, b) => bounded(halfUp(a, b)))))
  t.deepEqual(run('remainder', decimal(38, 10)), expect(noZero((a, b) => bounded(a % (b * up)), 'REMAINDER_BY_ZERO')))
  const whole = (x: bigint) => (abs(x) > MAX38 ? 'ARITHMETIC_OVERFLOW' : BigInt.asIntN(64, x))
  t.deepEqual(run('int_divide', BIGINT), expect(noZero((a, b) => whole(a / (b * up)))))
})
