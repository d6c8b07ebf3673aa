import { type DataType, isShortDecimal } from '../../../columnar/types.js'
import type { SortOrder } from '../../../planner/plan/expression/expression.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { unsupportedType } from '../../compiler/expression/slots.js'
import type { Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'

/** Whether values are two words of an order. */
export const isLongDecimal = (type: DataType): boolean => type.kind === 'decimal' && !isShortDecimal(type)

const SIGN = -(1n << 63n)

/** Emits the order of a value in 64 bits, as far as they go: less (unsigned) for what comes before. */
export function orderPrefix(context: CompilerContext, f: FunctionBuilder, order: SortOrder, value: Value): Local {
  if (value.kind === 'bytes') {
    f.get(value.address).get(value.length).call(context.kernel('stringPrefix'))
    if (order.direction === 'desc') f.i64(-1n).op('i64.xor')
  } else if (value.kind === 'wide') pushNearestLong(f, order, value)
  else pushOrderWord(f, order, value, 0)
  if (!order.expression.nullable) return f.setNew('i64')
  f.i64(1n).op('i64.shr_u')
  if (order.nulls === 'first') f.i64(SIGN).op('i64.or')
  if (!value.isNull) return f.setNew('i64')
  f.i64(order.nulls === 'first' ? 0n : SIGN)
  return f.get(value.isNull).op('i32.eqz').select().setNew('i64')
}

/** A number of 128 bits as the nearest of 64: most numbers fit, and their upper words are all the same. */
function pushNearestLong(f: FunctionBuilder, order: SortOrder, { low, high }: Extract<Value, { kind: 'wide' }>): void {
  f.get(low).get(high).i64(63n).op('i64.shr_s').i64(~SIGN).op('i64.xor')
  f.get(high).get(low).i64(63n).op('i64.shr_s').op('i64.eq').select()
  f.i64(SIGN).op('i64.xor')
  if (order.direction === 'desc') f.i64(-1n).op('i64.xor')
}

/** Whether values whose prefixes are the same are equal. */
export function isWholeOrder({ expression: { type, nullable } }: SortOrder): boolean {
  const isLong = type.kind === 'string' || type.kind === 'binary' || isLongDecimal(type)
  return !nullable && !isLong
}

/** Pushes word `index` of a value that is not a string, in the order of unsigned integers. */
export function pushOrderWord(f: FunctionBuilder, order: SortOrder, value: Value, index: number): void {
  if (value.kind === 'wide') {
    if (index === 0) f.get(value.high).i64(SIGN).op('i64.xor')
    else f.get(value.low)
  } else if (value.kind === 'scalar') {
    const { type } = value.value
    if (type === 'f64' || type === 'f32') pushFloatOrder(f, value.value)
    else {
      f.get(value.value)
      if (type === 'i32') f.op('i64.extend_i32_s')
      f.i64(SIGN).op('i64.xor')
    }
  } else throw unsupportedType(order.expression.type)
  if (order.direction === 'desc') f.i64(-1n).op('i64.xor')
}

/** Doubles as unsigned integers in Spark's order: NaN largest, -0.0 as 0.0. */
function pushFloatOrder(f: FunctionBuilder, value: Operand): void {
  f.get(value)
  if (value.type === 'f32') f.op('f64.promote_f32')
  const number = f.f64(0).op('f64.add').setNew('f64')
  const bits = f.get(number).op('i64.reinterpret_f64').setNew('i64')
  // Negative numbers have all bits turned, others only the sign.
  f.get(bits).get(bits).i64(63n).op('i64.shr_s').i64(SIGN).op('i64.or').op('i64.xor')
  f.i64(-1n).get(number).get(number).op('f64.eq').select()
}
