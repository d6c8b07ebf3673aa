import type { Call } from '../../../../planner/plan/expression/expression.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { type ScalarValue, scalar } from '../value.js'
import { raiseZeroDivisor } from './integer-division.js'

const OPS = { add: 'add', subtract: 'sub', multiply: 'mul', divide: 'div' } as const

/** Arithmetic of float and double: IEEE 754, except that dividing by zero raises in ANSI mode. */
export function compileFloatArithmetic(call: Call, a: ScalarValue, b: ScalarValue, scope: Scope): ScalarValue {
  const { f } = scope
  const type = a.value.type === 'f32' ? 'f32' : 'f64'
  const isNull = anyNull(f, [a.isNull, b.isNull])
  if (call.fn === 'divide' || call.fn === 'remainder') {
    f.get(b.value)
    if (type === 'f32') f.f32(0)
    else f.f64(0)
    f.op(`${type}.eq`)
    ifNotNullAnd(f, isNull, () => raiseZeroDivisor(call, scope))
  }
  if (call.fn === 'remainder') {
    // A float's remainder is exact in double, too.
    f.get(a.value)
    if (type === 'f32') f.op('f64.promote_f32')
    f.get(b.value)
    if (type === 'f32') f.op('f64.promote_f32')
    f.call(scope.kernel('doubleRemainder'))
    if (type === 'f32') f.op('f32.demote_f64')
  } else {
    f.get(a.value)
      .get(b.value)
      .op(`${type}.${OPS[call.fn as keyof typeof OPS]}`)
  }
  return scalar(call.type, f.setNew(type), isNull)
}

export function compileFloatSign(call: Call, a: ScalarValue, scope: Scope): ScalarValue {
  const type = a.value.type === 'f32' ? 'f32' : 'f64'
  scope.f.get(a.value).op(call.fn === 'abs' ? `${type}.abs` : `${type}.neg`)
  return scalar(call.type, scope.f.setNew(type), a.isNull)
}
