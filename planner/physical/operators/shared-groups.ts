import { conjunction, conjuncts } from '../../plan/expression/build.js'
import type { Expression, NamedExpression } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'
import type { PhysicalAggregate, PhysicalFilter, PhysicalPlan } from '../../plan/physical/plan.js'
import { Binder } from '../bind.js'
import type { Planning } from '../planning.js'
import { clustered } from '../properties.js'
import { partitioned } from './exchange.js'
import { keysOf } from './groups.js'

/* Groups that several parts of a query read (`LogicalAggregate.isShared`). */

/** Groups that are made once cross an exchange even where they are together already: it is where the others read them. */
export function broughtAnyhow(
  planning: Planning,
  groups: PhysicalPlan,
  merged: readonly NamedExpression[],
): PhysicalPlan {
  const keys = keysOf(merged)
  if (!planning.brings(groups, clustered(keys, false))) return groups
  const partitioning = { kind: 'hash', keys, partitions: planning.options.shufflePartitions } as const
  return partitioned(groups, partitioning, planning.place)
}

/** What is asked of the keys is asked before groups are merged: of them come those that others asked for, too. */
export function filteredGroups(planning: Planning, groups: PhysicalPlan, condition: Expression): PhysicalPlan {
  if (!isMerged(groups)) return filtered(planning, groups, condition)
  const keys = new Set<number>(groups.keys.map(({ id }) => id))
  const isOfKeys = (e: Expression): boolean => [...referencesOf(e)].every((id) => keys.has(id))
  const all = conjuncts(condition)
  const [below, above] = [conjunction(all.filter(isOfKeys)), conjunction(all.filter((e) => !isOfKeys(e)))]
  const [brought] = groups.inputs
  const merged = below ? planning.place({ ...groups, inputs: [filtered(planning, brought, below)] }) : groups
  return above ? filtered(planning, merged, above) : merged
}

const isMerged = (plan: PhysicalPlan): plan is PhysicalAggregate =>
  plan.kind === 'aggregate' && plan.mode === 'final' && plan.inputs[0].kind === 'exchange'

function filtered(planning: Planning, input: PhysicalPlan, condition: Expression): PhysicalPlan {
  const { attributes } = input
  const filter: PhysicalFilter = {
    kind: 'filter',
    inputs: [input],
    condition: new Binder(attributes).expression(condition),
    attributes,
  }
  return planning.place(filter)
}
