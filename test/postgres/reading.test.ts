import { typeName } from '../../columnar/types.js'
import { asTexts, NEEDS, newTable, readTable, until, withClient, withPostgres } from '../support/postgres.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'

const EVERY_TYPE = `a int, b bigint, s smallint, n numeric(10,2), w numeric(30,5), x numeric, r real, d double precision, t text,
  v varchar(5), c char(4), bo boolean, by bytea, da date, ts timestamp, tz timestamptz, ti time, u uuid, j json, jb jsonb`

withPostgres(`values of all types come as they are, extremes, NULLs and NaN among them ${NEEDS}`, (t) =>
  withSession(
    'local[2]',
    (session) =>
      withClient(async (client) => {
        const table = newTable()
        await client.query(`create table ${table} (i int, ${EVERY_TYPE})`)
        await client.query(`insert into ${table} values
        (1, 1, 2, 3, 4.25, -1234567890123456789012345.12345, 0.000000000000000001, 1.5, 'NaN', 'hé€😀', 'abc', 'x', true, '\\x00ff',
         '1969-12-31', '1950-01-01 00:00:00.000001', '2020-01-01 00:00:00+02', '23:59:59.999999',
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a":1}', '{"b":  2}')`)
        await client.query(`insert into ${table} values (2)`)
        await client.query(`insert into ${table} values (3, -2147483648, -9223372036854775808, -32768, -99999999.99, 0, 10000, '-Infinity', 'Infinity', '', '', '', false, '',
         '0001-01-01', '9999-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999+00', '00:00',
         '00000000-0000-0000-0000-000000000000', 'null', '[]')`)
        const rows = await readTable(session, table)
          .selectExpr('i', ...COLUMN_TEXTS)
          .orderBy('i')
          .collect()
        t.deepEqual(
          rows.map((row) => Object.values(row)),
          [
            [
              1,
              '1',
              '2',
              '3',
              '4.25',
              '-1234567890123456789012345.12345',
              '0.000000000000000001',
              '1.5',
              'NaN',
              'hé€😀',
              'abc',
              'x   ',
              'true',
              '00FF',
              '1969-12-31',
              '1950-01-01 00:00:00.000001',
              '2019-12-31 22:00:00',
              '23:59:59.999999',
              'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
              '{"a":1}',
              '{"b": 2}',
            ],
            [2, ...Array.from({ length: 20 }, () => null)],
            [
              3,
              '-2147483648',
              '-9223372036854775808',
              '-32768',
              '-99999999.99',
              '0.00000',
              '10000.000000000000000000',
              '-Infinity',
              'Infinity',
              '',
              '',
              '    ',
              'false',
              '',
              '0001-01-01',
              '9999-12-31 23:59:59.999999',
              '1969-12-31 23:59:59.999999',
              '00:00:00',
              '00000000-0000-0000-0000-000000000000',
              'null',
              '[]',
            ],
          ],
        )
        t.deepEqual(
          (await readTable(session, table).schema()).fields.map(({ type }) => type.kind).join(' '),
          'int int bigint smallint decimal decimal decimal float double string string string boolean binary date timestamp_ntz timestamp time string string string',
        )
      }),
    { 'session.timeZone': 'UTC' },
  ),
)

const ARRAYS = [
  ['boolean[]', 'boolean', `'{t,NULL,f}'`, '[true, null, false]'],
  ['smallint[]', 'smallint', `'{-32768,NULL,32767}'`, '[-32768, null, 32767]'],
  ['int[]', 'int', `'{1,2,NULL,-2147483648}'`, '[1, 2, null, -2147483648]'],
  ['bigint[]', 'bigint', `'{9223372036854775807,-1}'`, '[9223372036854775807, -1]'],
  ['real[]', 'float', `'{1.5,-Infinity}'`, '[1.5, -Infinity]'],
  ['double precision[]', 'double', `'{1e300,NULL,NaN}'`, '[1.0E300, null, NaN]'],
  ['numeric(12,3)[]', 'decimal(12,3)', `'{1.5,-999999999.999,NULL}'`, '[1.500, -999999999.999, null]'],
  ['numeric(30,2)[]', 'decimal(30,2)', `'{1234567890123456789012345678.25}'`, '[1234567890123456789012345678.25]'],
  ['numeric[]', 'decimal(38,18)', `'{0.5,NULL}'`, '[0.500000000000000000, null]'],
  ['text[]', 'string', `array['a', NULL, '', 'NULL', 'x"y\\z, {é😀}']`, '[a, null, , NULL, x"y\\z, {é😀}]'],
  ['varchar(5)[]', 'string', `'{abc}'`, '[abc]'],
  ['uuid[]', 'string', `'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'`, '[a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11]'],
  ['date[]', 'date', `'{1969-12-31,NULL,0001-01-01}'`, '[1969-12-31, null, 0001-01-01]'],
  ['timestamp[]', 'timestamp_ntz', `'{1950-01-01 00:00:00.000001}'`, '[1950-01-01 00:00:00.000001]'],
  ['timestamptz[]', 'timestamp', `'{2020-01-01 00:00:00+02,NULL}'`, '[2019-12-31 22:00:00, null]'],
] as const

withPostgres(
  `arrays come as arrays, empty ones and with NULLs; those of several dimensions are refused by name ${NEEDS}`,
  (t) =>
    withSession(
      'local[2]',
      (session) =>
        withClient(async (client) => {
          for (const [type, element, value, text] of ARRAYS) {
            const table = newTable()
            await client.query(`create table ${table} (i int, v ${type})`)
            // More rows than a batch has.
            const values = `case i % 5 when 1 then null when 2 then '{}' else ${value}::${type} end`
            await client.query(`insert into ${table} select i, ${values} from generate_series(0, 9999) i`)
            const read = readTable(session, table)
            t.is(typeName((await read.schema()).fields[1]!.type), `array<${element}>`, type)
            const counts = await read.selectExpr('cast(v as string) v').groupBy('v').count().collect()
            const expected = [
              { v: null, count: 2000n },
              { v: text, count: 6000n },
              { v: '[]', count: 2000n },
            ]
            t.deepEqual(counts.map(told).toSorted(), expected.map(told).toSorted(), type)
          }
          const nested = newTable()
          await client.query(`create table ${nested} as select array[[1,2],[3,4]] v`)
          const error = await t.throwsAsync(async () => readTable(session, nested).collect())
          t.regex(String(error), /UNSUPPORTED_FEATURE.*several dimensions.*`v`/s)
          t.deepEqual(await readTable(session, `(select v::text from ${nested}) q`).collect(), [{ v: '{{1,2},{3,4}}' }])
        }),
      { 'session.timeZone': 'UTC' },
    ),
)

const told = ({ v, count }: { readonly v?: unknown; readonly count?: unknown }): string => `${count} of ${v}`

const COLUMN_TEXTS = 'a b s n w x r d t v c bo by da ts tz ti u j jb'
  .split(' ')
  .map((name) => (name === 'by' ? 'hex(by) as by' : `cast(${name} as string) as ${name}`))

withPostgres(`numbers of any precision and scale are the server's, also where a column has none ${NEEDS}`, (t) =>
  withSession('local[1]', (session) =>
    withClient(async (client) => {
      const random = new Random(77)
      for (const [type, precision, scale] of [
        ['numeric(5,0)', 5, 0],
        ['numeric(18,18)', 18, 18],
        ['numeric(19,3)', 19, 3],
        ['numeric(38,10)', 38, 10],
        ['numeric(4,-2)', 6, 0],
        ['numeric(2,5)', 5, 5],
        ['numeric', 38, 18],
      ] as const) {
        const table = newTable()
        const digits = type === 'numeric' ? 20 : precision - (type === 'numeric(2,5)' ? 3 : 0)
        await client.query(`create table ${table} (i int, n ${type})`)
        const numbers = Array.from({ length: 200 }, () => {
          const unscaled = random.bigint(130) % 10n ** BigInt(random.integer(1, digits))
          return type === 'numeric(4,-2)' ? `${unscaled / 100n}00` : decimalText(unscaled, scale)
        })
        await client.query(`insert into ${table} select * from unnest($1::int[], $2::numeric[])`, [
          numbers.map((_, i) => i),
          numbers,
        ])
        const read = await readTable(session, table).orderBy('i').collect()
        const expected = await asTexts(client, `select trim_scale(n)::text from ${table} order by i`)
        t.deepEqual(
          read.map((row) => trimmed(String(row['n']))),
          expected.map(([text]) => text),
          type,
        )
      }
    }),
  ),
)

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

withPostgres(`tables of many rows and of long texts are read batch by batch ${NEEDS}`, (t) =>
  withSession('local[2]', async (session) => {
    const long = `(select i, repeat(chr(65 + i % 26), i * 20000) as t from generate_series(1, 60) i) q`
    const texts = await readTable(session, long)
      .selectExpr('i', 'length(t) as n', 'substr(t, i * 20000, 1) as c')
      .collect()
    t.is(texts.length, 60)
    for (const { i, n, c } of texts)
      t.deepEqual([n, c], [Number(i) * 20_000, String.fromCharCode(65 + (Number(i) % 26))])
    const many = readTable(session, `(select i, i::text as t from generate_series(1, 100000) i) q`, {
      fetchsize: '777',
    })
    t.deepEqual(await many.selectExpr('count(*) n', 'sum(i) s', 'sum(length(t)) l').collect(), [
      { n: 100_000n, s: 5_000_050_000n, l: 488_895n },
    ])
    t.is(await many.count(), 100_000)
  }),
)

withPostgres(`rows are divided by a column, and none is left out beyond the bounds or for a NULL ${NEEDS}`, (t) =>
  withSession('local[2]', async (session) => {
    const divided = (relation: string, column: string, lowerBound: string, upperBound: string) =>
      readTable(session, relation, { partitionColumn: column, lowerBound, upperBound, numPartitions: '4' })
    const numbers = divided('(select nullif(i, 7) as i from generate_series(-50, 1000) i) q', 'I', '0', '100')
    t.is(await numbers.count(), 1051)
    t.is((await numbers.selectExpr('spark_partition_id() as p').distinct().collect()).length, 4)
    const days = divided(
      `(select date '2020-01-01' + i as d from generate_series(0, 99) i) q`,
      'd',
      '2020-01-11',
      '2020-02-20',
    )
    t.is(await days.count(), 100)
    const moments = divided(
      `(select timestamptz '2020-01-01 00:00+00' + i * interval '1 day' as d from generate_series(0, 99) i) q`,
      'd',
      '2020-01-11',
      '2020-02-20 12:00:00',
    )
    t.is(await moments.count(), 100)
    t.is((await moments.selectExpr('spark_partition_id() as p').distinct().collect()).length, 4)
    t.is(await divided('(select generate_series(1, 9) i) q', 'i', '3', '3').count(), 9)
    const refused = { condition: 'INVALID_OPTION' }
    t.like(await t.throwsAsync(divided('(select 1 as i) q', 'j', '0', '9').count()), refused)
    t.like(await t.throwsAsync(divided('(select 1 as i) q', 'i', '9', '0').count()), refused)
    t.like(await t.throwsAsync(divided('(select 1 as i) q', 'i', 'x', '9').count()), refused)
    t.like(await t.throwsAsync(divided(`(select 'a' as i) q`, 'i', '0', '9').count()), refused)
  }),
)

withPostgres(
  `filters reach the server as parameters, and what it compares otherwise the engine filters alone ${NEEDS}`,
  (t) =>
    withSession(
      'local[1]',
      (session) =>
        withClient(async (client) => {
          const table = newTable()
          await client.query(
            `create table ${table} ("a b""c" int, t text, c char(3), n numeric(10,2), d date, tz timestamptz, r real, e numeric)`,
          )
          await client.query(`insert into ${table} values (1, 'a''b', 'x', 1.50, '2020-01-01', '2020-01-01 00:00+00', 0.1, 1),
        (2, 'B', 'y', 2, '1950-01-01', '1950-01-01 00:00+00', 'NaN', 2), (null, null, null, null, null, null, null, null)`)
          const df = readTable(session, table)
          // What the server was asked for stands in its view of activity: a query about itself within the relation tells it.
          const asked = async (condition: string): Promise<string> => {
            const own = readTable(
              session,
              `(select *, (select query from pg_stat_activity where pid = pg_backend_pid()) as q from ${table}) q`,
            )
            const [row] = await own.where(condition).select('q').collect()
            return /\) q where (.*)\) to stdout/.exec(String(row?.['q']))?.[1] ?? ''
          }
          const setting = (i: number): string => `current_setting('millrace.p${i}')`
          t.is(await asked('`a b"c` >= 1'), `"a b""c" >= ${setting(0)}::int4`)
          t.is(await asked("t = 'a\\'b'"), `"t" = ${setting(0)}::text`)
          t.is(await asked("t >= 'B'"), `"t" collate "C" >= ${setting(0)}::text`)
          t.is(await asked("c = 'x  '"), '')
          t.is(await asked('e = 1 and t is not null'), '"t" is not null')
          t.is(await asked('n in (1.5, 2.0)'), `"n" in (${setting(0)}::numeric, ${setting(1)}::numeric)`)
          for (const [condition, count] of [
            ["t = 'a\\'b'", 1],
            ["t < 'a'", 1],
            ["t > 'C'", 1],
            ["c = 'x  '", 1],
            ["d < date'1970-01-01'", 1],
            ["tz >= timestamp'2020-01-01 00:00:00'", 1],
            ['r = float(0.1)', 1],
            ["r = float('NaN')", 1],
            ['n = 1.5', 1],
            ['`a b"c` is null', 1],
            ["t = '\\u0000'", 0],
          ] as const)
            t.is(await df.where(condition).count(), count, condition)
          t.is(await readTable(session, table, { pushDownPredicate: 'false' }).where('n = 1.5').count(), 1)
        }),
      { 'session.timeZone': 'UTC' },
    ),
)

withPostgres(
  `what no type here can hold, and what the server refuses, is told with the column or the reason ${NEEDS}`,
  (t) =>
    withSession('local[1]', async (session) => {
      const read = (relation: string) => readTable(session, relation).collect()
      const failing = (relation: string) => t.throwsAsync(read(relation))
      for (const value of [
        "'infinity'::timestamp",
        "'-infinity'::timestamptz",
        "'infinity'::date",
        "'NaN'::numeric(5,2)",
        "'294276-12-31'::timestamp",
      ])
        t.like(
          await failing(`(select 1 as a, ${value} as "b") q`),
          { condition: 'POSTGRES_VALUE_OUT_OF_RANGE', parameters: { columnName: '`b`' } },
          value,
        )
      await t.throwsAsync(read('(select 10::numeric ^ 30 as a) q'), { message: /REQUEST_REFUSED.*22003/ })
      await t.throwsAsync(read('(select 1 / (i - 5) as a from generate_series(1, 10) i) q'), {
        message: /POSTGRES_REQUEST_REFUSED.*division by zero.*22012/,
      })
      await t.throwsAsync(read('nowhere'), { message: /relation "nowhere" does not exist/ })
      t.like(await failing('(select 1 as a, 2 as a) q'), { condition: 'COLUMN_ALREADY_EXISTS' })
      const late = `(select 1 / (50000 - i) as a from generate_series(1, 60000) i) q`
      await t.throwsAsync(read(late), { message: /division by zero/ })
      const endless = readTable(session, '(select pg_sleep(600) as a) q', { queryTimeout: '1' })
      await t.throwsAsync(endless.collect(), { message: /statement timeout/ })
      t.deepEqual(
        await readTable(session, '(select 7 as a) q', { sessionInitStatement: 'set work_mem to 4096' }).collect(),
        [{ a: 7 }],
      )
    }),
)

withPostgres(
  `a connection that breaks in mid-read is opened again, and a read that is given up ends at the server ${NEEDS}`,
  (t) =>
    withSession('local[1]', (session) =>
      withClient(async (client) => {
        const once = newTable()
        await client.query(`create sequence ${once}`)
        const ended = `case when i = 20000 and nextval('${once}') = 1 then pg_terminate_backend(pg_backend_pid()) end`
        t.deepEqual(
          await readTable(session, `(select i, ${ended} as e from generate_series(1, 30000) i) q`)
            .selectExpr('count(*) n', 'sum(i) s', 'count(e) e')
            .collect(),
          [{ n: 30_000n, s: 450_015_000n, e: 0n }],
        )
        const name = newTable()
        const endless = readTable(session, `(select generate_series(1, 1000000000) i, '${name}' as n) q`)
        t.is((await endless.limit(10).collect()).length, 10)
        const running = `select count(*)::int as n from pg_stat_activity where query like '%${name}%' and pid <> pg_backend_pid() and state = 'active'`
        await until(async () => (await client.query(running)).rows[0].n === 0)
      }),
    ),
)
