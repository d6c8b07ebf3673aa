import test from 'ava'
import { BOOLEAN, INT } from '../../columnar/types.js'
import { dropsNulls } from '../../planner/optimize/null-conditions.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { narrowOuterJoins } from '../../planner/optimize/rules/narrow-outer-joins.js'
import { call } from '../../planner/plan/expression/build.js'
import type { Expression, ExprId } from '../../planner/plan/expression/expression.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { analyzed, catalogOf, tableOf } from '../support/analysis.js'

const table = (name: string) => tableOf(`${name}_k int, ${name}_v int, ${name}_s string, ${name}_f boolean`, name)
const catalog = catalogOf({ a: table('a'), b: table('b'), c: table('c') })

const joinsIn = (plan: LogicalPlan): readonly LogicalJoin[] => [
  ...(plan.kind === 'join' ? [plan] : []),
  ...inputsOf(plan).flatMap(joinsIn),
]
const joinsOf = (plan: LogicalPlan): readonly string[] => joinsIn(plan).map(({ type }) => type)
const joins = (sql: string): readonly string[] => joinsOf(optimize(analyzed(sql, catalog)))

for (const condition of [
  'b_v = 1',
  'b_v + 1 > a_v',
  "b_s like '%x%y%'",
  'b_v in (1, 2)',
  'not (b_v = 1)',
  'b_v is not null',
  'b_f',
  'b_v = 1 or b_v = 2',
  'a_v = 3 and cast(b_v as bigint) <> a_v',
])
  test(`a left join whose rows without a match ${condition} drops is an inner one`, (t) => {
    t.deepEqual(joins(`select * from a left join b on a_k = b_k where ${condition}`), ['inner'])
  })

for (const condition of [
  'b_v is null',
  'coalesce(b_v, 1) = 1',
  'b_v <=> 1',
  'a_v = 1',
  'b_v = 1 or a_v = 1',
  'not (b_v is not null)',
  'case when b_v = 1 then false else true end',
])
  test(`a left join stays one under ${condition}, which rows without a match may meet`, (t) => {
    t.deepEqual(joins(`select * from a left join b on a_k = b_k where ${condition}`), ['left'])
  })

test('a full join keeps the rows of the side that no condition asks', (t) => {
  const sql = 'select * from a full join b on a_k = b_k'
  t.deepEqual(joins(`${sql} where a_v = 1`), ['left'])
  t.deepEqual(joins(`${sql} where b_v = 1`), ['left'])
  t.deepEqual(joins(`${sql} where a_v = b_v`), ['inner'])
  t.deepEqual(joins(`${sql} where a_v = 1 or b_v = 1`), ['full'])
  const keptOf = (condition: string): readonly string[] =>
    joinsIn(narrowOuterJoins.apply(analyzed(`${sql} where ${condition}`, catalog))).map(
      ({ left }) => outputOf(left)[0]!.name,
    )
  t.deepEqual(keptOf('a_v = 1'), ['a_k'])
  t.deepEqual(keptOf('b_v = 1'), ['b_k'])
})

test('columns stay in their order when sides change their places', (t) => {
  const plan = analyzed('select * from a full join b on a_k = b_k where b_v = 1', catalog)
  const names = (one: LogicalPlan): readonly string[] => outputOf(one).map(({ name }) => name)
  const below = (one: LogicalPlan): LogicalPlan => (one.kind === 'filter' ? one.input : below(inputsOf(one)[0]!))
  t.deepEqual(names(below(narrowOuterJoins.apply(plan))), names(below(plan)))
})

test('conditions come through a division and an order of the rows', (t) => {
  const divided = 'select /*+ repartition(3) */ * from a left join b on a_k = b_k'
  t.deepEqual(joins(`select * from (${divided}) where b_v = 1`), ['inner'])
  const plan = analyzed(`select * from (${divided} sort by a_k) where b_v = 1`, catalog)
  t.deepEqual(joinsOf(narrowOuterJoins.apply(plan)), ['inner'])
})

test('a join that has a hint, and those of a stream, stay as they are', (t) => {
  const hinted = analyzed('select /*+ broadcast(b) */ * from a left join b on a_k = b_k where b_v = 1', catalog)
  t.is(narrowOuterJoins.apply(hinted), hinted)
  const plan = analyzed('select * from a left join b on a_k = b_k where b_v = 1', catalog)
  const streamed = transformPlanUp(plan, (node): LogicalPlan => {
    return node.kind === 'scan' && node.source.paths![0] === 'a' ? { ...node, streaming: true } : node
  })
  t.is(narrowOuterJoins.apply(streamed), streamed)
})

test('a condition does not come through columns by which it would grow without bound', (t) => {
  const doubled = (levels: number): string =>
    levels === 0 ? 'select b_f f from a left join b on a_k = b_k' : `select f = f as f from (${doubled(levels - 1)})`
  const narrowed = (levels: number): readonly string[] =>
    joinsOf(narrowOuterJoins.apply(analyzed(`select * from (${doubled(levels)}) where f`, catalog)))
  t.deepEqual(narrowed(4), ['inner'])
  t.deepEqual(narrowed(14), ['left'])
})

test('nothing is in an empty list, NULL neither: that is false, not unknown', (t) => {
  const child = { kind: 'attribute', id: 1 as ExprId, name: 'v', type: INT, nullable: true } as const
  const within = { kind: 'in', child, type: BOOLEAN, nullable: true } as const
  const negated = (list: readonly number[]): Expression => call('not', BOOLEAN, [{ ...within, list }])
  t.true(dropsNulls(negated([1]), new Set([child.id])))
  t.false(dropsNulls(negated([]), new Set([child.id])))
})

test('conditions of joins above count where they drop rows', (t) => {
  const outer = '(select * from a left join b on a_k = b_k)'
  t.deepEqual(joins(`select * from ${outer} join c on b_v = c_v`), ['inner', 'inner'])
  t.deepEqual(joins(`select * from ${outer} left semi join c on b_v = c_v`), ['left_semi', 'inner'])
  t.deepEqual(joins(`select * from ${outer} left anti join c on b_v = c_v`), ['left_anti', 'left'])
  t.deepEqual(joins(`select * from ${outer} left join c on b_v = c_v`), ['left', 'left'])
  t.deepEqual(joins(`select * from c left join ${outer} on b_v = c_v`), ['left', 'inner'])
  t.deepEqual(joins(`select * from c full join ${outer} on b_v = c_v`), ['full', 'left'])
})

test('a condition of one side that may raise keeps an outer join, as it would be asked of rows without a match', (t) => {
  t.deepEqual(joins('select * from a left join b on a_k = b_k where b_v = 1 and 10 / b_k > 1'), ['left'])
  t.deepEqual(joins('select * from a left join b on a_k = b_k where b_v = 1 and 10 / a_k > 1'), ['inner'])
  const third = 'select * from a left join b on a_k = b_k join c on b_v = c_v'
  t.deepEqual(joins(third), ['inner', 'inner'])
  t.deepEqual(joins(`${third} where 10 / (c_k - b_v) > 1`), ['inner', 'left'], 'c could be joined to b first')
})

test('a limit or a group between the condition and the join keeps it', (t) => {
  t.deepEqual(joins('select * from (select * from a left join b on a_k = b_k limit 3) where b_v = 1'), ['left'])
  const grouped = 'select b_v, count(*) from a left join b on a_k = b_k group by b_v'
  t.deepEqual(joins(`${grouped} having count(*) > 1`), ['left'])
})
