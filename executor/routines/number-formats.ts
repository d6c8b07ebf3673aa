import { doubleText } from '../../columnar/double-text.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type NumberFormat, numberFormat, numberFormatOfPlaces } from './number-format-pattern.js'
import type { HostRoutine } from './routine.js'

/* `format_number`: numbers as Java's DecimalFormat writes them. */

const MOST_FORMATS = 64
const parsed = new Map<string, NumberFormat>()

/** The last patterns are kept. */
function formatOf(pattern: string): NumberFormat {
  const known = parsed.get(pattern)
  if (known) return known
  const made = numberFormat(pattern, (value) => {
    const parameters = { parameter: '`format`', functionName: '`format_number`', value }
    return new MillraceError('INVALID_PARAMETER_VALUE.PATTERN', parameters)
  })
  if (parsed.size >= MOST_FORMATS) parsed.clear()
  parsed.set(pattern, made)
  return made
}

export const format: HostRoutine = ([value, places], { arguments: [type] }) => {
  if (typeof places === 'number' && places < 0) return null
  const by = typeof places === 'number' ? numberFormatOfPlaces(places) : formatOf(String(places))
  if (type!.kind === 'float' || type!.kind === 'double') return ofDouble(value as number, by)
  const unscaled = BigInt(value as number | bigint)
  const scale = type!.kind === 'decimal' ? type!.scale : 0
  return written({ digits: unscaled < 0n ? -unscaled : unscaled, scale, beyond: 0 }, unscaled < 0n, by)
}

/** A number that is not negative: digits, of which so many are behind the point, and on which side of it the exact value is. */
interface Magnitude {
  readonly digits: bigint
  readonly scale: number
  readonly beyond: -1 | 0 | 1
}

function ofDouble(value: number, by: NumberFormat): string {
  if (Number.isNaN(value)) return 'NaN'
  const isNegative = value < 0 || Object.is(value, -0)
  if (!Number.isFinite(value)) return framed('∞', isNegative, by)
  const [mantissa, power = '0'] = doubleText(Math.abs(value)).split('E') as [string, string | undefined]
  const [whole, fraction] = mantissa.split('.') as [string, string]
  const [digits, scale] = [BigInt(whole + fraction), fraction.length - Number(power)]
  return written({ digits, scale, beyond: sideOf(Math.abs(value), digits, scale) }, isNegative, by)
}

/** Whether a double is below, at or above the number that tells it in the fewest digits. */
function sideOf(value: number, digits: bigint, scale: number): -1 | 0 | 1 {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const exponent = Number(raw >> 52n)
  const fraction = raw & 0xf_ffff_ffff_ffffn
  const mantissa = exponent === 0 ? fraction : fraction | 0x10_0000_0000_0000n
  const power = Math.max(exponent, 1) - 1075
  // mantissa * 2^power against digits / 10^scale
  const left = (mantissa << BigInt(Math.max(power, 0))) * 10n ** BigInt(Math.max(scale, 0))
  const right = (digits * 10n ** BigInt(Math.max(-scale, 0))) << BigInt(Math.max(-power, 0))
  return left < right ? -1 : left > right ? 1 : 0
}

/** With so many places; half to where the exact value is, or to the even digit. */
function rounded({ digits, scale, beyond }: Magnitude, places: number): bigint {
  if (scale <= places) return digits * 10n ** BigInt(places - scale)
  const unit = 10n ** BigInt(scale - places)
  const [kept, rest] = [digits / unit, (digits % unit) * 2n]
  const isUp = rest > unit || (rest === unit && (beyond > 0 || (beyond === 0 && kept % 2n === 1n)))
  return isUp ? kept + 1n : kept
}

const framed = (body: string, isNegative: boolean, { before, behind }: NumberFormat): string =>
  isNegative ? before.negative + body + behind.negative : before.positive + body + behind.positive

function written(number: Magnitude, isNegative: boolean, by: NumberFormat): string {
  const scaled = { ...number, scale: number.scale - by.power }
  return framed(by.exponentDigits === undefined ? plain(scaled, by) : withExponent(scaled, by), isNegative, by)
}

/** The digits behind the point: without zeros at the end beyond the least number of places. */
function fractionText(digits: string, { placesLeast }: NumberFormat): string {
  const kept = digits.replace(/0+$/, '')
  return kept.padEnd(placesLeast, '0')
}

function plain(number: Magnitude, by: NumberFormat): string {
  const digits = rounded(number, by.placesMost)
    .toString()
    .padStart(by.placesMost + 1, '0')
  const point = digits.length - by.placesMost
  const fraction = fractionText(digits.slice(point), by)
  const whole = digits.slice(0, point).replace(/^0+/, '').padStart(by.wholeLeast, '0')
  // Something stands there in any case.
  const shown = whole === '' && fraction === '' ? '0' : whole
  const grouped = by.groupSize > 0 ? inGroups(shown, by.groupSize) : shown
  return grouped + (fraction !== '' || by.hasPoint ? `.${fraction}` : '')
}

function inGroups(digits: string, size: number): string {
  const first = digits.length % size
  const groups = first > 0 ? [digits.slice(0, first)] : []
  for (let at = first; at < digits.length; at += size) groups.push(digits.slice(at, at + size))
  return groups.join(',')
}

/** The digits of the mantissa: as many as the pattern has before and behind its point. */
function withExponent(number: Magnitude, by: NumberFormat): string {
  const { wholeLeast, wholeMost, placesLeast, placesMost } = by
  const length = number.digits.toString().length
  const count = wholeMost + placesMost
  const isZero = number.digits === 0n
  // Where the point stands from the first digit on.
  const exact = isZero ? 0 : length - number.scale
  const all = isZero ? '' : rounded(number, Math.max(count, 1) - exact).toString()
  const point = !isZero && all.length > Math.max(count, 1) ? exact + 1 : exact
  const digits = all.slice(0, Math.max(count, 1)).replace(/0+$/, '')
  const repeats = wholeMost > 1 && wholeMost > wholeLeast
  const exponent = repeats ? Math.floor((point - 1) / wholeMost) * wholeMost : point - wholeLeast
  const least = repeats ? 1 : wholeLeast
  const wholeCount = isZero ? least : point - exponent
  const shown = digits.padEnd(Math.max(repeats ? 1 + placesLeast : wholeLeast + placesLeast, wholeCount), '0')
  const fraction = shown.slice(wholeCount)
  const power = isZero ? 0 : exponent
  const powerText = `${power < 0 ? '-' : ''}${String(Math.abs(power)).padStart(by.exponentDigits!, '0')}`
  return `${shown.slice(0, wholeCount)}${fraction !== '' || by.hasPoint ? `.${fraction}` : ''}E${powerText}`
}
