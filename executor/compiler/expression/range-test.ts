import { shapeOf } from '../../../columnar/shape.js'
import type { Expression, Literal } from '../../../planner/plan/expression/expression.js'
import { sameExpression } from '../../../planner/plan/expression/same.js'
import type { OfLiterals } from '../late-literals.js'
import type { Constant } from '../wasm/types.js'
import type { CompilerContext } from './context.js'
import { lateConstant } from './late-value.js'
import type { Scope } from './scope.js'
import { partsOf } from './value.js'

/** A whole number that follows from a literal, and which literal that is; one without a number is what it is. */
export interface Limit {
  readonly of: OfLiterals<bigint>
  readonly number: number | undefined
}

/** The value of a literal of a type whose values are whole numbers; undefined for any other. Moved by `by`. */
export function limitOf(literal: Literal, by = 0n): Limit | undefined {
  const shape = shapeOf(literal.type)
  if (shape !== 'i32' && shape !== 'i64') return undefined
  const { number } = literal
  if (number !== undefined) return { of: movedLiteral(number, by), number }
  const { value } = literal
  return typeof value === 'number' || typeof value === 'bigint'
    ? { of: always(BigInt(value) + by), number: undefined }
    : undefined
}

/** Functions of nothing but their arguments, since compiled code keeps them. */
const movedLiteral =
  (number: number, by: bigint): OfLiterals<bigint> =>
  (read) =>
    BigInt(read(number) as number | bigint) + by
const always =
  (value: bigint): OfLiterals<bigint> =>
  () =>
    value
const isOrdered =
  (from: OfLiterals<bigint>, to: OfLiterals<bigint>): OfLiterals<boolean> =>
  (read) =>
    from(read) <= to(read)
const widthOf =
  (from: OfLiterals<bigint>, to: OfLiterals<bigint>): OfLiterals<bigint> =>
  (read) =>
    to(read) - from(read)
const inBits =
  (type: 'i32' | 'i64', of: OfLiterals<bigint>): OfLiterals<number | bigint> =>
  (read) =>
    type === 'i32' ? Number(BigInt.asIntN(32, of(read))) : BigInt.asIntN(64, of(read))

/** A limit as code compares with it. */
export function limitConstant(context: CompilerContext, { of, number }: Limit, type: 'i32' | 'i64'): Constant {
  return lateConstant(context, undefined, type, inBits(type, of), number === undefined ? [] : [number])
}

/** `from <= operand <= to` over integers, which one subtraction and one unsigned comparison decide. */
export interface RangeTest {
  readonly operand: Expression
  readonly from: Limit
  readonly to: Limit
}

interface Bound {
  readonly operand: Expression
  readonly from?: Limit
  readonly to?: Limit
}

/** Recognises a lower and an upper bound of one expression in two neighbouring conjuncts. */
export function rangeTestOf(
  first: Expression,
  second: Expression | undefined,
  { literals }: CompilerContext,
): RangeTest | undefined {
  if (!second) return undefined
  const [a, b] = [boundOf(first), boundOf(second)]
  if (!a || !b || !sameExpression(a.operand, b.operand)) return undefined
  const from = a.from ?? b.from
  const to = a.to ?? b.to
  if (from === undefined || to === undefined || (a.from !== undefined) === (b.from !== undefined)) return undefined
  return literals.ask(isOrdered(from.of, to.of)) ? { operand: a.operand, from, to } : undefined
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

function boundBy(operand: Expression, fn: keyof typeof MIRRORED, literal: Literal): Bound | undefined {
  const shape = shapeOf(operand.type)
  if (shape !== 'i32' && shape !== 'i64') return undefined
  const limit = limitOf(literal, fn === 'lt' ? -1n : fn === 'gt' ? 1n : 0n)
  if (limit === undefined) return undefined
  return fn === 'lt' || fn === 'le' ? { operand, to: limit } : { operand, from: limit }
}

/** Pushes 1 when the operand is in the range. The subtraction may wrap: that is what makes one comparison enough. */
export function pushRangeTest({ operand, from, to }: RangeTest, scope: Scope): void {
  const { f, context } = scope
  const value = scope.value(operand)
  const [held] = partsOf(value)
  const type = held!.type === 'i64' ? 'i64' : 'i32'
  const numbers = [from.number, to.number].filter((number) => number !== undefined)
  const constant = (of: OfLiterals<bigint>) => lateConstant(context, undefined, type, inBits(type, of), numbers)
  f.get(held!)
    .get(constant(from.of))
    .op(`${type}.sub`)
    .get(constant(widthOf(from.of, to.of)))
    .op(`${type}.le_u`)
  if (value.isNull) f.get(value.isNull).op('i32.eqz').op('i32.and')
}
