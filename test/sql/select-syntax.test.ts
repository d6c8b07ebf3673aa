import test from 'ava'
import type { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSharedSession } from '../support/shared-sessions.js'

/** The columns and rows that a query has, or its condition. */
async function answer(session: Session, sql: string): Promise<unknown> {
  try {
    const frame = session.sql(sql)
    const rows = (await frame.collect()).map((row) => Object.values(row).map(String).join())
    return [(await frame.columns()).join(', '), ...rows]
  } catch (error) {
    return MillraceError.is(error) ? [error.condition, error.parameters] : error
  }
}

/* What Spark 4 answers. */

const TABLE = '(select id, 1 x from range(2)) t'

test('a star leaves out the columns that EXCEPT names', (t) =>
  withSharedSession('local[1]', async (session) => {
    for (const [list, expected] of [
      ['* except (id)', ['x', '1', '1']],
      ['t.* except (X), id as y', ['id, y', '0,0', '1,1']],
      ['* except (t.x)', ['id', '0', '1']],
      ['count(* except (id))', ['count(x)', '2']],
      ['* except (y)', ['UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName: '`y`', proposal: '`x`, `id`' }]],
      ['* except (t.id, id)', ['EXCEPT_OVERLAPPING_COLUMNS', { columns: 't.id, id' }]],
    ] as const)
      t.deepEqual(await answer(session, `select ${list} from ${TABLE}`), expected, list)
    t.deepEqual(await answer(session, 'select * from range(2) except (select 1L)'), ['id', '0'], 'a set operation')
    t.is(((await answer(session, 'select * except id from range(2)')) as string[])[0], 'PARSE_SYNTAX_ERROR')
  }))

test('LIKE takes ANY, SOME or ALL of several patterns, and ILIKE no notice of case', (t) =>
  withSharedSession('local[1]', async (session) => {
    const texts = "(values ('abc'), (null), ('Bcd')) t(x)"
    for (const [e, ...expected] of [
      ["x like any ('a%', '%d')", 'likeany(x)', 'true', 'null', 'true'],
      ["x like some ('a%')", 'likeany(x)', 'true', 'null', 'false'],
      ["x not like any ('a%', '%d')", 'notlikeany(x)', 'true', 'null', 'true'],
      ["x like all ('%b%', 'a%')", 'likeall(x)', 'true', 'null', 'false'],
      ["x not like all ('a%', 'x')", 'notlikeall(x)', 'false', 'null', 'true'],
      ["x like any ('a%', null)", '(x LIKE a% OR x LIKE NULL)', 'true', 'null', 'null'],
      ["x like all ('a%', null)", '(x LIKE a% AND x LIKE NULL)', 'null', 'null', 'false'],
      ["x not like all ('z', null)", '((NOT x LIKE z) AND (NOT x LIKE NULL))', 'null', 'null', 'null'],
      ["x ilike 'b_D'", 'ilike(x, b_D)', 'false', 'null', 'true'],
      ["x not ilike 'A%'", '(NOT ilike(x, A%))', 'false', 'null', 'true'],
      ["x ilike any ('A%', 'B%')", 'likeany(lower(x))', 'true', 'null', 'true'],
      ["x ilike all ('%C%', 'A%')", 'likeall(lower(x))', 'true', 'null', 'false'],
      ["'a_c' ilike 'A/_C' escape '/'", 'ilike(a_c, A/_C)', 'true', 'true', 'true'],
    ] as const)
      t.deepEqual(await answer(session, `select ${e} from ${texts}`), expected, e)
    t.deepEqual(await answer(session, "select 'a' like any ()"), [
      '_LEGACY_ERROR_TEMP_0064',
      { msg: "Expected something between '(' and ')'." },
    ])
  }))

test('ORDER BY ALL is by every column from the first on, unless one has that name', (t) =>
  withSharedSession('local[1]', async (session) => {
    for (const [sql, expected] of [
      ['select id % 2 as a, -id as b from range(3) order by all', ['a, b', '0,-2', '0,0', '1,-1']],
      ['select id % 2 as a, -id as b from range(3) order by all desc', ['a, b', '1,-1', '0,0', '0,-2']],
      ['select sum(id) s, id % 2 k from range(3) group by k order by all', ['s, k', '1,1', '2,0']],
      ['select -id, id as all from range(2) order by all', ['(- id), all', '0,0', '-1,1']],
      ['select distinct id from range(2) order by all desc', ['id', '1', '0']],
    ] as const)
      t.deepEqual(await answer(session, sql), expected, sql)
    t.is(
      ((await answer(session, 'select id from range(3) order by all, id')) as string[])[0],
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    )
  }))

test('CTEs may be nested, name columns and leave AS out', (t) =>
  withSharedSession('local[1]', async (session) => {
    for (const [sql, expected] of [
      ['with t(a, b) as (select 1, 2) select * from t', ['a, b', '1,2']],
      ['with t (select 1 x) select * from t', ['x', '1']],
      ['with t as (with u as (select 1 x) select x + 1 y from u) select * from t', ['y', '2']],
      ['with t as (select 1 x) (with u as (select x + 1 y from t) select * from u)', ['y', '2']],
      ['with recursive as (select 1 x) select * from recursive', ['x', '1']],
    ] as const)
      t.deepEqual(await answer(session, sql), expected, sql)
  }))
