import { i32Constant } from '../../wasm/types.js'
import { loadBytesResult } from '../bytes-result.js'
import { limbsOf } from '../functions/decimal-operands.js'
import { type BytesValue, bytes, type Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { castPackedToString } from './nested-text.js'
import { operandOf } from './operand.js'
import { localTime } from './time-zone.js'

/** A value as Spark prints it. Texts are made in the arena. */
export function castToString(site: CastSite, value: Value): Value {
  const { scope, to } = site
  const { f, context } = scope
  if (value.kind === 'bytes' && (site.from.kind === 'array' || site.from.kind === 'map'))
    return castPackedToString(site, value)
  if (value.kind === 'bytes') return bytes(to, value.address, value.length, value.isNull)
  if (to.kind === 'binary') throw site.unsupported()
  switch (site.from.kind) {
    case 'boolean':
      return booleanText(site, value)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const operand = operandOf(value)
      f.get(operand)
      if (operand.type === 'i32') f.op('i64.extend_i32_s')
      f.get(context.constantsBase).call(scope.kernel('formatLong'))
      break
    }
    case 'float':
    case 'double':
      f.get(operandOf(value))
      if (site.from.kind === 'float') f.op('f64.promote_f32')
      f.i32(site.from.kind === 'float' ? 1 : 0)
        .get(context.constantsBase)
        .call(scope.kernel('formatDouble'))
      break
    case 'decimal': {
      const { low, high } = limbsOf(f, value)
      f.get(low).get(high).i32(site.from.scale).get(context.constantsBase).call(scope.kernel('formatDecimal'))
      break
    }
    case 'date':
      f.get(operandOf(value)).get(context.constantsBase).call(scope.kernel('formatDate'))
      break
    case 'timestamp':
      f.get(localTime(site, operandOf(value)))
        .get(context.constantsBase)
        .call(scope.kernel('formatTimestamp'))
      break
    case 'timestamp_ntz':
      f.get(operandOf(value)).get(context.constantsBase).call(scope.kernel('formatTimestamp'))
      break
    default:
      throw site.unsupported()
  }
  return loadBytesResult({ type: to }, scope, value.isNull)
}

function booleanText(site: CastSite, value: Value): BytesValue {
  const { f } = site.scope
  const flag = operandOf(value)
  const [yes, no] = ['true', 'false'].map((text) => site.scope.constant(Buffer.from(text)))
  f.get(yes!).get(no!).get(flag).select()
  const address = f.setNew('i32')
  f.get(i32Constant(5)).get(flag).op('i32.sub')
  return bytes(site.to, address, f.setNew('i32'), value.isNull)
}
