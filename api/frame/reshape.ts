import { BIGINT } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Column, nameOrColumn } from '../column/column.js'
import type { GroupingSetsOf } from './grouped-data.js'
import { listOf, type OneOrMore } from './one-or-more.js'

/** Sets of columns, which are keys behind so many others. */
export function groupingSetsOf(sets: readonly (readonly (Column | string)[])[], keys: number): GroupingSetsOf {
  let next = keys
  return { sets: sets.map((set) => set.map(() => next++)), hiddenKeys: sets.flat().map(nameOrColumn) }
}

export function unpivoted(
  input: UnresolvedRelation,
  ids: OneOrMore<Column | string>,
  values: OneOrMore<Column | string> | undefined,
  nameColumn: string,
  valueColumn: string,
): UnresolvedRelation {
  const groups = values && listOf(values).map((value) => ({ columns: [nameOrColumn(value).expression] }))
  return {
    kind: 'unpivot',
    input,
    ids: listOf(ids).map((id) => nameOrColumn(id).expression),
    ...(groups ? { groups } : {}),
    nameColumn,
    valueColumns: [valueColumn],
    includeNulls: true,
  }
}

/** The rows with their numbers: those of windows begin with 1. */
export function numbered(input: UnresolvedRelation, name: string): UnresolvedRelation {
  const called = (name: string, ...args: readonly UnresolvedExpression[]) => ({ kind: 'function', name, args }) as const
  const place: UnresolvedExpression = {
    kind: 'window',
    function: called('row_number'),
    over: { kind: 'spec', partitionBy: [], orderBy: [called('monotonically_increasing_id')] },
  }
  const one: UnresolvedExpression = { kind: 'literal', type: BIGINT, value: 1n }
  const index: UnresolvedExpression = { kind: 'alias', child: called('-', place, one), name }
  return { kind: 'project', input, expressions: [{ kind: 'star', target: [] }, index] }
}
