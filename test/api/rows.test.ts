import test from 'ava'
import { CalendarDate, col, jsonReplacer, lit, MillraceError, Timestamp } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (MillraceError.is(error)) return error.message
    throw error
  }
  return 'none'
}

test.serial('rows hold timestamps and dates exactly, and are a DataFrame of the same types again', (t) =>
  withSession('local[2]', async (session) => {
    const query = `select timestamp'2024-01-01 00:00:00.123456' at, date'2024-02-29' day,
      timestamp_micros(9223372036854775807) greatest, timestamp_micros(-9223372036854775808) least,
      date_add(date'1970-01-01', 2147483647) far`
    const rows = await session.sql(query).collect()
    const expected = {
      at: Timestamp.ofMicros(1_704_067_200_123_456n),
      day: CalendarDate.ofDays(19_782),
      greatest: Timestamp.ofMicros(2n ** 63n - 1n),
      least: Timestamp.ofMicros(-(2n ** 63n)),
      far: CalendarDate.ofDays(2 ** 31 - 1),
    }
    t.deepEqual(rows, [expected])
    const again = session.createDataFrame(rows)
    t.deepEqual(await again.dtypes(), await session.sql(query).dtypes())
    t.deepEqual(await again.collect(), rows)
    const equal = Object.entries(expected).map(([name, value]) => col(name).eq(lit(value)))
    t.is(await again.filter(equal.reduce((all, one) => all.and(one))).count(), 1)
    t.is(await again.filter(col('at').eq(lit(new Date(expected.at)))).count(), 0)
  }),
)

test.serial('show prints timestamps and dates as Spark does, whatever a Date can hold', (t) =>
  withSession('local[1]', async (session) => {
    const shown = await session
      .sql(
        "select timestamp'2024-01-01 00:00:00.1234' a, timestamp_micros(9223372036854775807) b, date_add(date'1970-01-01', -2147483647) c",
      )
      .showString(20, false)
    t.is(
      shown,
      [
        '+------------------------+-----------------------------+--------------+',
        '|a                       |b                            |c             |',
        '+------------------------+-----------------------------+--------------+',
        '|2024-01-01 00:00:00.1234|+294247-01-10 04:00:54.775807|-5877641-06-24|',
        '+------------------------+-----------------------------+--------------+',
        '',
      ].join('\n'),
    )
  }),
)

test.serial('columns of one name stay beside each other in rows, tables and Arrow', (t) =>
  withSession('local[1]', async (session) => {
    const twice = session.sql("select 1 a, 2 a, named_struct('b', 3, 'b', 4) s, 5 a_1")
    t.deepEqual(await twice.collect(), [{ a: 1, a_2: 2, s: { b: 3, b_1: 4 }, a_1: 5 }])
    t.is(
      await twice.showString(),
      '+---+---+------+---+\n|  a|  a|     s|a_1|\n+---+---+------+---+\n|  1|  2|{3, 4}|  5|\n+---+---+------+---+\n',
    )
    t.deepEqual(
      (await twice.toArrow()).schema.fields.map(({ name }) => name),
      ['a', 'a', 's', 'a_1'],
    )
    const [{ value } = { value: '' }] = await twice.toJSON().collect()
    t.is(value, '{"a":1,"a":2,"s":{"b":3,"b":4},"a_1":5}')
    const left = session.createDataFrame([{ k: 1n, v: 'l' }])
    const right = session.createDataFrame([{ k: 1n, v: 'r' }])
    const [joined] = await left
      .alias('l')
      .join(right.alias('r'), col('l.k').eq(col('r.k')))
      .collect()
    t.deepEqual(joined, { k: 1n, v: 'l', k_1: 1n, v_1: 'r' })
  }),
)

test.serial('a column may be named as what every object has', (t) =>
  withSession('local[1]', async (session) => {
    const given = JSON.parse('[{"__proto__":{"isAdmin":true},"constructor":"c","toString":1}]') as object[]
    const rows = await session.createDataFrame(given).collect()
    t.is(JSON.stringify(rows), JSON.stringify(given))
    t.is((rows[0] as { isAdmin?: boolean }).isAdmin, undefined)
    const json = session.createDataFrame([{ j: '{"__proto__":{"isAdmin":true}}' }])
    const [parsed] = await json.selectExpr("from_json(j, '`__proto__` struct<isAdmin:boolean>') as j").collect()
    t.is(JSON.stringify(parsed), '{"j":{"__proto__":{"isAdmin":true}}}')
    const [added] = await session
      .range(1)
      .withColumn('__proto__', lit(1))
      .withColumns({ constructor: lit(2) })
      .collect()
    t.is(JSON.stringify({ ...added, id: 0 }), '{"id":0,"__proto__":1,"constructor":2}')
    t.regex(
      refusal(() => session.range(1).write.mode('constructor' as 'append')),
      /INVALID_SAVE_MODE/,
    )
    t.regex(
      refusal(() => session.range(1).withWatermark('id', '1 constructor')),
      /INVALID_INTERVAL_FORMAT/,
    )
  }),
)

test.serial('a value that does not fit is refused by row and column', (t) =>
  withSession('local[1]', async (session) => {
    const invalid = new Date(Number.NaN)
    const rows: readonly (readonly [rows: readonly object[], schema: string, said: RegExp])[] = [
      [[{}, { at: invalid }], 'at timestamp', /INVALID_ROW_VALUE\] Row 1 .* column at/],
      [[{ at: invalid }], 'at timestamp_ntz', /INVALID_ROW_VALUE\] Row 0 .* column at/],
      [[{ on: invalid }], 'on date', /INVALID_ROW_VALUE\] Row 0 .* column on/],
      [[{ s: { at: invalid } }], 's struct<at:timestamp>', /INVALID_ROW_VALUE\] Row 0 .* column s\.at/],
      [[{ at: Timestamp.ofMicros(2n ** 63n) }], 'at timestamp', /INVALID_ROW_VALUE\] Row 0 .* column at/],
      [[{ on: CalendarDate.ofDays(2 ** 31) }], 'on date', /INVALID_ROW_VALUE\] Row 0 .* column on/],
      [[{ d: 'abc' }], 'd decimal(5,2)', /INVALID_ROW_VALUE\] Row 0 .* column d/],
    ]
    for (const [given, schema, said] of rows)
      t.regex(
        refusal(() => session.createDataFrame(given, schema)),
        said,
      )
    t.regex(
      refusal(() => session.createDataFrame([{ at: invalid }])),
      /INVALID_ROW_VALUE\] Row 0 .* column at/,
    )
    t.regex(
      refusal(() => lit(invalid)),
      /INVALID_API_USE/,
    )
    t.regex(
      refusal(() => lit(Timestamp.ofMicros(2n ** 63n))),
      /INVALID_API_USE/,
    )
    t.regex(
      refusal(() => session.range(1.5)),
      /INVALID_API_USE.*the end of range/,
    )
    t.regex(
      refusal(() => session.range(Number.NaN, 3)),
      /INVALID_API_USE.*the start of range/,
    )
    t.regex(
      refusal(() => session.range(0, 3, 0)),
      /INVALID_API_USE.*the step of range/,
    )
  }),
)

test('JSON of rows keeps every digit', (t) => {
  const row = {
    n: 2n ** 53n,
    m: 2n ** 53n - 1n,
    x: Number.NaN,
    b: Uint8Array.of(1),
    at: Timestamp.ofMicros(1n),
    z: null,
  }
  t.is(
    JSON.stringify(row, jsonReplacer),
    '{"n":"9007199254740992","m":9007199254740991,"x":"NaN","b":"AQ==","at":"1970-01-01T00:00:00.000001Z","z":null}',
  )
})

test.serial('SQL runs in UTC, whatever the zone of the process', async (t) => {
  const zone = process.env['TZ']
  process.env['TZ'] = 'America/New_York'
  try {
    await withSession('local[1]', async (session) => {
      const [row] = await session
        .createDataFrame([{ at: new Date(0) }])
        .selectExpr(
          'cast(at as string) s',
          'hour(at) h',
          'cast(at as date) d',
          "cast('1970-01-01 00:00:00' as timestamp) t",
        )
        .collect()
      t.is(JSON.stringify(row), '{"s":"1970-01-01 00:00:00","h":0,"d":"1970-01-01","t":"1970-01-01T00:00:00.000Z"}')
    })
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})
