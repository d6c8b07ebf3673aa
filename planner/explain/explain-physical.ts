import type { Expression, SortOrder } from '../plan/expression/expression.js'
import { aggregateText, sqlText } from '../plan/expression/sql-text.js'
import { physicalInputs } from '../plan/physical/inputs.js'
import type { Partitioning, PhysicalPlan, Stage, StageGraph, StageSink } from '../plan/physical/plan.js'
import { filterText } from './filter-text.js'
import { drawTree, type TreeNode } from './tree.js'

/** A physical plan as a tree; columns by name, since they are bound by position. */
export function explainPhysical(plan: PhysicalPlan): string {
  return drawTree(nodeOf(plan))
}

/** The stages, each with its plan, tasks and sink. */
export function explainStages({ stages }: StageGraph): string {
  return stages.map(explainStage).join('\n')
}

function explainStage(stage: Stage): string {
  const { tasks } = stage
  const count =
    tasks.kind === 'fixed'
      ? `${tasks.count} tasks`
      : tasks.kind === 'splits'
        ? 'a task per share of splits'
        : 'a task per cached partition'
  return `Stage ${stage.id} (${count}) -> ${sinkText(stage.sink)}\n${explainPhysical(stage.root)}`
}

function sinkText(sink: StageSink): string {
  switch (sink.kind) {
    case 'shuffle':
      return `shuffle ${partitioningText(sink.partitioning)}`
    case 'collect':
      return 'collect'
    case 'cache':
      return 'cache'
    case 'write':
      return `write ${sink.write.provider}`
  }
}

const texts = (expressions: readonly Expression[]): string => expressions.map((e) => sqlText(e)).join(', ')

const partitioningText = (p: Partitioning): string =>
  p.kind === 'single' ? 'single' : `hash(${texts(p.keys)}) into ${p.partitions}`

const ordersText = (orders: readonly SortOrder[]): string =>
  orders.map((o) => `${sqlText(o.expression)} ${o.direction.toUpperCase()} NULLS ${o.nulls.toUpperCase()}`).join(', ')

function nodeOf(plan: PhysicalPlan): TreeNode {
  return { line: lineOf(plan), children: physicalInputs(plan).map(nodeOf) }
}

function lineOf(plan: PhysicalPlan): string {
  const names = `[${plan.attributes.map((a) => a.name).join(', ')}]`
  switch (plan.kind) {
    case 'scan': {
      const filters = plan.filters.length > 0 ? `, PushedFilters: [${plan.filters.map(filterText).join(', ')}]` : ''
      return `Scan ${plan.source.provider} ${names}${filters}`
    }
    case 'local':
      return `LocalTableScan ${names}`
    case 'oneRow':
      return 'Scan OneRowRelation'
    case 'range':
      return `Range (${plan.start}, ${plan.end}, step=${plan.step})`
    case 'cachedScan':
      return `InMemoryTableScan ${names}`
    case 'shuffleRead':
      return `ShuffleRead stage ${plan.stageId} ${names}`
    case 'broadcastRead':
      return `BroadcastRead stage ${plan.stageId} ${names}`
    case 'filter':
      return `Filter ${sqlText(plan.condition)}`
    case 'project':
      return `Project [${plan.projections.map(({ name, expression }) => (expression.kind === 'bound' && expression.name === name ? name : `${sqlText(expression)} AS ${name}`)).join(', ')}]`
    case 'aggregate':
      return `HashAggregate (${plan.mode}) keys=[${texts(plan.keys.map((key) => key.expression))}], functions=[${plan.aggregates.map((call) => aggregateText(call)).join(', ')}]`
    case 'stateAggregate':
      return `StateStoreAggregate ${plan.operatorId} (${plan.outputMode}) keys=[${texts(plan.keys.map((key) => key.expression))}], functions=[${plan.aggregates.map((call) => aggregateText(call)).join(', ')}]${plan.expiry ? `, expires at ${sqlText(plan.expiry)}` : ''}`
    case 'hashJoin': {
      const keys = plan.leftKeys.map((key, i) => `${sqlText(key)} = ${sqlText(plan.rightKeys[i]!)}`).join(', ')
      const kind =
        plan.leftKeys.length === 0
          ? 'BroadcastNestedLoopJoin'
          : plan.broadcast
            ? 'BroadcastHashJoin'
            : 'ShuffledHashJoin'
      return `${kind} ${plan.type === 'inner' ? 'Inner' : 'LeftOuter'} [${keys}]${plan.condition ? `, ${sqlText(plan.condition)}` : ''}`
    }
    case 'sort':
      return `Sort [${ordersText(plan.orders)}]`
    case 'topK':
      return `TakeOrdered ${plan.limit}${plan.offset > 0 ? ` offset ${plan.offset}` : ''} [${ordersText(plan.orders)}]`
    case 'limit':
      return `Limit ${plan.limit}${plan.offset > 0 ? ` offset ${plan.offset}` : ''}`
    case 'watermark':
      return `EventTimeWatermark ${plan.attributes[plan.ordinal]!.name}`
    case 'exchange':
      return `Exchange ${partitioningText(plan.partitioning)}`
    case 'broadcast':
      return 'BroadcastExchange'
  }
}
