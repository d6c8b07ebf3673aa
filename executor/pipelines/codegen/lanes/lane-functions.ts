import type { Call, Expression } from '../../../../planner/plan/expression/expression.js'
import type { ScalarFunction } from '../../../../planner/plan/expression/functions.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import { lateConstant } from '../../../compiler/expression/late-value.js'
import { type Limit, limitOf } from '../../../compiler/expression/range-test.js'
import type { OfLiterals } from '../../../compiler/late-literals.js'
import type { Constant, Local } from '../../../compiler/wasm/types.js'
import { calendarLanes } from './calendar.js'
import { allValid, type EmitLanes, hardWhere, type LaneSite, type Lanes, splat } from './lanes.js'
import { pushQuotient, reciprocalOf } from './quotient.js'

const LEAST = -(2 ** 31)
const GREATEST = 2 ** 31 - 1
/** Fields of dates that are calls of kernels of the same name. */
const KERNELS = ['dayOfYear', 'lastDay'] as const

/** Emits what a function makes of lanes; undefined for a call that it cannot do. */
type LaneFunction = (call: Call, args: readonly EmitLanes[], context: CompilerContext) => EmitLanes | undefined

/** Functions of numbers or dates of 32 bits that give such. */
const LANE_FUNCTIONS: Partial<Record<ScalarFunction, LaneFunction>> = {
  add: (call, args) => sum(call, args, 'add'),
  subtract: (call, args) => sum(call, args, 'sub'),
  date_add_days: (_, args) => wrapping(args, 'i32x4.add'),
  date_diff: (_, args) => wrapping(args, 'i32x4.sub'),
  abs: (call, [a]) => size(call, a!),
  remainder: remainder,
  greatest: (_, args) => extreme(args, 'i32x4.max_s', LEAST),
  least: (_, args) => extreme(args, 'i32x4.min_s', GREATEST),
  year: (_, [date]) => fieldOf('year', date!),
  month: (_, [date]) => fieldOf('month', date!),
  day: (_, [date]) => fieldOf('day', date!),
  routine: ({ routine }, [date]) => {
    const field = KERNELS.find((name) => routine!.by === 'kernel' && routine!.name === name)
    return field && fieldOf(field, date!)
  },
}

/** What a call makes of lanes; undefined where that is not known. */
export function laneFunction(
  call: Call,
  argument: (e: Expression) => EmitLanes | undefined,
  context: CompilerContext,
): EmitLanes | undefined {
  const lanes = LANE_FUNCTIONS[call.fn]
  if (!lanes || call.failure === 'null') return undefined
  const args = call.args.map(argument)
  return args.every((arg) => arg !== undefined) ? lanes(call, args, context) : undefined
}

const fieldOf =
  (name: Parameters<typeof calendarLanes>[0], date: EmitLanes): EmitLanes =>
  (site) =>
    calendarLanes(name, site, date(site))

const wrapping =
  (args: readonly EmitLanes[], op: 'i32x4.add' | 'i32x4.sub'): EmitLanes =>
  (site) => {
    const { f } = site
    const operands = args.map((arg) => arg(site))
    for (const { values } of operands) f.get(values)
    f.op(op)
    return { values: f.setNew('v128'), valid: allValid(f, operands) }
  }

/** The sign of a result that has no room in its type is wrong in both operands' eyes, as in integer-arithmetic.ts. */
function sum(call: Call, args: readonly EmitLanes[], operation: 'add' | 'sub'): EmitLanes | undefined {
  if (call.type.kind !== 'int') return undefined
  if (call.failure === 'wrap') return wrapping(args, `i32x4.${operation}`)
  return (site) => {
    const { f } = site
    const [a, b] = args.map((arg) => arg(site)) as [Lanes, Lanes]
    const values = f.get(a.values).get(b.values).op(`i32x4.${operation}`).setNew('v128')
    const valid = allValid(f, [a, b])
    f.get(a.values)
      .get(operation === 'add' ? values : b.values)
      .op('v128.xor')
    f.get(operation === 'add' ? b.values : a.values)
      .get(values)
      .op('v128.xor')
      .op('v128.and')
    hardWhere(site, valid)
    return { values, valid }
  }
}

function size(call: Call, operand: EmitLanes): EmitLanes | undefined {
  if (call.type.kind !== 'int') return undefined
  return (site) => {
    const { f } = site
    const { values, valid } = operand(site)
    if (call.failure !== 'wrap') {
      f.get(values).get(splat(f, LEAST)).op('i32x4.eq')
      hardWhere(site, valid)
    }
    return { values: f.get(values).op('i32x4.abs').setNew('v128'), valid }
  }
}

/** The greatest, or least, of those that are not NULL: for these `least`, which is beyond none, stands. */
const extreme =
  (args: readonly EmitLanes[], op: 'i32x4.max_s' | 'i32x4.min_s', least: number): EmitLanes =>
  (site) => {
    const { f } = site
    const operands = args.map((arg) => arg(site))
    operands.forEach(({ values, valid }, i) => {
      f.get(values)
      if (valid) f.get(splat(f, least)).get(valid).op('v128.bitselect')
      if (i > 0) f.op(op)
    })
    const values = f.setNew('v128')
    const masks = operands.flatMap(({ valid }) => (valid ? [valid] : []))
    return { values, valid: masks.length < operands.length ? undefined : anyOf(site, masks) }
  }

function anyOf({ f }: LaneSite, [first, ...rest]: readonly Local[]): Local {
  f.get(first!)
  for (const mask of rest) f.get(mask).op('v128.or')
  return f.setNew('v128')
}

/** What is left over by a constant whose size is 2 or more. */
function remainder(call: Call, [dividend]: readonly EmitLanes[], context: CompilerContext): EmitLanes | undefined {
  const [, by] = call.args
  const limit = by!.kind === 'literal' && call.type.kind === 'int' ? limitOf(by!) : undefined
  if (!limit || !context.literals.ask(isDivisor(limit.of))) return undefined
  return (site) => {
    const { f } = site
    const { values, valid } = dividend!(site)
    const rest = sizeOfRest(site, values, limit, context)
    const sign = f.get(values).i32(31).op('i32x4.shr_s').setNew('v128')
    f.get(rest).get(sign).op('v128.xor').get(sign).op('i32x4.sub')
    return { values: f.setNew('v128'), valid }
  }
}

function sizeOfRest({ f }: LaneSite, values: Local, { of, number }: Limit, context: CompilerContext): Local {
  const numbers = number === undefined ? [] : [number]
  const constant = (part: OfLiterals<number>): Constant => lateConstant(context, undefined, 'i32', part, numbers)
  const dividend = f.get(values).op('i32x4.abs').setNew('v128')
  pushQuotient(f, dividend, splat(f, constant(factorOf(of))), constant(shiftOf(of)))
  const quotient = f.setNew('v128')
  f.get(dividend)
    .get(quotient)
    .get(splat(f, constant(divisorOf(of))))
    .op('i32x4.mul')
    .op('i32x4.sub')
  return f.setNew('v128')
}

/** Functions of nothing but their arguments, since compiled code keeps them. */
const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value)
const isDivisor =
  (of: OfLiterals<bigint>): OfLiterals<boolean> =>
  (read) =>
    sizeOf(of(read)) >= 2n
const divisorOf =
  (of: OfLiterals<bigint>): OfLiterals<number> =>
  (read) =>
    Number(BigInt.asIntN(32, sizeOf(of(read))))
const factorOf =
  (of: OfLiterals<bigint>): OfLiterals<number> =>
  (read) =>
    reciprocalOf(sizeOf(of(read))).factor
const shiftOf =
  (of: OfLiterals<bigint>): OfLiterals<number> =>
  (read) =>
    reciprocalOf(sizeOf(of(read))).shift
