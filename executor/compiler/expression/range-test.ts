import type { Expression, Literal } from '../../../planner/plan/expression/expression.js'
import { sameExpression } from '../../../planner/plan/expression/same.js'
import type { Scope } from './scope.js'
import { partsOf, shapeOf } from './value.js'

/** `from <= operand <= to` over integers, which one subtraction and one unsigned comparison decide. */
export interface RangeTest {
  readonly operand: Expression
  readonly from: bigint
  readonly to: bigint
}

interface Bound {
  readonly operand: Expression
  readonly from?: bigint
  readonly to?: bigint
}

/** Recognises a lower and an upper bound of one expression in two neighbouring conjuncts. */
export function rangeTestOf(first: Expression, second: Expression | undefined): RangeTest | undefined {
  if (!second) return undefined
  const [a, b] = [boundOf(first), boundOf(second)]
  if (!a || !b || !sameExpression(a.operand, b.operand)) return undefined
  const from = a.from ?? b.from
  const to = a.to ?? b.to
  if (from === undefined || to === undefined || from > to || (a.from !== undefined) === (b.from !== undefined))
    return undefined
  return { operand: a.operand, from, to }
}

const MIRRORED = { lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' } as const

function boundOf(expression: Expression): Bound | undefined {
  if (expression.kind !== 'call' || !(expression.fn in MIRRORED)) return undefined
  const fn = expression.fn as keyof typeof MIRRORED
  const [a, b] = [expression.args[0]!, expression.args[1]!]
  if (b.kind === 'literal') return boundBy(a, fn, b)
  if (a.kind === 'literal') return boundBy(b, MIRRORED[fn], a)
  return undefined
}

function boundBy(operand: Expression, fn: keyof typeof MIRRORED, { value }: Literal): Bound | undefined {
  const shape = shapeOf(operand.type)
  if (shape !== 'i32' && shape !== 'i64') return undefined
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const limit = BigInt(value)
  switch (fn) {
    case 'lt':
      return { operand, to: limit - 1n }
    case 'le':
      return { operand, to: limit }
    case 'gt':
      return { operand, from: limit + 1n }
    case 'ge':
      return { operand, from: limit }
  }
}

/** Pushes 1 when the operand is in the range. The subtraction may wrap: that is what makes one comparison enough. */
export function pushRangeTest({ operand, from, to }: RangeTest, scope: Scope): void {
  const { f } = scope
  const value = scope.value(operand)
  const [held] = partsOf(value)
  const width = to - from
  f.get(held!)
  if (held!.type === 'i64') f.i64(from).op('i64.sub').i64(width).op('i64.le_u')
  else f.i32(Number(from)).op('i32.sub').i32(Number(width)).op('i32.le_u')
  if (value.isNull) f.get(value.isNull).op('i32.eqz').op('i32.and')
}
