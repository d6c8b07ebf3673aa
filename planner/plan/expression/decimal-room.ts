import type { DecimalType } from '../../../columnar/types.js'
import type { Call, Expression } from './expression.js'

/**
 * Whether decimal arithmetic has a type that holds all its results, and no divisor of zero: it never raises. Results whose places are not all kept may be
 * rounded up to one digit more, so that they do not count.
 */
export function holdsAllResults({ fn, args, type }: Call): boolean {
  const [a, b] = args
  if (type.kind !== 'decimal' || a?.type.kind !== 'decimal') return false
  if (fn === 'negate' || fn === 'abs') return holds(type, wholeDigits(a.type), a.type.scale)
  if (b?.type.kind !== 'decimal') return false
  const [ofA, ofB] = [wholeDigits(a.type), wholeDigits(b.type)]
  switch (fn) {
    case 'add':
    case 'subtract':
      return holds(type, Math.max(ofA, ofB) + 1, Math.max(a.type.scale, b.type.scale))
    case 'multiply':
      return holds(type, ofA + ofB, a.type.scale + b.type.scale)
    // No more than what is divided, which has no more places than the quotient: it is not rounded beyond that either.
    case 'divide':
      return isOneOrMore(b, b.type) && holds(type, ofA, a.type.scale)
    default:
      return false
  }
}

const wholeDigits = ({ precision, scale }: DecimalType): number => precision - scale

const holds = (type: DecimalType, whole: number, places: number): boolean =>
  wholeDigits(type) >= whole && type.scale >= places

/** Of a literal whose value is known: in plans that are compiled it may be another one. */
function isOneOrMore(e: Expression, { scale }: DecimalType): boolean {
  if (e.kind !== 'literal' || e.number !== undefined || typeof e.value !== 'bigint') return false
  const one = 10n ** BigInt(scale)
  return e.value >= one || e.value <= -one
}
