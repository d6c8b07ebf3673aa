import test from 'ava'
import { CalendarDate, Decimal, type Session, Timestamp, udf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const VALUES: readonly (readonly [type: string, value: unknown])[] = [
  ['boolean', false],
  ['tinyint', -128],
  ['smallint', 32767],
  ['int', -2147483648],
  ['bigint', 9223372036854775807n],
  ['float', 1.5],
  ['double', Number.NaN],
  ['double', Number.NEGATIVE_INFINITY],
  ['decimal(10,2)', Decimal.parse('12345678.90')],
  ['decimal(38,4)', Decimal.parse('-1234567890123456789012345678901234.5678')],
  ['string', ''],
  ['string', 'a text of more than sixteen bytes'],
  ['string', '\u0000 🙂 \ud7ff'],
  ['binary', Uint8Array.of(0, 255)],
  ['date', new CalendarDate('2024-02-29')],
  ['timestamp', new Timestamp('2024-02-29 12:34:56.789012')],
  ['array<int>', [1, null, 3]],
  ['map<string,int>', new Map([['a', 1]])],
  ['struct<a:int,b:string>', { a: 1, b: null }],
  ['array<struct<a:array<string>>>', [{ a: ['x', 'y'] }, null]],
]

test('functions get and give values of all types, and NULL', async (t) => {
  await withSession('local[1]', async (session) => {
    for (const [type, value] of VALUES) {
      const same = udf((x: unknown) => x, type)
      const data = session.createDataFrame([{ x: value }, { x: null }], `x ${type}`)
      const rows = await data.select(same('x').as('y'), 'x').collect()
      t.deepEqual(
        rows.map(({ y }) => y),
        rows.map(({ x }) => x),
        type,
      )
      t.is(rows[1]!.y, null, type)
      t.deepEqual(await data.limit(0).select(same('x').as('y')).collect(), [], type)
    }
  })
})

test('what a function gives is checked against its type, and told with its name and the value', async (t) => {
  await withSession('local[1]', async (session) => {
    const wrong = async (type: string, fn: () => unknown): Promise<string> => {
      const bad = udf(fn, type, { name: 'bad' })
      const error = await t.throwsAsync(session.range(1).select(bad().as('y')).collect())
      return error.message
    }
    for (const [type, fn, value] of [
      ['int', () => 1.5, '1.5'],
      ['int', () => 2 ** 31, '2147483648'],
      ['tinyint', () => 128, '128'],
      ['double', () => 'x', "'x'"],
      ['string', () => 5, '5'],
      ['boolean', () => 1, '1'],
      ['bigint', () => 2n ** 63n, '9223372036854775808n'],
      ['array<int>', () => ['a'], "[ 'a' ]"],
      ['date', () => 'soon', "'soon'"],
    ] as const) {
      t.is(
        await wrong(type, fn),
        `[INVALID_UDF_RESULT] The user defined function \`bad\`: () => ${type} gave ${value}, which is no value of its type. SQLSTATE: 39000`,
      )
    }
    t.regex(await wrong('int', async () => 1), /gave a promise \(it must not be async\)/)
  })
})

test('values of another form that a type has are taken', async (t) => {
  await withSession('local[1]', async (session) => {
    const row = async (type: string, fn: () => unknown) =>
      (await session.range(1).select(udf(fn, type)().as('y')).collect())[0]!.y
    t.is(await row('int', () => 5n), 5)
    t.is(await row('bigint', () => 5), 5n)
    t.deepEqual(await row('decimal(5,2)', () => 1.25), Decimal.parse('1.25'))
  })
})

const sumOf = (values: readonly number[]): bigint => BigInt(values.reduce((sum, value) => sum + value, 0))

/** Rows enough for several batches, of texts of several bytes and of one. */
async function sums(session: Session): Promise<object[]> {
  const size = udf((s: string | null) => (s === null ? -1 : s.length), 'int')
  const text = udf((n: bigint) => (n % 5n === 0n ? null : `${'é'.repeat(Number(n % 3n))}${n}`), 'string')
  const made = session.range(50_000).select('id', text('id').as('s'))
  made.createOrReplaceTempView('made')
  const sized = made.select('id', 's', size('s').as('n'))
  sized.createOrReplaceTempView('sized')
  return await session
    .sql('select count(*) c, sum(n) n, sum(coalesce(length(s), -1)) l, sum(id) i from sized')
    .collect()
}

test('functions are called for each row of many batches, once', async (t) => {
  await withSession('local[2]', async (session) => {
    const [row] = await sums(session)
    const { c, n, l, i } = row as { c: bigint; n: bigint; l: bigint; i: bigint }
    t.deepEqual([c, i], [50_000n, 1_249_975_000n])
    const lengths = Array.from({ length: 50_000 }, (_, id) => (id % 5 === 0 ? -1 : (id % 3) + String(id).length))
    t.deepEqual([n, l], [sumOf(lengths), sumOf(lengths)])
  })
})

test('rows that a join makes many of, beyond what is kept at once, reach functions too', async (t) => {
  await withSession('local[1]', async (session) => {
    session.udf.register('plus', (a: bigint | null, b: bigint | null) => Number((a ?? 0n) + (b ?? 0n)), 'double')
    session.udf.register('boxed', (a: bigint | null) => [a], 'array<bigint>')
    session.range(300).createOrReplaceTempView('a')
    const [row] = await session.sql('select sum(plus(x.id, y.id)) s, count(*) c from a x cross join a y').collect()
    t.deepEqual(row, { s: 26_910_000, c: 90_000n })
    const [boxed] = await session.sql('select sum(boxed(x.id)[0]) s from a x cross join a y').collect()
    t.deepEqual(boxed, { s: 13_455_000n })
  })
})
