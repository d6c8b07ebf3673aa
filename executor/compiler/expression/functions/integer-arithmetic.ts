import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import { type Local, type Operand, told } from '../../wasm/types.js'
import { numbersAtFault } from '../error-detail.js'
import { ANSI_CONFIG, DETAIL_LINES, DETAIL_TEXT } from '../error-sites.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { isConstant, type ScalarValue, scalar } from '../value.js'

/** What the operation is called in `try_…`, the way to avoid the error. */
const TRY_NAMES: Readonly<Record<string, string>> = {
  add: 'try_add',
  subtract: 'try_subtract',
  multiply: 'try_multiply',
  int_divide: 'try_divide',
}
const MESSAGES: Readonly<Record<string, string>> = {
  int_divide: 'Overflow in integral divide',
  round: 'Overflow',
  bround: 'Overflow',
}
const SYMBOLS: Readonly<Record<string, string>> = { add: '+', subtract: '-', multiply: '*' }
/** Timestamps made or moved. */
const OF_TIMESTAMPS: Readonly<Record<string, string>> = {
  timestamp_add: 'add an interval to a TIMESTAMP',
  timestamp_add_months: 'add months to a TIMESTAMP',
  timestamp_subtract: 'subtract two TIMESTAMPs',
  timestamp_seconds: `create a TIMESTAMP from ${DETAIL_TEXT}L seconds since the epoch`,
  timestamp_millis: `create a TIMESTAMP from ${DETAIL_TEXT}L milliseconds since the epoch`,
}

/** The condition Spark has for what leaves the type of a call; some tell the operands. */
export function raiseOverflow(call: Call, scope: Scope, operands: readonly ScalarValue[] = []): void {
  const name = TRY_NAMES[call.fn]
  const operation = OF_TIMESTAMPS[call.fn]
  const { kind } = call.type
  if (operation !== undefined) {
    const detail = operation.includes(DETAIL_TEXT) ? numbersAtFault(scope, operands.slice(0, 1)) : undefined
    return scope.raise('DATETIME_OVERFLOW', { operation }, call.origin, detail)
  }
  if (kind === 'interval_ym' || kind === 'interval_dt') return raiseIntervalOverflow(call, name, scope)
  const symbol = SYMBOLS[call.fn]
  if ((kind === 'tinyint' || kind === 'smallint') && symbol !== undefined) {
    const [value1, value2] = DETAIL_LINES.map((line) => `${line}S`)
    const parameters = { value1: value1!, symbol, value2: value2!, functionName: `\`${name}\`` }
    return scope.raise('BINARY_ARITHMETIC_OVERFLOW', parameters, call.origin, numbersAtFault(scope, operands))
  }
  const message = MESSAGES[call.fn] ?? 'overflow'
  scope.raise('ARITHMETIC_OVERFLOW', overflowParameters(message, name), call.origin)
}

export const overflowParameters = (message: string, tryName: string | undefined): Readonly<Record<string, string>> => {
  const alternative = tryName === undefined ? '' : ` Use '${tryName}' to tolerate overflow and return NULL instead.`
  return { message, alternative, config: ANSI_CONFIG }
}

function raiseIntervalOverflow(call: Call, name: string | undefined, scope: Scope): void {
  if (call.fn === 'abs') {
    return scope.raise(
      'ARITHMETIC_OVERFLOW',
      { message: 'overflow', alternative: '', config: ANSI_CONFIG },
      call.origin,
    )
  }
  // Products are made of a count of units and their length, to be added to a timestamp.
  if (call.fn === 'multiply') {
    return scope.raise('DATETIME_OVERFLOW', { operation: 'add so many units to a TIMESTAMP' }, call.origin)
  }
  if (call.fn === 'add' || call.fn === 'subtract') {
    const functionName = `\`${name}\``
    return scope.raise('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName }, call.origin)
  }
  scope.raise('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {}, call.origin)
}

const OPERATIONS: Readonly<Record<string, 'add' | 'subtract'>> = {
  add: 'add',
  subtract: 'subtract',
  timestamp_add: 'add',
  timestamp_subtract: 'subtract',
}

/** add, subtract and multiply of integers, intervals and timestamps; what does not fit the type raises, or wraps. */
export function compileIntegerArithmetic(call: Call, a: ScalarValue, b: ScalarValue, scope: Scope): ScalarValue {
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const operation = OPERATIONS[call.fn] ?? 'multiply'
  const overflow = () => ifNotNullAnd(f, isNull, () => raiseOverflow(call, scope, [a, b]))
  const bits = bitsOf(call, a)
  if (call.failure === 'wrap') {
    f.get(a.value)
      .get(b.value)
      .op(`${bits === 64 ? 'i64' : 'i32'}.${OPS[operation]}`)
    return scalar(call.type, popWrapped(f, bits), isNull)
  }
  let result: Local
  if (bits === 8 || bits === 16) result = smallArithmetic(f, operation, a.value, b.value, bits, overflow)
  else if (operation !== 'multiply') result = addOrSubtract(f, operation, a.value, b.value, overflow)
  else if (bits === 32) result = multiply32(f, a.value, b.value, overflow)
  else result = multiply64(f, a.value, b.value, overflow)
  return scalar(call.type, result, isNull)
}

type Bits = 8 | 16 | 32 | 64

export function bitsOf({ type: { kind } }: Call, operand: ScalarValue): Bits {
  if (kind === 'tinyint') return 8
  if (kind === 'smallint') return 16
  return operand.value.type === 'i64' ? 64 : 32
}

/** Pops a result of which only the lowest bits count. */
export function popWrapped(f: FunctionBuilder, bits: Bits): Local {
  if (bits === 8 || bits === 16) f.op(`i32.extend${bits}_s`)
  return f.setNew(bits === 64 ? 'i64' : 'i32')
}

const OPS = { add: 'add', subtract: 'sub', multiply: 'mul' } as const

/** In 32 bits nothing is lost; the result must survive the narrow type. */
function smallArithmetic(
  f: FunctionBuilder,
  operation: keyof typeof OPS,
  a: Operand,
  b: Operand,
  bits: 8 | 16,
  overflow: () => void,
): Local {
  f.get(a).get(b).op(`i32.${OPS[operation]}`)
  const result = f.setNew('i32')
  f.get(result).op(`i32.extend${bits}_s`).get(result).op('i32.ne')
  overflow()
  return result
}

/** The sign of the result is wrong in both operands' eyes when it overflowed: Hacker's Delight, 2-13. */
function addOrSubtract(
  f: FunctionBuilder,
  operation: 'add' | 'subtract',
  a: Operand,
  b: Operand,
  overflow: () => void,
): Local {
  const type = a.type === 'i64' ? 'i64' : 'i32'
  f.get(a).get(b).op(`${type}.${OPS[operation]}`)
  const result = f.setNew(type)
  if (isConstant(b)) {
    // Adding what is not negative makes it no smaller, and the other way round.
    const upward = told(b, (value) => value >= 0) === (operation === 'add')
    f.get(result)
      .get(a)
      .op(upward ? `${type}.lt_s` : `${type}.gt_s`)
  } else {
    f.get(a)
      .get(operation === 'add' ? result : b)
      .op(`${type}.xor`)
    f.get(operation === 'add' ? b : a)
      .get(result)
      .op(`${type}.xor`)
      .op(`${type}.and`)
    if (type === 'i64') f.i64(0n).op('i64.lt_s')
    else f.i32(0).op('i32.lt_s')
  }
  overflow()
  return result
}

function multiply32(f: FunctionBuilder, a: Operand, b: Operand, overflow: () => void): Local {
  f.get(a).op('i64.extend_i32_s').get(b).op('i64.extend_i32_s').op('i64.mul')
  const wide = f.setNew('i64')
  f.get(wide).op('i64.extend32_s').get(wide).op('i64.ne')
  overflow()
  f.get(wide).op('i32.wrap_i64')
  return f.setNew('i32')
}

/** Leading zeros of two factors' magnitudes that prove a product of at most 62 bits. */
const SAFE_PRODUCT_ZEROS = 66

/** Pushes the leading zeros of a value's magnitude (of its complement, when negative). */
function pushMagnitudeZeros(f: FunctionBuilder, value: Operand): void {
  if (isConstant(value)) f.i32(told(value, constantZeros))
  else f.get(value).get(value).i64(63n).op('i64.shr_s').op('i64.xor').op('i64.clz').op('i32.wrap_i64')
}

/** The same for a constant. */
function constantZeros(constant: number | bigint): number {
  const value = BigInt(constant)
  const magnitude = value < 0n ? ~value : value
  return magnitude === 0n ? 64 : 64 - magnitude.toString(2).length
}

/** Pushes 1 when the product of two i64 surely fits 63 bits. Some products near the limit fit and get 0. */
export function pushProductFits(f: FunctionBuilder, a: Operand, b: Operand): void {
  if (isConstant(a) && !isConstant(b)) return pushProductFits(f, b, a)
  if (isConstant(b)) {
    pushMagnitudeZeros(f, a)
    f.i32(SAFE_PRODUCT_ZEROS - told(b, constantZeros)).op('i32.ge_s')
    return
  }
  // Nearly always both fit 32 bits, which is told faster than how many bits they take together.
  for (const x of [a, b])
    f.get(x)
      .i64(1n << 31n)
      .op('i64.add')
  f.op('i64.or').i64(32n).op('i64.shr_u').op('i64.eqz')
  f.if(
    () => f.i32(1),
    () => {
      pushMagnitudeZeros(f, a)
      pushMagnitudeZeros(f, b)
      f.op('i32.add').i32(SAFE_PRODUCT_ZEROS).op('i32.ge_s')
    },
    'i32',
  )
}

function multiply64(f: FunctionBuilder, a: Operand, b: Operand, overflow: () => void): Local {
  f.get(a).get(b).op('i64.mul')
  const result = f.setNew('i64')
  pushProductFits(f, a, b)
  f.op('i32.eqz').if(() => {
    // Rare. Dividing back tells, except that -1 and the smallest value must be told apart first.
    f.get(a).i64(-1n).op('i64.eq')
    f.if(
      () =>
        f
          .get(b)
          .i64(-(1n << 63n))
          .op('i64.eq'),
      () => {
        f.get(a).op('i64.eqz')
        f.if(
          () => f.i32(0),
          () => f.get(result).get(a).op('i64.div_s').get(b).op('i64.ne'),
          'i32',
        )
      },
      'i32',
    )
    overflow()
  })
  return result
}

/** `negate` and `abs`; the smallest value has no counterpart, or wraps to itself. */
export function compileIntegerSign(call: Call, a: ScalarValue, scope: Scope): ScalarValue {
  const { f } = scope
  const type = a.value.type === 'i64' ? 'i64' : 'i32'
  const bits = bitsOf(call, a)
  const push = (value: bigint) => (type === 'i64' ? f.i64(value) : f.i32(Number(value)))
  if (call.failure !== 'wrap') {
    f.get(a.value)
    push(-(1n << BigInt(bits - 1))).op(`${type}.eq`)
    ifNotNullAnd(f, a.isNull, () => raiseOverflow(call, scope))
  }
  push(0n).get(a.value).op(`${type}.sub`)
  if (call.fn === 'abs') {
    f.get(a.value).get(a.value)
    push(0n).op(`${type}.lt_s`).select()
  }
  return scalar(call.type, call.failure === 'wrap' ? popWrapped(f, bits) : f.setNew(type), a.isNull)
}
