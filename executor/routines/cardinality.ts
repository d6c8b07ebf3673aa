import { MEASURED } from './cardinality-data.js'
import type { HostRoutine } from './routine.js'

/* How many distinct values the registers of a HyperLogLog++ tell of, with the corrections of Spark, to the last one. */

/** The fewest bits that choose a register. */
const LEAST_BITS = 4
/** Up to so many values, by bits, counting the empty registers is better. */
const COUNTED_UP_TO = [10, 20, 40, 80, 220, 400, 900, 1_800, 3_100, 6_500, 15_500, 20_000, 50_000, 120_000, 350_000]
/** The bias is that of so many measured numbers around. */
const NEIGHBOURS = 6

interface Correction {
  readonly estimates: readonly number[]
  readonly biases: readonly number[]
}

const corrections = new Map<number, Correction>()

function correctionOf(bits: number): Correction {
  const known = corrections.get(bits)
  if (known) return known
  const { estimates, step, more } = MEASURED[bits - LEAST_BITS]!
  const numbers = estimates.split(/\s+/).map(Number)
  let values = 1
  const biases = numbers.map((estimate, i) => {
    if (i > 0) values += step + Number(more[i - 1])
    return estimate - values
  })
  const made = { estimates: numbers, biases }
  corrections.set(bits, made)
  return made
}

function biasOf(estimate: number, bits: number): number {
  const { estimates, biases } = correctionOf(bits)
  const distance = (i: number): number => (estimate - estimates[i]!) ** 2
  const above = estimates.findIndex((each) => each >= estimate)
  let low = Math.max((above < 0 ? estimates.length : above) - NEIGHBOURS + 1, 0)
  let high = Math.min(low + NEIGHBOURS, estimates.length)
  for (; high < estimates.length && distance(high) < distance(low); high++) low++
  return biases.slice(low, high).reduce((sum, bias) => sum + bias, 0) / (high - low)
}

function scaleOf(bits: number): number {
  const registers = 2 ** bits
  const factor = bits === 4 ? 0.673 : bits === 5 ? 0.697 : bits === 6 ? 0.709 : 0.7213 / (1 + 1.079 / registers)
  return factor * registers * registers
}

/** Of a byte for each register, none where there was no value. */
export const estimate: HostRoutine = ([state, bitCount]) => {
  const registers = state as Uint8Array
  const bits = Number(bitCount)
  if (registers.length === 0) return 0n
  let inverse = 0
  let empty = 0
  for (const register of registers) {
    inverse += 1 / 2 ** register
    if (register === 0) empty++
  }
  const raw = scaleOf(bits) / inverse
  const corrected = raw < 5 * registers.length ? raw - biasOf(raw, bits) : raw
  if (empty === 0) return rounded(corrected)
  const counted = registers.length * Math.log(registers.length / empty)
  const isFew = counted <= COUNTED_UP_TO[bits - LEAST_BITS]! || raw <= 2.5 * registers.length
  return rounded(isFew ? counted : corrected)
}

const rounded = (value: number): bigint => BigInt(Math.floor(value + 0.5))
