import test from 'ava'
import type { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSession } from '../support/sessions.js'

/** Numbers that are hard on arithmetic, and days around those on which years and centuries begin. */
const NUMBERS = ['-2147483648', '2147483647', '-2147483647', '0', '1', '-1', '17', '-17', '46340', 'null']
const DAYS = [
  `date '0000-02-28'`,
  `date '0000-03-01'`,
  `date '1900-02-28'`,
  `date '1900-03-01'`,
  `date '2000-02-29'`,
  `date '2024-12-31'`,
  `date_add(date '1970-01-01', 2147483647)`,
  `date_add(date '1970-01-01', -2147483648)`,
  `date_add(date '0000-03-01', 268435455)`,
  `date_add(date '0000-03-01', 268435456)`,
  `date_add(date '0000-03-01', 600000000)`,
  `date_add(date '0000-03-01', 1073741900)`,
  'null',
]

const TIMES = [
  `timestamp_ntz '1969-12-31 23:59:59.999999'`,
  `timestamp_ntz '1970-01-01 00:00:00'`,
  `timestamp_ntz '2024-02-29 12:59:59.999999'`,
  `timestamp_ntz '2024-02-29 13:00:00'`,
  `timestamp_ntz '0001-01-01 01:00:00'`,
  `timestamp_ntz '294246-12-31 22:59:59.999999'`,
  `timestamp_ntz '1970-01-01 00:00:00' - make_dt_interval(6500000, 0, 0, 0.000001)`,
  `timestamp_ntz '1970-01-01 00:00:00' - make_dt_interval(6500000, 0, 0, 0)`,
  'null',
]

const oneOf = (values: readonly string[], by: string): string =>
  `case ${by} % ${values.length} ${values.map((value, i) => `when ${i} then ${value}`).join(' ')} end`

/** Tables of which all columns, as a query of these rows gives them, lie in memory. */
async function cached(session: Session, name: string, query: string): Promise<void> {
  const rows = session.sql(query).cache()
  await rows.count()
  rows.createOrReplaceTempView(name)
}

/** With a condition that every row fulfils rows are added one at a time: both ways must give the same. */
async function compare(
  session: Session,
  table: string,
  aggregates: readonly string[],
): Promise<(readonly unknown[])[]> {
  const each = aggregates.map((one) => `${one} filter (where id >= 0)`)
  const [together, alone] = await Promise.all(
    [aggregates, each].map((list) => session.sql(`select ${list.join(', ')} from ${table}`).collect()),
  )
  return [together!, alone!].map(([row]) => Object.values(row as object))
}

const FIELDS = [
  'hour(t)',
  'year(d)',
  'month(d)',
  'day(d)',
  'dayofyear(d)',
  "datediff(d, date '1980-01-01')",
  'datediff(last_day(d), d)',
]
const WHOLE = [
  'n',
  'k',
  'greatest(n, k)',
  'least(k, n, 5)',
  'greatest(m, k, 0)',
  'm + k',
  'm - k',
  'abs(m)',
  'abs(k - m)',
]
const DIVISORS = ['2', '3', '7', '-7', '16', '17', '1000003', '2147483647', '-2147483648', '1', '-1']
const VALUES = [...FIELDS, ...WHOLE, ...DIVISORS.map((by) => `n % (${by})`)]
const aggregatesOf = (value: string): string[] =>
  ['sum', 'min', 'max', 'count'].map((aggregate) => `${aggregate}(${value})`)
const DATES = ['d', 'last_day(d)', 'date_add(d, 7)', 'date_add(d, k)', 'greatest(d, e)'].flatMap((date) => [
  `min(${date})`,
  `max(${date})`,
])

const rowsOf = (rows: number): string =>
  `select id, ${oneOf(NUMBERS, 'id')} n, cast(id % 1000 - 500 as int) m, case when id % 3 = 1 then null else cast(id % 7 + 3 as int) end k,
    ${oneOf(DAYS, 'id')} d, ${oneOf(TIMES, 'id')} t, date_add(date '1890-01-01', cast(id * 37 % 150000 as int)) e from range(${rows})`

test('rows added four at a time come to what they do one at a time, whatever is left over', async (t) => {
  await withSession('local[2]', async (session) => {
    // What cannot be added up so has all aggregates of its query added up one row at a time: each has a query of its own.
    const queries = [...VALUES.map(aggregatesOf), DATES, ['count(*)', 'sum(m)', 'count(k)']]
    for (const rows of [0, 3, 4, 23, 9001]) {
      await cached(session, 'some', rowsOf(rows))
      for (const aggregates of queries) {
        const [together, alone] = await compare(session, 'some', aggregates)
        t.deepEqual(together, alone, `${rows} rows: ${aggregates.join(', ')}`)
      }
    }
  })
})

test('fields of each day of some centuries are those of the calendar', async (t) => {
  await withSession('local[2]', async (session) => {
    await cached(session, 'days', `select id, date_add(date '1590-01-01', cast(id as int)) d from range(200000)`)
    const fields = FIELDS.slice(1).flatMap((value) => [`sum(${value})`, `min(${value})`, `max(${value})`])
    const [together, alone] = await compare(session, 'days', fields)
    t.deepEqual(together, alone)
    // The lanes of a vector go by the weekday here, so that a fault in one of them does not hide in a sum.
    const parts = [0, 1, 2, 3, 4, 5, 6].map((day) => `select ${day} day, * from (${sumsOn(day)})`)
    const rows = await session.sql(parts.join(' union all ')).collect()
    t.is(rows.length, 7)
    for (const { a, b } of rows as unknown as { a: bigint; b: bigint }[]) t.is(a, b)
  })
})

const sumsOn = (day: number): string => {
  const hashed =
    'year(d) % 1009 * 13 + month(d) % 13 * 37 + day(d) % 37 * 41 + dayofyear(d) + datediff(last_day(d), d) * 53'
  const rows = `(select id, d from days where id % 7 = ${day})`
  return `select sum(${hashed}) a, sum(${hashed}) filter (where id >= 0) b from ${rows}`
}

test('a row that raises does so among others, unless it is NULL', async (t) => {
  await withSession('local[2]', async (session) => {
    const limit = 2147483647
    const query = `select id, case when id = 77 then ${limit} when id = 5 then -${limit} - 1 else 3 end n,
      case when id = 77 or id = 5 then null else 1 end k from range(100)`
    await cached(session, 'limits', query)
    const condition = async (aggregate: string): Promise<unknown> => {
      const error = await session
        .sql(`select ${aggregate} from limits`)
        .collect()
        .catch((e: unknown) => e)
      return error instanceof MillraceError ? error.condition : undefined
    }
    for (const aggregate of ['sum(n + 1)', 'sum(n - 4)', 'max(abs(n))', 'sum(1 - n)', 'count(n % 0)'])
      t.regex(String(await condition(aggregate)), /ARITHMETIC_OVERFLOW|REMAINDER_BY_ZERO/, aggregate)
    for (const aggregate of ['sum(n + k)', 'sum(n - k * 4)', 'sum(n)', 'min(n % 5)'])
      t.is(await condition(aggregate), undefined, aggregate)
  })
})

test('outside of ANSI mode numbers wrap', async (t) => {
  await withSession(
    'local[2]',
    async (session) => {
      await cached(session, 'some', rowsOf(500))
      const wrapping = ['n + m', 'n - m', 'abs(n)', 'm - n'].flatMap((value) => [`sum(${value})`, `min(${value})`])
      const [together, alone] = await compare(session, 'some', wrapping)
      t.deepEqual(together, alone)
    },
    { 'ansi.enabled': 'false' },
  )
})
