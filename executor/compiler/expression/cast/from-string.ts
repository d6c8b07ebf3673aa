import { type DataType, type DecimalType, isShortDecimal } from '../../../../columnar/types.js'
import { DECIMAL_MALFORMED, DECIMAL_TOO_LARGE } from '../../../kernels/interface/text.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import type { Operand } from '../../wasm/types.js'
import { asBytes } from '../bytes-result.js'
import { loadResult } from '../functions/decimal-operands.js'
import type { Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { pushZone } from './time-zone.js'
import { checkIntegerRange } from './to-number.js'

/* A text as a value of any type; malformed text is CAST_INVALID_INPUT, as is an integer that does not fit. */

function pushText(site: CastSite, text: Value): FunctionBuilder {
  const { address, length } = asBytes(text)
  return site.scope.f.get(address).get(length)
}

export function stringToBoolean(site: CastSite, text: Value): Value {
  const { f } = site.scope
  pushText(site, text).call(site.scope.kernel('parseBoolean'))
  const value = f.setNew('i32')
  f.get(value).i32(0).op('i32.lt_s')
  site.failWhen('CAST_INVALID_INPUT')
  f.get(value).i32(1).op('i32.eq')
  return site.popResult('i32')
}

export function stringToInteger(site: CastSite, text: Value): Value {
  const value = parsedLong(site, text)
  checkIntegerRange(site, value, 'CAST_INVALID_INPUT')
  site.scope.f.get(value).op('i32.wrap_i64')
  return site.popResult('i32')
}

export const stringToBigint = (site: CastSite, text: Value): Value => site.result(parsedLong(site, text))

function parsedLong(site: CastSite, text: Value): Operand {
  pushText(site, text)
  site.callChecked(site.narrows ? 'parseTruncatedLong' : 'parseLong', 'CAST_INVALID_INPUT')
  return site.scope.f.get(site.scope.context.constantsBase).load('i64.load').setNew('i64')
}

export function stringToFloat(site: CastSite, text: Value): Value {
  pushText(site, text)
  site.callChecked('parseFloat', 'CAST_INVALID_INPUT')
  site.scope.f.get(site.scope.context.constantsBase).load('f64.load').op('f32.demote_f64')
  return site.popResult('f32')
}

export function stringToDouble(site: CastSite, text: Value): Value {
  pushText(site, text)
  site.callChecked('parseDouble', 'CAST_INVALID_INPUT')
  site.scope.f.get(site.scope.context.constantsBase).load('f64.load')
  return site.popResult('f64')
}

export function stringToDecimal(site: CastSite<DataType, DecimalType>, text: Value): Value {
  const { to, scope } = site
  const { f } = scope
  pushText(site, text)
    .i32(to.precision)
    .i32(to.scale)
    .get(scope.context.constantsBase)
    .call(scope.kernel('parseDecimal'))
  const verdict = f.setNew('i32')
  f.get(verdict).i32(DECIMAL_MALFORMED).op('i32.eq')
  site.failWhen('CAST_INVALID_INPUT')
  f.get(verdict).i32(DECIMAL_TOO_LARGE).op('i32.eq')
  site.failWhen('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION')
  const limbs = loadResult(scope)
  return isShortDecimal(to) ? site.result(limbs.low) : { kind: 'wide', type: to, ...limbs, isNull: site.isNull }
}

export function stringToDate(site: CastSite, text: Value): Value {
  pushText(site, text)
  site.callChecked('parseDate', 'CAST_INVALID_INPUT')
  site.scope.f.get(site.scope.context.constantsBase).load('i32.load')
  return site.popResult('i32')
}

export const stringToTimestamp = (site: CastSite, text: Value): Value => parsedTimestamp(site, text, 1)
export const stringToNtz = (site: CastSite, text: Value): Value => parsedTimestamp(site, text, 0)

function parsedTimestamp(site: CastSite, text: Value, isInstant: 0 | 1): Value {
  pushText(site, text).i32(isInstant)
  pushZone(site)
  site.callChecked('parseTimestamp', 'CAST_INVALID_INPUT')
  site.scope.f.get(site.scope.context.constantsBase).load('i64.load')
  return site.popResult('i64')
}
