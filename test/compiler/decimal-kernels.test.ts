import test from 'ava'
import {
  ROUND_CEILING,
  ROUND_FLOOR,
  ROUND_HALF_EVEN,
  ROUND_HALF_UP,
} from '../../executor/kernels/interface/rounding.js'
import { RESULT_ADDRESS, RESULT_HIGH, RESULT_LENGTH, RESULT_LOW } from '../../executor/kernels/interface/text.js'
import { kernels, memory } from '../support/evaluate.js'

const MOST = 10n ** 38n - 1n
const OUT = memory.allocate(16)
const abs = (x: bigint): bigint => (x < 0n ? -x : x)
const halves = (x: bigint): readonly [low: bigint, high: bigint] => [BigInt.asIntN(64, x), BigInt.asIntN(64, x >> 64n)]
const bothSigns = (values: readonly bigint[]): readonly bigint[] => values.flatMap((x) => [x, -x])

/** Where one, two, three and four limbs begin and end, powers of ten and what is one less, halves, and numbers of few digits. */
const VALUES = bothSigns([
  ...[0n, 1n, 4n, 5n, 6n, 14n, 15n, 25n, 45n, 49n, 50n, 51n, 99n, 123456789n],
  ...[32n, 63n, 64n, 95n, 96n].flatMap((bits) => [(1n << bits) - 1n, 1n << bits, (1n << bits) + 1n]),
  ...[9n, 18n, 19n, 20n, 27n, 37n].flatMap((digits) => [10n ** digits - 1n, 10n ** digits, 5n * 10n ** digits]),
  MOST,
])
const SCALES = [0, 1, 2, 6, 7, 8, 9, 10, 17, 18, 19, 20, 27, 37, 38]

/** The result, or undefined where the kernel says that it has too many digits. */
function resultOf(status: number): bigint | undefined {
  if (status !== 0) return undefined
  const low = memory.view.getBigUint64(OUT + RESULT_LOW, true)
  return (memory.view.getBigInt64(OUT + RESULT_HIGH, true) << 64n) | low
}

function textOf(print: () => void): string {
  kernels.arenaReset()
  print()
  const at = memory.view.getUint32(OUT + RESULT_ADDRESS, true)
  return Buffer.from(memory.bytes.slice(at, at + memory.view.getUint32(OUT + RESULT_LENGTH, true))).toString()
}

const within = (x: bigint, precision: number): bigint | undefined => (abs(x) < 10n ** BigInt(precision) ? x : undefined)

function halfUp(dividend: bigint, divisor: bigint): bigint {
  const [x, y] = [abs(dividend), abs(divisor)]
  const quotient = (2n * x + y) / (2n * y)
  return dividend < 0n === divisor < 0n ? quotient : -quotient
}

test('decimals are printed with all digits of their scale, and as Java prints them', (t) => {
  for (const value of VALUES)
    for (const scale of SCALES) {
      const digits = String(abs(value)).padStart(scale + 1, '0')
      const sign = value < 0n ? '-' : ''
      const fraction = scale > 0 ? `.${digits.slice(-scale)}` : ''
      const plain = `${sign}${digits.slice(0, digits.length - scale)}${fraction}`
      t.is(
        textOf(() => kernels.formatDecimal(...halves(value), scale, OUT)),
        plain,
      )
      const own = String(abs(value))
      const exponent = own.length - 1 - scale
      const java = `${sign}${own[0]}${own.length > 1 ? `.${own.slice(1)}` : ''}E${exponent}`
      t.is(
        textOf(() => kernels.formatDecimalAsJava(...halves(value), scale, OUT)),
        exponent >= -6 ? plain : java,
      )
    }
})

test('a decimal has more digits than a precision from the power of ten on, of both signs', (t) => {
  for (let precision = 1; precision <= 38; precision++)
    // Also without anything in the lower word.
    for (const value of bothSigns([
      ...[10n ** BigInt(precision) - 1n, 10n ** BigInt(precision), 0n],
      ...[0n, 1n].map((more) => (((10n ** BigInt(precision)) >> 64n) + more) << 64n),
    ]))
      t.is(kernels.decimalExceeds(...halves(value), precision), Number(within(value, precision) === undefined))
})

test('digits are added and dropped half up, and refused where they are too many', (t) => {
  for (const value of VALUES)
    for (const places of SCALES)
      for (const precision of [1, 18, 19, 38]) {
        const unit = 10n ** BigInt(places)
        const up = resultOf(kernels.decimalRescale(...halves(value), places, precision, OUT))
        t.is(up, within(value * unit, precision), `${value} with ${places} more of ${precision}`)
        const down = resultOf(kernels.decimalRescale(...halves(value), -places, precision, OUT))
        t.is(down, within(halfUp(value, unit), precision), `${value} with ${places} fewer of ${precision}`)
      }
})

function rounded(value: bigint, unit: bigint, mode: number): bigint {
  const [kept, rest] = [abs(value) / unit, abs(value) % unit]
  const up = {
    [ROUND_HALF_UP]: 2n * rest >= unit,
    [ROUND_HALF_EVEN]: 2n * rest > unit || (2n * rest === unit && kept % 2n === 1n),
    [ROUND_CEILING]: rest > 0n && value > 0n,
    [ROUND_FLOOR]: rest > 0n && value < 0n,
  }[mode]
  return (kept + (up ? 1n : 0n)) * (value < 0n ? -1n : 1n)
}

test('decimals and whole numbers are rounded in each way, at halves, to nothing and to what has no room', (t) => {
  const long = (1n << 63n) - 1n
  for (const mode of [ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR])
    for (const value of VALUES) {
      for (const drop of SCALES)
        for (const [up, precision] of [
          [0, 38],
          [0, 18],
          [1, 38],
          [drop, 38],
        ] as const) {
          const result = resultOf(kernels.decimalRound(...halves(value), drop, up, mode, precision, OUT))
          const expected = rounded(value, 10n ** BigInt(drop), mode) * 10n ** BigInt(up)
          t.is(result, within(expected, precision), `${value}, ${drop} fewer and ${up} more, of ${precision}`)
        }
      if (value > long || value < -long - 1n) continue
      for (const drop of [1, 2, 9, 17, 18, 19])
        for (const most of [127n, 2147483647n, long]) {
          const expected = rounded(value, 10n ** BigInt(drop), mode) * 10n ** BigInt(drop)
          const isBeyond = expected > most || expected < -most - 1n
          t.is(kernels.longRound(value, drop, mode, most, OUT), Number(isBeyond), `${value}, ${drop}, ${most}`)
          if (!isBeyond) t.is(memory.view.getBigInt64(OUT + RESULT_LOW, true), expected)
        }
    }
})

/** A digit of long division that is guessed one too high, which only what is subtracted shows: each pair has one. */
const ADDED_BACK = [
  [0x800000000000000000000003n, 0x200000000000000000000001n],
  [0xfffffffe7fffffff00000001n, 0xfffffffe7fffffff80000000n],
  [0xfffffffffffffffe20000000n, 0x300000002fffffffen],
  [0x2800000000000000000000003n, 0x200000000000000000000001n],
  [0x1fffffffffffffffe00000000n, 0x20000000200000003n],
  [0x10000000000000000n, 0x10000000000000001n],
] as const

test('quotients and what is left are right where long division guesses a digit too high', (t) => {
  for (const [x, y] of ADDED_BACK)
    for (const dividend of [x, -x, x + 1n, x + y])
      for (const divisor of [y, -y]) {
        const operands = [...halves(dividend), ...halves(divisor)] as const
        t.is(resultOf(kernels.decimalRemainder(...operands, 0, 0, 38, OUT)), dividend % divisor)
        t.is(resultOf(kernels.decimalDivide(...operands, 0, 38, OUT)), halfUp(dividend, divisor))
        t.is(resultOf(kernels.decimalIntegerDivide(...operands, 0, OUT)), dividend / divisor)
      }
})

test('decimals of all sizes are added, multiplied and divided as whole numbers are, and rounded half up once', (t) => {
  for (const a of VALUES)
    for (const b of VALUES) {
      const operands = [...halves(a), ...halves(b)] as const
      for (const [up, drop] of [
        [0, 0],
        [0, 1],
        [1, 3],
      ] as const) {
        const unit = 10n ** BigInt(drop)
        const scaled = b * 10n ** BigInt(up)
        const add = (subtract: number): bigint | undefined =>
          resultOf(kernels.decimalAdd(...halves(a), 0, ...halves(b), up, subtract, drop, 38, OUT))
        if (add(0) !== within(halfUp(a + scaled, unit), 38)) t.fail(`${a} + ${b}, ${up}, ${drop}`)
        if (add(1) !== within(halfUp(a - scaled, unit), 38)) t.fail(`${a} - ${b}, ${up}, ${drop}`)
        const product = resultOf(kernels.decimalMultiply(...operands, drop, 38, OUT))
        if (product !== within(halfUp(a * b, unit), 38)) t.fail(`${a} * ${b}, ${drop}`)
      }
      if (b === 0n) continue
      for (const up of [-1, 0, 1, 9, 18, 19]) {
        const [x, y] = up >= 0 ? [a * 10n ** BigInt(up), b] : [a, b * 10n ** BigInt(-up)]
        const quotient = resultOf(kernels.decimalDivide(...operands, up, 38, OUT))
        if (quotient !== within(halfUp(x, y), 38)) t.fail(`${a} / ${b}, ${up}`)
        const rest = resultOf(kernels.decimalRemainder(...operands, up, 0, 38, OUT))
        if (rest !== within(x % y, 38)) t.fail(`${a} % ${b}, ${up}`)
      }
    }
  t.pass()
})
