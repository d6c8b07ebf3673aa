import { hasVariants, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Expression, ExprId, SortOrder } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { BeyondSelect } from './beyond-select.js'
import { resolveExpression } from './expressions.js'
import { hasAggregate } from './grouping/of-group.js'
import { closeSelect, type OpenSelect } from './select.js'
import { sortOrders } from './sort-order.js'
import { someNode } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

type Repartition = Extract<UnresolvedRelation, { kind: 'repartition' }>
type Resolve = (e: UnresolvedExpression) => Expression

/** Rows divided anew, by expressions over their columns; over a select list also by what is below it. */
export function analyzeRepartition(
  node: Repartition,
  open: (node: UnresolvedRelation) => LogicalPlan | OpenSelect,
  nextId: () => ExprId,
): LogicalPlan {
  const { divisions, below, reachBelow } = divisionsOver(node)
  const opened = open(below)
  if (!('kind' in opened) && reachBelow) {
    const beyond = new BeyondSelect(opened, 'DISTRIBUTE BY', nextId)
    return beyond.close(dividedBy(divisions, (e) => beyond.resolve(e)))
  }
  const input = 'kind' in opened ? opened : closeSelect(opened)
  const scope = { attributes: outputOf(input) }
  return dividedBy(divisions, (e) => resolveExpression(e, { scope, clause: 'DISTRIBUTE BY' }))(input)
}

/** What cannot be computed of a row: functions over groups and windows. */
const isOfRows = (e: UnresolvedExpression): boolean => hasAggregate(e) || someNode(e, ({ kind }) => kind === 'window')

interface Divisions {
  /** The last of them first. */
  readonly divisions: readonly Repartition[]
  readonly below: UnresolvedRelation
  /** Whether expressions may use what lies below a select list: there are no groups, nor are any asked for. */
  readonly reachBelow: boolean
}

/** A relation without the divisions of its rows on top. */
export function divisionsOver(node: UnresolvedRelation): Divisions {
  const divisions: Repartition[] = []
  let below = node
  for (; below.kind === 'repartition'; below = below.input) divisions.push(below)
  const reachBelow = below.kind === 'project' && !divisions.some(({ expressions }) => expressions.some(isOfRows))
  return { divisions, below, reachBelow }
}

/** @throws UNSUPPORTED_FEATURE.PARTITION_BY_VARIANT */
function refuseVariants(e: UnresolvedExpression, resolve: Resolve): void {
  const written = e.kind === 'sortOrder' ? e.child : e
  const { type } = resolve(written)
  if (!hasVariants(type)) return
  const parameters = { expr: `"${unresolvedText(written)}"`, dataType: quotedTypeName(type) }
  throw new MillraceError('UNSUPPORTED_FEATURE.PARTITION_BY_VARIANT', parameters, { origin: e.origin })
}

/** What divides rows by expressions that are resolved at once. */
export function dividedBy(divisions: readonly Repartition[], resolve: Resolve): (input: LogicalPlan) => LogicalPlan {
  const makers = divisions.map(({ by, expressions, partitions }) => {
    for (const e of expressions) refuseVariants(e, resolve)
    const orders = expressions.flatMap((e): readonly SortOrder[] => {
      if (by === 'range') return sortOrders(e, resolve)
      return [Object.freeze({ expression: resolve(e), direction: 'asc', nulls: 'first' })]
    })
    const counted = partitions === undefined ? {} : { partitions }
    return (input: LogicalPlan): LogicalPlan => Object.freeze({ kind: 'repartition', input, by, orders, ...counted })
  })
  return (input) => makers.reduceRight((rows, divide) => divide(rows), input)
}
