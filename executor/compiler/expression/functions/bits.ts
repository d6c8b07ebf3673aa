import { INT } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call, Expression } from '../../../../planner/plan/expression/expression.js'
import { anyNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type ScalarValue, scalar, type Value } from '../value.js'

const OPS = { bits_and: 'and', bits_or: 'or', bits_xor: 'xor' } as const
const SHIFTS = { shift_left: 'shl', shift_right: 'shr_s', shift_right_unsigned: 'shr_u' } as const

/** The operand of a call; undefined where it is always NULL. */
function operand(e: Expression, scope: Scope): ScalarValue | undefined {
  const value = scope.value(e)
  if (isAlwaysNull(value)) return undefined
  if (value.kind === 'scalar') return value
  throw new MillraceError('INTERNAL_ERROR', { message: `bits of ${value.type.kind}` })
}

const widthOf = ({ value }: ScalarValue): 'i32' | 'i64' => (value.type === 'i64' ? 'i64' : 'i32')

/** bits_and, bits_or and bits_xor. Small integers are sign-extended, and so are their results. */
export function compileBits(call: Call, scope: Scope): Value {
  const [a, b] = [operand(call.args[0]!, scope), operand(call.args[1]!, scope)]
  if (!a || !b) return nullOf(call.type)
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const width = widthOf(a)
  f.get(a.value)
    .get(b.value)
    .op(`${width}.${OPS[call.fn as keyof typeof OPS]}`)
  return scalar(call.type, f.setNew(width), isNull)
}

export function compileBitsNot(call: Call, scope: Scope): Value {
  const a = operand(call.args[0]!, scope)
  if (!a) return nullOf(call.type)
  const { f } = scope
  const width = widthOf(a)
  f.get(a.value)
  if (width === 'i64') f.i64(-1n)
  else f.i32(-1)
  f.op(`${width}.xor`)
  return scalar(call.type, f.setNew(width), a.isNull)
}

/** Of a small integer the bits of it as a bigint are counted, as in Spark. */
export function compileBitCount(call: Call, scope: Scope): Value {
  const a = operand(call.args[0]!, scope)
  if (!a) return nullOf(call.type)
  const { f } = scope
  f.get(a.value)
  if (widthOf(a) === 'i32') f.op('i64.extend_i32_s')
  f.op('i64.popcnt').op('i32.wrap_i64')
  return scalar(INT, f.setNew('i32'), a.isNull)
}

/** Of the count the lowest 5 or 6 bits are taken, in WebAssembly as in Java. */
export function compileShift(call: Call, scope: Scope): Value {
  const [a, count] = [operand(call.args[0]!, scope), operand(call.args[1]!, scope)]
  if (!a || !count) return nullOf(call.type)
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, count.isNull])
  const width = widthOf(a)
  f.get(a.value).get(count.value)
  if (width === 'i64') f.op('i64.extend_i32_s')
  f.op(`${width}.${SHIFTS[call.fn as keyof typeof SHIFTS]}`)
  return scalar(call.type, f.setNew(width), isNull)
}
