import { type DecimalType, DOUBLE, isShortDecimal } from '../../../../columnar/types.js'
import { i32Constant, type Operand } from '../../wasm/types.js'
import { type Limbs, limbsOf, loadResult, powerOfTen, signOf } from '../functions/decimal-operands.js'
import { pushRoundedQuotient } from '../functions/decimal-product.js'
import { scalar, type Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { operandOf } from './operand.js'

/** Digits of the largest value of an integer type. */
const INTEGER_DIGITS: Readonly<Record<string, number>> = { boolean: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 }

/** Any number as a decimal, half up; what exceeds the precision fails. */
export function castToDecimal(site: CastSite, value: Value, type: DecimalType): Value {
  const { f } = site.scope
  switch (site.from.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const operand = operandOf(value)
      let low = operand
      if (operand.type === 'i32') {
        f.get(operand).op('i64.extend_i32_s')
        low = f.setNew('i64')
      }
      const limbs = { low, high: signOf(f, low), narrow: i32Constant(1), digits: INTEGER_DIGITS[site.from.kind]! }
      return rescale(site, limbs, 0, type)
    }
    case 'decimal':
      return rescale(site, limbsOf(f, value), site.from.scale, type)
    case 'float':
    case 'double': {
      f.get(operandOf(value))
      if (site.from.kind === 'float') f.op('f64.promote_f32')
      const double = f.setNew('f64')
      f.get(double).i32(type.precision).i32(type.scale).get(site.scope.context.constantsBase)
      f.call(site.scope.kernel('decimalFromDouble'))
      return finishFromDouble(site, scalar(DOUBLE, double, value.isNull), type)
    }
    default:
      throw site.unsupported()
  }
}

/** What is no number is NULL, even in ANSI mode. */
function finishFromDouble(site: CastSite, double: Value, type: DecimalType): Value {
  const { f } = site.scope
  const verdict = f.setNew('i32')
  f.get(verdict).i32(1).op('i32.eq')
  site.failWhen('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', double)
  f.get(verdict).i32(2).op('i32.eq')
  site.nullWhen()
  return finish(site, type, loadResult(site.scope))
}

function finish(site: CastSite, type: DecimalType, limbs: Omit<Limbs, 'digits'>): Value {
  const { low, high, narrow } = limbs
  return isShortDecimal(type) ? site.result(low) : { kind: 'wide', type, low, high, narrow, isNull: site.isNull }
}

/** In line while source and result fit one limb; otherwise by a kernel. */
function rescale(site: CastSite, value: Limbs, scale: number, type: DecimalType): Value {
  const { f } = site.scope
  const up = type.scale - scale
  const digits = value.digits + Math.max(up, -scale)
  const widens = value.digits + up <= type.precision
  if (up === 0 && widens) return finish(site, type, value)
  if (value.digits <= 18 && digits <= 18) return rescaleShort(site, value.low, up, widens, type)
  f.get(value.low).get(value.high).i32(up).i32(type.precision)
  site.callChecked('decimalRescale', 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION')
  return finish(site, type, loadResult(site.scope))
}

function rescaleShort(site: CastSite, value: Operand, up: number, widens: boolean, type: DecimalType): Value {
  const { f } = site.scope
  f.get(value)
  if (up > 0) f.i64(powerOfTen(up)).op('i64.mul')
  const scaled = f.setNew('i64')
  if (up < 0) {
    pushRoundedQuotient(site.scope, scaled, -up)
    f.set(scaled)
  }
  // Rounding up can add a digit, so only a target with a digit to spare needs no check.
  if (!widens || (up < 0 && type.precision <= 18)) {
    const limit = powerOfTen(Math.min(type.precision, 18))
    f.get(scaled)
      .i64(limit - 1n)
      .op('i64.add')
      .i64(2n * limit - 2n)
      .op('i64.gt_u')
    site.failWhen('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION')
  }
  if (isShortDecimal(type)) return site.result(scaled)
  return finish(site, type, { low: scaled, high: signOf(f, scaled), narrow: i32Constant(1) })
}
