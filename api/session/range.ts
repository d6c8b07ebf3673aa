import { BIGINT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

/** @throws INVALID_API_USE unless all are whole numbers and there is a step */
export function rangeOf(
  start: number | bigint,
  end: number | bigint,
  step: number | bigint,
  partitions: number | undefined,
): UnresolvedRelation {
  const by = wholeBigint(step, 'step')
  if (by === 0n) throw new MillraceError('INVALID_API_USE', { reason: 'the step of range() must not be 0' })
  const values = [wholeBigint(start, 'start'), wholeBigint(end, 'end'), by]
  if (partitions !== undefined) values.push(wholeBigint(partitions, 'number of partitions'))
  const args = values.map((value) => ({ kind: 'literal', type: BIGINT, value }) as const)
  return { kind: 'tableFunction', name: ['range'], args }
}

function wholeBigint(value: number | bigint, what: string): bigint {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return BigInt(value)
  throw new MillraceError('INVALID_API_USE', { reason: `the ${what} of range() must be a whole number, not ${value}` })
}
