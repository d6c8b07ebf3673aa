import test from 'ava'
import { col, functions as F } from '../../api/index.js'
import { conditionOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

test('a DataFrame keeps the values that variables had when it was made, and a view of SQL has those of the time when it is read', (t) =>
  withTables(async (session) => {
    await runAll(session, 'declare x int = 1', 'create temp view v as select x as c from range(1)')
    const frame = session.sql('select x as c')
    frame.createOrReplaceTempView('kept')
    t.deepEqual(await rowsOf(session, 'select * from v'), [[1]])
    await runAll(session, 'set var x = 2')
    t.deepEqual(await frame.collect(), [{ c: 1 }])
    t.deepEqual(await rowsOf(session, 'select * from kept'), [[1]])
    t.deepEqual(await rowsOf(session, 'select * from v'), [[2]])
    await runAll(session, 'create view stored as select 1 as c', 'drop temporary variable x')
    t.is(await conditionOf(session, 'select * from v'), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
  }))

test('what is cached is not used for other values of a variable', (t) =>
  withTables(async (session) => {
    await runAll(session, 'declare x int = 1', 'create temp view v as select x as c from range(1)', 'cache table v')
    await runAll(session, 'set var x = 2')
    t.deepEqual(await rowsOf(session, 'select * from v'), [[2]])
  }))

test('unnamed columns are called by the variables in them with their values', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'declare i = 5',
      "declare s = 'it''s'",
      'declare b bigint = 3',
      'declare f float = 1.5',
      'declare d = 1.50',
      'declare n date',
      'declare v = null',
    )
    const { fields } = await session
      .sql(
        'select i, session.i, i + 1, upper(s), -b, -f, -d, n is null, v is null, i as a, a + i, (select i) from range(1)',
      )
      .schema()
    t.deepEqual(
      fields.map(({ name }) => name),
      [
        'i',
        'i',
        '(variablereference(system.session.i=5) + 1)',
        "upper(variablereference(system.session.s='it\\'s'))",
        '(- variablereference(system.session.b=3L))',
        "(- variablereference(system.session.f=CAST('1.5' AS FLOAT)))",
        '(- variablereference(system.session.d=1.50BD))',
        '(variablereference(system.session.n=CAST(NULL AS DATE)) IS NULL)',
        '(variablereference(system.session.v=NULL) IS NULL)',
        'a',
        '(lateralAliasReference(a) + variablereference(system.session.i=5))',
        'scalarsubquery()',
      ],
    )
  }))

test('a stored view sees no variables', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table t (a int)', 'create view v with schema evolution as select a from t')
    await runAll(session, 'declare a = 7', 'drop table t', 'create table t (b int)')
    t.is(await conditionOf(session, 'select * from v'), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
  }))

test('variables take the columns of one row at most', (t) =>
  withTables(async (session) => {
    await runAll(session, 'declare x int = 1', 'declare y int = 2')
    t.is(await conditionOf(session, 'set var (x, y) = (select id, id from range(2))'), 'ROW_SUBQUERY_TOO_MANY_ROWS')
    t.is(await conditionOf(session, "execute immediate 'select id from range(2)' into x"), 'ROW_SUBQUERY_TOO_MANY_ROWS')
    t.is(await conditionOf(session, 'set var x = (select id from range(2))'), 'SCALAR_SUBQUERY_TOO_MANY_ROWS')
    t.deepEqual(await rowsOf(session, 'select x, y'), [[1, 2]])
  }))

test('expressions of a DataFrame use variables, which mean what they were when it was made', (t) =>
  withTables(async (session) => {
    await runAll(session, 'declare least int default 2')
    const some = session.range(4).where('id >= least').select(col('id'), F.expr('id + least').as('more'))
    await runAll(session, 'set var least = 3')
    t.deepEqual((await some.collect()).map(Object.values), [
      [2n, 4n],
      [3n, 5n],
    ])
    t.deepEqual((await session.range(4).where('id >= least').collect()).map(Object.values), [[3n]])
    t.is(await session.sql('select 1 as least').where('least = 1').count(), 1)
  }))
