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
      ['insert into v values (1)', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['create temp view a.b as select 1', 'TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS'],
    ] as const) {
      try {
        t.is(await conditionOf(session, sql), condition, sql)
      } catch (error) {
        t.fail(`${sql}: ${String(error)}`)
      }
    }
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
