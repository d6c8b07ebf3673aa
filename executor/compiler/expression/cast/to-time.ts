import type { Operand } from '../../wasm/types.js'
import { MICROS_PER_DAY, pushFloorDivision } from '../functions/dates.js'
import type { Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { operandOf } from './operand.js'
import { instantOf, localTime } from './time-zone.js'

/** The day a timestamp is in. */
export function castToDate(site: CastSite, value: Value): Value {
  if (site.from.kind !== 'timestamp' && site.from.kind !== 'timestamp_ntz') throw site.unsupported()
  const time = operandOf(value)
  pushFloorDivision(site.scope.f, site.from.kind === 'timestamp' ? localTime(site, time) : time, MICROS_PER_DAY)
  site.scope.f.op('i32.wrap_i64')
  return site.popResult('i32')
}

const MOST_DAYS = 106_751_991
const LAST_MICROS = (1n << 63n) - 1n
const MOST_SECONDS = LAST_MICROS / 1_000_000n

/** So many seconds, towards zero; what is no number, or beyond the range, fails. */
function fromFloat(site: CastSite, value: Operand): Value {
  const { f } = site.scope
  f.get(value)
  if (value.type === 'f32') f.op('f64.promote_f32')
  const seconds = f.setNew('f64')
  f.get(seconds).get(seconds).op('f64.sub').f64(0).op('f64.ne')
  site.failWhen('CAST_INVALID_INPUT')
  f.get(seconds).f64(1e6).op('f64.mul')
  const micros = f.setNew('f64')
  f.get(micros)
    .op('f64.abs')
    .f64(2 ** 63)
    .op('f64.gt')
  site.failWhen('CAST_OVERFLOW')
  f.get(micros).op('i64.trunc_sat_f64_s')
  return site.popResult('i64')
}

/** The midnight a date begins with, or so many seconds after 1970 began. */
export function castToTimestamp(site: CastSite, value: Value): Value {
  const { f } = site.scope
  switch (site.from.kind) {
    case 'timestamp':
      return site.result(localTime(site, operandOf(value)))
    case 'timestamp_ntz':
      return site.result(instantOf(site, operandOf(value)))
    case 'date': {
      const days = operandOf(value)
      f.get(days)
        .i32(MOST_DAYS)
        .op('i32.add')
        .i32(2 * MOST_DAYS)
        .op('i32.gt_u')
      site.failWhen('CAST_OVERFLOW')
      f.get(days).op('i64.extend_i32_s').i64(MICROS_PER_DAY).op('i64.mul')
      const midnight = f.setNew('i64')
      return site.result(site.to.kind === 'timestamp' ? instantOf(site, midnight) : midnight)
    }
    case 'tinyint':
    case 'smallint':
    case 'int':
      f.get(operandOf(value)).op('i64.extend_i32_s').i64(1_000_000n).op('i64.mul')
      return site.popResult('i64')
    case 'bigint': {
      // Beyond the range it is the first or the last timestamp, as in Spark.
      const seconds = operandOf(value)
      f.get(seconds)
        .i64(1_000_000n)
        .op('i64.mul')
        .i64(LAST_MICROS)
        .get(seconds)
        .i64(MOST_SECONDS)
        .op('i64.le_s')
        .select()
      const capped = f.setNew('i64')
      f.get(capped)
        .i64(-LAST_MICROS - 1n)
        .get(seconds)
        .i64(-MOST_SECONDS)
        .op('i64.ge_s')
        .select()
      return site.popResult('i64')
    }
    case 'float':
    case 'double':
      return fromFloat(site, operandOf(value))
    default:
      throw site.unsupported()
  }
}
