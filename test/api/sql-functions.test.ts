import test from 'ava'
import { expr, lit } from '../../api/index.js'
import { conditionOf, errorOf, rowsOf, runAll, withTables, withWarehouse } from '../support/warehouses.js'

test('a stored function keeps its text, which means in every session what it meant where it was made', (t) =>
  withWarehouse(async (folder) => {
    await withTables(async (session) => {
      await runAll(
        session,
        'create database d',
        'create table t (a int)',
        'insert into t values (1), (2)',
        'use d',
        'create table t (a int)',
        'insert into t values (7)',
        'create function most(least int default 0) returns int return select max(a) from t where a >= least',
        'create function all_of() returns table return select a from t',
        'create function next(x int) returns int return most() + x',
      )
    }, folder)
    await withTables(async (session) => {
      await runAll(
        session,
        'create temp view t as select 99 as a',
        'create temporary function most() returns int return 5',
      )
      t.deepEqual(await rowsOf(session, 'select d.most(), d.most(8), d.next(1), most()'), [[7, null, 8, 5]])
      t.deepEqual(await rowsOf(session, 'select * from d.all_of()'), [[7]])
      t.is(await conditionOf(session, 'select next(1)'), 'UNRESOLVED_ROUTINE')
      await runAll(session, 'create or replace function d.most(least int) returns int return -least')
      t.is(await conditionOf(session, 'select d.next(1)'), 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION')
      t.is(await conditionOf(session, 'drop database d'), 'SCHEMA_NOT_EMPTY')
      await runAll(session, 'drop table d.t')
      t.is(await conditionOf(session, 'select * from d.all_of()'), 'TABLE_OR_VIEW_NOT_FOUND')
      t.is(await conditionOf(session, 'drop database d'), 'SCHEMA_NOT_EMPTY')
      await runAll(session, 'drop database d cascade', 'create database d')
      t.deepEqual(await rowsOf(session, 'show user functions in d'), [['most']])
    }, folder)
  }))

test('functions are called by expressions of the DataFrame API, too', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create function plus(x int, y int default 7) returns int return x + y',
      'create temporary function least_above(x int) returns bigint return select min(id) from range(10) where id > x',
    )
    const frame = session.range(3)
    const rows = await frame
      .select(
        expr('plus(id, y => 1)').as('a'),
        expr('least_above(id + 2)').as('b'),
        expr("mask('a', lowerChar => 'q')"),
      )
      .filter('plus(a, 0) > 1 and least_above(0) = 1')
      .orderBy('a')
      .collect()
    t.deepEqual(
      rows.map((row) => Object.values(row)),
      [
        [2, 4n, 'q'],
        [3, 5n, 'q'],
      ],
    )
    t.deepEqual(await frame.select(lit(1)).where('plus(1, 1) = 3').collect(), [])
  }))

test('a function that reads itself through a view, or through others, is refused', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create function one() returns int return 1',
      'create view v as select one() as a',
      'create function two() returns int return (select a from v)',
    )
    const error = await errorOf(session, 'create or replace function one() returns int return two() + 1')
    t.is(error?.condition, 'CYCLIC_FUNCTION_REFERENCE')
    t.is(
      error?.parameters['path'],
      'spark_catalog.default.one -> spark_catalog.default.two -> spark_catalog.default.one',
    )
    t.is(await conditionOf(session, 'create or replace view v as select two() as a'), 'RECURSIVE_VIEW')
    t.deepEqual(await rowsOf(session, 'select one(), two()'), [[1, 1]])
  }))

test('functions that double what they call end in a condition and not in a hanging session', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create temporary function f0(x double) returns double return sqrt(x) + x')
    const doubling = (i: number): string =>
      `create temporary function f${i}(x double) returns double return f${i - 1}(x) + f${i - 1}(x + 1)`
    const outcomes: string[] = []
    for (let i = 1; i < 20 && outcomes.at(-1) !== 'QUERY_TOO_COMPLEX'; i++)
      outcomes.push(await conditionOf(session, doubling(i)))
    t.deepEqual(new Set(outcomes), new Set(['none', 'QUERY_TOO_COMPLEX']))
    const nested = (depth: number): string => (depth === 0 ? '1' : `f1(${nested(depth - 1)})`)
    t.is(await conditionOf(session, `select ${nested(40)}`), 'QUERY_TOO_COMPLEX')
  }))

test('names in messages and columns are those of the catalog, whatever case a call is written in', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create function Plus(x int) returns int return x',
      'create temp function Minus(x int) return -x',
    )
    const frame = session.sql('select PLUS(1), Default.Plus(2), MINUS(3), plus(plus(4)) + 1')
    t.deepEqual(
      (await frame.schema()).fields.map(({ name }) => name),
      [
        'spark_catalog.default.plus(1)',
        'spark_catalog.default.plus(2)',
        'minus(3)',
        '(spark_catalog.default.plus(spark_catalog.default.plus(4)) + 1)',
      ],
    )
    const parameters = (await errorOf(session, 'select pLuS()'))?.parameters
    t.deepEqual(parameters, { functionName: '`spark_catalog`.`default`.`plus`', expectedNum: '1', actualNum: '0' })
  }))

test('DESCRIBE tells what the statement of a function said', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      "create function f(x int comment 'the x', y array<string> default array('a')) returns table(a int comment 'one') not deterministic comment 'c' return select 1",
    )
    const lines = (await rowsOf(session, 'describe function extended f')).map(([line]) => String(line))
    t.deepEqual(
      lines.filter((line) => !line.startsWith('Create Time:')),
      [
        'Function:      spark_catalog.default.f',
        'Type:          TABLE',
        "Input:         x INT 'the x'",
        "               y ARRAY<STRING> DEFAULT array('a')",
        "Returns:       a INT 'one'",
        'Comment:       c',
        'Deterministic: false',
        'Data Access:   CONTAINS SQL',
        'Body:          select 1',
      ],
    )
  }))

test('what is stored names no variables, of the session or of a script', (t) =>
  withTables(async (session) => {
    await runAll(session, 'declare variable v int default 3')
    for (const [sql, obj, tempObjName] of [
      ['create function f() returns int return v', 'FUNCTION', '`v`'],
      [
        'create function f() returns table return select 1 as a from range(3) where id < session.v',
        'FUNCTION',
        '`session`.`v`',
      ],
      ['create view w as select v as a', 'VIEW', '`v`'],
      ['begin declare x int; create function f() returns int return x; end', 'FUNCTION', '`x`'],
      ['begin declare x int; create view w as select x as a; end', 'VIEW', '`x`'],
    ] as const) {
      const error = await errorOf(session, sql)
      t.is(error?.condition, 'INVALID_TEMP_OBJ_REFERENCE', sql)
      const objName = obj === 'VIEW' ? '`spark_catalog`.`default`.`w`' : '`default`.`f`'
      t.like(error?.parameters, { obj, objName, tempObj: 'VARIABLE', tempObjName })
    }
    t.is(
      await conditionOf(session, 'create function f() returns int return nowhere'),
      'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
    )
    await runAll(session, 'create temporary function f() returns int return v', 'set variable v = 4')
    t.deepEqual(await rowsOf(session, 'select f()'), [[4]])
  }))
