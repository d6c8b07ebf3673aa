import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DataFrame, Session } from '../../api/index.js'
import {
  asTexts,
  connectionString,
  NEEDS,
  newTable,
  readTable,
  until,
  withClient,
  withPostgres,
} from '../support/postgres.js'
import { withSession } from '../support/sessions.js'

/** What jobs would leave, beside the tables of other tests, which have schemas of their own. */
const LEFT = "select tablename from pg_tables where tablename like 'millrace%' and schemaname = 'public'"

const CHILD = fileURLToPath(new URL('../support/postgres-child.js', import.meta.url))

const write = (
  rows: DataFrame,
  dbtable: string,
  mode: 'append' | 'overwrite' | 'errorifexists' | 'ignore' = 'errorifexists',
  more: Readonly<Record<string, string>> = {},
): Promise<void> =>
  rows.write
    .format('postgresql')
    .options({ connectionString: connectionString(), dbtable, ...more })
    .mode(mode)
    .save()

const ODD_ROWS = `select * from values
  (1, 'a\\tb\\nc\\\\d\\re\\\\N', 1.50bd, 12345678901234567890123456789012345.678bd, date'0001-01-01', timestamp'1960-01-01 00:00:00.5', double('NaN'), float('-Infinity'), x'005cff', true,
   timestamp_ntz'2020-01-01 00:00:00', 9223372036854775807L, -32768S, time'23:59:59.999999'),
  (2, null, null, null, null, null, null, null, null, null, null, null, null, null),
  (3, '\\\\N', -0.01bd, -0.001bd, date'+10000-01-01', timestamp'-0043-03-15 12:00:00', -0.0D, 3.4028234E38F, x'', false, timestamp_ntz'0000-01-01 00:00:00', -9223372036854775808L, 32767S, time'00:00:00'),
  (4, '😀é', 999.99bd, 0.000bd, date'1969-12-31', timestamp'9999-12-31 23:59:59.999999', 4.9E-324D, 1.1754944E-38F, x'00', true, timestamp_ntz'1969-12-31 23:59:59.999999', 0L, 0S, time'12:00:00.1')
  as t(i, t, n, w, d, ts, f8, f4, b, bo, nz, l, s, ti)`

withPostgres(`what is written is what is read again, and what the server has ${NEEDS}`, (t) =>
  withSession(
    'local[2]',
    (session) =>
      withClient(async (client) => {
        const table = newTable()
        const rows = session.sql(ODD_ROWS)
        await write(rows, table)
        const texts = (df: DataFrame) =>
          df
            .selectExpr(
              'i',
              ...'t n w d ts f8 f4 bo nz l s ti'.split(' ').map((c) => `cast(${c} as string) ${c}`),
              'hex(b) b',
            )
            .orderBy('i')
            .collect()
        t.deepEqual(await texts(readTable(session, table)), await texts(rows))
        await client.query("set timezone to 'UTC'")
        t.deepEqual(
          await asTexts(client, `select t, d, ts, nz, f8, f4, b from ${table} where i in (1, 3) order by i`),
          [
            [
              'a\tb\nc\\d\re\\N',
              '0001-01-01',
              '1960-01-01 00:00:00.5+00',
              '2020-01-01 00:00:00',
              'NaN',
              '-Infinity',
              '\\x005cff',
            ],
            ['\\N', '10000-01-01', '0044-03-15 12:00:00+00 BC', '0001-01-01 00:00:00 BC', '-0', '3.4028235e+38', '\\x'],
          ],
        )
        t.deepEqual(
          await asTexts(
            client,
            `select string_agg(format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where attrelid = '${table}'::regclass and attnum > 0`,
          ),
          [
            [
              'integer, text, numeric(5,2), numeric(38,3), date, timestamp with time zone, double precision, real, bytea, boolean, timestamp without time zone, bigint, smallint, time(6) without time zone',
            ],
          ],
        )
      }),
    { 'session.timeZone': 'UTC' },
  ),
)

withPostgres(`arrays are written as arrays, with whatever stands in texts ${NEEDS}`, (t) =>
  withSession(
    'local[2]',
    (session) =>
      withClient(async (client) => {
        const table = newTable()
        const rows = session.sql(`select * from values
          (1, array(1, null, -5), array('a', null, '', 'NULL', 'null', 'x"y\\\\z, {é😀}\\t\\n'), array(true, null), array(1.5bd, null), array(double('NaN'), -0.5D), array(date'2020-01-02', null),
           array(timestamp'2020-01-02 03:04:05.000006'), array(x'00ff', x'', null), array(9223372036854775807L)),
          (2, array(), array(), array(), array(), array(), array(), array(), array(), array()),
          (3, null, null, null, null, null, null, null, null, null)
          as t(i, n, t, bo, d, f, da, ts, b, l)`)
        await write(rows, table)
        const texts = (df: DataFrame) =>
          df.selectExpr('i', 'to_json(struct(n, t, bo, d, f, da, ts, b, l)) j').orderBy('i').collect()
        t.deepEqual(await texts(readTable(session, table)), await texts(rows))
        t.deepEqual(
          (
            await asTexts(
              client,
              `select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '${table}'::regclass and attnum > 1 order by attnum`,
            )
          ).flat(),
          [
            'integer[]',
            'text[]',
            'boolean[]',
            'numeric(2,1)[]',
            'double precision[]',
            'date[]',
            'timestamp with time zone[]',
            'bytea[]',
            'bigint[]',
          ],
        )
        t.deepEqual(
          await asTexts(
            client,
            `select t[5], t[6] = E'x"y\\\\z, {é😀}\\t\\n', t[4], t[2] is null, cardinality(t) from ${table} where i = 1`,
          ),
          [['null', 't', 'NULL', 't', '6']],
        )
      }),
    { 'session.timeZone': 'UTC' },
  ),
)

withPostgres(`each mode does what it says, and leaves nothing beside the table ${NEEDS}`, (t) =>
  withSession('local[2]', (session) =>
    withClient(async (client) => {
      const table = newTable()
      const rows = session.range(3).repartition(2)
      const count = async () => Number((await client.query(`select count(*) from ${table}`)).rows[0].count)
      await write(rows, table)
      t.is(await count(), 3)
      t.like(await t.throwsAsync(write(rows, table)), { condition: 'TABLE_OR_VIEW_ALREADY_EXISTS' })
      await write(rows, table, 'ignore')
      t.is(await count(), 3)
      await write(rows, table, 'append')
      t.is(await count(), 6)
      await client.query(`create index ${table}_i on ${table} (id)`)
      const indexes = async () => (await client.query(`select 1 from pg_indexes where tablename = '${table}'`)).rowCount
      await write(rows, table, 'overwrite', { truncate: 'true', isolationLevel: 'SERIALIZABLE', batchsize: '1' })
      t.deepEqual([await count(), await indexes()], [3, 1])
      await write(rows, table, 'overwrite')
      t.deepEqual([await count(), await indexes()], [3, 0])
      await write(session.range(0), table, 'overwrite')
      t.is(await count(), 0)
      t.deepEqual(await leftovers(), [])
    }),
  ),
)

const leftovers = () => withClient(async (client) => await asTexts(client, `${LEFT} order by 1`))

withPostgres(`columns go by their names, and take what the server makes of texts ${NEEDS}`, (t) =>
  withSession('local[2]', (session) =>
    withClient(async (client) => {
      const table = newTable()
      await client.query(
        `create schema if not exists "Odd ""one"; create table "Odd ""one".${table} (n int default 7, j jsonb, u uuid, "Name" varchar(3))`,
      )
      const rows = (name: string) =>
        session.sql(`select '${name}' as name, '{"a":  1}' as j, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' as u`)
      const target = `"Odd ""one".${table}`
      await write(rows('abc'), target, 'append')
      t.deepEqual(await asTexts(client, `select * from ${target}`), [
        ['7', '{"a": 1}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'abc'],
      ])
      await t.throwsAsync(write(rows('abcd'), target, 'append'), { message: /POSTGRES_REQUEST_REFUSED.*too long/ })
      await t.throwsAsync(write(session.sql('select 1 as z'), target, 'append'), {
        message: /column "z" does not exist/,
      })
      t.is((await client.query(`select 1 from ${target}`)).rowCount, 1)
      t.deepEqual(await asTexts(client, LEFT), [])
    }),
  ),
)

withPostgres(`rows of keys that are there get the other columns, the others are added ${NEEDS}`, (t) =>
  withSession('local[2]', (session) =>
    withClient(async (client) => {
      const table = newTable()
      const values = (factor: number, from: number, until: number) =>
        session.sql(`select id, id * ${factor} as v from range(${from}, ${until})`)
      await write(values(2, 0, 5), table, 'append', { upsertKeys: 'id' })
      await write(values(3, 3, 8), table, 'append', { upsertKeys: 'id' })
      t.deepEqual(await asTexts(client, `select string_agg(v::text, ' ' order by id) from ${table}`), [
        ['0 2 4 9 12 15 18 21'],
      ])
      const keys = newTable()
      for (const count of [5, 10]) await write(session.range(count), keys, 'append', { upsertKeys: 'id' })
      t.is((await client.query(`select 1 from ${keys}`)).rowCount, 10)
      t.like(await t.throwsAsync(write(values(1, 0, 1), table, 'append', { upsertKeys: 'nokey' })), {
        condition: 'POSTGRES_REQUEST_REFUSED',
      })
      await t.throwsAsync(write(session.range(1), keys, 'append'), { message: /duplicate key/ })
    }),
  ),
)

withPostgres(`a task that fails, or a commit that does, leaves the table as it was ${NEEDS}`, (t) =>
  withSession('local[2]', (session) =>
    withClient(async (client) => {
      const table = newTable()
      await client.query(`create table ${table} (id bigint check (id < 900))`)
      await client.query(`insert into ${table} values (-1)`)
      await t.throwsAsync(write(session.range(1000), table, 'append'), { message: /check constraint/ })
      await t.throwsAsync(write(session.range(1000), table, 'overwrite', { truncate: 'true' }), {
        message: /check constraint/,
      })
      const failing = session.sql('select id, 1 / (id - 700) as x from range(1000)').selectExpr('id + x as id')
      await t.throwsAsync(write(failing, table, 'overwrite'), { message: /DIVIDE_BY_ZERO/ })
      t.deepEqual(await asTexts(client, `select id from ${table}`), [['-1']])
      t.deepEqual(await leftovers(), [])
      const nul = session.sql("select '\\u0000' as t")
      await t.throwsAsync(write(nul, newTable()), { message: /POSTGRES_REQUEST_REFUSED.*0x00/ })
    }),
  ),
)

withPostgres(`a commit in which the connection breaks counts only if the server did it ${NEEDS}`, (t) =>
  withSession('local[1]', (session) =>
    withClient(async (client) => {
      const table = newTable()
      // A trigger that runs at the commit ends the connection of the driver.
      await client.query(`create table ${table} (id bigint)`)
      await client.query(
        `create function ${table}_f() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`,
      )
      await client.query(
        `create constraint trigger c after insert on ${table} deferrable initially deferred for each row execute function ${table}_f()`,
      )
      t.like(await t.throwsAsync(write(session.range(1), table, 'append')), { condition: 'POSTGRES_UNAVAILABLE' })
      t.is((await client.query(`select 1 from ${table}`)).rowCount, 0)
    }),
  ),
)

withPostgres(`a job that is killed leaves no rows, and the next one drops what it left ${NEEDS}`, (t) =>
  withSession('local[1]', (session: Session) =>
    withClient((client) =>
      withClient(async (other) => {
        const table = newTable()
        await client.query(`create table ${table} (id bigint)`)
        await other.query('begin')
        await other.query(`lock table ${table} in share mode`)
        const child = spawn(process.execPath, [CHILD, connectionString(), table], { stdio: 'inherit' })
        const exited = once(child, 'exit')
        const waiting = `select 1 from pg_locks where relation = '${table}'::regclass and not granted`
        await until(async () => (await client.query(waiting)).rowCount === 1)
        child.kill('SIGKILL')
        await exited
        await other.query('rollback')
        await until(
          async () => (await client.query("select 1 from pg_locks where locktype = 'advisory'")).rowCount === 0,
        )
        t.is((await client.query(`select 1 from ${table}`)).rowCount, 0)
        t.not((await leftovers()).length, 0)
        await write(session.range(3), table, 'append')
        t.is((await client.query(`select 1 from ${table}`)).rowCount, 3)
        t.deepEqual(await leftovers(), [])
      }),
    ),
  ),
)

withPostgres(`a job that runs keeps its tables while others end ${NEEDS}`, (t) =>
  withSession('local[1]', (session) =>
    withClient((client) =>
      withClient(async (other) => {
        const table = newTable()
        await client.query(`create table ${table} (id bigint)`)
        await other.query('begin')
        await other.query(`lock table ${table} in share mode`)
        const child = spawn(process.execPath, [CHILD, connectionString(), table], { stdio: 'inherit' })
        const exited = once(child, 'exit')
        const waiting = `select 1 from pg_locks where relation = '${table}'::regclass and not granted`
        await until(async () => (await client.query(waiting)).rowCount === 1)
        const before = await leftovers()
        await write(session.range(1), newTable())
        t.deepEqual(await leftovers(), before)
        await other.query('rollback')
        t.deepEqual(await exited, [0, null])
        t.is((await client.query(`select 1 from ${table}`)).rowCount, 1000)
        t.deepEqual(await leftovers(), [])
      }),
    ),
  ),
)

withPostgres(`what cannot be written to a table is refused by name ${NEEDS}`, (t) =>
  withSession('local[1]', async (session) => {
    const cases: readonly (readonly [Promise<void>, RegExp])[] = [
      [write(session.sql('select array(array(1)) as a'), newTable()), /UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*`a`/],
      [
        write(session.sql('select array(named_struct("b", 1)) as a'), newTable()),
        /UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*`a`/,
      ],
      [write(session.range(1), 'a.b.c'), /name of a table/],
      [write(session.range(1), newTable(), 'append', { isolationLevel: 'CHAOS' }), /isolationLevel/],
      [write(session.range(1), newTable(), 'append', { upsertKeys: 'a,' }), /upsertKeys/],
      [write(session.range(1), newTable(), 'append', { batchsize: '0' }), /batchsize/],
    ]
    for (const [written, message] of cases) t.regex((await t.throwsAsync(written))!.message, message)
    const named = session
      .range(1)
      .write.format('postgresql')
      .options({ connectionString: connectionString(), dbtable: newTable() })
    t.regex((await t.throwsAsync(named.save('/tmp/x')))!.message, /a path/)
    t.regex((await t.throwsAsync(named.partitionBy('id').save()))!.message, /partitionBy|ALL_PARTITION/)
  }),
)
