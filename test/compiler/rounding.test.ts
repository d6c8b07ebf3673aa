import test from 'ava'
import {
  ROUND_CEILING,
  ROUND_FLOOR,
  ROUND_HALF_EVEN,
  ROUND_HALF_UP,
} from '../../executor/kernels/interface/rounding.js'
import { kernels } from '../support/evaluate.js'
import { Random } from '../support/random.js'

/** A number by its shortest digits as a whole number times ten to a power. */
function digitsOf(value: number): readonly [digits: bigint, exponent: number] {
  const [mantissa, exponent = '0'] = String(value).split('e')
  const [whole, fraction = ''] = mantissa!.split('.')
  return [BigInt(whole! + fraction), Number(exponent) - fraction.length]
}

function rounded(value: number, scale: number, mode: number): number {
  const [digits, exponent] = digitsOf(Math.abs(value))
  const drop = -exponent - scale
  if (drop <= 0) return value
  const unit = 10n ** BigInt(drop)
  const [kept, rest] = [digits / unit, digits % unit]
  const negative = value < 0
  const half = rest * 2n - unit
  const up = {
    [ROUND_HALF_UP]: half >= 0n,
    [ROUND_HALF_EVEN]: half > 0n || (half === 0n && kept % 2n === 1n),
    [ROUND_CEILING]: rest > 0n && !negative,
    [ROUND_FLOOR]: rest > 0n && negative,
  }[mode]
  const result = Number(`${kept + (up ? 1n : 0n)}e${-scale}`)
  return result === 0 ? 0 : negative ? -result : result
}

const MODES = [ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR]

test('doubles are rounded by their digits, near halves and whole units as well', (t) => {
  const random = new Random(3)
  for (let i = 0; i < 20_000; i++) {
    const scale = random.integer(0, 16)
    const unit = 10 ** random.integer(0, 17)
    const near = (random.integer(-1_000_000, 1_000_000) + random.pick([0, 0.5, 0.05, 0.25])) / unit
    const value = random.pick([
      near,
      near * (1 + 2 ** -52),
      near * (1 - 2 ** -53),
      (random.next() - 0.5) * 10 ** random.integer(-5, 17),
    ])
    for (const mode of MODES) {
      const expected = value === 0 ? 0 : rounded(value, scale, mode)
      t.is(kernels.doubleRound(value, scale, mode, 0), expected, `${value} to ${scale} places, mode ${mode}`)
    }
  }
})
