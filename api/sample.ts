import { anySeed } from '../common/any-seed.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'

type Seed = number | bigint | undefined

/** @throws INVALID_API_USE */
export function sampled(input: UnresolvedRelation, fraction: number, seed: Seed): UnresolvedRelation {
  if (!(fraction >= 0 && fraction <= 1)) throw misuse(`sample(${fraction}): it must be a part from 0 to 1`)
  return { kind: 'sample', input, from: 0, to: fraction, seed: seedOf(seed) }
}

/** @throws INVALID_API_USE */
export function splitByChance(
  input: UnresolvedRelation,
  weights: readonly number[],
  chosen: Seed,
): readonly UnresolvedRelation[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (!(sum > 0 && Number.isFinite(sum)) || weights.some((weight) => weight < 0))
    throw misuse(`randomSplit([${weights.join(', ')}]): weights must not be negative, and one must be more than 0`)
  const seed = seedOf(chosen)
  let before = 0
  return weights.map((weight, i): UnresolvedRelation => {
    const from = before / sum
    before += weight
    const to = i === weights.length - 1 ? 1 : before / sum
    return { kind: 'sample', input, from, to, seed, isOrdered: true }
  })
}

function seedOf(seed: Seed): bigint {
  if (seed === undefined) return anySeed()
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw misuse(`${seed} is no seed: it must be a whole number`)
  return BigInt(seed)
}

const misuse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
