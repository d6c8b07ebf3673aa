import test from 'ava'
import { BIGINT, typeName } from '../../columnar/types.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { DEFAULT_SESSION } from '../../planner/analyze/session.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf } from '../../planner/plan/logical/transform.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseExpression } from '../../planner/sql/expressions.js'
import { parseQuery } from '../../planner/sql/query.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf, idGenerator } from '../support/analysis.js'
import { planFaults } from '../support/plan-faults.js'

const schema = parseSchema('i int, l bigint not null, s string, b boolean, at timestamp, st struct<x: int, y: string>')
const source = { provider: 'parquet', options: {}, paths: ['t'], schema }
const catalog = catalogOf({ t: source, u: source }, { v: parseQuery('select i, l as total from t where b') })

function describe(plan: LogicalPlan): string {
  const faults = planFaults(plan)
  if (faults.length > 0) throw new Error(faults.join('; '))
  return outputOf(plan)
    .map((a) => `${a.name} ${typeName(a.type)}${a.nullable ? '' : ' not null'}`)
    .join(', ')
}

const columnsOf = (sql: string): string => describe(analyzed(sql, catalog))
const columnsOfRelation = (relation: UnresolvedRelation): string => describe(analyze(relation, catalog, idGenerator()))
const kindsOf = (plan: LogicalPlan): readonly string[] => [plan.kind, ...inputsOf(plan).flatMap(kindsOf)]

test('subqueries are called by the columns of the query around that they use, also by those without a type', (t) => {
  t.is(
    columnsOf(
      'select (select 1 where c = 1 or upper(c) = s), exists (select 1 where c = 1) from (select null as c, s from t)',
    ),
    'scalarsubquery(c, c, s) int, exists(c) boolean not null',
  )
  t.is(
    columnsOf('select i in (select 1), i in (select u.i from t u where u.l = t.l) from t'),
    '(i IN (listquery())) boolean not null, (i IN (listquery(l))) boolean not null',
  )
  t.is(
    columnsOf('select exists (with u as (select i) select 1), i in (with u as (select l) select 1) from t'),
    'exists(i) boolean not null, (i IN (listquery(l))) boolean not null',
  )
})

test('columns whose names IDENTIFIER gives are called as expressions are', (t) => {
  t.is(columnsOf("select identifier('i'), identifier('T.I') from t"), 'i int, I int')
  t.is(columnsOf("select identifier('st.x'), st.x, identifier('t.st.x') from t"), 'st.x int, x int, st.x int')
})

test('aggregates are called with their conditions, and by the names that Spark gives them', (t) => {
  t.is(
    columnsOf(
      'select approx_count_distinct(i, 0.1) filter (where l > 1), array_agg(distinct i) filter (where b) from t',
    ),
    'approx_count_distinct(i) FILTER (WHERE (l > 1)) bigint not null, collect_list(DISTINCT i) FILTER (WHERE b) array<int> not null',
  )
})

test('columns without an alias are called as Spark calls them', (t) => {
  t.is(columnsOf('select I, T.I, st.X from t'), 'I int, I int, X int')
  t.is(columnsOf('select cast(s as binary), cast(t.l as string) from t'), 's binary, l string not null')
  t.is(columnsOf('select cast(st.x as string) from t'), 'CAST(st.x AS STRING) string')
  t.is(columnsOf("select cast('1' as int), try_cast(s as int) from t"), 'CAST(1 AS INT) int not null, s int')
  t.is(columnsOf('select t.i + t.st.x, l div 2 from t'), '(i + st.x) int, (l div 2) bigint not null')
  t.is(columnsOf('select i != 1, if(b, i, 0) from t'), '(NOT (i = 1)) boolean, (IF(b, i, 0)) int')
  t.is(
    columnsOf("select cast(window.end as string), count(s) from t group by window(at, '1 minute')"),
    'CAST(window.end AS STRING) string, count(s) bigint not null',
  )
})

test('calls are called with the arguments that Spark adds, and without those that it leaves out', (t) => {
  const state = 'lambdafunction(namedlambdavariable(), namedlambdavariable())'
  for (const [call, name] of [
    ["split(s, ',')", 'split(s, ,, -1)'],
    ["split(s, ',', 2)", 'split(s, ,, 2)'],
    ['sort_array(array(i))', 'sort_array(array(i), true)'],
    ["try_aes_decrypt(x'00', s)", "try_aes_decrypt(X'00', s, GCM, DEFAULT, )"],
    ["aes_encrypt(s, s, 'ECB', 'PKCS')", 'aes_encrypt(s, s, ECB, PKCS, , )'],
    ['shuffle(array(i), 42)', 'shuffle(array(i))'],
    ["variant_get(parse_json(s), '$.a', 'int')", 'variant_get(parse_json(s), $.a)'],
    ['curdate()', 'current_date()'],
    ['session_user()', 'session_user()'],
    ['session_user', 'current_user()'],
    ['user()', 'user()'],
    ['user', 'current_user()'],
    ["sentences(s, 'en')", 'sentences(s, en, )'],
    ['approx_top_k(i)', 'approx_top_k(i, 5, 10000)'],
    [
      'reduce(array(i), 0, (a, x) -> a)',
      `reduce(array(i), 0, lambdafunction(namedlambdavariable(), namedlambdavariable(), namedlambdavariable()), ${state})`,
    ],
  ] as const)
    t.is(outputOf(analyzed(`select ${call} from t`, catalog))[0]?.name, name)
})

test('names within a derived table are not seen outside', (t) => {
  t.is(columnsOf('select t.s from (select t.i from t) join t on true'), 's string')
  t.throws(() => columnsOf('select t.i from (select t.i from t)'), { message: /UNRESOLVED_COLUMN/ })
})

test('stars stand for columns, relations, structs and arguments, above GROUP BY for its keys', (t) => {
  t.is(
    columnsOf('select * from v a join v b on a.i = b.i'),
    'i int, total bigint not null, i int, total bigint not null',
  )
  t.is(columnsOf('select a.*, st.* from v a join t b on a.i = b.i'), 'i int, total bigint not null, x int, y string')
  t.is(
    columnsOf('select *, count(*) from v group by total, i'),
    'i int, total bigint not null, count(1) bigint not null',
  )
  t.is(columnsOf('select to_json(struct(*)) as value from v'), 'value string not null')
  t.is(columnsOf('select struct(v.*) as r from v group by i, total'), 'r struct<i:int,total:bigint> not null')
  t.is(columnsOf('select struct(i as a, l + 1, st.x) as r from t'), 'r struct<a:int,col2:bigint,x:int> not null')
})

test('ORDER BY sees the select list first, then what is below it, and aggregates', (t) => {
  t.is(columnsOf('select s as k, sum(i) as x from t group by s order by x + max(l), upper(k)'), 'k string, x bigint')
  t.is(columnsOf('select i as s, l from t order by s, t.s'), 's int, l bigint not null')
  t.is(columnsOf('select distinct t.s from t order by t.s'), 's string')
  t.is(columnsOf('select a.i, b.i from t a join t b on a.i = b.l order by b.i, a.l'), 'i int, i int')
  t.is(columnsOf('select i, i from t order by i'), 'i int, i int')
  // What is shown already is not computed again.
  t.deepEqual(kindsOf(analyzed('select l + 1 from t order by l + 1', catalog)), ['sort', 'project', 'scan'])
})

test('keys are found in expressions whatever the order of their operands, and only once', (t) => {
  t.is(columnsOf('select (1 + i) * 2 from t group by i + 1'), '((1 + i) * 2) int')
  t.is(columnsOf('select i, I from t group by i, t.i'), 'i int, I int')
  t.is(columnsOf('select st.x + 1, st from t group by st'), '(st.x + 1) int, st struct<x:int,y:string>')
  const plan = analyzed('select sum(l), sum(l) + 1, avg(l) from t group by i, i having sum(l) > 1', catalog)
  const aggregate = inputsOf(inputsOf(plan)[0]!)[0]!
  t.is(
    aggregate.kind === 'aggregate' && `${aggregate.keys.length} key, ${aggregate.aggregates.length} aggregates`,
    '1 key, 2 aggregates',
  )
})

test('rows without an event time are in no window', (t) => {
  const sql = "select window(at, '1 minute') as w, count(*) from t group by 1"
  t.deepEqual(kindsOf(analyzed(sql, catalog)), ['project', 'aggregate', 'filter', 'scan'])
  t.deepEqual(kindsOf(analyzed("select window(at, '1 minute') from t", catalog)), ['project', 'filter', 'scan'])
  const present = "select window(coalesce(at, timestamp '2024-01-01 00:00:00'), '1 minute') from t"
  t.deepEqual(kindsOf(analyzed(present, catalog)), ['project', 'scan'])
})

test('relations of the DataFrame API keep the names and relations of their columns', (t) => {
  const table: UnresolvedRelation = { kind: 'subqueryAlias', input: { kind: 'table', name: ['t'] }, alias: 'x' }
  const project: UnresolvedRelation = {
    kind: 'project',
    input: table,
    expressions: [parseExpression('x.i'), parseExpression('s')],
  }
  t.is(columnsOfRelation({ kind: 'filter', input: project, condition: parseExpression('x.i > 1') }), 'i int, s string')
  t.is(
    columnsOfRelation({ kind: 'filter', input: project, condition: parseExpression('b and l > 1') }),
    'i int, s string',
  )
  const groups: UnresolvedRelation = {
    kind: 'aggregate',
    input: table,
    groupBy: [parseExpression('s')],
    output: [parseExpression('s'), parseExpression('count(*) as n')],
  }
  t.is(
    columnsOfRelation({ kind: 'filter', input: groups, condition: parseExpression('n > 1 and max(l) < 9') }),
    's string, n bigint not null',
  )
  t.is(
    columnsOfRelation({
      kind: 'withColumns',
      input: project,
      columns: [
        { name: 'S', expression: parseExpression('length(s)') },
        { name: 'n', expression: parseExpression('x.i + 1') },
      ],
    }),
    'i int, S int, n int',
  )
  t.is(columnsOfRelation({ kind: 'drop', input: project, columns: ['I', 'nope'] }), 's string')
  const joined: UnresolvedRelation = { kind: 'join', left: project, right: project, type: 'left', using: ['i'] }
  t.is(columnsOfRelation({ kind: 'cached', input: joined, cacheId: 'c' }), 'i int, s string, s string')
  t.is(
    columnsOfRelation({
      kind: 'sort',
      input: { kind: 'tableFunction', name: ['range'], args: [{ kind: 'literal', type: BIGINT, value: 3n }] },
      orders: [{ kind: 'sortOrder', child: parseExpression('id'), direction: 'desc' }],
    }),
    'id bigint not null',
  )
})

test('later members of a select list use aliases in capitals also where the case of letters counts', (t) => {
  const session = { ...DEFAULT_SESSION, isCaseSensitive: true }
  const plan = analyzed('select 1 as A, A + 1 as b', { ...catalog, session })
  t.deepEqual(
    outputOf(plan).map(({ name }) => name),
    ['A', 'b'],
  )
})

test('among many columns names are found whatever their letters are, unless the case of these counts', (t) => {
  const ddl = Array.from({ length: 20 }, (_, i) => `Col${i} int`).join(', ')
  const wide = catalogOf({ w: { ...source, schema: parseSchema(ddl) } })
  const ids = outputOf(analyzed('select Col3, cOL3, w.COL19, Col19 from w', wide)).map(({ id }) => id)
  t.is(ids[0], ids[1])
  t.is(ids[2], ids[3])
  const session = { ...DEFAULT_SESSION, isCaseSensitive: true }
  t.notThrows(() => analyzed('select Col3 from w', { ...wide, session }))
  t.throws(() => analyzed('select cOL3 from w', { ...wide, session }), { message: /UNRESOLVED_COLUMN/ })
})
