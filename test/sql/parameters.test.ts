import test from 'ava'
import { CalendarDate, Decimal, type ParameterValues, type Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSharedSession } from '../support/shared-sessions.js'

async function answer(session: Session, sql: string, values?: ParameterValues): Promise<unknown> {
  try {
    const frame = session.sql(sql, values)
    return [(await frame.columns()).join(', '), ...(await frame.collect()).map((row) => Object.values(row).map(String))]
  } catch (error) {
    return MillraceError.is(error) ? [error.condition, error.parameters] : error
  }
}

test('markers stand for literals, wherever one may stand', async (t) => {
  await withSharedSession('local[1]', async (session) => {
    for (const [sql, values, expected] of [
      ['select :a', { a: 1 }, ['1', ['1']]],
      ['select :a x, : b y', { a: 1, b: "it's" }, ['x, y', ['1', "it's"]]],
      ['select ?, ?', [1, 'q'], ['1, q', ['1', 'q']]],
      ['select ?', [1, 2], ['1', ['1']]],
      ['select :a + 1', { a: 1 }, ['(1 + 1)', ['2']]],
      ['select :select', { select: 4 }, ['4', ['4']]],
      ['select ? is null', [null], ['(NULL IS NULL)', ['true']]],
      ['select * from range(?) limit ?', [3, 2], ['id', ['0'], ['1']]],
      ['select id from range(5) where :a and id > ? - 1'.replace('?', ':b'), { a: true, b: 4 }, ['id', ['4']]],
      ['select * from values (:a) t(x)', { a: 2.5 }, ['x', ['2.5']]],
      ['select count(*) c from range(4) group by id % :n order by :p', { n: 3, p: 1 }, ['c', ['1'], ['1'], ['2']]],
      ['select 1 as x where :a', { a: false }, ['x']],
      ["select ': a' x, :a y", { a: 1 }, ['x, y', [': a', '1']]],
      ['with c as (select :a as q) select q + :a from c', { a: 3 }, ['(q + 3)', ['6']]],
      ['select :a::string s', { a: 7n }, ['s', ['7']]],
    ] as const)
      t.deepEqual(await answer(session, sql, values), expected, sql)
    t.deepEqual(
      await session
        .sql('select ? i, ? l, ? b, ? d, ? m, ? s, ? day', [
          1,
          1n,
          true,
          0.5,
          new Decimal(125n, 2),
          '',
          new CalendarDate(0),
        ])
        .dtypes(),
      [
        ['i', 'int'],
        ['l', 'bigint'],
        ['b', 'boolean'],
        ['d', 'double'],
        ['m', 'decimal(3,2)'],
        ['s', 'string'],
        ['day', 'date'],
      ],
    )
    session.sql('create temp view v as select :a as x', { a: 1 })
    t.deepEqual(await answer(session, 'select * from v'), ['x', ['1']])
    t.deepEqual(await (await session.runStatement('select :a as x', { a: 2 })).collect(), [{ x: 2 }])
  })
})

test('markers without a value are told by name or place, and both kinds do not mix', async (t) => {
  await withSharedSession('local[1]', async (session) => {
    const unbound = (name: string) => ['UNBOUND_SQL_PARAMETER', { name }]
    t.deepEqual(await answer(session, 'select :a', {}), unbound('a'))
    t.deepEqual(await answer(session, 'select :a'), unbound('a'))
    t.deepEqual(await answer(session, 'select :A', { a: 1 }), unbound('A'))
    t.deepEqual(await answer(session, 'select :toString', {}), unbound('toString'))
    t.deepEqual(await answer(session, 'select ?, ?', [1]), unbound('_10'))
    t.deepEqual(await answer(session, 'select ?', {}), unbound('_7'))
    t.deepEqual(await answer(session, 'select :a', [1]), unbound('a'))
    t.deepEqual(await answer(session, 'select :a, ?', { a: 1 }), ['INVALID_QUERY_MIXED_QUERY_PARAMETERS', {}])
    t.is(((await answer(session, "select :a('b')", { a: 1 })) as string[])[0], 'PARSE_SYNTAX_ERROR')
    t.is(((await answer(session, 'select :1', { 1: 1 })) as string[])[0], 'PARSE_SYNTAX_ERROR')
    t.throws(() => session.sql('select :a', { a: {} as Date }), { message: /INVALID_API_USE/ })
  })
})

test('IDENTIFIER() makes names of constant texts', async (t) => {
  await withSharedSession('local[1]', async (session) => {
    for (const [sql, values, expected] of [
      ['select IDENTIFIER(:c) from range(2)', { c: 'id' }, ['id', ['0'], ['1']]],
      ["select IDENTIFIER('t.' || 'id') from range(1) t", {}, ['id', ['0']]],
      ["select identifier('`a b`') from values (1) t(`a b`)", {}, ['a b', ['1']]],
      ["select identifier('upper')('x')", {}, ['upper(x)', ['X']]],
      ["select 5 as identifier('xx')", {}, ['xx', ['5']]],
      ["with identifier('c') as (select 1 x) select * from identifier(:t)", { t: 'c' }, ['x', ['1']]],
      ["select q.id from identifier('range')(1) as identifier('q')", {}, ['id', ['0']]],
      ['select identifier from values (1) t(identifier)', {}, ['identifier', ['1']]],
    ] as const)
      t.deepEqual(await answer(session, sql, values), expected, sql)
    const name = 'IDENTIFIER'
    for (const [sql, expected] of [
      ['select identifier(1)', ['NOT_A_CONSTANT_STRING.WRONG_TYPE', { name, expr: '1', dataType: 'int' }]],
      ['select identifier(null)', ['NOT_A_CONSTANT_STRING.WRONG_TYPE', { name, expr: 'NULL', dataType: 'void' }]],
      ['select identifier(id) from range(1)', ['NOT_A_CONSTANT_STRING.NOT_CONSTANT', { name, expr: 'id' }]],
      ["select identifier('')", ['PARSE_EMPTY_STATEMENT', {}]],
    ] as const)
      t.deepEqual(await answer(session, sql), expected, sql)
    t.is(((await answer(session, "select identifier('a..b')")) as string[])[0], 'PARSE_SYNTAX_ERROR')
    t.is(((await answer(session, "select * from identifier('nix')")) as string[])[0], 'TABLE_OR_VIEW_NOT_FOUND')
  })
})
