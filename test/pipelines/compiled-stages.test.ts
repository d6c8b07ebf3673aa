import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { BIGINT, BOOLEAN, field, STRING, TIMESTAMP } from '../../columnar/types.js'
import type { CompiledStage } from '../../executor/pipelines/compiled-stage.js'
import { codeOf } from '../../executor/pipelines/stage-code.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import {
  aggregate,
  aggregateCall,
  bound,
  filter,
  join,
  keptOf,
  named,
  order,
  project,
  sort,
  stageOf,
  table,
  watermarkOf,
} from '../support/stages.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const input = (): PhysicalPlan => table([field('n', BIGINT), field('t', TIMESTAMP)], [])
const counted = (mode: 'partial' | 'complete', plan: PhysicalPlan): PhysicalPlan =>
  aggregate(mode, plan, [named('n', bound(plan, 'n'))], [aggregateCall('c', 'count', BIGINT, [])])

function stateAggregate(): PhysicalPlan {
  const partial = counted('partial', input())
  const keys = [named('n', bound(partial, 'n'))]
  const aggregates = [aggregateCall('c', 'count', BIGINT, [])]
  const { attributes } = aggregate('final', partial, keys, aggregates)
  return {
    kind: 'stateAggregate',
    state: keptOf(keys, aggregates),
    inputs: [partial],
    keys,
    aggregates,
    outputMode: 'update',
    attributes,
  }
}

function overInput(kind: 'limit' | 'topK'): PhysicalPlan {
  const plan = input()
  const of = { isGlobal: true, limit: 3, offset: 1, inputs: [plan], attributes: plan.attributes } as const
  return kind === 'limit' ? { kind, ...of } : { kind, ...of, orders: [order(bound(plan, 'n'), 'asc')] }
}

function watermark(): PhysicalPlan {
  const plan = input()
  return watermarkOf(plan, 1)
}

const broadcast = (): PhysicalPlan => ({ kind: 'broadcastRead', stageId: 1, attributes: input().attributes })

const PLANS: Readonly<Record<string, () => PhysicalPlan>> = {
  source: input,
  filter: () => {
    const plan = input()
    return filter(plan, call('is_null', BOOLEAN, [bound(plan, 'n')]))
  },
  literals: () => {
    const plan = table([field('n', BIGINT), field('s', STRING)], [])
    const compared = (fn: 'ge' | 'le' | 'eq', column: 'n' | 's', value: bigint | string): Expression =>
      call(fn, BOOLEAN, [bound(plan, column), literal(column === 'n' ? BIGINT : STRING, value)])
    return filter(
      plan,
      call('and', BOOLEAN, [compared('ge', 'n', 3n), compared('le', 'n', 7n), compared('eq', 's', 'text')]),
    )
  },
  project: () => project(input(), [named('x', literal(BIGINT, 1n))]),
  limit: () => overInput('limit'),
  topK: () => overInput('topK'),
  watermark,
  sort: () => {
    const plan = input()
    return sort(plan, [order(bound(plan, 'n'), 'asc')])
  },
  aggregate: () => counted('complete', input()),
  stateAggregate,
  join: () => join('inner', input(), input(), [['n', 'n']]),
  'join with a broadcast': () => join('inner', input(), broadcast(), [['n', 'n']]),
}

/** A stage compiled, and what must not stay alive with it. */
function compiled(plan: PhysicalPlan): { readonly stage: CompiledStage; readonly plan: WeakRef<PhysicalPlan> } {
  return { stage: codeOf(stageOf(plan), false).compiled, plan: new WeakRef(plan) }
}

for (const [name, make] of Object.entries(PLANS)) {
  test(`a compiled stage does not keep its plan: ${name}`, async (t) => {
    const { stage, plan } = compiled(make())
    // A reference that was made or followed lasts until the end of the job.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    t.is(plan.deref(), undefined)
    t.true(stage.steps.length > 0)
  })
}
