import type { AggregateCall, Attribute } from '../../plan/expression/expression.js'
import { aggregateText } from '../../plan/expression/sql-text.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { LogicalObserve } from '../../plan/logical/plan.js'
import { frozen } from '../../plan/physical/inputs.js'
import type { PhysicalObserve, PhysicalPlan } from '../../plan/physical/plan.js'
import { Binder } from '../bind.js'
import type { Planning } from '../planning.js'
import { ANYHOW } from '../properties.js'
import { partialAttributes } from './groups.js'
import type { PhysicalOperator } from './operator.js'

export const observe: PhysicalOperator<PhysicalObserve> = {
  requires: () => [ANYHOW],
  provides: (_, [input]) => input!,
  line: ({ name, aggregates }) =>
    `CollectMetrics ${name}, [${aggregates.map((call) => aggregateText(call)).join(', ')}]`,
}

export function planObserve(planning: Planning, plan: LogicalObserve): PhysicalPlan {
  const { name, instance, observer } = plan
  const input = planning.plan(plan.input)
  const { attributes } = input
  const aggregates = plan.aggregates.map(new Binder(attributes).aggregate)
  const metrics = (states: string): PhysicalPlan => metricsOf(plan, aggregates, states)
  const observationId = planning.observe({ name, instance, metrics, ...(observer ? { observer } : {}) })
  return planning.place({ kind: 'observe', inputs: [input], observationId, name, aggregates, attributes })
}

function metricsOf({ metrics }: LogicalObserve, aggregates: readonly AggregateCall[], id: string): PhysicalPlan {
  const states = frozen({ kind: 'local', id, attributes: partialAttributes([], aggregates) })
  const results = aggregates.map(({ id, name, type, nullable }): Attribute => ({ id, name, type, nullable }))
  const merged = frozen({
    kind: 'aggregate',
    mode: 'final',
    inputs: [states],
    keys: [],
    aggregates,
    attributes: results,
  })
  const projections = metrics.map(new Binder(results).named)
  return frozen({ kind: 'project', inputs: [merged], projections, attributes: metrics.map(attributeOf) })
}
