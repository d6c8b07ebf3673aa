import { hasVariants, quotedTypeName } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { isStreaming } from '../physical/streaming.js'
import { reference } from '../plan/expression/build.js'
import type { AggregateCall, Attribute, ExprId } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { sameName } from './names.js'
import { grouped } from './sessions.js'
import { notAmong } from './union-by-name.js'
import { keep } from './visible.js'

/** Maps and variants are compared by no operation over whole rows. @throws UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE, UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE */
export function refuseIncomparable(input: LogicalPlan, { origin }: { readonly origin?: Origin }): void {
  const columns = outputOf(input)
  const map = columns.find(({ type }) => type.kind === 'map')
  const column = map ?? columns.find(({ type }) => hasVariants(type))
  if (!column) return
  const parameters = { colName: `\`${column.name}\``, dataType: quotedTypeName(column.type) }
  const type = map ? 'MAP' : 'VARIANT'
  throw new MillraceError(`UNSUPPORTED_FEATURE.SET_OPERATION_ON_${type}_TYPE`, parameters, { origin })
}

/** Each row once. */
export function distinct(input: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  refuseIncomparable(input, {})
  return grouped(Object.freeze({ kind: 'aggregate', input, keys: outputOf(input).map(keep), aggregates: [] }), nextId)
}

/** One row of those that agree in some columns. @throws UNRESOLVED_COLUMN_AMONG_FIELD_NAMES */
export function distinctBy(input: LogicalPlan, names: readonly string[], nextId: () => ExprId): LogicalPlan {
  if (names.length === 0) return Object.freeze({ kind: 'limit', input, limit: 1, offset: 0 })
  if (isStreaming(input))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'dropDuplicates by some columns of a stream' })
  const columns = outputOf(input)
  const keys = new Set<Attribute>()
  for (const name of names) {
    const found = columns.filter((a) => sameName(a.name, name))
    if (found.length === 0) throw notAmong(name, columns)
    for (const column of found) keys.add(column)
  }
  // Of a group all come from the same row: each is taken where the first row of the group is met.
  const firsts = new Map<Attribute, AggregateCall>()
  for (const column of columns) {
    if (keys.has(column)) continue
    const { name, type, nullable } = column
    const args = [reference(column)]
    firsts.set(column, Object.freeze({ id: nextId(), name, fn: 'first', args, distinct: false, type, nullable }))
  }
  const grouped: LogicalPlan = Object.freeze({
    kind: 'aggregate',
    input,
    keys: [...keys].map(keep),
    aggregates: [...firsts.values()],
  })
  const projections = columns.map((column) => {
    const first = firsts.get(column)
    return first ? Object.freeze({ ...keep(column), id: first.id, expression: reference(first) }) : keep(column)
  })
  return Object.freeze({ kind: 'project', input: grouped, projections })
}
