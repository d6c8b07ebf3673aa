import { existsSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { conditionOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

test('databases are made, used, described and dropped', (t) =>
  withTables(async (session, folder) => {
    await runAll(
      session,
      "create database d comment 'mine' with dbproperties ('k' = 'v')",
      'create schema if not exists d',
    )
    t.deepEqual(await rowsOf(session, 'show databases'), [['d'], ['default']])
    t.deepEqual(await rowsOf(session, "show schemas like 'def*'"), [['default']])
    t.deepEqual(await rowsOf(session, "show schemas 'x|D'"), [['d']])
    t.deepEqual(await rowsOf(session, "show schemas '('"), [])
    t.deepEqual(await rowsOf(session, 'describe database extended d'), [
      ['Catalog Name', 'spark_catalog'],
      ['Namespace Name', 'd'],
      ['Comment', 'mine'],
      ['Location', `file:${join(folder, 'd.db')}`],
      ['Owner', userInfo().username],
      ['Properties', '((k,v))'],
    ])
    await runAll(session, 'use d', 'create table t (a int)')
    t.deepEqual(await rowsOf(session, 'show tables'), [['d', 't', false]])
    t.deepEqual(await rowsOf(session, 'show tables from default'), [])
    for (const [sql, condition] of [
      ['create database d', 'SCHEMA_ALREADY_EXISTS'],
      ['create database default', 'SCHEMA_ALREADY_EXISTS'],
      ['drop database d', 'SCHEMA_NOT_EMPTY'],
      ['drop database d restrict', 'SCHEMA_NOT_EMPTY'],
      ['drop database nowhere', 'SCHEMA_NOT_FOUND'],
      ['drop database default', 'UNSUPPORTED_FEATURE.DROP_DATABASE'],
      ['use nowhere', 'SCHEMA_NOT_FOUND'],
      ['use spark_catalog.d', 'none'],
      ['show tables in nowhere', 'SCHEMA_NOT_FOUND'],
      ['show tables in a.b', 'REQUIRES_SINGLE_PART_NAMESPACE'],
      ['drop database d cascade', 'none'],
      ['show tables', 'SCHEMA_NOT_FOUND'],
      ['select 1', 'none'],
      ['use default', 'none'],
      ['drop database if exists d', 'none'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
    t.deepEqual(await rowsOf(session, 'show databases'), [['default']])
  }))

test('databases are altered and commented on, the default one, too', (t) =>
  withTables(async (session, folder) => {
    const described = async (name: string): Promise<readonly unknown[]> =>
      (await rowsOf(session, `describe database extended ${name}`))
        .filter(([key]) => ['Comment', 'Location', 'Properties'].includes(String(key)))
        .map(([, value]) => value)
    await runAll(session, "create database d comment 'a' with dbproperties ('k' = 'v', 'b' = '1')")
    await runAll(session, "alter database d set dbproperties ('k' = 'w', 'z' = '2')", "comment on schema d is 'b'")
    t.deepEqual(await described('d'), ['b', `file:${join(folder, 'd.db')}`, '((b,1), (k,w), (z,2))'])
    const elsewhere = join(folder, 'elsewhere')
    await runAll(
      session,
      "alter schema d unset properties ('k', 'b')",
      `alter namespace d set location '${elsewhere}'`,
      'comment on database d is null',
      'create table d.t as select 1 as a',
    )
    t.deepEqual(await described('d'), ['', `file:${elsewhere}`, '((z,2))'])
    t.true(existsSync(elsewhere))
    await runAll(
      session,
      "comment on database default is 'mine'",
      "alter database default set dbproperties ('x' = '1')",
    )
    t.deepEqual(await described('default'), ['mine', `file:${folder}`, '((x,1))'])
    t.deepEqual(await rowsOf(session, 'show databases'), [['d'], ['default']])
    await withTables(
      async (other) => t.deepEqual((await rowsOf(other, 'describe database default'))[2], ['Comment', 'mine']),
      folder,
    )
    for (const sql of ["comment on database nowhere is 'x'", "alter database nowhere set dbproperties ('a' = 'b')"])
      t.is(await conditionOf(session, sql), 'SCHEMA_NOT_FOUND', sql)
    t.is(await conditionOf(session, 'alter database d rename to e'), 'UNSUPPORTED_FEATURE')
    t.deepEqual(await rowsOf(session, 'show current schema'), [['spark_catalog', 'default']])
    await runAll(session, 'use d')
    t.deepEqual(await rowsOf(session, 'show current namespace'), [['spark_catalog', 'd']])
    t.deepEqual(await rowsOf(session, "show catalogs like 'spark*'"), [['spark_catalog']])
    t.deepEqual(await rowsOf(session, "show catalogs like 'x'"), [])
  }))

test('SET LOCATION has a table read and write another folder, which DROP leaves', (t) =>
  withTables(async (session, folder) => {
    const elsewhere = join(folder, 'elsewhere')
    await runAll(session, 'create table t (a int)', 'insert into t values (1)', 'create view tv as select a from t')
    await runAll(session, 'cache table t', 'cache table tv', 'analyze table t compute statistics')
    t.deepEqual(await rowsOf(session, 'select * from t'), [[1]])
    await runAll(session, `alter table t set location '${elsewhere}'`)
    t.deepEqual(await rowsOf(session, 'select * from t'), [])
    t.deepEqual(await rowsOf(session, 'select * from tv'), [])
    t.false((await rowsOf(session, 'describe extended t')).some(([key]) => key === 'Statistics'))
    await runAll(session, 'insert into t values (2)')
    t.deepEqual(await rowsOf(session, 'select * from t'), [[2]])
    await runAll(session, 'drop table t')
    t.true(existsSync(elsewhere))
    await runAll(session, 'create table p (a int, b int) partitioned by (b)', 'create view v as select 1 as a')
    for (const [sql, condition] of [
      [`alter table p set location '${elsewhere}'`, 'UNSUPPORTED_FEATURE'],
      [`alter table v set location '${elsewhere}'`, 'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE'],
      [`alter table nowhere set location '${elsewhere}'`, 'TABLE_OR_VIEW_NOT_FOUND'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
  }))

test('SHOW TABLE EXTENDED tells all of tables, views and partitions in one text', (t) =>
  withTables(async (session, folder) => {
    await runAll(
      session,
      "create table t (a int not null, b string) partitioned by (b) comment 'hi' tblproperties ('k' = 'v')",
      "insert into t values (1, 'x')",
      'create view v as select a from t',
      'declare x int = 5',
      'create temp view w as select x as a',
    )
    const masked = async (rest: string): Promise<readonly unknown[]> =>
      (await rowsOf(session, `show table extended ${rest}`)).map((row) =>
        row.map((cell) =>
          String(cell)
            .replaceAll(/Created Time: .*/g, 'Created Time')
            .replaceAll(folder, '')
            .replace(/t-\w+/, 't'),
        ),
      )
    const tree = 'Schema: root\n |-- a: integer (nullable = true)\n'
    t.deepEqual(await masked("like 't|v|w'"), [
      [
        'default',
        't',
        'false',
        `Catalog: spark_catalog\nDatabase: default\nTable: t\nCreated Time\nLast Access: UNKNOWN\nCreated By: Millrace\nType: MANAGED\nProvider: parquet\nComment: hi\nTable Properties: [k=v]\nLocation: file:/t\nPartition Provider: Catalog\nPartition Columns: [\`b\`]\n${tree} |-- b: string (nullable = true)\n\n`,
      ],
      [
        'default',
        'v',
        'false',
        `Catalog: spark_catalog\nDatabase: default\nTable: v\nCreated Time\nLast Access: UNKNOWN\nCreated By: Millrace\nType: VIEW\nView Text: select a from t\nView Original Text: select a from t\nView Schema Mode: COMPENSATION\nView Catalog and Namespace: spark_catalog.default\nView Query Output Columns: [\`a\`]\n${tree}\n`,
      ],
      ['', 'w', 'true', `Table: w\nType: VIEW\nSchema: root\n |-- a: integer (nullable = false)\n\n`],
    ])
    t.deepEqual(await masked("in default like 't' partition (b = 'x')"), [
      ['default', 't', 'false', 'Partition Values: [b=x]\nLocation: file:/t/b=x\nCreated Time\nLast Access: UNKNOWN\n'],
    ])
    for (const [rest, condition] of [
      ["like 't' partition (b = 'y')", 'PARTITIONS_NOT_FOUND'],
      ["like 'v' partition (b = 'y')", 'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE'],
      ["like '*' partition (b = 'y')", 'TABLE_OR_VIEW_NOT_FOUND'],
      ["in nowhere like 't'", 'SCHEMA_NOT_FOUND'],
    ] as const)
      t.is(await conditionOf(session, `show table extended ${rest}`), condition, rest)
    t.throws(() => session.sql('show table extended'), { message: /PARSE_SYNTAX_ERROR/ })
    t.deepEqual(await rowsOf(session, 'describe w'), [['a', 'int', null]])
    t.deepEqual(await rowsOf(session, 'show columns in w'), [['a']])
    t.is((await session.catalog.listColumns('w')).length, 1)
  }))

test('a table is altered as the tables of files that Spark has', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table t (a int, b string)',
      "insert into t values (1, 'x')",
      'create table other (a int)',
    )
    await runAll(
      session,
      "alter table t add columns (c int comment 'new', d string)",
      "insert into t values (2, 'y', 3, 'z')",
      "alter table t set tblproperties ('k' = 'v', 'gone' = '1')",
      "alter table t unset tblproperties if exists ('gone', 'never')",
      "alter table t alter column b comment 'text'",
      'alter table t rename to u',
    )
    t.deepEqual(await rowsOf(session, 'select * from u order by a'), [
      [1, 'x', null, null],
      [2, 'y', 3, 'z'],
    ])
    t.deepEqual(await rowsOf(session, 'show tblproperties u'), [['k', 'v']])
    t.deepEqual(await rowsOf(session, 'describe u'), [
      ['a', 'int', null],
      ['b', 'string', 'text'],
      ['c', 'int', 'new'],
      ['d', 'string', null],
    ])
    for (const [sql, condition] of [
      ['select * from t', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['alter table t rename to v', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['alter table u rename to other', 'TABLE_OR_VIEW_ALREADY_EXISTS'],
      ['alter table u add column A int', 'COLUMN_ALREADY_EXISTS'],
      ['alter table u add column e void', 'UNSUPPORTED_FEATURE'],
      ['alter table u rename column a to z', 'UNSUPPORTED_FEATURE.TABLE_OPERATION'],
      ['alter table u drop column a', 'UNSUPPORTED_FEATURE.TABLE_OPERATION'],
      ['alter table u alter column a type string', 'NOT_SUPPORTED_CHANGE_COLUMN'],
      ['alter table u alter column a type int', 'none'],
      ["alter table u alter column z comment 'x'", 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
      ['alter table u add partition (a = 1)', '_LEGACY_ERROR_TEMP_1251'],
      ['show partitions u', 'INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
    await runAll(session, 'truncate table u')
    t.deepEqual(await rowsOf(session, 'select * from u'), [])
    t.deepEqual(await rowsOf(session, 'show columns in u'), [['a'], ['b'], ['c'], ['d']])
  }))

test('SHOW and DESCRIBE tell what a table is, without what nobody is to read', (t) =>
  withTables(async (session, folder) => {
    await runAll(
      session,
      "create table t (a decimal(5,2) comment 'it''s', `b c` string) comment 'one' tblproperties (z = 1, 'the.password' = 'x')",
      "insert into t values (1, 'x'), (2, 'y')",
      'analyze table t compute statistics',
      'create table u like t',
      "create view v (a comment 'n') tblproperties (p = 'q') as select a from t",
    )
    const [[created] = []] = await rowsOf(session, 'show create table t')
    const text = [
      'CREATE TABLE spark_catalog.default.t (',
      "  a DECIMAL(5,2) COMMENT 'it\\'s',",
      '  `b c` STRING COLLATE UTF8_BINARY)',
      'USING parquet',
      "COMMENT 'one'",
      'TBLPROPERTIES (',
      "  'the.password' = '*********(redacted)',",
      "  'z' = '1')",
      '',
    ]
    t.is(created, text.join('\n'))
    t.deepEqual(await rowsOf(session, 'show create table v'), [
      [
        "CREATE VIEW default.v (\n  a COMMENT 'n')\nTBLPROPERTIES (\n  'p' = 'q')\nWITH SCHEMA COMPENSATION\nAS select a from t\n",
      ],
    ])
    const described = new Map((await rowsOf(session, 'describe extended t')).map(([key, value]) => [key, value]))
    t.is(described.get('Table Properties'), '[the.password=*********(redacted), z=1]')
    t.regex(String(described.get('Statistics')), /^\d+ bytes, 2 rows$/)
    t.true(String(described.get('Location')).startsWith(`file:${folder}/t-`))
    t.is(
      new Map((await rowsOf(session, 'describe extended v')).map(([key, value]) => [key, value])).get('View Text'),
      'select a from t',
    )
    t.deepEqual(await rowsOf(session, 'describe t a'), [
      ['col_name', 'a'],
      ['data_type', 'decimal(5,2)'],
      ['comment', "it's"],
    ])
    t.deepEqual(await rowsOf(session, "show tblproperties t ('nope')"), [
      ['nope', 'Table spark_catalog.default.t does not have property: nope'],
    ])
    t.deepEqual(await rowsOf(session, 'describe query select 1 as n, null as v'), [
      ['n', 'int', null],
      ['v', 'void', null],
    ])
    t.deepEqual(await rowsOf(session, 'describe u'), await rowsOf(session, 'describe t'))
    t.deepEqual(await rowsOf(session, "show functions like 'coal*|upp*'"), [['coalesce'], ['upper']])
    t.deepEqual(await rowsOf(session, 'describe function upper'), [
      ['Function: upper'],
      ['Usage: upper(text) - In capital letters.'],
    ])
    t.deepEqual(await rowsOf(session, 'describe function extended md5'), [
      ['Function: md5'],
      ['Usage: md5(bytes) - The MD5 digest of bytes or of a text, in hexadecimal digits.'],
      ["Extended Usage:\n    Examples:\n      > SELECT md5('Spark');\n       8cde774d6f7333752ed72cacddb05126\n"],
    ])
    t.is(await conditionOf(session, 'describe function uppper'), 'UNRESOLVED_ROUTINE')
    t.is(await conditionOf(session, 'describe t z'), 'COLUMN_NOT_FOUND')
    t.deepEqual(await rowsOf(session, 'explain drop table t'), [['== Command ==\nExecute DropTable\n']])
    t.regex(
      String((await rowsOf(session, 'explain insert into t select * from t'))[0]),
      /^== Command ==\nExecute Insert\n\n== Physical Plan ==\nScan/,
    )
    t.regex(String((await rowsOf(session, 'explain (select 1)'))[0]), /^== Physical Plan ==/)
    t.is(await conditionOf(session, 'explain nonsense'), 'PARSE_SYNTAX_ERROR')
    t.regex(String((await rowsOf(session, 'explain extended select * from t'))[0]), /== Stages ==/)
  }))

test('SET shows and changes settings of queries from then on, RESET takes them back', (t) =>
  withTables(async (session) => {
    t.deepEqual(await rowsOf(session, 'set shuffle.partitions'), [['shuffle.partitions', '0']])
    t.deepEqual(await rowsOf(session, 'set spark.sql.shuffle.partitions = 3'), [['spark.sql.shuffle.partitions', '3']])
    t.deepEqual(await rowsOf(session, 'set shuffle.partitions'), [['shuffle.partitions', '3']])
    t.true((await rowsOf(session, 'set')).some(([key, value]) => key === 'shuffle.partitions' && value === '3'))
    t.deepEqual(await rowsOf(session, 'set nonsense'), [['nonsense', '<undefined>']])
    for (const [sql, condition] of [
      ['set nonsense = 1', 'INVALID_CONF_KEY'],
      ['set spark.sql.ansi.enabled = false', 'none'],
      ['set spark.sql.ansi.enabled = perhaps', 'INVALID_CONF_VALUE'],
      ['set spark.sql.ansi.enabled = true', 'none'],
      ['set spark.sql.adaptiveness.enabled = true', 'INVALID_CONF_KEY'],
      ['set shuffle.partitions = many', 'INVALID_CONF_VALUE'],
      ['set warehouse.dir = /elsewhere', 'CANNOT_MODIFY_STATIC_CONFIG'],
      ['set spark.executor.memory = 4g', 'CANNOT_MODIFY_STATIC_CONFIG'],
      ['reset spark.executor.memory', 'CANNOT_MODIFY_STATIC_CONFIG'],
      ["set time zone 'Mars/Phobos'", 'INVALID_CONF_VALUE.TIME_ZONE'],
      ['reset shuffle.partitions', 'none'],
      ['reset nonsense', 'none'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
    t.deepEqual(await rowsOf(session, 'set shuffle.partitions'), [['shuffle.partitions', '0']])
    await runAll(session, 'set shuffle.partitions = 5', 'reset')
    t.deepEqual(await rowsOf(session, 'set shuffle.partitions'), [['shuffle.partitions', '0']])
    await runAll(session, 'set spark.sql.shuffle.partitions = 5', 'reset shuffle.partitions')
    t.deepEqual(await rowsOf(session, 'set spark.sql.shuffle.partitions'), [['spark.sql.shuffle.partitions', '0']])
    t.deepEqual(await rowsOf(session, 'set `spark.sql.caseSensitive` = `false`'), [
      ['spark.sql.caseSensitive', 'false'],
    ])
    for (const zone of ["'UTC'", 'Z'])
      t.deepEqual(await rowsOf(session, `set time zone ${zone}`), [
        ['spark.sql.session.timeZone', zone.replaceAll("'", '')],
      ])
    t.true((await rowsOf(session, 'set -v')).some(([key, value]) => key === 'ansi.enabled' && value === 'true'))
  }))

test('session.conf gives and changes settings as SET does', (t) =>
  withTables(async (session) => {
    const { conf } = session
    conf.set('spark.sql.shuffle.partitions', 3)
    t.is(conf.get('shuffle.partitions'), '3')
    t.is(conf.getAll['shuffle.partitions'], '3')
    t.is(session.conf.get('nonsense', 'x'), 'x')
    t.throws(() => conf.get('nonsense'), { message: /SQL_CONF_NOT_FOUND/ })
    t.throws(() => conf.set('nonsense', 1), { message: /INVALID_CONF_KEY/ })
    t.throws(() => conf.unset('warehouse.dir'), { message: /CANNOT_MODIFY_STATIC_CONFIG/ })
    t.true(conf.isModifiable('spark.sql.shuffle.partitions'))
    t.false(conf.isModifiable('warehouse.dir'))
    conf.unset('spark.sql.shuffle.partitions')
    t.deepEqual(await rowsOf(session, 'set shuffle.partitions'), [['shuffle.partitions', '0']])
  }))

test('a cached table is read once until it changes, and what others write is seen after REFRESH', (t) =>
  withTables(async (session, folder) => {
    await runAll(session, 'create table t (a int)', 'insert into t values (1)', 'cache table t')
    t.true(await session.catalog.isCached('t'))
    t.deepEqual(await rowsOf(session, 'select * from t'), [[1]])
    await runAll(session, 'insert into t values (2)')
    t.deepEqual(await rowsOf(session, 'select * from t order by a'), [[1], [2]])
    await withTables((other) => runAll(other, 'insert into t values (3)'), folder)
    t.deepEqual(await rowsOf(session, 'select count(*) from t'), [[2n]])
    await runAll(session, 'refresh table t')
    t.deepEqual(await rowsOf(session, 'select count(*) from t'), [[3n]])
    await runAll(session, 'uncache table t', 'cache lazy table c as select max(a) as m from t')
    t.false(await session.catalog.isCached('t'))
    t.true(await session.catalog.isCached('c'))
    t.deepEqual(await rowsOf(session, 'select * from c'), [[3]])
    // A view that takes the place of a cached one is not it.
    session.sql('select 9 as m').createOrReplaceTempView('c')
    t.deepEqual(await rowsOf(session, 'select * from c'), [[9]])
    // Nor is a table or view that another session made in the place of one.
    await runAll(session, 'create view v as select a from t', 'cache table v', 'cache table t')
    await withTables(
      (other) =>
        runAll(
          other,
          'drop table t',
          'create table t (s string)',
          "insert into t values ('new')",
          'create or replace view v as select s, length(s) as n from t',
        ),
      folder,
    )
    t.deepEqual(await rowsOf(session, 'select * from t'), [['new']])
    t.deepEqual(await rowsOf(session, 'select * from v'), [['new', 3]])
    await runAll(session, 'create or replace view v as select 8 as z')
    t.deepEqual(await rowsOf(session, 'select * from v'), [[8]])
    await runAll(session, 'cache table t', 'clear cache', 'uncache table if exists nowhere')
    t.false(await session.catalog.isCached('t'))
    t.is(await conditionOf(session, 'uncache table nowhere'), 'TABLE_OR_VIEW_NOT_FOUND')
    t.is(await conditionOf(session, 'cache table nowhere'), 'TABLE_OR_VIEW_NOT_FOUND')
  }))

test('the catalog of the session answers as the statements do', (t) =>
  withTables(async (session, folder) => {
    const { catalog } = session
    await runAll(session, "create database d comment 'mine'", 'create temp view tv as select 1 as a')
    const made = await catalog.createTable('d.t', { schema: 'a int, b string', description: 'two columns' })
    t.deepEqual(await made.columns(), ['a', 'b'])
    t.is(await catalog.currentDatabase(), 'default')
    t.deepEqual(
      (await catalog.listDatabases()).map(({ name, description }) => [name, description]),
      [
        ['d', 'mine'],
        ['default', 'default database'],
      ],
    )
    t.deepEqual(await catalog.listTables('d'), [
      {
        name: 't',
        catalog: 'spark_catalog',
        namespace: ['d'],
        description: 'two columns',
        tableType: 'MANAGED',
        isTemporary: false,
      },
      { name: 'tv', catalog: null, namespace: [], description: null, tableType: 'TEMPORARY', isTemporary: true },
    ])
    t.deepEqual(await catalog.listColumns('d.t'), [
      { name: 'a', description: null, dataType: 'int', nullable: true, isPartition: false, isBucket: false },
      { name: 'b', description: null, dataType: 'string', nullable: true, isPartition: false, isBucket: false },
    ])
    t.deepEqual(
      [await catalog.tableExists('t'), await catalog.tableExists('t', 'd'), await catalog.tableExists('tv')],
      [false, true, true],
    )
    await catalog.setCurrentDatabase('d')
    t.is((await catalog.getTable('t')).tableType, 'MANAGED')
    t.true(await catalog.functionExists('UPPER'))
    t.true(await catalog.dropTempView('tv'))
    t.false(await catalog.dropTempView('tv'))
    await t.throwsAsync(catalog.getTable('tv'), { message: /TABLE_OR_VIEW_NOT_FOUND/ })
    await t.throwsAsync(catalog.createTable('t', { schema: 'a int' }), { message: /TABLE_OR_VIEW_ALREADY_EXISTS/ })
    t.true(existsSync(join(folder, 'd.db')))
  }))

test('a DataFrame is saved as a table, and its rows go into one', (t) =>
  withTables(async (session) => {
    const rows = session.sql("select 1 as a, 'x' as b")
    await rows.write.saveAsTable('t')
    await t.throwsAsync(rows.write.saveAsTable('t'), { message: /TABLE_OR_VIEW_ALREADY_EXISTS/ })
    await rows.write.mode('ignore').saveAsTable('t')
    await session.sql("select 'y' as b, 2 as a").write.mode('append').saveAsTable('t')
    await session.sql("select 3 as z, 'z' as y").write.insertInto('t')
    t.deepEqual(await rowsOf(session, 'select * from t order by a'), [
      [1, 'x'],
      [2, 'y'],
      [3, 'z'],
    ])
    await session.sql("select 4, 'w'").write.mode('overwrite').insertInto('t')
    t.deepEqual(await rowsOf(session, 'select * from t'), [[4, 'w']])
    await t.throwsAsync(session.table('t').write.mode('overwrite').saveAsTable('t'), {
      message: /UNSUPPORTED_OVERWRITE/,
    })
    await session.sql('select 5 as n').write.mode('overwrite').saveAsTable('t')
    t.deepEqual(await session.table('t').collect(), [{ n: 5 }])
    t.deepEqual(await session.table('spark_catalog.default.t').collect(), [{ n: 5 }])
    await runAll(session, 'create view v as select 1 as a')
    await t.throwsAsync(rows.write.mode('append').saveAsTable('v'), { message: /EXPECT_TABLE_NOT_VIEW/ })
  }))

test('a catalog that cannot be read or made is told with its place', (t) =>
  withTables(async (session, folder) => {
    writeFileSync(join(folder, '_millrace_catalog'), 'a file')
    t.is(await conditionOf(session, 'create table t (a int)'), 'FAILED_READ_FILE')
    t.is(await conditionOf(session, 'select * from t'), 'FAILED_READ_FILE')
    t.is(await conditionOf(session, 'select 1'), 'none')
  }))
