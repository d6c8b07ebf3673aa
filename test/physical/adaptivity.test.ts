import test from 'ava'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import { childrenOf } from '../../planner/plan/expression/transform.js'
import type { StageAdaptivity } from '../../planner/plan/physical/adaptivity.js'
import { physicalInputs, withPhysicalInputs } from '../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'
import { withSwappedSides } from '../../planner/stages/changed-joins.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const ADAPTIVE = {
  merge: { leastBytes: 1, mostBytes: 100, isParallel: true },
  split: { factor: 5, leastBytes: 10, partBytes: 100 },
  broadcastBytes: 1e15,
  swapFactor: 3,
}
const OPTIONS = { ...PHYSICAL_OPTIONS, broadcastThresholdBytes: -1, adaptive: ADAPTIVE }

const stagesOf = (sql: string, sink: StageSink = { kind: 'collect' }): readonly Stage[] =>
  cutStages(planPhysical(analyzed(sql), OPTIONS), sink, 2, ADAPTIVE).stages

/** What may be decided of the stage that joins. */
function ofJoin(sql: string): Partial<StageAdaptivity> {
  const joining = stagesOf(sql).filter(({ inputs }) => inputs.length > 1)
  return joining.at(-1)!.adaptive ?? {}
}

const joinOf = (plan: PhysicalPlan): PhysicalPlan =>
  plan.kind === 'hashJoin' ? plan : joinOf(physicalInputs(plan)[0]!)

const JOIN = 'lineitem join orders on l_orderkey = o_orderkey'

test('small partitions may be read together wherever the query does not say how rows are divided', (t) => {
  const merges = (sql: string) => stagesOf(sql).map(({ adaptive }) => adaptive?.merge !== undefined)
  t.deepEqual(merges('select l_partkey, count(*) from lineitem group by l_partkey'), [false, true])
  t.deepEqual(merges('select /*+ repartition(3) */ * from nation'), [false, false])
  t.deepEqual(merges('select /*+ repartition(n_name) */ * from nation'), [false, true])
  t.deepEqual(merges('select /*+ repartition(3, n_name) */ * from nation'), [false, false])
  t.deepEqual(merges('select count(*) from lineitem'), [false, false])
})

test('each row of a side may be met by another task where the other side has nothing to say of rows without a match', (t) => {
  const shared = (type: string) => {
    const { split, shuffles } = ofJoin(`select 1 from lineitem ${type} join orders on l_orderkey = o_orderkey`)
    return split?.stages.map((stage) => shuffles!.indexOf(stage)) ?? []
  }
  t.deepEqual(shared('inner').toSorted(), [0, 1])
  t.deepEqual([shared('left'), shared('right'), shared('left semi'), shared('left anti')], [[0], [0], [0], [0]])
  t.deepEqual(shared('full'), [])
  const numbered = '(select o_orderkey, row_number() over (partition by o_orderkey order by o_custkey) r from orders)'
  const { split, shuffles } = ofJoin(`select 1 from lineitem join ${numbered} on l_orderkey = o_orderkey`)
  t.deepEqual(split?.stages ?? [], [], 'rows of equal places may be numbered otherwise by each task')
  t.is(shuffles?.length, 2)
})

test('sides that change their places keep their columns in theirs, in what is compared of them too', (t) => {
  const sql =
    'select l_comment, o_comment from lineitem join orders on l_orderkey = o_orderkey and o_orderkey < l_partkey and l_comment > o_comment'
  const stage = stagesOf(sql).at(-1)!
  const before = joinOf(stage.root)
  const after = joinOf(withSwappedSides(stage).root)
  /** The columns that the keys and the condition of a join are of, by their places in its inputs. */
  const columns = (plan: PhysicalPlan): readonly unknown[] => {
    if (plan.kind !== 'hashJoin' || !plan.condition) return []
    const [left, right] = plan.inputs.map(({ attributes }) => attributes.map(({ name }) => name))
    const names = (e: Expression, of: readonly (string | undefined)[]): readonly unknown[] =>
      e.kind === 'bound' ? [of[e.ordinal]] : childrenOf(e).flatMap((child) => names(child, of))
    const keys = [
      plan.leftKeys.flatMap((key) => names(key, left!)),
      plan.rightKeys.flatMap((key) => names(key, right!)),
    ]
    return [...keys.toSorted(), names(plan.condition, [...left!, ...right!])]
  }
  t.true(columns(before).length === 3)
  t.deepEqual(columns(after), columns(before))
  t.deepEqual(
    withSwappedSides(stage).root.attributes.map(({ name }) => name),
    stage.root.attributes.map(({ name }) => name),
  )
  const never = { ...ADAPTIVE, swapFactor: 0 }
  const cut = cutStages(planPhysical(analyzed(sql), { ...OPTIONS, adaptive: never }), { kind: 'collect' }, 2, never)
  t.is(cut.stages.at(-1)!.adaptive!.swap, undefined)
})

test('rows that operators above want together are not shared, and a shuffle that is read twice neither', (t) => {
  t.deepEqual(Object.keys(ofJoin(`select l_orderkey, count(*) from ${JOIN} group by l_orderkey`)), [
    'shuffles',
    'merge',
  ])
  t.truthy(ofJoin(`select l_partkey, count(*) from ${JOIN} group by l_partkey`).split)
  const { root, ...query } = planPhysical(analyzed('select 1 from nation a join nation b using (n_nationkey)'), OPTIONS)
  const [left] = physicalInputs(joinOf(root))
  const itself = (plan: PhysicalPlan): PhysicalPlan =>
    plan.kind === 'hashJoin' ? withPhysicalInputs(plan, () => left!) : withPhysicalInputs(plan, itself)
  const { stages } = cutStages({ ...query, root: itself(root) }, { kind: 'collect' }, 2, ADAPTIVE)
  t.deepEqual(Object.keys(stages.at(-1)!.adaptive!), ['shuffles', 'merge', 'swap'])
})

test('what is grouped on the way to a join is read whole, and may meet parts of the other side', (t) => {
  const grouped = '(select o_orderkey, count(*) c from orders group by o_orderkey)'
  const { split, broadcast, swap, shuffles } = ofJoin(
    `select 1 from lineitem left join ${grouped} on l_orderkey = o_orderkey`,
  )
  t.deepEqual(
    split!.stages.map((stage) => shuffles!.indexOf(stage)),
    [0],
  )
  t.is(broadcast, undefined)
  t.is(swap, undefined)
})

test('a full join keeps its way, but for which side its table is made of', (t) => {
  const { broadcast, swap } = ofJoin('select 1 from lineitem full join orders on l_orderkey = o_orderkey')
  t.is(broadcast, undefined)
  t.truthy(swap)
  t.is(ofJoin(`select 1 from ${JOIN}`).broadcast!.leastTasks, 2)
  t.is(ofJoin('select 1 from lineitem left join orders on l_orderkey = o_orderkey').swap, undefined)
})

test('a join whose rows are written keeps its partitions: they make few files', (t) => {
  const written = { kind: 'write', write: {} } as StageSink
  const { adaptive } = stagesOf(`select 1 from ${JOIN}`, written).at(-1)!
  t.deepEqual(Object.keys(adaptive!), ['shuffles', 'merge', 'split', 'swap'])
})
