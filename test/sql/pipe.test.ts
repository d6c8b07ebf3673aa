import test from 'ava'
import type { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSession } from '../support/sessions.js'

async function answer(session: Session, sql: string): Promise<unknown> {
  try {
    const frame = session.sql(sql)
    const rows = (await frame.collect()).map((row) => Object.values(row).map(String))
    return [await frame.columns(), rows]
  } catch (error) {
    return MillraceError.is(error) ? [error.condition, error.parameters] : error
  }
}

/** Each with the same without pipes. */
const MEANINGS: Readonly<Record<string, string>> = {
  'from range(3)': 'select * from range(3)',
  'from range(6) |> extend id % 2 as p |> pivot (sum(id) for p in (0 as even, 1 as odd)) as q |> select q.odd, even':
    'select 9L as odd, 6L as even',
  'from range(3) |> extend -id as m |> unpivot (v for c in (id, m)) |> aggregate sum(v) as s group by c |> order by c':
    "select 'id' as c, 3L as s union all select 'm', -3L",
  'from range(9) |> tablesample (3 rows) |> aggregate count(*) as n': 'select 3L as n',
  'from range(9) |> tablesample (100 percent) repeatable (1) |> order by id |> limit 1 + 1': 'select id from range(2)',
  'from range(3) |> sort by id desc |> select id': 'select 2 - id as id from range(3)',
  'from range(5) |> where id > 1 |> where id < 4': 'select id from range(5) where id > 1 and id < 4',
  'values (1), (2) |> where col1 > 1': 'select 2 as col1',
  '(select 1 a) |> select a + 1': 'select a + 1 from (select 1 a)',
  'select 1 a |> select a + 1 as b, b * 2 as c': 'select 2 b, 4 c',
  'from range(4) |> select distinct id % 2 as m |> order by m': 'select distinct id % 2 as m from range(4) order by m',
  'from range(3) |> select sum(id)': 'select sum(id) from range(3)',
  'from range(3) |> extend id + 1 as x, x * 2 as y, id': 'select id, id + 1 x, (id + 1) * 2 y, id from range(3)',
  'from range(3) |> extend 1L as x |> set id = id + x, x = id': 'select id + 1 as id, id + 1 as x from range(3)',
  'from range(3) |> set id = 1, id = id + 1': 'select 2 as id from range(3)',
  'from range(3) |> extend 1 as x, 2 as y |> drop x, Y': 'select id from range(3)',
  'from range(3) |> as t |> select t.id': 'select id from range(3)',
  'from range(3) t |> extend 1 as x |> drop x |> where t.id > 1': 'select id from range(3) where id > 1',
  'from range(3) |> aggregate count(*) as c, sum(id) + 1': 'select count(*) as c, sum(id) + 1 from range(3)',
  'from range(5) |> aggregate sum(id) as s group by id % 2 as k |> order by k':
    'select id % 2 as k, sum(id) as s from range(5) group by k order by k',
  'from range(4) |> aggregate group by id % 2 |> order by 1': 'select id % 2 from range(4) group by 1 order by 1',
  'from range(5) |> aggregate sum(id) s group by id % 2 k |> where s > 4': 'select 0L k, 6L s',
  'from range(3) |> join range(2) t2 using (id) |> order by id': 'select id from range(2)',
  'from range(3) a |> left join range(2) b on a.id = b.id |> select a.id, b.id as i |> order by id':
    'select a.id, b.id as i from range(3) a left join range(2) b on a.id = b.id order by a.id',
  'from range(2) a |> cross join range(2) b |> select a.id, b.id as i |> order by 1, 2':
    'select a.id, b.id as i from range(2) a, range(2) b order by 1, 2',
  'from range(2) a |> join lateral (select a.id + 1 as q)': 'select id, id + 1 as q from range(2)',
  'from range(5) |> order by id desc |> limit 3 offset 1 |> where id > 1': 'select * from values (3L), (2L) t(id)',
  'from range(3) |> offset 1': 'select id from range(1, 3)',
  'from range(2) |> union all select 7L |> extend 1 as x': 'select id, 1 as x from values (0L), (1L), (7L) t(id)',
  'from range(3) |> intersect select 1L': 'select 1L as id',
  'from range(3) |> except select 1L |> order by id': 'select * from values (0L), (2L) t(id)',
  'select 1 a union all select 2 |> where a > 1': 'select 2 as a',
  'from range(3) |> where id > 1 union all select 9L': 'select * from values (2L), (9L) t(id)',
  'with c as (select 1 a) from c |> select a + 1': 'select a + 1 from (select 1 a)',
  'select * from (from range(3) |> where id > 1)': 'select 2L as id',
  'select (from range(3) |> aggregate max(id)) as m, exists (from range(3) |> where id > 7) as e':
    'select 2L m, false e',
  'select max(id) m from range(3) where exists (from range(3) |> where id > 7)': 'select max(id) m from range(0)',
  'from range(3) select id where id > 1': 'select 2L as id',
  'from range(3) a join range(2) b on a.id = b.id select a.id order by id': 'select id from range(2)',
  'from range(3) |> sort by id distribute by id': 'select id from range(3)',
  'from range(3) |> order by id desc order by id': 'select id from range(3)',
  'from range(2) select id select id + 5 order by 1': 'select id from values (0L), (1L), (5L), (6L) t(id)',
}

test('each pipe operator is what the clause is that it stands for', async (t) => {
  await withSession('local[1]', async (session) => {
    for (const [piped, plain] of Object.entries(MEANINGS))
      t.deepEqual(await answer(session, piped), await answer(session, plain), piped)
  })
})

test('what a pipe operator cannot take is refused as in Spark', async (t) => {
  await withSession('local[1]', async (session) => {
    const missing = (name: string, proposal: string) => [
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      { objectName: `\`${name}\``, proposal },
    ]
    const unsupportedCase = (written: string) => [
      'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE',
      { case: written },
    ]
    for (const [piped, expected] of [
      ['set x = 1', missing('x', '`id`')],
      ['drop y', missing('y', '`id`')],
      ['select id as z |> where id > 1', missing('id', '`z`')],
      ['select id as z |> order by id', missing('id', '`z`')],
      ['extend sum(id) as s', ['PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr: 'sum(id)', clause: 'EXTEND' }]],
      ['set id = sum(id)', ['PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr: 'sum(id)', clause: 'SET' }]],
      [
        'aggregate id group by id',
        ['PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION', { expr: 'id' }],
      ],
      ['aggregate sum(id) group by all', unsupportedCase('GROUP BY ALL')],
      ['aggregate sum(id) group by rollup(id)', unsupportedCase('GROUP BY ROLLUP')],
      ['aggregate sum(id) group by cube(id)', unsupportedCase('GROUP BY CUBE')],
      ['aggregate sum(id) group by grouping sets (id)', unsupportedCase('GROUPING SETS')],
      [
        'order by id limit 2',
        ['MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS', { clause1: 'ORDER BY', clause2: 'LIMIT' }],
      ],
    ] as const)
      t.deepEqual(await answer(session, `from range(3) |> ${piped}`), expected, piped)
    const conditionOf = async (piped: string): Promise<unknown> =>
      ((await answer(session, `from range(3) ${piped}`)) as unknown[])[0]
    t.is(await conditionOf('|> where sum(id) > 1'), 'INVALID_WHERE_CONDITION')
    t.is(await conditionOf('|> aggregate sum(id) as s |> where max(id) > 1'), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
    t.is(await conditionOf('|> aggregate sum(id) as s |> where max(s) > 1'), 'INVALID_WHERE_CONDITION')
    t.is(await conditionOf('|> extend *'), 'INVALID_USAGE_OF_STAR_OR_REGEX')
    t.is(await conditionOf('|> window w as (order by id)'), 'UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS')
    t.is(await conditionOf('|> aggregate'), '_LEGACY_ERROR_TEMP_0035')
    t.is(await conditionOf('|> as a-b'), 'INVALID_IDENTIFIER')
    t.is(await conditionOf('|> tablesample ()'), '_LEGACY_ERROR_TEMP_0014')
    t.is(await conditionOf('|> tablesample (bucket 1 out of 2 on id)'), '_LEGACY_ERROR_TEMP_0015')
    t.is(await conditionOf('|> tablesample (5)'), '_LEGACY_ERROR_TEMP_0016')
    for (const wrong of [
      '|> having id > 1',
      '|> pivot id',
      '|> tablesample (bucket 1 out of 2 on f(id))',
      '|> as t(x)',
      '|> where id > 1 group by id',
      'order by id |> limit 1',
    ])
      t.is(await conditionOf(wrong), 'PARSE_SYNTAX_ERROR', wrong)
  })
})
