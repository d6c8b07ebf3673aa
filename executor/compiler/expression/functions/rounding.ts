import type { DecimalType } from '../../../../columnar/types.js'
import { isShortDecimal } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP } from '../../../kernels/interface/rounding.js'
import { RESULT_LOW } from '../../../kernels/interface/text.js'
import { ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type ScalarValue, scalar, type Value } from '../value.js'
import { decimalTypeOf, decimalValue, limbsOf, loadResult } from './decimal-operands.js'
import { bitsOf, popWrapped, raiseOverflow } from './integer-arithmetic.js'

type Rounding = 'round' | 'bround' | 'ceil' | 'floor'

const MODES: Readonly<Record<Rounding, number>> = {
  round: ROUND_HALF_UP,
  bround: ROUND_HALF_EVEN,
  ceil: ROUND_CEILING,
  floor: ROUND_FLOOR,
}

/** round, bround, ceil and floor. */
export function compileRounding(call: Call, scope: Scope): Value {
  const [operand, places] = call.args
  const value = scope.value(operand!)
  if (isAlwaysNull(value)) return nullOf(call.type)
  if (places?.kind !== 'literal' || typeof places.value !== 'number') throw wrongOperands(call)
  if (value.type.kind === 'decimal') return roundDecimal(call, value, places.value, scope)
  if (value.kind !== 'scalar') throw wrongOperands(call)
  if (value.value.type === 'i32' || value.value.type === 'i64') return roundInteger(call, value, places.value, scope)
  return call.type.kind === 'bigint' ? wholeDouble(call, value, scope) : roundDouble(call, value, places.value, scope)
}

const wrongOperands = (call: Call): MillraceError =>
  new MillraceError('INTERNAL_ERROR', { message: `${call.fn} was not coerced` })

const modeOf = ({ fn }: Call): number => MODES[fn as Rounding]

function roundDecimal(call: Call, value: Value, places: number, scope: Scope): Value {
  const { f } = scope
  const type = call.type as DecimalType
  const { low, high } = limbsOf(f, value)
  f.get(low)
    .get(high)
    .i32(Math.max(decimalTypeOf(value).scale - places, 0))
    .i32(Math.max(-places, 0))
    .i32(modeOf(call))
    .i32(type.precision)
  f.get(scope.context.constantsBase).call(scope.kernel('decimalRound'))
  const parameters = { value: 'The rounded result', precision: type.precision, scale: type.scale }
  ifNotNullAnd(f, value.isNull, () =>
    scope.raise('NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION', parameters, call.origin),
  )
  const limbs = loadResult(scope)
  return decimalValue(type, isShortDecimal(type) ? { ...limbs, narrow: undefined } : limbs, value.isNull)
}

const MOST = { tinyint: 127n, smallint: 32767n, int: 2n ** 31n - 1n, bigint: 2n ** 63n - 1n } as const

/** To tens, hundreds and so on. */
function roundInteger(call: Call, value: ScalarValue, places: number, scope: Scope): Value {
  const { f } = scope
  const wide = value.value.type === 'i64'
  f.get(value.value)
  if (!wide) f.op('i64.extend_i32_s')
  f.i32(-places)
    .i32(modeOf(call))
    .i64(MOST[call.type.kind as keyof typeof MOST])
  f.get(scope.context.constantsBase).call(scope.kernel('longRound'))
  if (call.failure === 'wrap') f.drop()
  else ifNotNullAnd(f, value.isNull, () => raiseOverflow(call, scope))
  f.get(scope.context.constantsBase).load('i64.load', RESULT_LOW)
  if (!wide) f.op('i32.wrap_i64')
  return scalar(call.type, popWrapped(f, bitsOf(call, value)), value.isNull)
}

function roundDouble(call: Call, { value, isNull }: ScalarValue, places: number, scope: Scope): Value {
  const { f } = scope
  const single = value.type === 'f32'
  f.get(value)
  if (single) f.op('f64.promote_f32')
  f.i32(places)
    .i32(modeOf(call))
    .i32(single ? 1 : 0)
    .call(scope.kernel('doubleRound'))
  if (single) f.op('f32.demote_f64')
  return scalar(call.type, f.setNew(single ? 'f32' : 'f64'), isNull)
}

/** The whole number above or below a double; NaN becomes 0, as in Java. */
function wholeDouble(call: Call, { value, isNull }: ScalarValue, scope: Scope): Value {
  const { f } = scope
  const whole = f
    .get(value)
    .op(call.fn === 'ceil' ? 'f64.ceil' : 'f64.floor')
    .setNew('f64')
  if (call.failure !== 'wrap') {
    // NaN is outside of neither bound.
    f.get(whole)
      .f64(-(2 ** 63))
      .op('f64.lt')
      .get(whole)
      .f64(2 ** 63)
      .op('f64.ge')
      .op('i32.or')
    ifNotNullAnd(f, isNull, () => raiseOverflow(call, scope))
  }
  f.get(whole).op('i64.trunc_sat_f64_s')
  return scalar(call.type, f.setNew('i64'), isNull)
}
