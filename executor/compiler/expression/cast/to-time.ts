import type { DecimalType } from '../../../../columnar/types.js'
import type { Operand } from '../../wasm/types.js'
import { MICROS_PER_DAY, pushFloorDivision } from '../functions/dates.js'
import { limbsOf, powerOfTen } from '../functions/decimal-operands.js'
import type { Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { operandOf } from './operand.js'
import { instantOf, localTime } from './time-zone.js'

/** The day a timestamp is in. */
export const timestampToDate = (site: CastSite, value: Value): Value => dayOf(site, localTime(site, operandOf(value)))
export const ntzToDate = (site: CastSite, value: Value): Value => dayOf(site, operandOf(value))

function dayOf(site: CastSite, time: Operand): Value {
  pushFloorDivision(site.scope.f, time, MICROS_PER_DAY)
  site.scope.f.op('i32.wrap_i64')
  return site.popResult('i32')
}

const MOST_DAYS = 106_751_991
const LAST_MICROS = (1n << 63n) - 1n
const MOST_SECONDS = LAST_MICROS / 1_000_000n
const MICROS_DIGITS = 6

/** So many seconds, towards zero; what is no number, or beyond the range, fails. */
export function floatToTimestamp(site: CastSite, float: Value): Value {
  const { f } = site.scope
  const value = operandOf(float)
  f.get(value)
  if (value.type === 'f32') f.op('f64.promote_f32')
  const seconds = f.setNew('f64')
  f.get(seconds).get(seconds).op('f64.sub').f64(0).op('f64.ne')
  site.failWhen('CAST_INVALID_INPUT')
  f.get(seconds).f64(1e6).op('f64.mul')
  const micros = f.setNew('f64')
  if (!site.narrows) {
    f.get(micros)
      .op('f64.abs')
      .f64(2 ** 63)
      .op('f64.gt')
    site.failWhen('CAST_OVERFLOW')
  }
  f.get(micros).op('i64.trunc_sat_f64_s')
  return site.popResult('i64')
}

/** What clocks show at an instant, and when they show it. */
export const timestampToNtz = (site: CastSite, value: Value): Value => site.result(localTime(site, operandOf(value)))
export const ntzToTimestamp = (site: CastSite, value: Value): Value => site.result(instantOf(site, operandOf(value)))

export const dateToNtz = (site: CastSite, value: Value): Value => site.result(midnightOf(site, operandOf(value)))
export const dateToTimestamp = (site: CastSite, value: Value): Value =>
  site.result(instantOf(site, midnightOf(site, operandOf(value))))

/** The midnight a date begins with. */
function midnightOf(site: CastSite, days: Operand): Operand {
  const { f } = site.scope
  f.get(days)
    .i32(MOST_DAYS)
    .op('i32.add')
    .i32(2 * MOST_DAYS)
    .op('i32.gt_u')
  site.failWhen('CAST_OVERFLOW')
  f.get(days).op('i64.extend_i32_s').i64(MICROS_PER_DAY).op('i64.mul')
  return f.setNew('i64')
}

/** Truth is one microsecond after 1970 began, as in Spark. */
export function booleanToTimestamp(site: CastSite, value: Value): Value {
  site.scope.f.get(operandOf(value)).op('i64.extend_i32_u')
  return site.popResult('i64')
}

/** So many seconds after 1970 began. */
export function integerToTimestamp(site: CastSite, value: Value): Value {
  site.scope.f.get(operandOf(value)).op('i64.extend_i32_s').i64(1_000_000n).op('i64.mul')
  return site.popResult('i64')
}

/** Beyond the range it is the first or the last timestamp, as in Spark. */
export function bigintToTimestamp(site: CastSite, value: Value): Value {
  const { f } = site.scope
  const seconds = operandOf(value)
  f.get(seconds).i64(1_000_000n).op('i64.mul').i64(LAST_MICROS).get(seconds).i64(MOST_SECONDS).op('i64.le_s').select()
  const capped = f.setNew('i64')
  f.get(capped)
    .i64(-LAST_MICROS - 1n)
    .get(seconds)
    .i64(-MOST_SECONDS)
    .op('i64.ge_s')
    .select()
  return site.popResult('i64')
}

/** Towards zero to the microsecond. */
export function decimalToTimestamp(site: CastSite<DecimalType>, value: Value): Value {
  const { f, context } = site.scope
  const { low, high } = limbsOf(f, value)
  const up = MICROS_DIGITS - site.from.scale
  if (up >= 0) {
    // Of a time that does not fit the lower word is left, as in Spark.
    f.get(low).i64(powerOfTen(up)).op('i64.mul')
    return site.popResult('i64')
  }
  f.get(low).get(high).i64(1n).i64(0n).i32(up)
  site.callChecked('decimalIntegerDivide', 'CAST_OVERFLOW')
  f.get(context.constantsBase).load('i64.load')
  return site.popResult('i64')
}
