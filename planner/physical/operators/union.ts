import type { Attribute, Expression, Literal } from '../../plan/expression/expression.js'
import type { LiteralValue } from '../../plan/expression/literal.js'
import type { LogicalUnion, LogicalValues } from '../../plan/logical/plan.js'
import { frozen, isBarrier, physicalInputs } from '../../plan/physical/inputs.js'
import type { PhysicalPlan, PhysicalUnion } from '../../plan/physical/plan.js'
import { boundTo } from '../bind.js'
import type { Planning } from '../planning.js'
import { ANYHOW, isDistributed, type Properties, throughProjection, UNKNOWN } from '../properties.js'
import { partitioned } from './exchange.js'
import type { PhysicalOperator } from './operator.js'

/**
 * Nothing is moved: task i of the union's stage runs task i of each input, one input after the other. So rows lie as those of the inputs do where
 * these all lie alike, in one task or by the same hash.
 */
export const union: PhysicalOperator<PhysicalUnion> = {
  requires: ({ inputs }) => inputs.map(() => ANYHOW),
  provides: ({ attributes }, inputs) => {
    const [first, ...others] = inputs.map((input) => inTermsOf(attributes, input))
    return others.every(({ partitioning }) => isSame(first!.partitioning, partitioning))
      ? { partitioning: first!.partitioning, ordering: [] }
      : UNKNOWN
  },
  line: () => 'Union',
}

const inTermsOf = (attributes: readonly Attribute[], input: Properties): Properties => {
  const columns = attributes.map((_, i) => boundTo(attributes, i))
  return throughProjection(input, columns, (ordinal) => columns[ordinal]!)
}

function isSame(a: Properties['partitioning'], b: Properties['partitioning']): boolean {
  if (a.kind === 'single' || b.kind === 'single') return a.kind === b.kind
  // Ranges of two inputs have bounds of their own.
  if (b.kind !== 'hash' && b.kind !== 'bucket') return false
  const { keys, partitions } = b
  const required = { kind: 'clustered', keys, exact: true } as const
  return isDistributed(a, b.kind === 'hash' ? required : { ...required, buckets: partitions }, partitions)
}

/** Unions of unions are one. */
export function planUnion(planning: Planning, plan: LogicalUnion): PhysicalPlan {
  const inputs = plan.inputs.map((input) => planning.plan(input))
  if (plan.withInitial) return unionOf(planning, inputs, plan.output, true)
  const flat = inputs.flatMap((input) => (input.kind === 'union' && !input.withInitial ? input.inputs : [input]))
  return unionOf(planning, flat, plan.output)
}

function unionOf(
  planning: Planning,
  inputs: readonly PhysicalPlan[],
  attributes: readonly Attribute[],
  withInitial?: true,
): PhysicalPlan {
  const apart = inputs.length === 1 ? inputs : inputs.map((input) => barrierApart(planning, input))
  const inFirstTask = apart.map((input) => planning.isSingle(input))
  return planning.place({
    kind: 'union',
    inputs: apart,
    inFirstTask,
    attributes,
    ...(withInitial ? { withInitial } : {}),
  })
}

/** Tasks that wait for one another in a stage of their own: that of the union may have more, which have nothing to wait with. */
function barrierApart(planning: Planning, input: PhysicalPlan): PhysicalPlan {
  if (!waitsInStage(input)) return input
  const partitioning = { kind: 'byTask', partitions: planning.options.shufflePartitions } as const
  return partitioned(input, partitioning, (operator) => planning.place(operator))
}

const waitsInStage = (plan: PhysicalPlan): boolean =>
  plan.kind !== 'exchange' && plan.kind !== 'broadcast' && (isBarrier(plan) || physicalInputs(plan).some(waitsInStage))

/** Rows of constants are data of the plan; a row with something to be computed is a projection of one row. */
export function planValues(planning: Planning, plan: LogicalValues): PhysicalPlan {
  const attributes = plan.output
  const parts: PhysicalPlan[] = []
  let constant: (readonly LiteralValue[])[] = []
  const endConstants = (): void => {
    if (constant.length > 0 || plan.rows.length === 0)
      parts.push(frozen({ kind: 'values', rows: constant, attributes }))
    constant = []
  }
  for (const row of plan.rows) {
    if (row.every(isLiteral)) constant.push(row.map(({ value }) => value))
    else {
      endConstants()
      parts.push(computedRow(row, attributes))
    }
  }
  endConstants()
  return parts.length === 1 ? parts[0]! : unionOf(planning, parts, attributes)
}

const isLiteral = (e: Expression): e is Literal => e.kind === 'literal'

function computedRow(row: readonly Expression[], attributes: readonly Attribute[]): PhysicalPlan {
  const projections = row.map((expression, i) => ({ id: attributes[i]!.id, name: attributes[i]!.name, expression }))
  return frozen({ kind: 'project', inputs: [frozen({ kind: 'oneRow', attributes: [] })], projections, attributes })
}
