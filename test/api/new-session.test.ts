import test from 'ava'
import { conditionOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

test('a new session has temporary views, functions, variables and settings of its own, and the same tables', (t) =>
  withTables(async (session) => {
    session.configure({ 'shuffle.partitions': '3' })
    const other = session.newSession()
    await runAll(session, 'create temp view v as select 1 as a', 'declare x = 1', 'create table kept (a int)')
    await runAll(session, 'create temporary function one() return 1', 'create global temporary view g as select 7 as a')
    t.is(await conditionOf(other, 'select * from v'), 'TABLE_OR_VIEW_NOT_FOUND')
    t.is(await conditionOf(other, 'select x'), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
    t.is(await conditionOf(other, 'select one()'), 'UNRESOLVED_ROUTINE')
    t.not(other.conf.get('shuffle.partitions'), '3')
    await runAll(other, 'create temp view v as select 2 as a', 'insert into kept values (5)')
    t.deepEqual(await rowsOf(session, 'select v.a, kept.a as b from v, kept'), [[1, 5]])
    t.deepEqual(await rowsOf(other, 'select v.a, g.a as b from v, global_temp.g'), [[2, 7]])
    await runAll(session, 'create database other_place', 'use other_place')
    t.deepEqual(await rowsOf(other, 'select current_database()'), [['default']])
  }))

test('what one session caches is read by the other from memory, and let go of by any', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table kept (a int)', 'insert into kept values (1)', 'cache table kept')
    const other = session.newSession()
    t.true(await other.catalog.isCached('kept'))
    t.deepEqual(await rowsOf(other, 'select a from kept'), [[1]])
    await runAll(other, 'uncache table kept')
    t.false(await session.catalog.isCached('kept'))
  }))

test('an interrupt is for the queries of its session, and a stop for all sessions', (t) =>
  withTables(async (session) => {
    const other = session.newSession()
    const running = other.sql('begin declare i = 0; while i < 5 do set i = i + 1; end while; select i; end').collect()
    session.interruptAll()
    t.deepEqual(await running, [{ i: 5 }])
    const ended = other.sql('begin loop begin end; end loop; end').collect()
    other.interruptAll()
    await t.throwsAsync(ended, { message: /OPERATION_CANCELED/ })
    await other.stop()
    t.true(session.isStopped)
    await t.throwsAsync(session.range(3).count(), { message: /^\[SESSION_CLOSED\]/ })
    await session.stop()
  }))
