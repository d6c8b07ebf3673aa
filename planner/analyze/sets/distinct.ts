import { isCollated } from '../../../columnar/text-types.js'
import { hasVariants, quotedTypeName } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { eventTimeOf } from '../../physical/event-times.js'
import { isStreaming } from '../../physical/streaming.js'
import { reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { Distinct } from '../../plan/unresolved/distinct.js'
import { sameName } from '../names/names.js'
import { keep } from '../names/visible.js'
import { grouped } from '../sessions.js'
import { notAmong } from './union-by-name.js'

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

/** @throws UNRESOLVED_COLUMN_AMONG_FIELD_NAMES, UNSUPPORTED_FEATURE */
export function analyzeDistinct(
  { columns, isWithinWatermark = false }: Distinct,
  input: LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan {
  if (isStreaming(input)) return deduplicated(input, columns, isWithinWatermark)
  if (isWithinWatermark)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'dropDuplicatesWithinWatermark of a table' })
  return columns ? distinctBy(input, columns, nextId) : distinct(input, nextId)
}

/** Each row once, of a stream the first. */
export const eachOnce = (input: LogicalPlan, nextId: () => ExprId): LogicalPlan =>
  isStreaming(input) ? deduplicated(input, undefined, false) : distinct(input, nextId)

/** Of the rows of a stream that agree in some columns, or in all, the first one. */
function deduplicated(
  input: LogicalPlan,
  names: readonly string[] | undefined,
  isWithinWatermark: boolean,
): LogicalPlan {
  const columns = outputOf(input)
  const keys = names ? [...columnsNamed(columns, names)] : columns
  if (!names) refuseIncomparable(input, {})
  if (keys.some(({ type }) => isCollated(type)))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'dropDuplicates of a stream by texts with a collation' })
  const eventTime = eventTimeOf(input)
  if (isWithinWatermark && !eventTime)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'dropDuplicatesWithinWatermark without a watermark' })
  const ids = keys.map(({ id }) => id)
  return Object.freeze({ kind: 'deduplicate', input, keys: ids, isWithinWatermark, ...(eventTime && { eventTime }) })
}

/** Each row once. */
function distinct(input: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  refuseIncomparable(input, {})
  return grouped(Object.freeze({ kind: 'aggregate', input, keys: outputOf(input).map(keep), aggregates: [] }), nextId)
}

function columnsNamed(columns: readonly Attribute[], names: readonly string[]): ReadonlySet<Attribute> {
  const keys = new Set<Attribute>()
  for (const name of names) {
    const found = columns.filter((a) => sameName(a.name, name))
    if (found.length === 0) throw notAmong(name, columns)
    for (const column of found) keys.add(column)
  }
  return keys
}

/** One row of those that agree in some columns. @throws UNRESOLVED_COLUMN_AMONG_FIELD_NAMES */
function distinctBy(input: LogicalPlan, names: readonly string[], nextId: () => ExprId): LogicalPlan {
  if (names.length === 0) return Object.freeze({ kind: 'limit', input, limit: 1, offset: 0 })
  const columns = outputOf(input)
  const keys = columnsNamed(columns, names)
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
