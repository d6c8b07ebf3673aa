import { i64Constant } from '../../wasm/types.js'
import { MICROS_PER_DAY, pushFloorDivision } from '../functions/dates.js'
import { pushProductFits } from '../functions/integer-arithmetic.js'
import type { Value } from '../value.js'
import { type CastSite, operandOf } from './cast-site.js'

/** The day a timestamp is in, in UTC. */
export function castToDate(site: CastSite, value: Value): Value {
  if (site.from.kind !== 'timestamp' && site.from.kind !== 'timestamp_ntz') throw site.unsupported()
  pushFloorDivision(site.scope.f, operandOf(value), MICROS_PER_DAY)
  site.scope.f.op('i32.wrap_i64')
  return site.popResult('i32')
}

/** The midnight a date begins with, or so many seconds after 1970 began. */
export function castToTimestamp(site: CastSite, value: Value): Value {
  const { f } = site.scope
  switch (site.from.kind) {
    case 'timestamp':
    case 'timestamp_ntz':
      return site.result(operandOf(value))
    case 'date':
      f.get(operandOf(value)).op('i64.extend_i32_s').i64(MICROS_PER_DAY).op('i64.mul')
      return site.popResult('i64')
    case 'tinyint':
    case 'smallint':
    case 'int':
      f.get(operandOf(value)).op('i64.extend_i32_s').i64(1_000_000n).op('i64.mul')
      return site.popResult('i64')
    case 'bigint': {
      const micros = i64Constant(1_000_000n)
      pushProductFits(f, operandOf(value), micros)
      f.op('i32.eqz')
      site.failWhen('CAST_OVERFLOW')
      f.get(operandOf(value)).get(micros).op('i64.mul')
      return site.popResult('i64')
    }
    default:
      throw site.unsupported()
  }
}
