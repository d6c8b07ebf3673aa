import test from 'ava'
import { INT } from '../../columnar/types.js'
import { BATCHES, optimize } from '../../planner/optimize/optimize.js'
import type { Batch, Rule } from '../../planner/optimize/rule.js'
import { reference } from '../../planner/plan/expression/build.js'
import type { ExprId } from '../../planner/plan/expression/expression.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { analyzed, catalogOf, tableOf } from '../support/analysis.js'

const table = (name: string) => tableOf('k bigint, a int, b int, s string', name)
const source = (name: string) =>
  ({ kind: 'dataSource', format: 'parquet', options: {}, paths: [name], streaming: false }) as const
const catalog = catalogOf({ t: table('t') }, { cached: { kind: 'cached', input: source('t'), cacheId: 'c' } })

/** The plan that rules make, and how often they are asked until none changes it. */
function settled(plan: LogicalPlan): { readonly plan: LogicalPlan; readonly asked: number } {
  let asked = 0
  const counted = BATCHES.map(
    (batch): Batch => ({
      ...batch,
      rules: batch.rules.map((rule) => ({
        ...rule,
        apply(one, known) {
          asked++
          return rule.apply(one, known)
        },
      })),
    }),
  )
  return { plan: optimize(plan, counted), asked }
}

/** Each rule twice: what the first round changes may be of use to the rules before in the second, and a third has nothing left to do. */
const TWO_ROUNDS = 2 * BATCHES.reduce((sum, { rules }) => sum + rules.length, 0)

const kindsOf = (plan: LogicalPlan): readonly string[] => [plan.kind, ...inputsOf(plan).flatMap(kindsOf)]

for (const sql of [
  'select a from cached',
  'select sum(a) from cached where b > 1',
  'select a + 1 as c from cached where a > 2 order by b limit 3',
  'select x.a, y.b from cached x join t y on x.k = y.k where x.b > y.a',
  'select k from cached union all select k from t',
  'select s, count(*) over (partition by a) as n from cached',
  'select a from cached where k in (select k from cached where b = 1)',
]) {
  test(`rules over a cached relation come to an end: ${sql}`, (t) => {
    const { asked } = settled(analyzed(sql, catalog))
    t.true(asked <= TWO_ROUNDS, `${asked} times`)
  })
}

test('a cached relation gives only the columns that are wanted, by one projection', (t) => {
  const { plan } = settled(analyzed('select a from cached', catalog))
  t.deepEqual(kindsOf(plan), ['project', 'cached', 'scan'])
})

test('rules over what a function makes of partitions come to an end', (t) => {
  const input = analyzed('select k, a from t', catalog)
  const given = input.kind === 'project' ? input.projections : []
  const output = ['c', 'd'].map((name, i) => ({ id: (100 + i) as ExprId, name, type: INT, nullable: true }))
  const mapped = Object.freeze({ kind: 'mapPartitions', input, given, output }) as unknown as LogicalPlan
  const column = output[1]!
  const projections = [{ id: column.id, name: column.name, expression: reference(column) }]
  const { plan, asked } = settled(Object.freeze({ kind: 'project', input: mapped, projections }))
  t.true(asked <= TWO_ROUNDS, `${asked} times`)
  t.deepEqual(kindsOf(plan).slice(0, 2), ['project', 'mapPartitions'])
})

/** A rule that takes one from limits until they are 1, and notes which relations it looks at. */
function lowering(looked: string[]): Rule {
  const lower = (node: LogicalPlan): LogicalPlan => {
    looked.push(node.kind)
    return node.kind === 'limit' && node.limit > 1 ? Object.freeze({ ...node, limit: node.limit - 1 }) : node
  }
  return { name: 'lower', apply: (plan, known) => transformPlanUp(plan, lower, known) }
}

test('a rule is asked again of a relation that it changed, and of none that it left as it is with all below', (t) => {
  const looked: string[] = []
  const plan = analyzed('select a from t limit 3', catalog)
  const lowered = optimize(plan, [{ name: 'lower', repeat: true, rules: [lowering(looked)] }])
  t.is(lowered.kind === 'limit' && lowered.limit, 1)
  t.deepEqual(looked, ['scan', 'project', 'limit', 'limit', 'limit'])
})
