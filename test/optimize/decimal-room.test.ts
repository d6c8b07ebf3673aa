import test from 'ava'
import { BOOLEAN, type DecimalType, decimal, INT } from '../../columnar/types.js'
import { decimalResult } from '../../planner/analyze/types/decimal-types.js'
import { rescale } from '../../planner/optimize/decimal-arithmetic.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { Expression, ExprId } from '../../planner/plan/expression/expression.js'
import { mayRaise } from '../../planner/plan/expression/may-raise.js'

type Operation = 'add' | 'subtract' | 'multiply' | 'divide'

const column = (type: DecimalType): Expression =>
  Object.freeze({ kind: 'attribute', id: 1 as ExprId, name: 'v', type, nullable: true })
const raises = (fn: Operation, type: DecimalType, a: DecimalType, b: Expression): boolean =>
  mayRaise(call(fn, type, [column(a), b]))

const greatest = ({ precision }: DecimalType): bigint => 10n ** BigInt(precision) - 1n

/** The result that is farthest from zero, at the scale of a type. */
function farthest(fn: Exclude<Operation, 'divide'>, a: DecimalType, b: DecimalType, { scale }: DecimalType): bigint {
  if (fn === 'multiply') return rescale(greatest(a) * greatest(b), a.scale + b.scale, scale)
  const common = Math.max(a.scale, b.scale)
  return rescale(rescale(greatest(a), a.scale, common) + rescale(greatest(b), b.scale, common), common, scale)
}

function decimals(most: number): readonly DecimalType[] {
  const all: DecimalType[] = []
  for (let precision = 1; precision <= most; precision++)
    for (let scale = 0; scale <= precision; scale++) all.push(decimal(precision, scale))
  return all
}

for (const fn of ['add', 'subtract', 'multiply'] as const) {
  test(`${fn} of decimals may raise unless its type holds the result that is farthest from zero`, (t) => {
    for (const a of decimals(2))
      for (const b of decimals(2))
        for (const type of decimals(6))
          if (!raises(fn, type, a, column(b)))
            t.true(farthest(fn, a, b, type) <= greatest(type), JSON.stringify({ a, b, type }))
  })

  test(`${fn} of decimals does not raise where all digits have room`, (t) => {
    for (const a of decimals(3))
      for (const b of decimals(3)) t.false(raises(fn, decimalResult(fn, a, b), a, column(b)), JSON.stringify({ a, b }))
    const long = decimal(38, 10)
    t.true(raises(fn, decimalResult(fn, long, long), long, column(long)))
  })
}

test('a division of decimals may raise unless its divisor is known and one or more', (t) => {
  const [a, b] = [decimal(5, 2), decimal(3, 1)]
  const type = decimalResult('divide', a, b)
  const by = (value: bigint, number?: number): boolean =>
    raises('divide', type, a, Object.freeze({ ...literal(b, value), ...(number !== undefined && { number }) }))
  t.deepEqual(
    [10n, -10n, 25n].map((value) => by(value)),
    [false, false, false],
  )
  t.deepEqual(
    [0n, 9n, -9n].map((value) => by(value)),
    [true, true, true],
  )
  // Code that is made for a literal is used for others.
  t.true(by(10n, 0))
  t.true(raises('divide', type, a, column(b)))
  t.true(raises('divide', decimal(4, 2), a, literal(b, 10n)))
  t.true(raises('divide', decimal(5, 1), a, literal(b, 10n)))
})

test('signs of decimals do not raise, arithmetic of other types and its operands may', (t) => {
  const [a, wide] = [decimal(4, 2), decimal(6, 2)]
  t.false(mayRaise(call('negate', a, [column(a)])))
  t.false(mayRaise(call('abs', a, [column(a)])))
  t.true(mayRaise(call('negate', a, [column(wide)])))
  t.true(mayRaise(call('add', INT, [literal(INT, 1), literal(INT, 2)])))
  t.true(mayRaise(call('remainder', a, [column(a), column(a)])))
  const sum = call('add', decimal(5, 2), [column(a), call('add', a, [column(a), column(a)])])
  t.true(mayRaise(sum))
  t.true(mayRaise(call('gt', BOOLEAN, [sum, column(a)])))
})
