import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Operand } from '../../wasm/types.js'
import { ANSI_CONFIG } from '../error-sites.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { isConstant, type ScalarValue, scalar } from '../value.js'
import { raiseOverflow } from './integer-arithmetic.js'

export function raiseZeroDivisor(call: Call, scope: Scope): void {
  const condition = call.fn === 'remainder' ? 'REMAINDER_BY_ZERO' : 'DIVIDE_BY_ZERO'
  scope.raise(condition, { config: ANSI_CONFIG }, call.origin)
}

/** Emits the error for a zero divisor and returns a divisor that cannot trap under a NULL. */
function checkedDivisor(call: Call, divisor: Operand, isNull: Operand | undefined, scope: Scope): Operand {
  const { f } = scope
  if (isConstant(divisor) && Number(divisor.value) !== 0) return divisor
  const type = divisor.type === 'i64' ? 'i64' : 'i32'
  f.get(divisor).op(`${type}.eqz`)
  ifNotNullAnd(f, isNull, () => raiseZeroDivisor(call, scope))
  if (!isNull) return divisor
  if (type === 'i64') f.i64(1n)
  else f.i32(1)
  f.get(divisor).get(divisor).op(`${type}.eqz`).select()
  return f.setNew(type)
}

export function compileIntegerRemainder(call: Call, a: ScalarValue, b: ScalarValue, scope: Scope): ScalarValue {
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const type = a.value.type === 'i64' ? 'i64' : 'i32'
  const divisor = checkedDivisor(call, b.value, isNull, scope)
  f.get(a.value).get(divisor).op(`${type}.rem_s`)
  return scalar(call.type, f.setNew(type), isNull)
}

/** `div` of integers: a bigint, towards zero. By 1 the smallest value is what it wraps to by -1. */
export function compileIntegerDivision(call: Call, a: ScalarValue, b: ScalarValue, scope: Scope): ScalarValue {
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const divisor = checkedDivisor(call, b.value, isNull, scope)
  if (a.value.type === 'i32') {
    f.get(a.value).op('i64.extend_i32_s').get(divisor).op('i64.extend_i32_s').op('i64.div_s')
    return scalar(call.type, f.setNew('i64'), isNull)
  }
  // The one quotient that does not fit traps in WebAssembly: the smallest value by -1.
  f.get(a.value)
    .i64(-(1n << 63n))
    .op('i64.eq')
    .get(divisor)
    .i64(-1n)
    .op('i64.eq')
    .op('i32.and')
  const overflows = f.setNew('i32')
  const wraps = call.failure === 'wrap'
  if (!wraps) {
    f.get(overflows)
    ifNotNullAnd(f, isNull, () => raiseOverflow(call, scope))
  }
  f.get(a.value)
  if (isNull || wraps) f.i64(1n).get(divisor).get(overflows).select()
  else f.get(divisor)
  f.op('i64.div_s')
  return scalar(call.type, f.setNew('i64'), isNull)
}
