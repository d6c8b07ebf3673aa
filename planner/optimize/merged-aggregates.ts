import { BIGINT, type DataType } from '../../columnar/types.js'
import { call, literal, reference } from '../plan/expression/build.js'
import type { AggregateCall, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { sumHasRoom } from '../plan/expression/sum-room.js'

/** Whether the results of groups can be merged to that of all their rows: of sums those that are exact in any order and have room for any number of rows. */
export function isMergeable({ fn, args, distinct, filter }: AggregateCall): boolean {
  if (distinct || filter) return false
  if (fn === 'sum') return hasRoom(args[0]!)
  return fn === 'count' || fn === 'min' || fn === 'max'
}

function hasRoom(added: Expression): boolean {
  if (added.type.kind === 'decimal') return sumHasRoom(added.type)
  return added.kind === 'cast' && added.type.kind === 'bigint' && SMALL.has(added.child.type.kind)
}

const SMALL: ReadonlySet<DataType['kind']> = new Set(['tinyint', 'smallint', 'int'])

/** What merges the results of groups, given their column. Where an outer join gives NULL for it, a count of values is 0 and one of rows 1. */
export function mergedBy(one: AggregateCall, value: Expression, id: ExprId): AggregateCall {
  if (one.fn !== 'count') return Object.freeze({ ...one, id, args: [value] })
  return Object.freeze({ ...one, id, fn: 'sum', nullable: true, args: [orElse(value, one.args.length > 0 ? 0n : 1n)] })
}

const orElse = (value: Expression, otherwise: bigint): Expression =>
  call('coalesce', BIGINT, [value, literal(BIGINT, otherwise)])

/** What an aggregate of all rows is, of what merges the results of their groups: there may be none of these. */
export function resultOf({ id, name, fn }: AggregateCall, merging: AggregateCall): NamedExpression {
  const value = reference({ id: merging.id, name: merging.name, type: merging.type, nullable: merging.nullable })
  return Object.freeze({ id, name, expression: fn === 'count' ? orElse(value, 0n) : value })
}
