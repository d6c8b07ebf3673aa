import type { NamedExpression, SortOrder } from '../plan/expression/expression.js'
import { aggregateText, type ColumnText, sqlText, windowText } from '../plan/expression/sql-text.js'
import { mappingText } from '../plan/expression/user-function.js'
import { JOIN_NAMES } from '../plan/join-kind.js'
import { outputOf } from '../plan/logical/output.js'
import type {
  LogicalDeduplicate,
  LogicalEvaluate,
  LogicalJoin,
  LogicalPlan,
  LogicalWatermark,
} from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import { divisionText } from './division-text.js'
import { filterText } from './filter-text.js'
import { drawTree, IdNames, type TreeNode } from './tree.js'

/** A resolved plan as a tree, leaves first numbered. @param more what stands behind each line */
export function explainLogical(plan: LogicalPlan, more: (plan: LogicalPlan) => string = () => ''): string {
  const names = new IdNames()
  const nodeOf = (node: LogicalPlan): TreeNode => {
    const children = inputsOf(node).map(nodeOf)
    return { line: lineOf(node, names) + more(node), children }
  }
  return drawTree(nodeOf(plan))
}

function lineOf(plan: LogicalPlan, names: IdNames): string {
  const column: ColumnText = (c) => (c.kind === 'attribute' ? names.of(c.name, c.id) : c.name)
  const output = (): string =>
    `[${outputOf(plan)
      .map((a) => names.of(a.name, a.id))
      .join(', ')}]`
  const named = ({ id, name, expression }: NamedExpression): string =>
    expression.kind === 'attribute' && expression.id === id
      ? names.of(name, id)
      : `${sqlText(expression, column)} AS ${names.of(name, id)}`
  const order = (o: SortOrder): string =>
    `${sqlText(o.expression, column)} ${o.direction.toUpperCase()} NULLS ${o.nulls.toUpperCase()}`
  switch (plan.kind) {
    case 'scan': {
      const filters = plan.filters.length > 0 ? `, filters: [${plan.filters.map(filterText).join(', ')}]` : ''
      return `${plan.streaming ? 'StreamingRelation' : 'Relation'} ${plan.source.provider} ${output()}${filters}`
    }
    case 'local':
      return `LocalRelation ${output()}, ${plan.rows} rows`
    case 'oneRow':
      return 'OneRowRelation'
    case 'range':
      return `Range (${plan.start}, ${plan.end}, step=${plan.step}) ${output()}`
    case 'values':
      return `LocalRelation ${output()}, ${plan.rows.length} rows`
    case 'union':
      return `Union ${output()}`
    case 'project':
      return `Project [${plan.projections.map(named).join(', ')}]`
    case 'filter':
      return `Filter ${sqlText(plan.condition, column)}`
    case 'aggregate': {
      const calls = plan.aggregates.map((call) => `${aggregateText(call, column)} AS ${names.of(call.name, call.id)}`)
      return `Aggregate [${plan.keys.map(named).join(', ')}], [${calls.join(', ')}]`
    }
    case 'window': {
      const calls = plan.calls.map((call) => `${windowText(call, column)} AS ${names.of(call.name, call.id)}`)
      const keys = plan.partitionBy.map((key) => sqlText(key, column))
      return `Window [${calls.join(', ')}], [${keys.join(', ')}], [${plan.orderBy.map(order).join(', ')}]`
    }
    case 'join':
      return joinText(plan, column)
    case 'replicate':
      return `Replicate ${sqlText(plan.times, column)} times`
    case 'expand':
      return `Expand ${plan.copies.length} times, [${plan.added.map((a) => names.of(a.name, a.id)).join(', ')}]`
    case 'sample':
      return `Sample ${plan.from} to ${plan.to}, seed ${plan.seed}`
    case 'draw':
      return `Draw ${sqlText(plan.call)} AS ${names.of(plan.column.name, plan.column.id)}`
    case 'evaluate':
      return evaluateText(plan, column, names)
    case 'mapPartitions':
      return `${mappingText(plan)} ${output()}`
    case 'repartition':
      return `Repartition ${divisionText(plan.by, plan.partitions)} [${plan.orders.map(order).join(', ')}]`
    case 'sort':
      return `${plan.isGlobal ? 'Sort' : 'SortWithinTasks'} [${plan.orders.map(order).join(', ')}]`
    case 'limit':
      return `Limit ${plan.limit}${plan.offset > 0 ? ` offset ${plan.offset}` : ''}`
    case 'observe':
      return `CollectMetrics ${plan.name}, [${plan.metrics.map(named).join(', ')}]`
    case 'watermark':
      return watermarkText(plan, names)
    case 'deduplicate':
      return deduplicateText(plan, names)
    case 'cached':
      return `InMemoryRelation ${output()}`
  }
}

function joinText({ type, condition, hint, isFilter }: LogicalJoin, column: ColumnText): string {
  const on = condition ? sqlText(condition, column) : ''
  if (isFilter) return `RuntimeFilter ${on}`
  return `Join ${JOIN_NAMES[type]}${on && `, ${on}`}${hint ? `, ${hint}` : ''}`
}

function evaluateText({ calls }: LogicalEvaluate, column: ColumnText, names: IdNames): string {
  const texts = calls.map(({ call, column: c }) => `${sqlText(call, column)} AS ${names.of(c.name, c.id)}`)
  return `Evaluate [${texts.join(', ')}]`
}

function watermarkText({ input, column, delayMicros }: LogicalWatermark, names: IdNames): string {
  const at = outputOf(input).find((a) => a.id === column)!
  return `EventTimeWatermark ${names.of(at.name, at.id)}, delay ${delayMicros / 1000n} ms`
}

function deduplicateText({ input, keys, isWithinWatermark }: LogicalDeduplicate, names: IdNames): string {
  const columns = outputOf(input).filter(({ id }) => keys.includes(id))
  const texts = columns.map((a) => names.of(a.name, a.id))
  return `Deduplicate${isWithinWatermark ? ' within the watermark' : ''} [${texts.join(', ')}]`
}
