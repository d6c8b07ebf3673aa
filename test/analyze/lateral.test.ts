import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { conjuncts } from '../../planner/plan/expression/build.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf } from '../../planner/plan/logical/transform.js'
import { analyzed } from '../support/analysis.js'

const T = '(values (1, 2), (3, 4)) t(a, b)'

/** The kinds of a plan's nodes, from above. */
const kindsOf = (plan: LogicalPlan): readonly string[] => [plan.kind, ...inputsOf(plan).flatMap(kindsOf)]

function refused(sql: string): readonly [string, Readonly<Record<string, unknown>>] {
  try {
    return [
      outputOf(analyzed(sql))
        .map(({ name }) => name)
        .join(', '),
      {},
    ]
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return [error.condition, error.parameters]
  }
}

test('columns of lateral subqueries are named as in Spark, those of the query around with their relation', (t) => {
  const namesOf = (sql: string): readonly string[] => outputOf(analyzed(sql)).map(({ name }) => name)
  t.deepEqual(namesOf(`select * from ${T}, lateral (select a + 1)`), ['a', 'b', '(outer(t.a) + 1)'])
  t.deepEqual(namesOf(`select * from ${T}, lateral (select a)`), ['a', 'b', 'a'])
  t.deepEqual(namesOf(`select s.* from ${T}, lateral (select a as x, b) s`), ['x', 'b'])
  t.deepEqual(namesOf(`select * from ${T} join lateral (select a union all select b) on true`), ['a', 'b', 'a'])
  t.deepEqual(namesOf('select * from lateral (select 1 as x)'), ['x'])
  t.deepEqual(namesOf(`select * from ${T}, lateral range(3)`), ['a', 'b', 'id'])
})

test('a generator that reads a row is no join with it, also where its row is kept without others', (t) => {
  const lists = '(values (1, array(1, 2))) t(k, a)'
  const rows = (join: string): string => kindsOf(analyzed(`select k, q.* from ${lists} ${join}`)).join(' ')
  t.notRegex(rows('left join lateral explode(a) q'), /join/)
  t.notRegex(rows('left join lateral (select x + 1 as y from explode(a) e(x)) q on true'), /join/)
  t.regex(rows('left join lateral explode(a) q(x) on x > 1'), /join/)
})

test('rows that are made of a text are grouped, joined and told apart by a digest of the text instead of by the text', (t) => {
  const comparedBy = (e: Expression): readonly string[] =>
    conjuncts(e).flatMap((c) => (c.kind === 'call' && c.fn.startsWith('eq') ? [c.args[0]!.type.kind] : []))
  const hasReplicate = (plan: LogicalPlan): boolean => kindsOf(plan).includes('replicate')
  const keysOf = (plan: LogicalPlan): readonly string[] => [
    ...(plan.kind === 'aggregate' && hasReplicate(plan) ? plan.keys.map(({ expression }) => expression.type.kind) : []),
    ...(plan.kind === 'join' && plan.condition ? comparedBy(plan.condition) : []),
    ...(plan.kind === 'window' ? plan.partitionBy.map(({ type }) => type.kind) : []),
    ...inputsOf(plan).flatMap(keysOf),
  ]
  /** What rows are compared by, but for what the query compares itself, which is numbers here. */
  const keys = (query: string): readonly string[] => {
    const plan = analyzed(query.replace('from t', "from (values ('1,2', 3)) t(s, n)"))
    return [...new Set(keysOf(plan).filter((kind) => kind !== 'int'))]
  }
  const list = "(select int(x) from explode(split(s, ',')) e(x))"
  const rows = `${list} e(x)`
  for (const query of [
    `select (select count(*) from ${rows}) from t`,
    `select (select max(x) from ${rows} where x > length(s)) from t`,
    `select (select max(c) from (select x, count(*) c from ${rows} group by x)) from t`,
    `select s from t where exists (select 1 from ${rows} where x = 7)`,
    `select s from t where not exists (select x + 1 from ${rows})`,
    `select s from t where exists (select x from ${rows} group by x having count(*) > 3)`,
    `select s from t where n in (select x from ${rows})`,
    `select s from t where n not in (select x from ${rows})`,
    `select n in (select x from ${rows}) or n = 4 from t`,
    `select q.* from t left join lateral (select x from ${rows} where x < n) q on true`,
    `select x from t left join lateral ${rows} on x > 1`,
    `select q.* from t left join lateral (select x from ${rows} union all select n) q on x > 1`,
    `select q.* from t, lateral (select row_number() over (order by x) from ${rows}) q`,
    `select q.* from t, lateral (select x from ${rows} order by x limit 1) q`,
    `select q.* from t, lateral (select a.x from ${list} a(x) full join ${list} b(x) on a.x = b.x - 1) q`,
    'select (select count(*) from (values (1), (2)) v(y) where y < length(s)) from t',
  ])
    t.deepEqual(keys(query), ['binary'], query)
  // A number is as short as what would stand for it.
  t.deepEqual(keys('select (select count(*) from explode(sequence(1, n))) from t'), [])
  const ofMaps = (query: string): readonly string[] =>
    keysOf(analyzed(`select q.* from (select map(1, 2) as m) t, lateral (${query}) q`))
  // Maps have no order by which windows could divide rows, which their numbers do.
  t.deepEqual(ofMaps('select rank() over (order by y) from (values (1)) v(y) where y < size(m)'), ['map', 'bigint'])
  t.deepEqual(ofMaps('select y from (values (1)) v(y) where y < size(m) order by y limit 1'), ['map', 'bigint'])
})

test('what is joined with a comma is beside all tables before it', (t) => {
  const u = '(values (2)) u(c)'
  t.deepEqual(refused(`select 1 from ${T}, ${u} join lateral (select a, c) on true`)[0], '1')
  t.deepEqual(refused(`select 1 from ${T}, ${u} join (values (3)) v(d) on a = d`)[0], '1')
})

test('lateral joins that cannot be are refused as in Spark', (t) => {
  for (const [join, joinType] of [
    ['right', 'RIGHT OUTER'],
    ['full', 'FULL OUTER'],
    ['semi', 'LEFT SEMI'],
    ['anti', 'LEFT ANTI'],
  ])
    t.deepEqual(refused(`select * from ${T} ${join} join lateral (select a) on true`), [
      'INVALID_LATERAL_JOIN_TYPE',
      { joinType },
    ])
  t.is(refused(`select * from ${T} join lateral (select a) using (a)`)[0], 'UNSUPPORTED_FEATURE.LATERAL_JOIN_USING')
  t.deepEqual(refused(`select * from ${T} natural join lateral (select a)`), [
    'INCOMPATIBLE_JOIN_TYPES',
    { joinType1: 'LATERAL', joinType2: 'NATURAL' },
  ])
  t.is(refused(`select * from ${T}, lateral t`)[0], 'INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC')
  t.is(refused(`select * from ${T}, lateral (select * from t)`)[0], 'TABLE_OR_VIEW_NOT_FOUND')
})

test('aggregates of a subquery are about its own rows', (t) => {
  const category = 'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY'
  t.deepEqual(refused(`select (select max(k + a) from (values (1)) u(k)) from ${T}`), [
    `${category}.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES`,
    { function: 'max((u.k + outer(t.a)))' },
  ])
  t.deepEqual(refused(`select * from ${T}, lateral (select sum(a) from (values (1)) u(k))`), [
    `${category}.CORRELATED_REFERENCE`,
    { sqlExprs: '"sum(a) AS `sum(outer(t.a))`"' },
  ])
})

test('what is not built of subqueries is refused by name', (t) => {
  const feature = (sql: string): unknown => {
    const [condition, parameters] = refused(sql)
    return condition === 'UNSUPPORTED_FEATURE' ? parameters['feature'] : condition
  }
  t.is(
    feature(`select * from ${T}, lateral (select k from (select a + 1 as k) tablesample (50 percent))`),
    'a subquery that uses columns of the outer query together with TABLESAMPLE',
  )
  t.is(
    feature(`select (a, b) not in (select 1, null) from ${T}`),
    'NOT IN with a subquery of several columns that may be NULL within another expression',
  )
  t.is(
    feature(
      `select 1 from ${T} left join (values (1)) u(c) on exists (select 1 from (values (1)) v(d) where d = a + c)`,
    ),
    'a subquery that uses columns of both sides of an outer, semi or anti join in its condition',
  )
})

test('rows that a lateral subquery makes of the row alone are no join, also where it chooses among them', (t) => {
  const kindsOf = (plan: LogicalPlan): readonly string[] => [plan.kind, ...('input' in plan ? kindsOf(plan.input) : [])]
  const s = "(values ('a,b')) t(s)"
  for (const lateral of [
    "explode(split(s, ',')) u(w)",
    "(select w from (select explode(split(s, ',')) w) where w <> s) u",
    "(select pos, w from (select posexplode(split(s, ',')) as (pos, w)) where pos > 0) u",
  ])
    t.false(kindsOf(analyzed(`select w from ${s}, lateral ${lateral}`)).includes('join'), lateral)
})
