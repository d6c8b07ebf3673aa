import test from 'ava'
import { withoutRecursion } from '../../api/engine/recursion.js'
import type { Session } from '../../api/index.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parseQuery } from '../../planner/sql/query.js'
import { compare, withTables } from '../support/join-tables.js'
import { withSession } from '../support/sessions.js'

async function answer(session: Session, sql: string): Promise<unknown> {
  try {
    return (await session.sql(sql).collect()).map((row) => Object.values(row).map(String).join())
  } catch (error) {
    return MillraceError.is(error) ? [error.condition, error.parameters] : error
  }
}

const COUNT = 'with recursive r(n) as (select 1 union all select n + 1 from r'

test('recursive CTEs give what DuckDB gives', (t) =>
  withTables((register, setup) =>
    withSession('local[2]', async (session) => {
      register(session)
      await compare(t, session, setup, [
        `${COUNT} where n < 5) select * from r`,
        `${COUNT} where n < 90) select sum(n), count(*) from r where n % 3 = 0`,
        `${COUNT} where n < 5) select a.n, b.n from r a join r b on a.n + 1 = b.n`,
        `${COUNT} where n < 5), q as (select max(n) m from r) select r.n, q.m from r, q where n > (select min(n) from r)`,
        'with recursive r as (select 1 as n, 1 as m union all select m, n + m from r where n < 50) select * from r',
        'with recursive r(k, d) as (select k, 0 from l where k is not null and v = 1 union all select r.k + 1, r.d + 1 from r join l on l.k = r.k and l.v < 3 where r.d < 6) select * from r',
        `with recursive r(n) as (select 1 union all (select n + 10 from r where n < 20 union all select n + 100 from r where n < 10)) select * from r`,
        `with recursive r(n) as (select 1 union all select 2 union all select n + 10 from r where n < 20) select * from r`,
        'with recursive m as (select max(w) w from r), q(n) as (select 1 union all select n + 1 from q where n < (select w from m)) select * from q',
        'with recursive q(n) as (select 1 union all select distinct q.n + 1 from q, r where q.n < 6 and r.k = 1) select * from q',
        `select * from (${COUNT} where n < 3) select * from r) t where n > 1`,
        `select k, v in (${COUNT} where n < 3) select n from r) from l`,
        `${COUNT} where n < 3), s(m) as (select n from r union all select m + 10 from s where m < 20) select * from s`,
        'with recursive q(n) as (select 1 where false union all select n + 1 from q) select * from q',
        'with recursive q as (select 1 as n) select * from q',
      ])
      // DuckDB counts texts and NULLs otherwise.
      t.deepEqual(
        await answer(
          session,
          "with recursive q(s) as (select 'a' union all select s || 'b' from q where length(s) < 4) select * from q",
        ),
        ['a', 'ab', 'abb', 'abbb'],
      )
      t.deepEqual(
        await answer(
          session,
          'with recursive q(n) as (select cast(null as int) union all select 1 from q where n is null) select * from q',
        ),
        ['null', '1'],
      )
    }),
  ))

test('a recursion that does not end is one level too deep, or has too many rows, or is no longer needed', (t) =>
  withSession(
    'local[2]',
    async (session) => {
      const levels = (levelLimit: number) => ['RECURSION_LEVEL_LIMIT_EXCEEDED', { levelLimit: String(levelLimit) }]
      t.deepEqual(await answer(session, `${COUNT}) select * from r`), levels(100))
      const upTo = (level: number, n: number): string =>
        `${COUNT.replace('as', `max recursion level ${level} as`)} where n < ${n}) select count(*) from r`
      t.deepEqual(await answer(session, upTo(5, 5)), ['5'])
      t.deepEqual(await answer(session, upTo(4, 5)), levels(4))
      t.deepEqual(await answer(session, upTo(0, 5)), levels(0))
      t.deepEqual(await answer(session, `${COUNT}) select n from r limit 3 offset 2`), ['3', '4', '5'])
      t.deepEqual(await answer(session, `${COUNT}) select m from (select n * 2 as m from r) x limit 2`), ['2', '4'])
      t.deepEqual(await answer(session, `${COUNT}) select n from r where n > 1 limit 2`), levels(100))
      // All rows are behind a window, and any number of them behind one of a function that gives several or none.
      t.deepEqual(await answer(session, `${COUNT}) select count(*) over () from r limit 2`), levels(100))
      t.deepEqual(
        await answer(session, `${COUNT}) select explode(filter(array(n), x -> x > 6)) from r limit 2`),
        levels(100),
      )
      t.deepEqual(
        await answer(session, `${COUNT}) select n from r where exists (select * from r) limit 2`),
        levels(100),
      )
      const doubling = COUNT.replace('select n + 1 from r', 'select n from r, range(10)')
      t.deepEqual(await answer(session, `${doubling}) select * from r`), [
        'RECURSION_ROW_LIMIT_EXCEEDED',
        { rowLimit: '5000' },
      ])
      session.configure({ cteRecursionLevelLimit: '3' })
      t.deepEqual(await answer(session, `${COUNT}) select * from r`), levels(3))
    },
    { cteRecursionRowLimit: 5000 },
  ))

test('a recursion that goes on can be cancelled', (t) =>
  withSession('local[2]', async (session) => {
    const endless = `${COUNT.replace('as', 'max recursion level 1000000 as')}) select * from r`
    const running = session.sql(endless).collect()
    running.catch(() => undefined)
    // Whether it is planned or run just then.
    for (let i = 0; i < 300; i++) await new Promise(setImmediate)
    session.interruptAll()
    await t.throwsAsync(running, { message: /OPERATION_CANCELED/ })
    t.deepEqual(await answer(session, 'select 1'), ['1'], 'the session goes on')
  }))

test('what is no recursion, or reads itself where it cannot, is refused as in Spark', (t) =>
  withSession('local[1]', async (session) => {
    const conditionOf = async (body: string): Promise<unknown> =>
      ((await answer(session, `with recursive r(n) as (${body}) select * from r`)) as unknown[])[0]
    for (const [body, condition] of [
      ['select 1 union select n + 1 from r where n < 5', 'UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE'],
      ['select 1 except select n + 1 from r', 'INVALID_RECURSIVE_CTE'],
      ['select n + 1 from r union all select 1', 'INVALID_RECURSIVE_CTE'],
      ['select n + 1 from r', 'INVALID_RECURSIVE_CTE'],
      ['select 1 union all select n + 1 from r limit 5', 'INVALID_RECURSIVE_CTE'],
      ['select 1 union all select max(n) + 1 from r where n < 5', 'INVALID_RECURSIVE_REFERENCE.PLACE'],
      ['select 1 union all select n + 1 from r where n < 5 group by n', 'INVALID_RECURSIVE_REFERENCE.PLACE'],
      [
        'select 1 union all select a.n from range(3) b left join r a on a.n = b.id',
        'INVALID_RECURSIVE_REFERENCE.PLACE',
      ],
      [
        'select 1 union all select a.n from r a right join range(3) b on a.n = b.id',
        'INVALID_RECURSIVE_REFERENCE.PLACE',
      ],
      ['select 1 union all select n + 1L from r where n < 5', 'CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE'],
      ['select 1 union all select n, n from r where n < 5', 'NUM_COLUMNS_MISMATCH'],
      ['select 1, 2 union all select n, n from r where n < 5', 'ASSIGNMENT_ARITY_MISMATCH'],
      ['select 1 union all select x from r', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
    ] as const)
      t.is(await conditionOf(body), condition, body)
    const plain = 'with r as (select 1 as n union all select n + 1 from r) select * from r'
    t.is(((await answer(session, plain)) as unknown[])[0], 'TABLE_OR_VIEW_NOT_FOUND')
    const explained = await session.sql(`${COUNT} where n < 3) select * from r`).dtypes()
    t.deepEqual(explained, [['n', 'int']], 'the columns are known without running it')
    session.sql(`create temp view v as ${COUNT} where n < 3) select * from r`)
    t.deepEqual(await answer(session, 'select * from v'), ['1', '2', '3'])
  }))

test('the rows of each step, and of the whole, are held until they are not needed', async (t) => {
  const columns = schema([field('n', INT)])
  const rowsOf = (...values: number[]): Block =>
    blockFromRows(
      columns,
      values.map((n) => ({ n })),
    )
  const held = new Map<string, number>()
  const log: string[] = []
  const runner = (levels: (Block | Error)[]) => ({
    levelLimit: 9,
    rowLimit: 100,
    run: async () => ({
      schema: columns,
      mostBytes: Number.POSITIVE_INFINITY,
      blocks: (async function* () {
        const level = levels.shift() ?? rowsOf()
        if (level instanceof Error) throw level
        yield level
      })(),
    }),
    hold: (blocks: readonly Block[]) => {
      const id = `h${log.length}`
      held.set(
        id,
        blocks.reduce((sum, { rows }) => sum + rows, 0),
      )
      log.push([...held.values()].join())
      return id
    },
    release: (id: string) => void held.delete(id),
  })
  const plan = parseQuery(`${COUNT}) select * from r`)
  const { release } = await withoutRecursion(plan, runner([rowsOf(1, 2), rowsOf(3), rowsOf(4, 5, 6)]))
  t.deepEqual(log, ['2', '1', '3', '6'], 'one level at a time, then all')
  t.is(held.size, 1)
  release()
  t.is(held.size, 0)
  await t.throwsAsync(withoutRecursion(plan, runner([rowsOf(1), new Error('lost')])), { message: 'lost' })
  t.is(held.size, 0, 'nothing is left of one that fails')
})
