import { type DataType, type DecimalType, decimal, MAX_DECIMAL_PRECISION } from '../../../columnar/types.js'
import { analysisSession } from '../session.js'

/* Result types of decimal arithmetic: Spark's `DecimalPrecision` and `DecimalType.adjustPrecisionScale`. */

const MINIMUM_ADJUSTED_SCALE = 6
const INTEGRAL_DIGITS: Partial<Record<DataType['kind'], number>> = { tinyint: 3, smallint: 5, int: 10, bigint: 20 }

/** The decimal that holds every value of an integral type; undefined for other types. */
export function decimalOfIntegral(type: DataType): DecimalType | undefined {
  const digits = INTEGRAL_DIGITS[type.kind]
  return digits === undefined ? undefined : decimal(digits, 0)
}

/** The smallest decimal that holds an integer literal. */
export function decimalOfInteger(value: bigint): DecimalType {
  return decimal((value < 0n ? -value : value).toString().length, 0)
}

/** Fits a type into 38 digits: digits after the point give way, down to six of them, or those before it where none may be lost. */
export function adjust(precision: number, scale: number): DecimalType {
  if (precision <= MAX_DECIMAL_PRECISION) return decimal(precision, scale)
  if (!analysisSession().allowsPrecisionLoss)
    return decimal(MAX_DECIMAL_PRECISION, Math.min(scale, MAX_DECIMAL_PRECISION))
  const whole = precision - scale
  return decimal(
    MAX_DECIMAL_PRECISION,
    Math.max(MAX_DECIMAL_PRECISION - whole, Math.min(scale, MINIMUM_ADJUSTED_SCALE)),
  )
}

/** A type that holds both; beyond 38 digits those before the point are kept, as in Spark since 4.0. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  const lost = Math.max(0, whole + scale - MAX_DECIMAL_PRECISION)
  return decimal(Math.min(whole + scale, MAX_DECIMAL_PRECISION), Math.max(0, scale - lost))
}

type DecimalOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder'

/** The type of `a op b`. */
export function decimalResult(operation: DecimalOperation, a: DecimalType, b: DecimalType): DecimalType {
  const whole = (t: DecimalType): number => t.precision - t.scale
  const scale = Math.max(a.scale, b.scale)
  switch (operation) {
    case 'add':
    case 'subtract':
      return adjust(Math.max(whole(a), whole(b)) + scale + 1, scale)
    case 'multiply':
      return adjust(a.precision + b.precision + 1, a.scale + b.scale)
    case 'divide': {
      const quotientScale = Math.max(6, a.scale + b.precision + 1)
      if (!analysisSession().allowsPrecisionLoss) return exactQuotient(whole(a) + b.scale, quotientScale)
      return adjust(whole(a) + b.scale + quotientScale, quotientScale)
    }
    case 'remainder':
      return adjust(Math.min(whole(a), whole(b)) + scale, scale)
  }
}

/** The type of a quotient none of whose places may be lost for its whole part: what is too much is taken from both in halves. */
function exactQuotient(wholeDigits: number, places: number): DecimalType {
  const [whole, scale] = [wholeDigits, places].map((digits) => Math.min(digits, MAX_DECIMAL_PRECISION)) as [
    number,
    number,
  ]
  const excess = whole + scale - MAX_DECIMAL_PRECISION
  if (excess <= 0) return decimal(whole + scale, scale)
  return decimal(MAX_DECIMAL_PRECISION, scale - Math.trunc(excess / 2) - 1)
}
