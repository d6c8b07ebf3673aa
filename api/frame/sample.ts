import { BIGINT, DOUBLE } from '../../columnar/types.js'
import { anySeed } from '../../common/any-seed.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Literal, literalOf } from '../column/literal.js'

type Seed = number | bigint | undefined

/** @throws INVALID_API_USE */
export function sampled(input: UnresolvedRelation, fraction: number, seed: Seed): UnresolvedRelation {
  if (!(fraction >= 0 && fraction <= 1)) throw misuse(`sample(${fraction}): it must be a part from 0 to 1`)
  return { kind: 'sample', input, from: 0, to: fraction, seed: seedOf(seed) }
}

/**
 * Rows of which as many are kept, by chance, as their value's part says; of values without one none.
 * @throws INVALID_API_USE
 */
export function sampledBy(
  input: UnresolvedRelation,
  column: UnresolvedExpression,
  fractions: ReadonlyMap<Literal, number> | Readonly<Record<string, number>>,
  seed: Seed,
): UnresolvedRelation {
  const pairs: readonly (readonly [Literal, number])[] =
    fractions instanceof Map ? [...fractions] : Object.entries(fractions)
  const branches = pairs.map(([value, fraction]) => {
    if (!(fraction >= 0 && fraction <= 1))
      throw misuse(`sampleBy with ${fraction} of the rows with ${String(value)}: it must be a part from 0 to 1`)
    return { when: called('<=>', column, literalOf(value)), value: literalOf(fraction) }
  })
  if (branches.length === 0) return { kind: 'limit', input, limit: 0, offset: 0 }
  const drawn = called('rand', { kind: 'literal', type: BIGINT, value: seedOf(seed) })
  const part: UnresolvedExpression = { kind: 'case', branches, otherwise: { kind: 'literal', type: DOUBLE, value: 0 } }
  return { kind: 'filter', input, condition: called('<', drawn, part) }
}

const called = (name: string, ...args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
})

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
