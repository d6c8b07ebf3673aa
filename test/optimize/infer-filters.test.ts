import test from 'ava'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { inferFilters } from '../../planner/optimize/rules/infer-filters.js'
import { pushFilters } from '../../planner/optimize/rules/push-filters.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import { analyzed, catalogOf, tableOf } from '../support/analysis.js'

const table = (name: string) => tableOf(`${name}_k int, ${name}_v int, ${name}_l bigint, ${name}_s string`, name)
const catalog = catalogOf({ a: table('a'), b: table('b'), c: table('c') })

/** What scans of a table are told to leave out. */
function filtersOf(sql: string, name: string): string | undefined {
  const plan = explainLogical(optimize(analyzed(sql, catalog)))
  const scans = [...plan.matchAll(/Relation parquet \[([^\]]*)\](?:, filters: \[(.*)\])?/g)]
  return scans.find(([, columns]) => columns!.includes(`${name}_`))?.[2]
}

for (const [comparison, told] of [
  ['a_k = 5', 'b_k = 5'],
  ['a_k > 5', 'b_k > 5'],
  ['5 >= a_k', 'b_k <= 5'],
  ['a_k in (1, 2)', 'b_k IN (1, 2)'],
  ['a_k > 5 and a_k < 9', 'b_k > 5, b_k < 9'],
] as const)
  test(`what ${comparison} asks of a column is asked of one that equals it`, (t) => {
    t.is(filtersOf(`select * from a join b on a_k = b_k where ${comparison}`, 'b'), told)
    t.is(filtersOf(`select * from b join a on a_k = b_k where ${comparison}`, 'b'), told)
  })

test('it follows equalities through several joins, and comes from whatever relation has it', (t) => {
  const sql = 'select * from a join b on a_k = b_k join c on b_k = c_k where'
  for (const name of ['a', 'b', 'c']) {
    t.is(filtersOf(`${sql} c_k < 3`, name), `${name}_k < 3`)
    t.is(filtersOf(`${sql} a_k < 3`, name), `${name}_k < 3`)
  }
})

test('what a subquery asks within is asked of the query around, and the other way round', (t) => {
  const inner = '(select b_k, count(*) from b where b_k > 7 group by b_k)'
  t.is(filtersOf(`select * from a join ${inner} on a_k = b_k`, 'a'), 'a_k > 7')
  const joined = '(select b_k, max(c_v) from b join c on b_k = c_k group by b_k)'
  t.is(filtersOf(`select * from a join ${joined} on a_k = b_k where a_k = 1`, 'c'), 'c_k = 1')
})

test('of an outer join only the side is asked that has no rows of its own', (t) => {
  t.is(filtersOf('select * from a left join b on a_k = b_k where a_k = 5', 'b'), 'b_k = 5')
  t.is(filtersOf('select * from a left join (select * from b where b_k = 5) on a_k = b_k', 'a'), undefined)
  t.is(filtersOf('select * from a left join b on a_k = b_k and a_k = 5', 'b'), 'b_k = 5')
  t.is(filtersOf('select * from a left join b on a_k = b_k and a_k = 5', 'a'), undefined)
  t.is(filtersOf('select * from (select * from a where a_k = 5) full join b on a_k = b_k', 'b'), undefined)
})

test('semi and anti joins ask the side that is looked up', (t) => {
  const of = (kind: string, condition: string): string =>
    `select * from (select * from a where ${condition}) left ${kind} join b on a_k = b_k`
  t.is(filtersOf(of('semi', 'a_k = 5'), 'b'), 'b_k = 5')
  t.is(filtersOf(of('anti', 'a_k = 5'), 'b'), 'b_k = 5')
  const from = (kind: string): string =>
    `select * from a left ${kind} join (select * from b where b_k = 5) on a_k = b_k`
  t.is(filtersOf(from('semi'), 'a'), undefined)
  t.is(filtersOf(from('anti'), 'a'), undefined)
})

test('nothing is asked of columns that do not equal one another, or of other types', (t) => {
  t.is(filtersOf('select * from a join b on a_k < b_k where a_k = 5', 'b'), undefined)
  t.is(filtersOf('select * from a join b on a_k <=> b_k where a_k = 5', 'b'), undefined)
  t.is(filtersOf('select * from a join b on a_k = b_l where a_k = 5', 'b'), undefined)
  t.is(filtersOf('select * from a join b on a_k = b_k where a_v = 5', 'b'), undefined)
})

test('what both sides ask already is asked once', (t) => {
  t.is(filtersOf('select * from a join b on a_k = b_k where a_k = 5 and b_k = 5', 'b'), 'b_k = 5')
})

test('a long list of comparisons stays where it is', (t) => {
  const sql = (count: number): string =>
    `select * from a join b on a_k = b_k where ${[...Array(count).keys()].map((i) => `a_k <> ${i}`).join(' and ')}`
  const planOf = (count: number): string => explainLogical(optimize(analyzed(sql(count), catalog)))
  t.regex(planOf(8), /b_k#\d+ != 7/)
  t.regex(planOf(9), /a_k#\d+ != 8/)
  t.notRegex(planOf(9), /b_k#\d+ != /)
})

test('sides of a join that has a hint are asked, too', (t) => {
  const sql = 'select /*+ broadcast(b) */ * from a join b on a_k = b_k where a_k = 5'
  t.is(filtersOf(sql, 'b'), 'b_k = 5')
})

test('a plan to which nothing is to be added is given back as it is, and so is that of a stream', (t) => {
  const pushed = (condition: string): LogicalPlan => {
    const plan = analyzed(`select * from a join b on a_k = b_k where ${condition}`, catalog)
    return optimize(plan, [{ name: 'pushed', repeat: true, rules: [pushFilters] }])
  }
  const [missing, known] = [pushed('a_k = 5'), pushed('a_k = 5 and b_k = 5')]
  t.not(inferFilters.apply(missing), missing)
  t.is(inferFilters.apply(known), known)
  const streamed = transformPlanUp(missing, (node): LogicalPlan => {
    return node.kind === 'scan' ? { ...node, streaming: true } : node
  })
  t.is(inferFilters.apply(streamed), streamed)
})
