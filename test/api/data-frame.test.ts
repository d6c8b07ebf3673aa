import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { CalendarDate, col, Decimal, functions as F, type Session } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

const SALES = [
  { id: 1, city: 'Oslo', amount: Decimal.parse('10.50'), at: new Date('2024-01-31T10:00:00Z') },
  { id: 2, city: 'Rome', amount: Decimal.parse('3.25'), at: new Date('2024-02-01T11:30:00Z') },
  { id: 3, city: 'Oslo', amount: Decimal.parse('0.25'), at: new Date('2023-02-01T11:30:00Z') },
  { id: 4, city: null, amount: null, at: null },
]
const CITIES = [
  { city: 'Oslo', country: 'NO' },
  { city: 'Bonn', country: 'DE' },
]
const sales = (session: Session) =>
  session.createDataFrame(SALES, 'id int, city string, amount decimal(12,2), at timestamp')
const cities = (session: Session) => session.createDataFrame(CITIES)

test.serial('rows are selected, filtered, ordered and cut', (t) =>
  withSession('local[2]', async (session) => {
    const rows = sales(session)
    const cheap = rows.filter(col('amount').lt(10)).select('id', col('amount').multiply(2).as('twice')).orderBy('id')
    t.deepEqual(await cheap.collect(), [
      { id: 2, twice: Decimal.parse('6.50') },
      { id: 3, twice: Decimal.parse('0.50') },
    ])
    t.deepEqual(await rows.orderBy(col('id').desc()).select('id').take(2), [{ id: 4 }, { id: 3 }])
    t.deepEqual(await rows.orderBy('id').offset(3).select('id').collect(), [{ id: 4 }])
    t.deepEqual(await rows.orderBy('id').offset(1).limit(1).select('id').collect(), [{ id: 2 }])
    t.is(await rows.count(), 4)
    t.deepEqual((await rows.orderBy('id').first())?.city, 'Oslo')
    t.is(await rows.filter('id > 4').first(), undefined)
    t.true(await rows.filter('id > 4').isEmpty())
    t.deepEqual(await rows.columns(), ['id', 'city', 'amount', 'at'])
    t.deepEqual(await rows.drop('at').dtypes(), [
      ['id', 'int'],
      ['city', 'string'],
      ['amount', 'decimal(12,2)'],
    ])
  }),
)

test.serial('groups are counted and summed, and NULL is a group', (t) =>
  withSession('local[2]', async (session) => {
    const totals = sales(session).groupBy('city').agg(F.sum('amount').as('total'), F.count().as('n')).orderBy('city')
    t.deepEqual(await totals.collect(), [
      { city: null, total: null, n: 1n },
      { city: 'Oslo', total: Decimal.parse('10.75'), n: 2n },
      { city: 'Rome', total: Decimal.parse('3.25'), n: 1n },
    ])
    t.deepEqual(await sales(session).groupBy('city').count().filter(col('count').gt(1)).collect(), [
      { city: 'Oslo', count: 2n },
    ])
    t.deepEqual(await sales(session).groupBy().max('id').collect(), [{ 'max(id)': 4 }])
    t.deepEqual(await sales(session).select('city').distinct().orderBy(col('city').ascNullsLast()).collect(), [
      { city: 'Oslo' },
      { city: 'Rome' },
      { city: null },
    ])
  }),
)

test.serial('joins by name and by condition, of the types that are built', (t) =>
  withSession('local[2]', async (session) => {
    const [left, right] = [sales(session), cities(session)]
    const byName = left.join(right, 'city').select('id', 'country').orderBy('id')
    const expected = [
      { id: 1, country: 'NO' },
      { id: 3, country: 'NO' },
    ]
    t.deepEqual(await byName.collect(), expected)
    const condition = col('s.city').eq(col('c.city'))
    const byCondition = left.alias('s').join(F.broadcast(right.alias('c')), condition)
    t.deepEqual(await byCondition.select('id', 'country').orderBy('id').collect(), expected)
    t.is(await left.crossJoin(right).count(), 8)
    t.is(await left.join(right).count(), 8)
    const outer = left.join(right, 'city', 'left').orderBy('id').select('id', 'country')
    t.deepEqual(
      (await outer.collect()).map((row) => row.country),
      ['NO', null, 'NO', null],
    )
  }),
)

test.serial('columns are added, replaced, renamed and left out', (t) =>
  withSession('local[2]', async (session) => {
    const rows = cities(session)
      .withColumn('long', F.length('city'))
      .withColumn('city', F.upper('city'))
      .withColumnRenamed('country', 'land')
      .withColumns({ both: F.concat('city', 'land'), isHome: col('land').eq('NO') })
      .drop('land')
      .orderBy('both')
    t.deepEqual(await rows.collect(), [
      { city: 'BONN', long: 4, both: 'BONNDE', isHome: false },
      { city: 'OSLO', long: 4, both: 'OSLONO', isHome: true },
    ])
    t.deepEqual(
      await cities(session)
        .withColumnRenamed('COUNTRY' as 'country', 'x')
        .columns(),
      ['city', 'x'],
    )
  }),
)

test.serial('functions and operators of columns mean what their SQL means', (t) =>
  withSession('local[2]', async (session) => {
    const one = session.createDataFrame([{ s: ' ab ', n: 7n, d: 2.5, z: null, at: new Date('2024-02-29T23:59:58Z') }])
    const [row] = await one
      .select(
        F.trim('s').as('trim'),
        F.substring('s', 2, 1).as('substring'),
        F.coalesce('z', F.lit('none')).as('coalesce'),
        F.when(col('n').gt(5), 'big').otherwise('small').as('when'),
        col('n').mod(4).as('mod'),
        col('n').isin([7, 8]).as('isin'),
        col('n').between(1, 6).as('between'),
        col('s').contains('a').and(col('s').like('%b%')).as('like'),
        col('z').eqNullSafe(null).as('nulls'),
        col('z').isNull().not().as('not'),
        col('d').cast('int').as('cast'),
        col('s').tryCast('int').as('try'),
        F.month('at').as('month'),
        F.dateAdd('at', 1).as('tomorrow'),
        F.abs(col('d').negate()).as('abs'),
        F.unixMillis('at').as('millis'),
      )
      .collect()
    t.deepEqual(row, {
      trim: 'ab',
      substring: 'a',
      coalesce: 'none',
      when: 'big',
      mod: 3n,
      isin: true,
      between: false,
      like: true,
      nulls: true,
      not: false,
      cast: 2,
      try: null,
      month: 2,
      tomorrow: new CalendarDate('2024-03-01T00:00:00Z'),
      abs: 2.5,
      millis: BigInt(Date.parse('2024-02-29T23:59:58Z')),
    })
  }),
)

test.serial('a cached DataFrame gives what it had when it was made, until it is forgotten', (t) =>
  withSession('local[2]', async (session) => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-cached-'))
    const write = (...ids: readonly number[]) =>
      writeFile(join(folder, 'a.json'), ids.map((id) => `{"id":${id}}\n`).join(''))
    const rows = () => session.read.schema('id int').json(folder).filter('id > 1').orderBy('id')
    try {
      await write(1, 2, 3)
      const kept = rows().cache()
      t.is(await kept.count(), 2)
      await write(4, 1, 5, 6)
      t.deepEqual(await kept.collect(), [{ id: 2 }, { id: 3 }])
      t.deepEqual(await kept.filter('id > 2').collect(), [{ id: 3 }])
      kept.unpersist()
      t.deepEqual(await rows().collect(), [{ id: 4 }, { id: 5 }, { id: 6 }])
    } finally {
      await rm(folder, { recursive: true })
    }
  }),
)

test.serial('what was cached of a cache outlives it, and a cache may be forgotten while it is made', (t) =>
  withSession('local[2]', async (session) => {
    const below = session.range(5).cache()
    t.is(await below.count(), 5)
    const above = below.filter('id > 2').cache()
    t.is(await above.count(), 2)
    const top = above.withColumn('twice', col('id').multiply(2)).cache()
    t.is(await top.count(), 2)
    below.unpersist()
    t.deepEqual(await top.orderBy('id').collect(), [
      { id: 3n, twice: 6n },
      { id: 4n, twice: 8n },
    ])
    t.is(await above.count(), 2)

    const made = session.range(1000).cache()
    const counting = made.count()
    made.unpersist()
    t.is(await counting, 1000)
    t.is(await made.count(), 1000)
  }),
)

test.serial('what the analysis finds reaches the user untouched', (t) =>
  withSession('local[2]', async (session) => {
    const open = session.sql('select 1 as id, 2 as amount')
    const wrong = await raised(t, open.select('amuont').collect(), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
    t.regex(wrong.message, /`amuont`.*`amount`/s)
    await raised(t, session.table('nowhere').schema(), 'TABLE_OR_VIEW_NOT_FOUND')
    await raised(t, () => open.join(open, 'id', 'sideways' as 'inner'), 'UNSUPPORTED_JOIN_TYPE')
    await raised(t, () => open.limit(-1), 'INVALID_API_USE')
  }),
)

test.serial('rows come as an Arrow table and one by one', (t) =>
  withSession('local[2]', async (session) => {
    const rows = sales(session).select('id', 'city').orderBy('id')
    const arrow = await rows.toArrow()
    t.deepEqual([...arrow.getChild('id')!], [1, 2, 3, 4])
    for await (const row of rows.toLocalIterator()) {
      t.is(row.id, 1)
      break
    }
    t.is(await session.range(3).count(), 3)
    t.is(
      await rows.limit(3).showString(1),
      '+---+----+\n| id|city|\n+---+----+\n|  1|Oslo|\n+---+----+\nonly showing top 1 row\n',
    )
    const long = await session.range(300_000).showString(200_000)
    t.is(long.split('\n').length, 200_006)
    t.true(long.endsWith('\n|199999|\n+------+\nonly showing top 200000 rows\n'))
    for (const count of [0, -1]) {
      t.is(await rows.select('id').showString(count), '+---+\n| id|\n+---+\n+---+\nonly showing top 0 rows\n')
    }
  }),
)

test.serial('rows of two DataFrames are brought together, by position or by name, and told apart as sets', (t) =>
  withSession('local[2]', async (session) => {
    const a = session.createDataFrame(
      [
        { x: 1, y: 'a' },
        { x: 1, y: 'a' },
        { x: 2, y: null },
        { x: 3, y: 'c' },
      ],
      'x int, y string',
    )
    const b = session.createDataFrame(
      [
        { x: 1, y: 'a' },
        { x: 2, y: null },
        { x: 2, y: null },
      ],
      'x int, y string',
    )
    const texts = async (df: { collect(): Promise<object[]> }) =>
      (await df.collect()).map((row) => Object.values(row).join()).toSorted()
    t.is(await a.union(b).count(), 7)
    t.is(await a.unionAll(b).count(), 7)
    t.deepEqual(await texts(a.union(b).distinct()), ['1,a', '2,', '3,c'])
    t.deepEqual(await texts(a.intersect(b)), ['1,a', '2,'])
    t.deepEqual(await texts(a.union(a).intersectAll(b.union(b))), ['1,a', '1,a', '2,', '2,'])
    t.deepEqual(await texts(a.subtract(b)), ['3,c'])
    t.deepEqual(await texts(a.exceptAll(b)), ['1,a', '3,c'])
    t.deepEqual(await texts(b.union(b).exceptAll(a)), ['2,', '2,', '2,'])
    const swapped = b.select('y', 'x')
    t.deepEqual(await texts(a.unionByName(swapped).distinct()), ['1,a', '2,', '3,c'])
    const wider = session.createDataFrame([{ x: 9, z: true }], 'x int, z boolean')
    t.deepEqual(await texts(a.unionByName(wider, true).filter('x > 2')), ['3,c,', '9,,true'])
    t.deepEqual(await a.unionByName(wider, true).columns(), ['x', 'y', 'z'])
    const missing = await t.throwsAsync(a.unionByName(wider.toDF()).collect())
    t.like(missing, {
      condition: 'UNRESOLVED_COLUMN_AMONG_FIELD_NAMES',
      parameters: { colName: 'y', fieldNames: 'x, z' },
    })
    t.deepEqual(await texts(a.dropDuplicates(['x'])), ['1,a', '2,', '3,c'])
    t.deepEqual(await texts(a.dropDuplicates()), ['1,a', '2,', '3,c'])
    t.is(await a.dropDuplicates([]).count(), 1)
    t.is(await a.filter('x > 9').dropDuplicates([]).count(), 0)
    t.like(await t.throwsAsync(a.toDF().dropDuplicates(['nosuch']).collect()), {
      condition: 'UNRESOLVED_COLUMN_AMONG_FIELD_NAMES',
    })
    // Of a group all columns come from one row.
    const pairs = session.createDataFrame(
      Array.from({ length: 2000 }, (_, i) => ({ k: i % 7, v: i, w: -i })),
      'k int, v int, w int',
    )
    const kept = await pairs.union(pairs).dropDuplicates(['k']).collect()
    t.true(kept.length === 7 && kept.every(({ v, w }) => v === -w!))
  }),
)
