import test from 'ava'
import { conditionOf, errorOf, rowsOf, runAll, withTables, withWarehouse } from '../support/warehouses.js'

test('a stored view keeps its text, which means in every session what it meant where it was made', (t) =>
  withWarehouse(async (folder) => {
    await withTables(async (session) => {
      await runAll(
        session,
        'create database d',
        'create table t (a int, b string)',
        "insert into t values (1, 'x'), (2, 'y')",
        'use d',
        'create table t (a int)',
        'insert into t values (7)',
        "create view v (n comment 'the number') comment 'seven' as select a from t",
        'use default',
        'create view w as with c as (select * from t) select b, a + 1 as next from c where a > (select min(a) from t)',
        'create view both as select w.next, v.n from w cross join d.v',
      )
    }, folder)
    await withTables(async (session) => {
      await runAll(session, 'create temp view t as select 99 as a, 98 as b')
      t.deepEqual(await rowsOf(session, 'select * from both'), [[3, 7]])
      t.deepEqual(await rowsOf(session, 'select v.n, d.v.n, spark_catalog.d.v.n from d.v'), [[7, 7, 7]])
      t.deepEqual(await rowsOf(session, 'describe d.v'), [['n', 'int', 'the number']])
      t.deepEqual(await rowsOf(session, 'show views'), [
        ['default', 'both', false],
        ['default', 'w', false],
        ['', 't', true],
      ])
      await runAll(session, 'alter table default.t add columns (c int)', 'create or replace view d.v as select 5 as n')
      t.deepEqual(await rowsOf(session, 'select * from w'), [['y', 3]])
      t.deepEqual(await rowsOf(session, 'select * from both'), [[3, 5]])
      await runAll(session, 'alter view d.v as select 6 as n, 2 as m', 'alter view d.v rename to d.z')
      t.is(await conditionOf(session, 'select * from both'), 'TABLE_OR_VIEW_NOT_FOUND')
      t.deepEqual(await rowsOf(session, 'select * from d.z'), [[6, 2]])
    }, folder)
  }))

test('a view that cannot be is refused when it is made', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create temp view tv as select 1 as a',
      'create table t (a int)',
      'create view v as select a from t',
    )
    for (const [sql, condition] of [
      ['create view v as select 1', 'TABLE_OR_VIEW_ALREADY_EXISTS'],
      ['create view t as select 1', 'TABLE_OR_VIEW_ALREADY_EXISTS'],
      ['create or replace view t as select 1', 'WRONG_COMMAND_FOR_OBJECT_TYPE'],
      ['create view if not exists v as select nonsense', 'none'],
      ['create view w as select b from t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
      ['create view w as select * from tv', 'INVALID_TEMP_OBJ_REFERENCE'],
      ['create view w as select * from t where a in (select a from tv)', 'INVALID_TEMP_OBJ_REFERENCE'],
      ['create view w as with tv as (select 1) select * from tv', 'none'],
      ['create view x (a, b) as select 1', 'CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'],
      ['create view x (a) as select 1, 2', 'CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS'],
      ['create view x as select 1 as a, 2 as A', 'COLUMN_ALREADY_EXISTS'],
      ['create view x (a, b) as select 1 as c, 2 as c', 'none'],
      ['create or replace view v as select * from v', 'RECURSIVE_VIEW'],
      ['alter view v as select * from (select * from v)', 'RECURSIVE_VIEW'],
      ['alter view t as select 1', 'EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE'],
      ['alter view t rename to u', 'EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE'],
      ['alter table v rename to u', 'EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW'],
      ['drop table v', 'WRONG_COMMAND_FOR_OBJECT_TYPE'],
      ['truncate table v', 'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE'],
      ['insert into v values (1)', 'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE'],
      ['create temp view a.b as select 1', 'INVALID_TEMP_OBJ_QUALIFIER'],
    ] as const) {
      try {
        t.is(await conditionOf(session, sql), condition, sql)
      } catch (error) {
        t.fail(`${sql}: ${String(error)}`)
      }
    }
    for (const [sql, viewName] of [
      ['truncate table tv', '`tv`'],
      ['alter table tv add columns (c int)', '`tv`'],
      ['truncate table v', '`spark_catalog`.`default`.`v`'],
    ] as const)
      t.is((await errorOf(session, sql))?.parameters['viewName'], viewName, sql)
    const error = await errorOf(session, 'create view y as select * from tv')
    t.deepEqual(error?.parameters, {
      obj: 'VIEW',
      objName: '`spark_catalog`.`default`.`y`',
      tempObj: 'VIEW',
      tempObjName: '`tv`',
    })
    t.deepEqual(await rowsOf(session, 'select * from x'), [[1, 2]])
  }))

test('temporary views have columns of other names, and global ones a schema of their own', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create temporary view v (a, b) as select 1, 2',
      'create global temporary view g as select 3 as c',
      'alter view v rename to w',
    )
    t.deepEqual(await rowsOf(session, 'select b, a from w'), [[2, 1]])
    t.deepEqual(await rowsOf(session, 'select g.c, global_temp.g.c from global_temp.g'), [[3, 3]])
    t.is(await conditionOf(session, 'select * from g'), 'TABLE_OR_VIEW_NOT_FOUND')
    t.deepEqual(await rowsOf(session, 'show tables in global_temp'), [
      ['global_temp', 'g', true],
      ['', 'w', true],
    ])
    t.throws(() => session.sql('create temporary view v (a) as select 1, 2'), { message: /ASSIGNMENT_ARITY_MISMATCH/ })
    await runAll(session, 'drop view global_temp.g')
    t.is(await conditionOf(session, 'select * from global_temp.g'), 'TABLE_OR_VIEW_NOT_FOUND')
  }))

test('what becomes of a view whose query has other columns by now is for its mode to say', (t) =>
  withTables(async (session) => {
    const modes = ['binding', 'compensation', 'type evolution', 'evolution']
    const made = (): Promise<void> =>
      runAll(session, 'drop table if exists t', 'create table t (a int, b int)', 'insert into t values (1, 2)')
    await made()
    for (const mode of modes) {
      const name = mode.replace(' ', '_')
      await runAll(session, `create view ${name} with schema ${mode} as select * from t`)
      await runAll(session, `create view named_${name} (x, y) with schema ${mode} as select * from t`)
    }
    const typesOf = async (view: string): Promise<string> =>
      (await rowsOf(session, `describe query select * from ${view}`))
        .map(([name, type]) => `${name} ${type}`)
        .join(', ')
    await runAll(
      session,
      'drop table t',
      'create table t (c int, b smallint, a bigint)',
      'insert into t values (3, 2, 1)',
    )
    t.is(await conditionOf(session, 'select * from binding'), 'CANNOT_UP_CAST_DATATYPE')
    t.is(await typesOf('compensation'), 'a int, b int')
    t.deepEqual(await rowsOf(session, 'select * from compensation'), [[1, 2]])
    t.is(await typesOf('type_evolution'), 'a bigint, b smallint')
    t.is(await typesOf('evolution'), 'c int, b smallint, a bigint')
    t.is(await typesOf('named_evolution'), 'x bigint, y smallint')
    t.deepEqual(
      (await rowsOf(session, 'describe evolution')).map(([name]) => name),
      ['c', 'b', 'a'],
    )
    const described = new Map(
      (await rowsOf(session, 'describe extended evolution')).map(([key, value]) => [key, value]),
    )
    t.is(described.get('View Query Output Columns'), '[`c`, `b`, `a`]')
    await runAll(session, "create view told (x comment 'mine', y) with schema type evolution as select a, b from t")
    t.deepEqual(
      (await rowsOf(session, 'describe told')).map(([name, , comment]) => [name, comment]),
      [
        ['x', 'mine'],
        ['y', null],
      ],
    )
    await runAll(session, 'drop view told')
    await runAll(session, 'create view twice with schema evolution as select * from t, (select 1 as z)')
    await runAll(session, 'alter table t add column Z int')
    t.is(await conditionOf(session, 'select * from twice'), 'COLUMN_ALREADY_EXISTS')
    await runAll(session, 'drop table t', 'create table t (a smallint, b int)', 'insert into t values (1, 2)')
    t.is(await typesOf('named_binding'), 'x int, y int')
    await runAll(session, 'drop table t', 'create table t (b int)')
    for (const name of ['binding', 'compensation', 'type_evolution', 'named_evolution'])
      t.is(await conditionOf(session, `select * from ${name}`), 'INCOMPATIBLE_VIEW_SCHEMA_CHANGE', name)
    const error = await errorOf(session, 'select * from named_compensation')
    t.deepEqual(error?.parameters, {
      viewName: '`spark_catalog`.`default`.`named_compensation`',
      colName: 'a',
      expectedNum: '1',
      actualCols: '[]',
      suggestion: 'CREATE OR REPLACE VIEW spark_catalog.default.named_compensation (x, y) AS select * from t',
    })
    await runAll(session, 'alter view binding with schema evolution')
    t.is(await typesOf('binding'), 'b int')
    t.regex(String((await rowsOf(session, 'show create table binding'))[0]), /WITH SCHEMA EVOLUTION/)
    // Columns that were named keep their names.
    await runAll(session, 'alter view named_binding with schema evolution')
    t.regex(String((await rowsOf(session, 'show create table named_binding'))[0]), /WITH SCHEMA TYPE EVOLUTION/)
    t.is(
      await conditionOf(session, 'create view v with schema nonsense as select 1').catch((e) => e.condition),
      'PARSE_SYNTAX_ERROR',
    )
  }))
