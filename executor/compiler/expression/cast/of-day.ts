import { type DecimalType, decimal, type TimeType } from '../../../../columnar/types.js'
import type { Operand } from '../../wasm/types.js'
import { asBytes } from '../bytes-result.js'
import { MICROS_PER_DAY, pushFloorRemainder } from '../functions/dates.js'
import { powerOfTen } from '../functions/decimal-operands.js'
import { scalar, type Value } from '../value.js'
import { CastSite } from './cast-site.js'
import { operandOf } from './operand.js'
import { localTime } from './time-zone.js'
import { decimalToDecimal } from './to-decimal.js'
import { fromSeconds } from './to-number.js'

/* Times of day, which are nanoseconds since midnight. */

const NANOS_DIGITS = 9
const NANOS_PER_SECOND = 1_000_000_000n
const NANOS_PER_MICRO = 1000n
/** The seconds of a day with nine digits of their fraction. */
const SECONDS = decimal(14, NANOS_DIGITS)

type ToTime = Pick<CastSite, 'scope' | 'result' | 'popResult'> & { readonly to: TimeType }

/** Without the digits that the type does not have. */
function truncated(site: ToTime, nanos: Operand): Value {
  const { f } = site.scope
  const unit = powerOfTen(NANOS_DIGITS - site.to.precision)
  f.get(nanos).get(nanos).i64(unit).op('i64.rem_u').op('i64.sub')
  return site.popResult('i64')
}

export const timeToTime = (site: CastSite<TimeType, TimeType>, value: Value): Value =>
  site.from.precision <= site.to.precision ? site.result(operandOf(value)) : truncated(site, operandOf(value))

export function stringToTime(site: CastSite & ToTime, text: Value): Value {
  const { address, length } = asBytes(text)
  const { f, context } = site.scope
  f.get(address).get(length)
  site.callChecked('parseClock', 'CAST_INVALID_INPUT')
  return truncated(site, f.get(context.constantsBase).load('i64.load').setNew('i64'))
}

/** What clocks show at an instant. */
export const timestampToTime = (site: CastSite & ToTime, value: Value): Value =>
  ofDay(site, localTime(site, operandOf(value)))
export const ntzToTime = (site: ToTime, value: Value): Value => ofDay(site, operandOf(value))

function ofDay(site: ToTime, micros: Operand): Value {
  const { f } = site.scope
  pushFloorRemainder(f, micros, MICROS_PER_DAY)
  return truncated(site, f.i64(NANOS_PER_MICRO).op('i64.mul').setNew('i64'))
}

/** The whole seconds since midnight. */
export function timeToInteger(site: CastSite, value: Value): Value {
  site.scope.f.get(operandOf(value)).i64(NANOS_PER_SECOND).op('i64.div_u')
  return fromSeconds(site, site.scope.f.setNew('i64'))
}

/** The seconds since midnight with their fraction, which messages tell in place of the time. */
export function timeToDecimal(site: CastSite<TimeType, DecimalType>, value: Value): Value {
  const seconds = scalar(SECONDS, operandOf(value), value.isNull)
  return decimalToDecimal(new CastSite<DecimalType, DecimalType>(site.cast, seconds, site.scope), seconds)
}
