import { isShortDecimal } from '../../../../columnar/types.js'
import { DECIMAL_MALFORMED, DECIMAL_TOO_LARGE } from '../../../kernels/interface/text.js'
import { loadResult } from '../functions/decimal-operands.js'
import type { BytesValue, Value } from '../value.js'
import { bytes } from '../value.js'
import type { CastSite } from './cast-site.js'
import { pushZone } from './time-zone.js'
import { checkIntegerRange } from './to-number.js'

/** A text as a value of any type; malformed text is CAST_INVALID_INPUT, as is an integer that does not fit. */
export function castFromString(site: CastSite, text: BytesValue): Value {
  const { f, context } = site.scope
  const base = context.constantsBase
  const { to } = site
  const pushText = () => f.get(text.address).get(text.length)
  switch (to.kind) {
    case 'string':
    case 'binary':
      return bytes(to, text.address, text.length, text.isNull)
    case 'boolean': {
      pushText().call(site.scope.kernel('parseBoolean'))
      const value = f.setNew('i32')
      f.get(value).i32(0).op('i32.lt_s')
      site.failWhen('CAST_INVALID_INPUT')
      f.get(value).i32(1).op('i32.eq')
      return site.popResult('i32')
    }
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      pushText()
      site.callChecked('parseLong', 'CAST_INVALID_INPUT')
      f.get(base).load('i64.load')
      const value = f.setNew('i64')
      if (to.kind === 'bigint') return site.result(value)
      checkIntegerRange(site, value, 'CAST_INVALID_INPUT')
      f.get(value).op('i32.wrap_i64')
      return site.popResult('i32')
    }
    case 'float':
    case 'double':
      pushText()
      site.callChecked(to.kind === 'float' ? 'parseFloat' : 'parseDouble', 'CAST_INVALID_INPUT')
      f.get(base).load('f64.load')
      if (to.kind === 'float') f.op('f32.demote_f64')
      return site.popResult(to.kind === 'float' ? 'f32' : 'f64')
    case 'decimal': {
      pushText().i32(to.precision).i32(to.scale).get(base).call(site.scope.kernel('parseDecimal'))
      const verdict = f.setNew('i32')
      f.get(verdict).i32(DECIMAL_MALFORMED).op('i32.eq')
      site.failWhen('CAST_INVALID_INPUT')
      f.get(verdict).i32(DECIMAL_TOO_LARGE).op('i32.eq')
      site.failWhen('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION')
      const limbs = loadResult(site.scope)
      return isShortDecimal(to) ? site.result(limbs.low) : { kind: 'wide', type: to, ...limbs, isNull: site.isNull }
    }
    case 'date':
      pushText()
      site.callChecked('parseDate', 'CAST_INVALID_INPUT')
      f.get(base).load('i32.load')
      return site.popResult('i32')
    case 'timestamp':
    case 'timestamp_ntz':
      pushText().i32(to.kind === 'timestamp' ? 1 : 0)
      pushZone(site)
      site.callChecked('parseTimestamp', 'CAST_INVALID_INPUT')
      f.get(base).load('i64.load')
      return site.popResult('i64')
    default:
      throw site.unsupported()
  }
}
