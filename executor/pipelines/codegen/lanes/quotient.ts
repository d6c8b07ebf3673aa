import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { splat } from './lanes.js'

/** By what numbers of up to 2^31 are multiplied, and how far the upper halves of the products are shifted, to divide them. */
export interface Reciprocal {
  readonly factor: number
  readonly shift: number
}

/**
 * The reciprocal of a divisor from 2 to 2^31. With 2^(b-1) < d <= 2^b the factor is 2^(31+b) / d, rounded up, by less than d of its 2^(31+b)th parts:
 * so of a number up to 2^31 the product is too large by less than the dth part of 1 (Granlund and Montgomery, "Division by invariant integers using
 * multiplication", 1994).
 */
export function reciprocalOf(divisor: bigint): Reciprocal {
  const bits = BigInt((divisor - 1n).toString(2).length)
  const factor = ((1n << (31n + bits)) + divisor - 1n) / divisor
  return { factor: Number(BigInt.asIntN(32, factor)), shift: Number(bits) - 1 }
}

/** The upper halves of four products of 64 bits. */
const HIGH_HALVES = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31]

/** Pushes lanes of up to 2^31, which count as without a sign, divided by what the reciprocal is of. */
export function pushQuotient(f: FunctionBuilder, dividend: Local, factor: Local, shift: number | Operand): void {
  f.get(dividend).get(factor).op('i64x2.extmul_low_i32x4_u')
  f.get(dividend).get(factor).op('i64x2.extmul_high_i32x4_u').shuffle(HIGH_HALVES)
  if (typeof shift === 'number') f.i32(shift)
  else f.get(shift)
  f.op('i32x4.shr_u')
}

/** Pushes such lanes divided by a number that code knows. */
export function pushDividedBy(f: FunctionBuilder, dividend: Local, divisor: bigint): void {
  const { factor, shift } = reciprocalOf(divisor)
  pushQuotient(f, dividend, splat(f, factor), shift)
}
