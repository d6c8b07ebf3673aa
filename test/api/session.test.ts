import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { CalendarDate, Decimal, functions as F, MillraceError, Session, Timestamp } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

const conditionOf = async (act: () => unknown): Promise<string> => {
  try {
    await act()
  } catch (error) {
    if (error instanceof MillraceError) return error.condition
    throw error
  }
  return 'none'
}

test.serial('rows given with a schema come back as its types, whatever fits them', (t) =>
  withSession('local[1]', async (session) => {
    const ddl = 'a bigint not null, d decimal(5,2), s string, at timestamp, on date, b binary, f boolean'
    const at = new Date('2024-05-06T07:08:09.010Z')
    const rows = [
      { a: 1, d: '2.5', s: 'ø', at, on: at, b: Uint8Array.of(1), f: true },
      { a: 2n, d: 3 },
    ]
    t.deepEqual(await session.createDataFrame(rows, ddl).collect(), [
      {
        a: 1n,
        d: Decimal.parse('2.50'),
        s: 'ø',
        at: new Timestamp(at),
        on: new CalendarDate('2024-05-06T00:00:00Z'),
        b: Uint8Array.of(1),
        f: true,
      },
      { a: 2n, d: Decimal.parse('3.00'), s: null, at: null, on: null, b: null, f: null },
    ])
    t.deepEqual(await session.createDataFrame([], 'a int').collect(), [])
    t.is(await conditionOf(() => session.createDataFrame([{ a: 1.5 }], 'a int')), 'INVALID_ROW_VALUE')
    t.is(await conditionOf(() => session.createDataFrame([{}], 'a int not null')), 'INVALID_ROW_VALUE')
    t.is(await conditionOf(() => session.createDataFrame([], 'a strange(1)')), 'UNSUPPORTED_DATATYPE')
  }),
)

test.serial('structs, JSON and windows go through a query as objects', (t) =>
  withSession('local[2]', async (session) => {
    const rows = session.createDataFrame([
      { id: 1n, s: { a: 1, b: 'x' } },
      { id: 2n, s: null },
    ])
    t.deepEqual(await rows.orderBy('id').select('s.a', F.col('s').getField('b').as('text'), 's').collect(), [
      { a: 1, text: 'x', s: { a: 1, b: 'x' } },
      { a: null, text: null, s: null },
    ])
    const json = session.createDataFrame([{ v: '{"a":1,"b":{"c":"x"}}' }, { v: 'nonsense' }])
    t.deepEqual(
      await json.select(F.fromJson('v', 'a int, b struct<c:string>').as('j')).select('j.a', 'j.b.c').collect(),
      [
        { a: 1, c: 'x' },
        { a: null, c: null },
      ],
    )
    const times = session.createDataFrame([{ at: new Date(12_345) }, { at: new Date(9_999) }, { at: new Date(11_000) }])
    const windows = times.groupBy(F.window('at', '10 seconds')).count().orderBy('window.start')
    t.deepEqual(await windows.collect(), [
      { window: { start: new Timestamp(0), end: new Timestamp(10_000) }, count: 1n },
      { window: { start: new Timestamp(10_000), end: new Timestamp(20_000) }, count: 2n },
    ])
    const sliding = times.groupBy(F.window('at', '10 seconds', '5 seconds', '1 second')).count()
    t.deepEqual(
      (await sliding.orderBy('window').collect()).map(({ count }) => count),
      [1n, 3n, 2n],
    )
    const gap = F.when(F.col('at').gt(F.lit(new Date(11_000))), '1 minute').otherwise('2 seconds')
    const sessions = times.groupBy(F.sessionWindow('at', gap)).count()
    t.deepEqual(await sessions.collect(), [
      { session_window: { start: new Timestamp(9_999), end: new Timestamp(72_345) }, count: 3n },
    ])
  }),
)

test.serial('statements about views and plans give rows too', (t) =>
  withSession('local[1]', async (session) => {
    session.range(3).createOrReplaceTempView('numbers')
    t.deepEqual(await session.sql('show tables').collect(), [
      { namespace: '', tableName: 'numbers', isTemporary: true },
    ])
    t.deepEqual(await (await session.runStatement('describe numbers')).collect(), [
      { col_name: 'id', data_type: 'bigint', comment: null },
    ])
    const [row] = await (await session.runStatement('explain select id from numbers')).collect()
    t.regex(String(row!['plan']), /Physical Plan/)
    const kept = session.table('numbers')
    session.sql('create or replace temp view numbers as select id + 10 as id from numbers')
    t.deepEqual(await session.table('numbers').agg(F.min('id').as('least')).collect(), [{ least: 10n }])
    t.is(await kept.count(), 3, 'a DataFrame goes on meaning what the view meant')
  }),
)

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test.serial(`what fails while running in ${master} is the condition of the row, at its place in the SQL`, (t) =>
    withSession(master, async (session) => {
      session.range(3).createOrReplaceTempView('numbers')
      for (const [query, condition, marked] of [
        ['select 1 / id as x from numbers', 'DIVIDE_BY_ZERO', '1 / id'],
        ['select sum(cast(id * 100 as tinyint)) from numbers', 'CAST_OVERFLOW', 'cast(id * 100 as tinyint)'],
        [
          'select sum(id + 9223372036854775800 + 5) from numbers',
          'ARITHMETIC_OVERFLOW',
          'sum(id + 9223372036854775800 + 5)',
        ],
        [
          "select date(concat('x', cast(id as string))) from numbers",
          'CAST_INVALID_INPUT',
          "date(concat('x', cast(id as string)))",
        ],
      ] as const) {
        const error = await raised(t, session.sql(query).collect(), condition)
        const { start, end } = error.origin!
        t.is(query.slice(start, end), marked)
      }
      const casts = session.createDataFrame([{ a: 'x' }]).select(F.col('a').cast('int'))
      t.is(await conditionOf(() => casts.collect()), 'CAST_INVALID_INPUT')
      t.is(await session.range(2).count(), 2, 'the session goes on')
    }),
  )
}

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test.serial(
    `a write in ${master} that fails half way leaves what was there before, and nothing of its own`,
    async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'millrace-api-'))
      try {
        await withSession(master, async (session) => {
          const path = join(folder, 'numbers')
          // The last task fails when the others have written their files.
          session.range(300_000).createOrReplaceTempView('numbers')
          const failing = session.sql('select 1 / (id - 299999) as id from numbers')
          t.is(await conditionOf(() => failing.write.parquet(path)), 'DIVIDE_BY_ZERO')
          t.deepEqual(await readdir(folder), [])
          await session.range(3).write.parquet(path)
          const before = await readdir(path)
          for (const mode of ['append', 'overwrite']) {
            t.is(await conditionOf(() => failing.write.mode(mode).parquet(path)), 'DIVIDE_BY_ZERO')
            t.deepEqual(await readdir(path), before, mode)
          }
          await failing.write.mode('ignore').parquet(path)
          t.is(await session.read.parquet(path).count(), 3)
        })
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  )
}

test.serial('files are written once, or again when asked to', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-api-'))
  const path = join(folder, 'numbers')
  try {
    await withSession('local[2]', async (session) => {
      const rows = session.range(10)
      await rows.write.parquet(path)
      t.is(await conditionOf(() => rows.write.parquet(path)), 'PATH_ALREADY_EXISTS')
      await rows.limit(4).write.mode('overwrite').parquet(path)
      const back = session.read.schema('id bigint').parquet(path)
      t.deepEqual(
        (await back.orderBy('id').collect()).map((row) => row.id),
        [0n, 1n, 2n, 3n],
      )
      await rows.write.mode('append').save(path)
      t.is(await session.table(`parquet.\`${path}\``).count(), 14)
      t.is(
        await conditionOf(() => session.readStream.schema('id bigint').parquet(path).collect()),
        'STREAMING_QUERY_NOT_STARTED',
      )
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.serial('a session that cannot be started says why, and a stopped one refuses queries', async (t) => {
  t.is(await conditionOf(() => Session.builder().config('nope', 1).getOrCreate()), 'INVALID_CONF_KEY')
  t.is(await conditionOf(() => Session.builder().master('yarn').getOrCreate()), 'INVALID_MASTER')
  const session = await Session.builder().master('local[1]').appName('test').config('log.level', 'error').getOrCreate()
  await session.stop()
  await session.stop()
  t.is(await conditionOf(() => session.range(3).collect()), 'SESSION_CLOSED')
})

test.serial('groups have the aggregates asked for by name', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.createDataFrame([
      { k: 'a', n: 1n },
      { k: 'a', n: 3n },
      { k: 'b', n: 5n },
    ])
    t.deepEqual(await rows.groupBy('k').sum('n').orderBy('k').collect(), [
      { k: 'a', 'sum(n)': 4n },
      { k: 'b', 'sum(n)': 5n },
    ])
    t.deepEqual(await rows.groupBy('k').avg('n').orderBy(F.desc('k')).collect(), [
      { k: 'b', 'avg(n)': 5 },
      { k: 'a', 'avg(n)': 2 },
    ])
    const texts = rows.select(F.left('k', 1).as('l'), F.nvl('n', 'n').as('n'), F.callFunction('UPPER', 'k').as('u'))
    t.deepEqual(await texts.limit(1).collect(), [{ l: 'a', n: 1n, u: 'A' }])
    t.deepEqual(await rows.groupBy('k').sum().where("k = 'a'").collect(), [{ k: 'a', 'sum(n)': 4n }])
  }),
)
