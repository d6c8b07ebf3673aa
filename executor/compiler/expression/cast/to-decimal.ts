import { type DecimalType, DOUBLE, isShortDecimal, type OfKind, type TypeKind } from '../../../../columnar/types.js'
import { i32Constant, type Operand } from '../../wasm/types.js'
import { type Limbs, limbsOf, loadResult, powerOfTen, signOf } from '../functions/decimal-operands.js'
import { pushRoundedQuotient } from '../functions/decimal-product.js'
import { scalar, type Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { operandOf } from './operand.js'

/** Digits of the largest value of an integer type. */
const INTEGER_DIGITS = { boolean: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 } as const

type ToDecimal<K extends TypeKind = TypeKind> = CastSite<OfKind<K>, DecimalType>

/* Any number as a decimal, half up; what exceeds the precision fails. */

export function integerToDecimal(site: ToDecimal<keyof typeof INTEGER_DIGITS>, value: Value): Value {
  const { f } = site.scope
  const operand = operandOf(value)
  let low = operand
  if (operand.type === 'i32') {
    f.get(operand).op('i64.extend_i32_s')
    low = f.setNew('i64')
  }
  const limbs = { low, high: signOf(f, low), narrow: i32Constant(1), digits: INTEGER_DIGITS[site.from.kind] }
  return rescale(site, limbs, 0, site.to)
}

export const decimalToDecimal = (site: ToDecimal<'decimal'>, value: Value): Value =>
  rescale(site, limbsOf(site.scope.f, value), site.from.scale, site.to)

export function floatToDecimal(site: ToDecimal<'float' | 'double'>, value: Value): Value {
  const { f } = site.scope
  f.get(operandOf(value))
  if (site.from.kind === 'float') f.op('f64.promote_f32')
  return fromDouble(site, value)
}

/** The seconds as a double, as in Spark. */
export function timestampToDecimal(site: ToDecimal<'timestamp'>, value: Value): Value {
  site.scope.f.get(operandOf(value)).op('f64.convert_i64_s').f64(1e6).op('f64.div')
  return fromDouble(site, value)
}

/** Pops a double. */
function fromDouble(site: ToDecimal, value: Value): Value {
  const { f } = site.scope
  const { to } = site
  const double = f.setNew('f64')
  f.get(double).i32(to.precision).i32(to.scale).get(site.scope.context.constantsBase)
  f.call(site.scope.kernel('decimalFromDouble'))
  return finishFromDouble(site, scalar(DOUBLE, double, value.isNull), to)
}

/** What is no number is NULL, even in ANSI mode. */
function finishFromDouble(site: ToDecimal, double: Value, type: DecimalType): Value {
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
