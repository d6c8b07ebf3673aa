import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Column, nameOrColumn } from '../column/column.js'

/** How many tasks there are to be, columns, or both. */
export type PartitionsAnd<C> = readonly [number | C, ...C[]]

/** Columns as sort orders, ascending unless they say. */
export const ordersOf = (columns: readonly (Column | string)[]): readonly UnresolvedExpression[] =>
  columns.map(nameOrColumn).map((c) => (c.expression.kind === 'sortOrder' ? c : c.asc()).expression)

type Repartition = Extract<UnresolvedRelation, { kind: 'repartition' }>

export function repartitioned(input: UnresolvedRelation, to: PartitionsAnd<Column | string>): Repartition {
  const { partitions, columns } = parted(to, 'repartition')
  const expressions = columns.map((column) => nameOrColumn(column).expression)
  if (expressions.some(({ kind }) => kind === 'sortOrder'))
    throw new MillraceError('INVALID_API_USE', {
      reason: 'repartition() takes no sort orders; repartitionByRange() does',
    })
  return { kind: 'repartition', by: columns.length > 0 ? 'hash' : 'inTurn', input, expressions, ...partitions }
}

export function rangesOf(input: UnresolvedRelation, to: PartitionsAnd<Column | string>): Repartition {
  const { partitions, columns } = parted(to, 'repartitionByRange')
  if (columns.length === 0)
    throw new MillraceError('INVALID_API_USE', { reason: 'repartitionByRange() needs at least one column' })
  return { kind: 'repartition', by: 'range', input, expressions: ordersOf(columns), ...partitions }
}

export const coalesced = (input: UnresolvedRelation, count: number): Repartition => {
  const { partitions } = parted([count], 'coalesce')
  return { kind: 'repartition', by: 'byTask', input, expressions: [], ...partitions }
}

const MOST_PARTITIONS = 10_000

function parted([first, ...rest]: PartitionsAnd<Column | string>, what: string) {
  if (typeof first !== 'number') return { partitions: {}, columns: [first, ...rest] }
  if (!Number.isSafeInteger(first) || first < 1 || first > MOST_PARTITIONS) {
    const reason = `${what}(${first}): the number of partitions must be a whole number from 1 to ${MOST_PARTITIONS}`
    throw new MillraceError('INVALID_API_USE', { reason })
  }
  return { partitions: { partitions: first }, columns: rest }
}
