import test from 'ava'
import { MillraceError } from '../../api/index.js'
import { handlerOf } from '../../api/script/handlers.js'
import { parseStatement } from '../../api/statements/index.js'
import { SourceText } from '../../common/errors/source-text.js'
import { QUERY_GRAMMAR } from '../../planner/sql/query.js'
import { TokenStream } from '../../planner/sql/token-stream.js'
import { conditionOf, errorOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

test('a script that is waited for tells its rows and columns, and a DataFrame of one that runs has them when it has ended', (t) =>
  withTables(async (session) => {
    const script = "begin declare n = 0; while n < 3 do set n = n + 1; end while; select n as rounds, 'x' as y; end"
    t.deepEqual(await rowsOf(session, script), [[3, 'x']])
    const frame = session.sql(script)
    t.throws(() => frame.createOrReplaceTempView('early'), { message: /the script has not ended/ })
    t.regex(await session.sql(`explain select 1`).showString(), /plan/)
    t.deepEqual(
      (await frame.schema()).fields.map(({ name }) => name),
      ['rounds', 'y'],
    )
    t.deepEqual(await frame.select('rounds').collect(), [{ rounds: 3 }])
    frame.createOrReplaceTempView('late')
    t.deepEqual(await rowsOf(session, 'select y from late'), [['x']])
    t.deepEqual(
      (await session.sql('begin set session.nothing = 1; end').collect().catch(String)).slice(0, 31),
      'MillraceError: [UNRESOLVED_VARI',
    )
  }))

test('what draws in a loop draws anew each time, and names of tables in variables are those of the round', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table drawn (x double)', 'create table a (i int)', 'create table b (i int)')
    await runAll(session, 'begin for r as select id from range(5) do insert into drawn select rand(); end for; end')
    t.deepEqual(await rowsOf(session, 'select count(distinct x) from drawn'), [[5n]])
    t.deepEqual(
      await rowsOf(
        session,
        'begin declare n = 0; while rand() < 0.9 do set n = n + 1; end while; select n >= 0 as done; end',
      ),
      [[true]],
    )
    await runAll(
      session,
      "begin for r as values ('a'), ('b') as t(name) do execute immediate 'insert into ' || r.name || ' values (1)'; end for; end",
    )
    t.deepEqual(await rowsOf(session, 'select * from a union all select * from b'), [[1], [1]])
  }))

test('variables of a script are seen by its statements alone', (t) =>
  withTables(async (session) => {
    const running = session.sql(
      'begin declare hidden = 1; for r as select id from range(3) do select hidden; end for; end',
    )
    t.is(await conditionOf(session, 'select hidden'), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    await running.collect()
    t.is(await conditionOf(session, 'select hidden'), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    const { fields } = await session.sql('begin o: begin declare a = 1; select a + 1; end; end').schema()
    t.is(fields[0]!.name, '(variablereference(local.o.a=1) + 1)')
  }))

test('temporary functions and views see the variables of where they are read, and those of one name in several blocks are told apart', (t) =>
  withTables(async (session) => {
    const rows = (text: string) => rowsOf(session, text)
    const inBlocks = (body: string) =>
      `begin outside: begin declare w int = 3; inside: begin declare w int = 4; ${body}; end; end; end`
    await runAll(session, 'declare variable w int = 100')
    const made = 'create temporary function f() returns int return w + 1; create temporary view v as select w'
    t.deepEqual(await rows(`begin declare w int = 3; ${made}; select f(), (select w from v), session.w; end`), [
      [4, 3, 100],
    ])
    t.deepEqual(await rows('select f(), (select w from v)'), [[101, 100]])
    const view = "create temporary view typed as select outside.w || 'x' as x"
    t.deepEqual(await rows(inBlocks(`${view}; describe typed; show columns in typed; select * from typed`)), [['3x']])
    const tables = 'create temporary function g() returns table (a int) return select outside.w'
    t.deepEqual(await rows(inBlocks(`${tables}; select a, f() from g()`)), [[3, 5]])
    t.is(await conditionOf(session, 'select * from g()'), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    await runAll(session, 'drop temporary variable w')
    t.is(await conditionOf(session, 'select f()'), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    t.deepEqual(await rows(inBlocks('set (outside.w, inside.w) = (select 8, 9); select outside.w, w')), [[8, 9]])
    t.is(await conditionOf(session, inBlocks('set (w, inside.W) = (select 8, 9)')), 'DUPLICATE_ASSIGNMENTS')
  }))

test('variables of a script tell names by IDENTIFIER: of tables, columns and functions, where they stand in branches and loops', (t) =>
  withTables(async (session) => {
    const made =
      "begin declare n = 'made'; create table identifier(n) (a int) using parquet; insert into identifier(n) values (1); select * from identifier(n); end"
    t.deepEqual(await rowsOf(session, made), [[1]])
    t.deepEqual(await rowsOf(session, "begin declare f = 'abs'; select identifier(f)(-3); end"), [[3]])
    const column = "begin declare c = 'a'; if true then select identifier('m.' || c) from made m; end if; end"
    t.deepEqual(await rowsOf(session, column), [[1]])
    const rounds =
      "begin for r as values ('made'), ('made') as t(name) do insert into identifier(r.name) values (2); end for; select count(*) from made; end"
    t.deepEqual(await rowsOf(session, rounds), [[3n]])
    await runAll(session, "begin declare t = 'made'; drop table identifier(t); end")
    for (const [script, condition] of [
      ["begin declare t = 'made'; select * from identifier(t); end", 'TABLE_OR_VIEW_NOT_FOUND'],
      ['begin declare t = 1; select * from identifier(t); end', 'NOT_A_CONSTANT_STRING.WRONG_TYPE'],
      ['begin declare t string; select * from identifier(t); end', 'NOT_A_CONSTANT_STRING.NULL'],
      ['begin select * from identifier(nowhere); end', 'NOT_A_CONSTANT_STRING.NOT_CONSTANT'],
    ] as const)
      t.is(await conditionOf(session, script), condition)
  }))

test('an interrupt ends a script whatever it does then, and no handler keeps it', (t) =>
  withTables(async (session) => {
    const handler = 'declare exit handler for sqlexception select 1;'
    for (const loop of [
      'loop begin end; end loop',
      'declared: loop iterate declared; end loop',
      'while true do set x = x + 1; end while',
      'repeat select 1; until false end repeat',
      'for r as select id from range(1000000) do begin end; end for',
    ]) {
      const running = session.sql(`begin declare x bigint = 0; ${handler} ${loop}; end`).collect()
      session.interruptAll()
      await t.throwsAsync(running, { message: /OPERATION_CANCELED/ }, loop)
    }
    session.addTag('mine')
    const tagged = session.sql('begin loop begin end; end loop; end').collect()
    session.clearTags()
    session.interruptTag('mine')
    await t.throwsAsync(tagged, { message: /OPERATION_CANCELED/ })
    t.deepEqual(await rowsOf(session, 'begin select 2 as a; end'), [[2]])
  }))

test('a script that runs no jobs ends with its session, in sessions over the same executors as well, and no handler keeps it', (t) =>
  withTables(async (session) => {
    const script = 'begin declare exit handler for sqlexception begin end; loop begin end; end loop; end'
    const running = [session, session.newSession()].map((one) => one.sql(script).collect())
    const ended = Promise.allSettled(running)
    await session.stop()
    const reasons = (await ended).map((one) => one.status === 'rejected' && String(one.reason))
    for (const reason of reasons) t.regex(String(reason), /\[SESSION_CLOSED\]/)
  }))

test('what is canceled, and a fault of the engine, has no handler', (t) => {
  const all = {
    conditions: new Set<string>(),
    sqlStates: new Set<string>(),
    handles: { sqlException: true, notFound: true },
    body: [],
  }
  t.is(handlerOf(new MillraceError('DIVIDE_BY_ZERO'), [all]), all)
  for (const condition of ['OPERATION_CANCELED', 'SESSION_CLOSED', 'INTERNAL_ERROR'] as const)
    t.is(handlerOf(new MillraceError(condition), [all]), undefined)
  t.is(handlerOf(new TypeError('a bug'), [all]), undefined)
})

test('a handler that leaves a loop around its block ends the loop, and one that fails is handled further out', (t) =>
  withTables(async (session) => {
    const failing = 'begin declare exit handler for sqlexception begin leave l; end; select 1 / 0; end;'
    t.deepEqual(await rowsOf(session, `begin l: loop ${failing} end loop; select 'left' as w; end`), [['left']])
    const again = 'begin declare exit handler for divide_by_zero select cast("a" as int); select 1 / 0; end;'
    const outer = "declare exit handler for cast_invalid_input select 'outer' as w;"
    t.deepEqual(await rowsOf(session, `begin ${outer} ${again.replaceAll('"', "'")} select 'behind' as w; end`), [
      ['outer'],
    ])
  }))

test('conditions of a script point to their place in the whole text, and parameters have names', (t) =>
  withTables(async (session) => {
    const error = await errorOf(session, 'begin\n  declare x = 1;\n  select x + nowhere;\nend')
    t.is(error?.condition, 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    t.regex(error!.message, /line 3, position 14/)
    const inLine = await errorOf(session, "begin select 'é' as a; select nowhere; select 3; end")
    t.regex(inLine!.message, /line 1, position 31/)
    const condition = await errorOf(session, 'begin\n  declare x = 1;\n  while x + 2 do select 1; end while;\nend')
    t.is(condition?.condition, 'INVALID_BOOLEAN_STATEMENT')
    t.regex(condition!.message, /line 3, position 9/)
    t.true(inLine!.message.includes("begin select 'é' as a; select nowhere; select 3; end"))
    t.deepEqual(
      await session
        .sql('begin declare x = :p; if x = :p then select x + :q as s; end if; end', { p: 1, q: 2 })
        .collect(),
      [{ s: 3 }],
    )
    await t.throwsAsync(session.sql('begin select ?; end', [1]).collect(), {
      message: /SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS/,
    })
  }))

test('a part of a text is read at its place, and nothing before and behind it is', (t) => {
  const source = new SourceText("' select 1 as a; `")
  const tokens = new TokenStream({ source, start: 1, end: 15 }, QUERY_GRAMMAR)
  const [first, query] = [tokens.peek(), tokens.query()]
  tokens.expectEnd()
  t.deepEqual([query.kind, tokens.originFrom(first)], ['project', { text: source.text, start: 2, end: 15 }])
})

test('blocks that are nested too deeply are refused, and what stands outside of scripts is no script', (t) => {
  const nested = (depth: number): string => `${'begin '.repeat(depth)}select 1;${' end;'.repeat(depth)}`
  t.notThrows(() => parseStatement(nested(50)))
  const handlers = `begin ${'declare exit handler for sqlexception begin '.repeat(1500)}`
  for (const deep of [nested(100_000), handlers])
    t.throws(() => parseStatement(deep), { message: /PARSE_SYNTAX_ERROR.*levels of nesting/s })
  for (const text of [
    'explain begin select 1; end',
    'begin if true then select 1; end',
    'begin case end case; end',
    'begin l: select 1; end',
  ])
    t.throws(() => parseStatement(text), { message: /PARSE_SYNTAX_ERROR/ }, text)
})
