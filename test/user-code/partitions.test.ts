import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, type MillraceError } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { doubles, lengths, otherwiseNamed, turned, withNull } from './modules/arrow.js'

const module = new URL('./modules/arrow.js', import.meta.url)
const ROWS = [
  { i: 1, s: 'abc', d: 1.5, a: [1, null] },
  { i: null, s: null, d: null, a: null },
  { i: 3, s: 'ü🙂', d: -2, a: [] },
]
const SCHEMA = 'i int, s string, d double, a array<int>'

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`functions get the batches of partitions and give others on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const data = session.createDataFrame(ROWS, SCHEMA)
      const same = await data
        .mapInArrow(async function* (batches) {
          for await (const batch of batches) yield batch
        }, SCHEMA)
        .collect()
      t.deepEqual(same, await data.collect())
      t.deepEqual(await data.mapInArrow(lengths, 'n int not null', { module }).collect(), [
        { n: 3 },
        { n: -1 },
        { n: 3 },
      ])
      t.deepEqual(await data.select('i', 's').mapInArrow(turned, 'i int, s string', { module }).collect(), [
        { i: 1, s: 'abc' },
        { i: null, s: null },
        { i: 3, s: 'ü🙂' },
      ])
    })
  })

  test(`functions get the rows of partitions and give others on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const sums = session.range(0, 20_000, 1, 4).mapPartitions(async function* (rows) {
        let sum = 0n
        for await (const { id } of rows) sum += id
        yield { sum }
      }, 'sum bigint')
      t.deepEqual(
        (await sums.collect()).map(({ sum }) => sum),
        [12_497_500n, 37_497_500n, 62_497_500n, 87_497_500n],
      )
      const twice = session.createDataFrame(ROWS, SCHEMA).mapPartitions(function* (rows) {
        for (const row of rows) yield* [row, { ...row, d: null }]
      }, SCHEMA)
      const wanted = ROWS.flatMap((row) => [row, { ...row, d: null }])
      t.deepEqual((await twice.collect()) as unknown, wanted)
      t.deepEqual((await twice.filter(col('d').isNotNull()).select('s').collect()) as unknown, [
        { s: 'abc' },
        { s: 'ü🙂' },
      ])
      t.is(await twice.count(), 6)
    })
  })
}

test('functions are called for partitions without rows as well, and may give many rows or none', (t) =>
  withSession('local[2]', async (session) => {
    const calls = session.range(0, 2, 1, 4).mapPartitions(function* (rows) {
      yield { n: [...rows].length }
    }, 'n int')
    t.deepEqual((await calls.collect()).map(({ n }) => n).toSorted(), [0, 0, 1, 1])
    const many = session.range(0, 3, 1, 1).mapPartitions(async function* (rows) {
      for await (const { id } of rows) for (let i = 0; i < 50_000; i++) yield { n: id }
    }, 'n bigint')
    t.deepEqual(
      (await many.groupBy('n').count().orderBy('n').collect()).map(({ count }) => Number(count)),
      [50_000, 50_000, 50_000],
    )
    const none = session.range(10).mapPartitions(() => [], 'n int')
    t.deepEqual(await none.collect(), [])
  }))

test('a function reads as far as it likes, and ends where no more of what it gives is wanted', (t) =>
  withSession('local[1]', async (session) => {
    const first = session.range(0, 1_000_000, 1, 1).mapPartitions(async function* (rows) {
      for await (const { id } of rows) {
        yield { id }
        if (id === 2n) return
      }
    }, 'id bigint')
    t.deepEqual(await first.collect(), [{ id: 0n }, { id: 1n }, { id: 2n }])
    const endless = session.range(0, 10, 1, 1).mapPartitions(async function* () {
      for (let n = 0; ; n++) yield { n }
    }, 'n int')
    t.deepEqual(await endless.limit(3).collect(), [{ n: 0 }, { n: 1 }, { n: 2 }])
  }))

test('functions of one text with columns of other names do not give those of each other', (t) =>
  withSession('local[1]', async (session) => {
    const named = (name: string) =>
      session
        .range(0, 1, 1, 1)
        .select(col('id').as(name))
        .mapPartitions(async function* (rows) {
          for await (const row of rows) yield { keys: Object.keys(row).join() }
        }, 'keys string')
    t.deepEqual(await named('a').collect(), [{ keys: 'a' }])
    t.deepEqual(await named('b').collect(), [{ keys: 'b' }])
  }))

test('the optimizer moves nothing past a function that maps partitions, and EXPLAIN shows it', (t) =>
  withSession('local[1]', async (session) => {
    session
      .range(0, 4, 1, 1)
      .mapPartitions(async function* numbered(rows) {
        let n = 0
        for await (const { id } of rows) yield { n: n++, id }
      }, 'n int, id bigint')
      .createOrReplaceTempView('t')
    t.deepEqual(await session.sql('select n from t where id > 1').collect(), [{ n: 2 }, { n: 3 }])
    const [row] = await session.sql('explain extended select n from t where id > 1').collect()
    const text = Object.values(row!).join('\n')
    t.regex(text, /Optimized[\s\S]*Filter[\s\S]*MapPartitions numbered \[n#\d+, id#\d+\][\s\S]*Physical/)
    t.regex(text, /Physical Plan[\s\S]*MapPartitions numbered \[n, id\]/)
    const shuffled = session.range(4).mapPartitions(function* (rows) {
      for (const { id } of rows) yield { id: id % 2n }
    }, 'id bigint')
    t.is((await shuffled.groupBy('id').count().collect()).length, 2)
  }))

test('what a function gives is checked against its schema, and told with its name and column', (t) =>
  withSession('local[1]', async (session) => {
    const data = session.range(0, 1, 1, 1)
    const own = { module }
    for (const [frame, condition, message] of [
      [data.mapInArrow(doubles, 'n int', own), 'RESULT_COLUMN_TYPES_MISMATCH', /`doubles`.*`n`.*"INT".*"DOUBLE"/],
      [data.mapInArrow(otherwiseNamed, 'n int', own), 'RESULT_COLUMN_NAMES_MISMATCH', /Missing: n\. Unexpected: m\./],
      [
        data.mapInArrow(withNull, 'n bigint not null', own),
        'INVALID_UDF_RESULT_VALUE',
        /`withNull` gave NULL in.*`n`, row 1/,
      ],
      [data.mapInArrow(() => [7] as never, 'n int'), 'INVALID_UDF_RESULT', /gave 7,/],
      [data.mapInArrow(() => 7 as never, 'n int'), 'INVALID_UDF_RESULT', /gave 7,/],
      [data.mapPartitions(() => [7] as never, 'n int'), 'INVALID_UDF_RESULT', /gave 7,/],
      [data.mapPartitions(() => [{ m: 7 }] as never, 'n int'), 'RESULT_COLUMN_NAMES_MISMATCH', /Unexpected: m\./],
      [
        data.mapPartitions(() => [{ n: 'x' }] as never, 'n int'),
        'INVALID_UDF_RESULT_VALUE',
        /gave x in the column `n`, row 0/,
      ],
      [data.mapPartitions(() => [{}] as never, 'n int not null'), 'INVALID_UDF_RESULT_VALUE', /NULL/],
      [
        data.mapPartitions(async function* (rows) {
          for (const row of rows) yield { n: row.id }
        }, 'n bigint'),
        'INVALID_API_USE',
        /for await/,
      ],
    ] as const) {
      const error = await t.throwsAsync<MillraceError>(() => frame.collect())
      t.is(error!.condition, condition, error!.message)
      t.regex(error!.message, message)
    }
    const failing = data.mapPartitions(async function* failing(rows) {
      for await (const { id } of rows) if (id === 0n) throw new RangeError('no zero')
      yield { n: 1 }
    }, 'n int')
    const error = await t.throwsAsync<MillraceError>(() => failing.collect())
    t.is(error!.condition, 'FAILED_EXECUTE_UDF')
    t.regex(error!.message, /`failing`.*RangeError: no zero \(.*partitions\.test\.[jt]s:\d+:\d+\)/)
  }))

test('batches carry values of all kinds both ways, and a function sent as text imports what it needs', (t) =>
  withSession('local[1]', async (session) => {
    const schema =
      'b boolean, t tinyint, l bigint, f float, x binary, day date, at timestamp, plain timestamp_ntz, n decimal(12,2), m map<string,int>, st struct<p:int,q:array<string>>'
    const data = session.sql(
      `select * from values
        (true, 1Y, 2L, 1.5F, x'01ff', date'2024-02-29', timestamp'1969-12-31 23:59:59.5Z', timestamp_ntz'2024-01-01 00:00:00', -1.25BD, map('k', 1), named_struct('p', 1, 'q', array('z'))),
        (null, null, null, null, null, null, null, null, null, null, null)
        as v(b, t, l, f, x, day, at, plain, n, m, st)`,
    )
    const cast = data.selectExpr(
      ...schema.split(/, (?=[a-z]+ )/).map((one) => one.replace(/^(\w+) (.*)$/, 'cast($1 as $2) $1')),
    )
    const same = cast.mapInArrow(function* (batches) {
      yield* batches
    }, schema)
    t.deepEqual(await same.collect(), await cast.collect())
    const imported = session.range(0, 1, 1, 1).mapInArrow(async function* () {
      const { tableFromArrays } = await import('apache-arrow')
      yield tableFromArrays({ n: Int32Array.of(1, 2) })
    }, 'n int')
    t.deepEqual(await imported.collect(), [{ n: 1 }, { n: 2 }])
  }))

test('foreachPartition calls a function with the rows of each partition, where these are', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-foreach-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await withSession('local[2]', async (session) => {
    const data = session.range(0, 9, 1, 3)
    const values = { folder }
    await data.foreachPartition(
      async (rows) => {
        let sum = 0n
        let least: bigint | undefined
        for await (const { id } of rows) {
          sum += id
          least ??= id
        }
        process.getBuiltinModule('node:fs').writeFileSync(`${folder}/async${least}`, String(sum))
      },
      { values },
    )
    await data.foreachPartition(
      (rows) => {
        const all = [...rows].map(({ id }) => id)
        process.getBuiltinModule('node:fs').writeFileSync(`${folder}/at-once${all[0]}`, all.join())
      },
      { values },
    )
    const written = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    )
    t.deepEqual(written, {
      async0: '3',
      async3: '12',
      async6: '21',
      'at-once0': '0,1,2',
      'at-once3': '3,4,5',
      'at-once6': '6,7,8',
    })
    const failing = data.foreachPartition(async function failing() {
      throw new RangeError('no place')
    })
    const error = (await t.throwsAsync<MillraceError>(failing))!
    t.is(error.condition, 'FAILED_EXECUTE_UDF')
    t.regex(error.message, /`failing`.*RangeError: no place \(.*partitions\.test\.[jt]s:\d+/)
    await t.throwsAsync(
      data.foreachPartition(() => Promise.reject(new Error('late'))),
      { message: /late/ },
    )
    await t.throwsAsync(
      data.foreachPartition(() => void folder),
      { message: /UDF_FREE_VARIABLES/ },
    )
  })
})
