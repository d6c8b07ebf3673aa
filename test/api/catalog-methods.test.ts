import test from 'ava'
import { withTables } from '../support/warehouses.js'

test('the catalog makes and drops databases, tables and views as statements do', (t) =>
  withTables(async (session) => {
    const { catalog } = session
    await catalog.createDatabase('D1', false, { comment: 'first', owner: 'me' })
    t.is((await catalog.getDatabase('d1')).description, 'first')
    await t.throwsAsync(catalog.createDatabase('d1'), { message: /SCHEMA_ALREADY_EXISTS/ })
    await catalog.createDatabase('d1', true)
    await session.sql('create table d1.t (a int)').collect()
    await t.throwsAsync(catalog.dropDatabase('d1'), { message: /SCHEMA_NOT_EMPTY/ })
    await catalog.dropDatabase('d1', { cascade: true })
    await t.throwsAsync(catalog.dropDatabase('d1'), { message: /SCHEMA_NOT_FOUND/ })
    await catalog.dropDatabase('d1', { ifExists: true })

    await session.sql('create table t (a int)').collect()
    await session.sql('create view v as select * from t').collect()
    session.range(1).createOrReplaceTempView('w')
    t.deepEqual(
      (await catalog.listViews()).map(({ name }) => name),
      ['v', 'w'],
    )
    t.deepEqual(
      (await catalog.listViews(undefined, 'v*')).map(({ name }) => name),
      ['v'],
    )
    await t.throwsAsync(catalog.dropView('t'), { message: /EXPECT_VIEW_NOT_TABLE|WRONG_COMMAND/ })
    await catalog.dropView('v')
    await catalog.dropView('v', true)
    await catalog.dropTable('t')
    await t.throwsAsync(catalog.dropTable('t'), { message: /TABLE_OR_VIEW_NOT_FOUND/ })
    await catalog.dropTable('t', true)
    t.false(await catalog.tableExists('t'))
  }))

test('the catalog empties and counts tables, and tells how they were made', (t) =>
  withTables(async (session) => {
    const { catalog } = session
    await session.sql("create table t (a int) using parquet tblproperties ('k' = 'v')").collect()
    await session.sql('insert into t values (1), (2)').collect()
    await catalog.analyzeTable('t')
    t.true((await session.sql('describe extended t').collect()).some((row) => /2 rows/.test(String(row['data_type']))))
    t.like(await catalog.getTableProperties('t'), { k: 'v' })
    t.regex(
      await catalog.getCreateTableString('t'),
      /^CREATE TABLE spark_catalog\.default\.t \(\n {2}a INT\)\nUSING parquet/,
    )
    await catalog.truncateTable('t')
    t.is(await session.table('t').count(), 0)
    t.deepEqual(await session.read.table('default.t').columns(), ['a'])
  }))

test('there is one catalog, which may be chosen', (t) =>
  withTables(async (session) => {
    const { catalog } = session
    t.deepEqual(await catalog.listCatalogs(), [{ name: 'spark_catalog', description: null }])
    t.deepEqual(await catalog.listCatalogs('x*'), [])
    await catalog.setCurrentCatalog('spark_catalog')
    await t.throwsAsync(catalog.setCurrentCatalog('zz'), { message: /CATALOG_NOT_FOUND/ })
  }))

test('the catalog tells of functions, of the engine and of SQL', (t) =>
  withTables(async (session) => {
    const { catalog } = session
    t.like(await catalog.getFunction('UPPER'), { name: 'upper', catalog: null, isTemporary: true })
    t.regex((await catalog.getFunction('upper')).description!, /^upper\(text\) - /)
    await session.sql("create function more(a int) returns int comment 'one more' return a + 1").collect()
    await session.sql('create temporary function most(a int) returns int return a + 1').collect()
    t.deepEqual(await catalog.getFunction('default.more'), {
      name: 'more',
      catalog: 'spark_catalog',
      namespace: ['default'],
      description: 'one more',
      isTemporary: false,
    })
    t.like(await catalog.getFunction('most'), { name: 'most', catalog: null, isTemporary: true })
    await t.throwsAsync(catalog.getFunction('zz'), { message: /UNRESOLVED_ROUTINE/ })
  }))

test('options of a table that is made by writeTo may be given together, and what changed at a path is read again', (t) =>
  withTables(async (session) => {
    await session.range(2).writeTo('t').options({ compression: 'snappy' }).create()
    await session.catalog.cacheTable('t')
    await session.sql('insert into t values (7)').collect()
    await session.catalog.refreshByPath('/anywhere')
    t.is(await session.table('t').count(), 3)
    await t.throwsAsync(session.range(2).writeTo('u').options({ nonsense: 1 }).create(), { message: /nonsense/i })
  }))
