import type { DecimalType } from '../../../../columnar/types.js'
import type { Operand } from '../../wasm/types.js'
import { loadBytesResult } from '../bytes-result.js'
import { pushFloorDivision } from '../functions/dates.js'
import { limbsOf, powerOfTen } from '../functions/decimal-operands.js'
import { nullOf } from '../slots.js'
import type { Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { operandOf } from './operand.js'

const RANGES = {
  tinyint: [-128n, 127n],
  smallint: [-32768n, 32767n],
  int: [-(1n << 31n), (1n << 31n) - 1n],
  bigint: [-(1n << 63n), (1n << 63n) - 1n],
} as const

const rangeOf = (site: CastSite) => RANGES[site.to.kind as keyof typeof RANGES]

/** Fails the cast when an i64 is not in the range of the target, an integer type. */
export function checkIntegerRange(
  site: CastSite,
  value: Operand,
  failure: 'CAST_INVALID_INPUT' | 'CAST_OVERFLOW',
): void {
  const [least, most] = rangeOf(site)
  site.scope.f
    .get(value)
    .i64(least)
    .op('i64.sub')
    .i64(most - least)
    .op('i64.gt_u')
  site.failWhen(failure)
}

export const integerToInteger = (site: CastSite, value: Value): Value => fromInteger(site, operandOf(value))

/** The second that began last; what does not fit fails in any mode, as in Spark. */
export function timestampToInteger(site: CastSite, value: Value): Value {
  const { f } = site.scope
  pushFloorDivision(f, operandOf(value), 1_000_000n)
  return fromSeconds(site, f.setNew('i64'))
}

/** Unlike other numbers, seconds that an integer does not hold are never cut off. */
export const fromSeconds = (site: CastSite, seconds: Operand): Value =>
  site.to.kind === 'bigint' ? site.result(seconds) : checkedInteger(site, seconds)

const WIDTH: Readonly<Record<string, number>> = { boolean: 0, tinyint: 1, smallint: 2, int: 4, bigint: 8 }

function fromInteger(site: CastSite, value: Operand): Value {
  const { f } = site.scope
  const { from, to } = site
  if (value.type === 'i64') return fromLong(site, value)
  if (to.kind === 'bigint') {
    f.get(value).op('i64.extend_i32_s')
    return site.popResult('i64')
  }
  if (WIDTH[from.kind]! > WIDTH[to.kind]!) {
    if (site.narrows) return narrowed(site, value)
    f.get(value)
      .op(to.kind === 'tinyint' ? 'i32.extend8_s' : 'i32.extend16_s')
      .get(value)
      .op('i32.ne')
    site.failWhen('CAST_OVERFLOW')
  }
  return site.result(value)
}

/** The lowest bits of an i32 as an integer of fewer bits, with their sign. */
function narrowed(site: CastSite, value: Operand): Value {
  const { f } = site.scope
  f.get(value)
  if (site.to.kind === 'tinyint') f.op('i32.extend8_s')
  if (site.to.kind === 'smallint') f.op('i32.extend16_s')
  return site.popResult('i32')
}

/** An i64 to any integer type. */
function fromLong(site: CastSite, value: Operand): Value {
  if (site.to.kind === 'bigint') return site.result(value)
  if (site.narrows) return narrowed(site, site.scope.f.get(value).op('i32.wrap_i64').setNew('i32'))
  return checkedInteger(site, value)
}

function checkedInteger(site: CastSite, value: Operand): Value {
  checkIntegerRange(site, value, 'CAST_OVERFLOW')
  site.scope.f.get(value).op('i32.wrap_i64')
  return site.popResult('i32')
}

/** Towards zero; NaN and what is beyond the range fail, or become 0 and the nearest int or bigint. */
export function floatToInteger(site: CastSite, float: Value): Value {
  const { f } = site.scope
  const value = operandOf(float)
  const [least, most] = rangeOf(site)
  f.get(value)
  if (value.type === 'f32') f.op('f64.promote_f32')
  f.op('f64.trunc')
  const whole = f.setNew('f64')
  const wide = site.to.kind === 'bigint'
  if (site.narrows && !wide) return narrowed(site, f.get(whole).op('i32.trunc_sat_f64_s').setNew('i32'))
  // For bigint the bound itself is 2^63, the double nearest to the greatest value, which it becomes.
  if (!site.narrows) {
    f.get(whole).f64(Number(least)).op('f64.ge').get(whole).f64(Number(most)).op('f64.le').op('i32.and').op('i32.eqz')
    site.failWhen('CAST_OVERFLOW')
  }
  f.get(whole).op(wide ? 'i64.trunc_sat_f64_s' : 'i32.trunc_sat_f64_s')
  return site.popResult(wide ? 'i64' : 'i32')
}

/** Towards zero. */
export function decimalToInteger(site: CastSite<DecimalType>, value: Value): Value {
  const { f, context } = site.scope
  const { scale } = site.from
  if (value.kind === 'scalar') {
    f.get(value.value)
    if (scale > 0) f.i64(powerOfTen(scale)).op('i64.div_s')
    return fromLong(site, f.setNew('i64'))
  }
  const { low, high } = limbsOf(f, value)
  f.get(low).get(high).i64(1n).i64(0n).i32(-scale)
  if (site.narrows) f.get(context.constantsBase).call(site.scope.kernel('decimalIntegerDivide')).drop()
  else site.callChecked('decimalIntegerDivide', 'CAST_OVERFLOW')
  f.get(context.constantsBase).load('i64.load')
  return fromLong(site, f.setNew('i64'))
}

const floatOf = (site: CastSite): 'f32' | 'f64' => (site.to.kind === 'float' ? 'f32' : 'f64')

export function integerToFloat(site: CastSite, value: Value): Value {
  const operand = operandOf(value)
  const type = floatOf(site)
  site.scope.f.get(operand).op(`${type}.convert_${operand.type as 'i32' | 'i64'}_s`)
  return site.popResult(type)
}

export function floatToFloat(site: CastSite, value: Value): Value {
  const type = floatOf(site)
  site.scope.f.get(operandOf(value)).op(type === 'f32' ? 'f32.demote_f64' : 'f64.promote_f32')
  return site.popResult(type)
}

export function decimalToFloat(site: CastSite<DecimalType>, value: Value): Value {
  const { f } = site.scope
  const type = floatOf(site)
  const { low, high } = limbsOf(f, value)
  f.get(low).get(high).i32(site.from.scale)
  f.call(site.scope.kernel(type === 'f32' ? 'floatFromDecimal' : 'doubleFromDecimal'))
  return site.popResult(type)
}

/** In seconds. */
export function timestampToFloat(site: CastSite, value: Value): Value {
  const { f } = site.scope
  const type = floatOf(site)
  f.get(operandOf(value)).op('f64.convert_i64_s').f64(1e6).op('f64.div')
  if (type === 'f32') f.op('f32.demote_f64')
  return site.popResult(type)
}

/** The bytes of a whole number, the highest first. */
export function integerToBinary(site: CastSite, value: Value): Value {
  const { f, context } = site.scope
  const operand = operandOf(value)
  f.get(operand)
  if (operand.type === 'i32') f.op('i64.extend_i32_s')
  f.i32(WIDTH[site.from.kind]!).get(context.constantsBase).call(site.scope.kernel('bytesOfLong'))
  return loadBytesResult({ type: site.to }, site.scope, value.isNull)
}

/** Outside of ANSI mode a date is no number. */
export const dateToNothing = (site: CastSite): Value => nullOf(site.to)

/** Zero is false, anything else true. */
export function numberToBoolean(site: CastSite, value: Value): Value {
  const { f } = site.scope
  if (value.kind === 'wide') f.get(value.low).get(value.high).op('i64.or').i64(0n).op('i64.ne')
  else pushNotZero(site, operandOf(value))
  return site.popResult('i32')
}

function pushNotZero({ scope: { f } }: CastSite, value: Operand): void {
  f.get(value)
  if (value.type === 'i32') f.i32(0).op('i32.ne')
  else if (value.type === 'i64') f.i64(0n).op('i64.ne')
  else if (value.type === 'f32') f.f32(0).op('f32.ne')
  else f.f64(0).op('f64.ne')
}
