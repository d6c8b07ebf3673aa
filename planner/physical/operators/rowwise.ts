import type { NamedExpression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { attributeOf } from '../../plan/logical/output.js'
import type {
  LogicalExpand,
  LogicalFilter,
  LogicalProject,
  LogicalReplicate,
  LogicalSample,
  LogicalWatermark,
} from '../../plan/logical/plan.js'
import type {
  PhysicalExpand,
  PhysicalFilter,
  PhysicalPlan,
  PhysicalProject,
  PhysicalReplicate,
  PhysicalSample,
} from '../../plan/physical/plan.js'
import type { PhysicalWatermark } from '../../plan/physical/stateful.js'
import { Binder, boundTo } from '../bind.js'
import type { Planning } from '../planning.js'
import { ANYHOW, throughProjection } from '../properties.js'
import { groupLimitOf } from './group-limit.js'
import type { PhysicalOperator } from './operator.js'
import { filteredGroups } from './shared-groups.js'
import { cachedColumns, planCached } from './sources.js'
import { names } from './text.js'
import { planWindow } from './window.js'

/* Operators that look at one row at a time. */

export const filter: PhysicalOperator<PhysicalFilter> = {
  requires: () => [ANYHOW],
  provides: (_, [input]) => input!,
  line: ({ condition }) => `Filter ${sqlText(condition)}`,
}

export function planFilter(planning: Planning, plan: LogicalFilter): PhysicalPlan {
  const below = plan.input
  if (below.kind === 'aggregate' && below.isShared)
    return filteredGroups(planning, planning.plan(below), plan.condition)
  const input =
    below.kind === 'window' ? planWindow(planning, below, groupLimitOf(plan.condition, below)) : planning.plan(below)
  const { attributes } = input
  const condition = new Binder(attributes).expression(plan.condition)
  return planning.place({ kind: 'filter', inputs: [input], condition, attributes })
}

export const project: PhysicalOperator<PhysicalProject> = {
  requires: () => [ANYHOW],
  provides: ({ projections, attributes }, [input]) =>
    throughProjection(
      input!,
      projections.map(({ expression }) => expression),
      (ordinal) => boundTo(attributes, ordinal),
    ),
  line: ({ projections }) => `Project [${projections.map(projectionText).join(', ')}]`,
}

const projectionText = ({ name, expression }: NamedExpression): string =>
  expression.kind === 'bound' && expression.name === name ? name : `${sqlText(expression)} AS ${name}`

/** A projection of nothing but columns of a cache reads only these columns. */
export function planProject(planning: Planning, plan: LogicalProject): PhysicalPlan {
  if (plan.input.kind === 'cached' && cachedColumns(plan, plan.input)) return planCached(planning, plan.input, plan)
  return projectOver(planning, planning.plan(plan.input), plan.projections)
}

/** A projection of what is planned already. */
export function projectOver(planning: Planning, input: PhysicalPlan, wanted: readonly NamedExpression[]): PhysicalPlan {
  const projections = wanted.map(new Binder(input.attributes).named)
  const attributes = projections.map(attributeOf)
  return planning.place({ kind: 'project', inputs: [input], projections, attributes })
}

export const replicate: PhysicalOperator<PhysicalReplicate> = {
  requires: () => [ANYHOW],
  provides: (_, [input]) => input!,
  line: ({ times }) => `Replicate ${sqlText(times)} times`,
}

export function planReplicate(planning: Planning, plan: LogicalReplicate): PhysicalPlan {
  const input = planning.plan(plan.input)
  const times = new Binder(input.attributes).expression(plan.times)
  const attributes = plan.number ? [...input.attributes, plan.number] : input.attributes
  const isNumbered = plan.number !== undefined
  return planning.place({ kind: 'replicate', inputs: [input], times, isNumbered, attributes })
}

export const expand: PhysicalOperator<PhysicalExpand> = {
  requires: () => [ANYHOW],
  // The added columns come last, and the copies of a row one after the other.
  provides: (_, [input]) => input!,
  line: ({ copies, attributes }) => {
    const added = attributes.slice(attributes.length - copies[0]!.length)
    return `Expand ${copies.length} times, ${names(added)}`
  },
}

export function planExpand(planning: Planning, plan: LogicalExpand): PhysicalPlan {
  const input = planning.plan(plan.input)
  const attributes = [...input.attributes, ...plan.added]
  return planning.place({ kind: 'expand', inputs: [input], copies: plan.copies, attributes })
}

export const sample: PhysicalOperator<PhysicalSample> = {
  requires: () => [ANYHOW],
  provides: (_, [input]) => input!,
  line: ({ from, to, seed }) => `Sample ${from} to ${to}, seed ${seed}`,
}

export function planSample(planning: Planning, plan: LogicalSample): PhysicalPlan {
  const input = planning.plan(plan.input)
  const { from, to, seed } = plan
  return planning.place({ kind: 'sample', inputs: [input], from, to, seed, attributes: input.attributes })
}

export const watermark: PhysicalOperator<PhysicalWatermark> = {
  requires: () => [ANYHOW],
  provides: (_, [input]) => input!,
  line: ({ attributes, ordinal }) => `EventTimeWatermark ${attributes[ordinal]!.name}`,
}

export function planWatermark(planning: Planning, plan: LogicalWatermark): PhysicalPlan {
  const input = planning.plan(plan.input)
  const { attributes } = input
  const ordinal = new Binder(attributes).ordinal(plan.column, 'event time')
  const watermarkId = planning.nextWatermarkId()
  const { delayMicros } = plan
  return planning.place({ kind: 'watermark', inputs: [input], watermarkId, delayMicros, ordinal, attributes })
}
