import { MillraceError } from '../common/errors/millrace-error.js'
import { quotedText } from '../common/errors/quoting.js'

/** An exact decimal number, `unscaled / 10 ** scale`. What a decimal column gives to and takes from a user's rows. */
export class Decimal {
  readonly unscaled: bigint
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled
    this.scale = scale
    Object.freeze(this)
  }

  /** Reads `-12.340` or `1.5e3` exactly. @throws CAST_INVALID_INPUT */
  static parse(text: string): Decimal {
    const decimal = Decimal.tryParse(text)
    if (decimal) return decimal
    throw new MillraceError('CAST_INVALID_INPUT', {
      expression: quotedText(text),
      sourceType: '"STRING"',
      targetType: '"DECIMAL"',
    })
  }

  /** Like `parse`, but undefined where the text is no number. */
  static tryParse(text: string): Decimal | undefined {
    // Trimmed first: blanks at both ends of one pattern take quadratic time where there is nothing but blanks between.
    const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text.trim())
    const digits = match ? (match[2] ?? '') + (match[3] ?? '') : ''
    if (!match || digits === '') return undefined
    const scale = (match[3] ?? '').length - Number(match[4] ?? 0)
    const magnitude = BigInt(digits) * (scale < 0 ? 10n ** BigInt(-scale) : 1n)
    return new Decimal(match[1] === '-' ? -magnitude : magnitude, Math.max(scale, 0))
  }

  /** The same value with another scale, rounded half up (away from zero) where digits are lost, as Spark does. */
  withScale(scale: number): Decimal {
    if (scale === this.scale) return this
    if (scale > this.scale) return new Decimal(this.unscaled * 10n ** BigInt(scale - this.scale), scale)
    const divisor = 10n ** BigInt(this.scale - scale)
    const half = divisor / 2n
    const rounded = this.unscaled < 0n ? (this.unscaled - half) / divisor : (this.unscaled + half) / divisor
    return new Decimal(rounded, scale)
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return new Decimal(this.withScale(scale).unscaled + other.withScale(scale).unscaled, scale)
  }

  minus(other: Decimal): Decimal {
    return this.plus(new Decimal(-other.unscaled, other.scale))
  }

  /** The exact product: its scale is the sum of both. */
  times(other: Decimal): Decimal {
    return new Decimal(this.unscaled * other.unscaled, this.scale + other.scale)
  }

  /** Below 0 when this is less, above when it is more, 0 when both are equal, whatever their scales. For `sort` too. */
  compareTo(other: Decimal): number {
    const { unscaled } = this.minus(other)
    return unscaled < 0n ? -1 : unscaled > 0n ? 1 : 0
  }

  /** Numbers where JavaScript needs one, as in `a < b` and `a * 2`; text elsewhere, also in `a + 1`. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? this.toNumber() : this.toString()
  }

  toNumber(): number {
    return Number(this.toString())
  }

  /** All digits, with as many after the point as the scale says: `0.00`, `-12.340`. */
  toString(): string {
    if (this.scale === 0) return this.unscaled.toString()
    const negative = this.unscaled < 0n
    const digits = (negative ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0')
    const point = digits.length - this.scale
    return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
  }

  toJSON(): string {
    return this.toString()
  }
}
