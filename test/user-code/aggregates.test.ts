import test from 'ava'
import { col, type Decimal, functions as F, type MillraceError, type Timestamp, udaf, Window } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { failing, median, partial } from './modules/aggregates.js'

const module = new URL('./modules/aggregates.js', import.meta.url)

/** Of each pair how many there were, and their sum; NULL without rows. */
const mean = {
  zero: () => ({ rows: 0, sum: 0 }),
  reduce(state: { rows: number; sum: number }, x: number | null) {
    if (x === null) return state
    state.rows++
    state.sum += x
    return state
  },
  merge: (a: { rows: number; sum: number }, b: { rows: number; sum: number }) => ({
    rows: a.rows + b.rows,
    sum: a.sum + b.sum,
  }),
  finish: ({ rows, sum }: { rows: number; sum: number }) => (rows === 0 ? null : sum / rows),
}

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`an aggregate of the program gives what that of the engine gives, alone and in groups, on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const average = udaf(mean, 'double', { name: 'average' })
      const middle = udaf(median, 'double', { module, name: 'median' })
      const data = session
        .range(0, 150_000, 1, 4)
        .selectExpr(
          'if(id % 1000 = 3, null, id % 1000) k',
          'if(id % 5 = 0, null, cast(pmod(hash(id), 1000) as double)) x',
        )
      const wanted = [F.avg('x').as('a'), F.count('x').as('n')] as const
      const both = await data
        .groupBy('k')
        .agg(average('x').as('own'), ...wanted)
        .filter('own <> a or (own is null) <> (a is null)')
        .collect()
      t.deepEqual(both, [])
      const [all] = await data.agg(average('x').as('own'), ...wanted).collect()
      t.is(all!.own, all!.a)
      data.filter('k < 20').createOrReplaceTempView('few')
      session.udf.register('middle', middle)
      const own = 'percentile_disc(0.5) within group (order by x)'
      const different = session.sql(`select k from few group by k having middle(x) is distinct from ${own}`)
      t.deepEqual(await different.collect(), [])
    })
  })
}

test('aggregates of the program stand where aggregates do', (t) =>
  withSession('local[2]', async (session) => {
    const average = session.udf.register('average', mean, 'double')
    session
      .createDataFrame(
        [
          { k: 'ä', x: 1, y: 2 },
          { k: 'ä', x: 3, y: null },
          { k: null, x: 3, y: 4 },
          { k: null, x: 3, y: 8 },
          { k: '🙂', x: null, y: 1 },
        ],
        'k string, x double, y double',
      )
      .createOrReplaceTempView('t')
    const rows = async (text: string) => (await session.sql(text).collect()).map((row) => Object.values(row))
    t.deepEqual(await rows('select k, average(x), average(y) from t group by k order by k'), [
      [null, 3, 6],
      ['ä', 2, 2],
      ['🙂', null, 1],
    ])
    t.deepEqual(await rows('select average(x) from t where false'), [[null]])
    t.deepEqual(await rows('select k, average(x) from t where false group by k'), [])
    t.deepEqual(await rows('select average(x) filter (where y > 2), average(distinct x), count(distinct x) from t'), [
      [3, 2, 2n],
    ])
    t.deepEqual(
      await rows('select average(distinct x) filter (where y > 100) + 1, average(x + y) from t having average(x) > 0'),
      [[null, 7]],
    )
    t.deepEqual(await rows('select k from t group by k order by average(y) desc, average(x) + 1 limit 2'), [
      [null],
      ['ä'],
    ])
    t.deepEqual(await rows('select k, average(x) from t group by rollup(k) order by grouping(k), k'), [
      [null, 3],
      ['ä', 2],
      ['🙂', null],
      [null, 2.5],
    ])
    t.deepEqual(await rows("select * from (select k, x from t) pivot (average(x) for k in ('ä', '🙂'))"), [[2, null]])
    t.deepEqual(await rows('select (select average(x) from t u where u.k = t.k) from t where y = 2'), [[2]])
    const frame = session.table('t').groupBy('k').agg(average('x').as('m'), F.max('y').as('y'))
    t.deepEqual(await frame.filter(col('y').gt(2)).collect(), [{ k: null, m: 3, y: 8 }])
    t.deepEqual(await rows('describe function average'), [
      ['Function: average'],
      ['Type:     AGGREGATE'],
      ['Returns:  DOUBLE'],
      ['Usage:    average with 1 argument'],
    ])
  }))

test('states may hold values of the engine, maps and bytes, and two aggregates of the same rows are told apart', (t) =>
  withSession('local[2]', async (session) => {
    type Latest = { at: Timestamp | null; sum: Decimal | null; seen: Map<string, Uint8Array> }
    const latest = udaf(
      {
        zero: (): Latest => ({ at: null, sum: null, seen: new Map() }),
        reduce: (state: Latest, at: Timestamp, sum: Decimal) => ({
          at: state.at === null || at.micros > state.at.micros ? at : state.at,
          sum: state.sum === null || sum.toString() > state.sum.toString() ? sum : state.sum,
          seen: new Map([...state.seen, [sum.toString(), Uint8Array.of(1)]]),
        }),
        merge: (a: Latest, b: Latest) =>
          a.at === null || (b.at !== null && b.at.micros > a.at.micros)
            ? { ...b, seen: new Map([...a.seen, ...b.seen]) }
            : { ...a, seen: new Map([...a.seen, ...b.seen]) },
        finish: ({ at, sum, seen }: Latest) => `${at} ${sum} ${seen.size} ${seen.get('9.9')}`,
      },
      'string',
      { name: 'latest' },
    )
    const count = udaf(
      {
        zero: () => 0n,
        reduce: (n: bigint, _at: Timestamp, _sum: Decimal) => n + 1n,
        merge: (a: bigint, b: bigint) => a + b,
        finish: (n: bigint) => n,
      },
      'bigint',
      { name: 'rowCount' },
    )
    const data = session
      .range(0, 100, 1, 4)
      .selectExpr('timestamp_micros(id + 1) at', 'cast(id % 10 / 10 + 9 as decimal(3, 1)) x')
    t.deepEqual(await data.agg(latest('at', 'x').as('l'), count('at', 'x').as('n')).collect(), [
      { l: '1970-01-01 00:00:00.0001 9.9 10 1', n: 100n },
    ])
  }))

test('what goes wrong in an aggregate is told with its line, and what is not built is refused by name', (t) =>
  withSession('local[2]', async (session) => {
    const data = session.range(0, 10, 1, 2)
    const conditionOf = async (run: () => unknown) =>
      (await t.throwsAsync<MillraceError>(async () => void (await run())))!
    const error = await conditionOf(() => data.agg(udaf(failing, 'int', { module, name: 'failing' })('id')).collect())
    t.is(error.condition, 'FAILED_EXECUTE_UDF')
    t.regex(error.message, /`failing`.*RangeError: no sum \(.*modules\/aggregates\.[jt]s:\d+/)
    const inline = udaf(
      {
        zero: () => 0,
        reduce: (state: number) => state,
        merge: (a: number) => a,
        finish(): number {
          throw new Error('not at the end')
        },
      },
      'int',
    )
    const atEnd = await conditionOf(() => data.agg(inline()).collect())
    t.regex(atEnd.message, /`<aggregate>`.*not at the end \(.*aggregates\.test\.[jt]s:\d+/)
    const lost = udaf({ ...mean, zero: () => ({ rows: 0, sum: 0, of: new URL('a:b') }) }, 'double')
    t.regex(
      (
        await conditionOf(() =>
          session
            .range(1000)
            .agg(lost(col('id').cast('double')))
            .collect(),
        )
      ).message,
      /a URL would have lost its class/,
    )
    const wrong = udaf({ ...mean, finish: () => 'x' as unknown as number }, 'double')
    const given = await conditionOf(() => data.agg(wrong(col('id').cast('double'))).collect())
    t.is(given.condition, 'INVALID_UDF_RESULT')
    t.regex(given.message, /`<aggregate>`: \(double\) => double gave 'x'/)
    const elsewhere = udaf(mean, 'double', { module, name: 'partial' })
    const missing = await conditionOf(() => data.agg(elsewhere(col('id').cast('double'))).collect())
    t.is(missing.condition, 'CANNOT_LOAD_USER_FUNCTION')
    t.regex(missing.message, /no partial with reduce, merge, finish/)
    const unnamed = t.throws<MillraceError>(() => udaf(mean, 'double', { module }))!
    t.is(unnamed.condition, 'UNSUPPORTED_UDF_SOURCE')
    const incomplete = t.throws<MillraceError>(() => udaf(partial as unknown as typeof mean, 'double'))!
    t.regex(incomplete.message, /needs the functions reduce, merge, finish/)
  }))

test('aggregates over windows and over collated DISTINCT texts are refused by name, and misplaced ones as others are', (t) =>
  withSession('local[1]', async (session) => {
    const average = session.udf.register('average', mean, 'double')
    const conditionOf = async (run: () => unknown) =>
      (await t.throwsAsync<MillraceError>(async () => void (await run())))!
    const sql = (text: string) => conditionOf(() => session.sql(text).collect())
    const over = await sql('select average(id) over (partition by id) from range(3)')
    t.is(over.condition, 'UNSUPPORTED_FEATURE')
    t.regex(over.message, /the aggregate average of the program over a window/)
    const api = session.range(3).select(average('id').over(Window.partitionBy('id')))
    t.regex((await conditionOf(() => api.collect())).message, /average of the program over a window/)
    t.regex((await sql("select average(distinct 'x' collate utf8_lcase) from range(3)")).message, /DISTINCT texts/)
    t.is((await sql('select id from range(3) where average(id) > 1')).condition, 'INVALID_WHERE_CONDITION')
    t.is((await sql('select average(sum(id)) from range(3)')).condition, 'NESTED_AGGREGATE_FUNCTION')
    t.is((await sql('select average() from range(3)')).condition, 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION')
    t.is((await sql('select * from average(3)')).condition, 'NOT_A_TABLE_FUNCTION')
    const factor = 2
    const free = t.throws<MillraceError>(() =>
      udaf({ ...mean, finish: ({ sum }: { sum: number }) => sum * factor }, 'double'),
    )!
    t.is(free.condition, 'UDF_FREE_VARIABLES')
    t.regex(free.message, /`<aggregate>\.finish`.*`factor`/)
    const scaled = udaf({ ...mean, finish: ({ sum }: { sum: number }) => sum * factor }, 'double', {
      values: { factor },
    })
    t.deepEqual(
      await session
        .range(4)
        .agg(scaled(col('id').cast('double')).as('s'))
        .collect(),
      [{ s: 12 }],
    )
  }))

test('rows wait for an aggregate in bounded memory, however few groups there are', (t) =>
  withSession(
    'local[1]',
    async (session) => {
      const longest = udaf(
        {
          zero: () => 0,
          reduce: (state: number, text: string) => Math.max(state, text.length),
          merge: (a: number, b: number) => Math.max(a, b),
          finish: (state: number) => state,
        },
        'int',
      )
      const data = session.range(0, 120_000, 1, 1).selectExpr('id % 2 k', "repeat('x', 1000 + cast(id % 2 as int)) s")
      t.deepEqual(await data.agg(longest('s').as('n')).collect(), [{ n: 1001 }])
      const groups = data.groupBy('k').agg(longest('s').as('n')).orderBy('k')
      t.deepEqual(await groups.collect(), [
        { k: 0n, n: 1000 },
        { k: 1n, n: 1001 },
      ])
    },
    { 'executor.memory': '64m' },
  ))

/** A text of values as functions get them. */
const toldOf = (...values: readonly unknown[]): string => {
  const told = (value: unknown): string => {
    if (value === null || value === undefined) return 'NULL'
    if (value instanceof Uint8Array) return `bytes ${[...value].join(' ')}`
    if (value instanceof Map) return `map ${[...value].map((pair) => pair.map(told).join(': ')).join(', ')}`
    if (Array.isArray(value)) return `[${value.map(told).join(', ')}]`
    const isPlain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
    if (isPlain) return `{${Object.entries(value).map((pair) => pair.map(told).join(': '))}}`
    return `${(value as object).constructor.name} ${value}`
  }
  return values.map(told).join('; ')
}

const VALUES_OF_TYPES = [
  ['true', 'false'],
  ['cast(-128 as tinyint)', 'cast(7 as tinyint)'],
  ['cast(-32768 as smallint)', 'cast(7 as smallint)'],
  ['-2147483648', '7'],
  ['-9223372036854775808L', '7L'],
  ["cast('NaN' as float)", 'cast(0.1 as float)'],
  ['-0.0D', '1e300D'],
  ["'ä🙂'", "''"],
  ["repeat('long ', 20)", "'x'"],
  ['cast(-1.5 as decimal(3, 1))', 'cast(2 as decimal(3, 1))'],
  ['cast(-12345678901234567890.5 as decimal(30, 2))', 'cast(1 as decimal(30, 2))'],
  ["date'-0100-01-01'", "date'2024-02-29'"],
  ["timestamp'2024-02-29 12:00:00.000001'", "timestamp'1969-12-31 23:59:59'"],
  ["timestamp_ntz'2024-02-29 12:00:00'", "timestamp_ntz'1969-12-31 23:59:59'"],
  ["interval '-2' month", "interval '3' month"],
  ["interval '-2' second", "interval '3' second"],
  ["X'00FF'", "X''"],
  ['array(1, null)', 'array()'],
  ["named_struct('a', 1, 'b', cast(null as string))", "named_struct('a', 2, 'b', 'x')"],
  ["map('a', 1)", 'map()'],
  ['null', 'null'],
] as const

test('an aggregate gets the values of every type, and NULLs, as functions of rows get them', (t) =>
  withSession('local[2]', async (session) => {
    session.udf.register('told', (...values: readonly unknown[]) => toldOf(...values), 'string', { values: { toldOf } })
    const texts = {
      zero: (): string[] => [],
      reduce: (state: string[], ...values: readonly unknown[]) => [...state, toldOf(...values)],
      merge: (a: string[], b: string[]) => [...a, ...b],
      finish: (state: string[]) => state.sort().join('|'),
    }
    session.udf.register('texts', udaf(texts, 'string', { values: { toldOf } }))
    const columns = VALUES_OF_TYPES.map(([a, b], i) => `case id % 3 when 0 then ${a} when 1 then ${b} end c${i}`)
    session.sql(`select id, ${columns.join(', ')} from range(0, 8, 1, 2)`).createOrReplaceTempView('t')
    const own = async (args: string, distinct = '') => {
      const [row] = await session.sql(`select texts(${distinct}${args}) x from t`).collect()
      return row!['x']
    }
    const wanted = async (args: string) =>
      (await session.sql(`select told(${args}) x from t`).collect()).map(({ x }) => x).sort()
    for (const i of VALUES_OF_TYPES.keys()) t.is(await own(`c${i}`), (await wanted(`c${i}`)).join('|'), `c${i}`)
    // More arguments than there are bits in a word.
    const all = VALUES_OF_TYPES.map((_, i) => `c${i}`).join(', ')
    const many = `${all}, id, ${all}`
    t.is(await own(many), (await wanted(many)).join('|'))
    const few = 'c3, c7, c8'
    t.is(await own(few, 'distinct '), [...new Set(await wanted(few))].join('|'))
  }))

test('what an aggregate and a function keep of bytes that they got stays as it was', (t) =>
  withSession('local[2]', async (session) => {
    const kept = udaf(
      {
        zero: () => new Map<bigint, Uint8Array>(),
        reduce: (state: Map<bigint, Uint8Array>, key: bigint, bytes: Uint8Array) => state.set(key, bytes),
        merge: (a: Map<bigint, Uint8Array>, b: Map<bigint, Uint8Array>) => new Map([...a, ...b]),
        finish: (state: Map<bigint, Uint8Array>) =>
          `${state.size} ${[...state].filter(([key, bytes]) => Buffer.from(bytes).toString() !== `key ${key}`).length}`,
      },
      'string',
    )
    session.udf.register('kept', kept)
    const rows = session
      .range(0, 200_000, 1, 4)
      .selectExpr('id', 'id % 500 k', "cast(concat('key ', id % 500) as binary) b")
    rows.createOrReplaceTempView('t')
    t.deepEqual(await session.sql('select kept(k, b) x from t').collect(), [{ x: '500 0' }])
    const earlier: (readonly [Uint8Array, string])[] = []
    const changed = session.udf.register(
      'changed',
      (bytes: Uint8Array) => {
        if (earlier.length < 50) earlier.push([bytes, Buffer.from(bytes).toString()])
        return earlier.filter(([kept, text]) => Buffer.from(kept).toString() !== text).length
      },
      'int',
      { values: { earlier } },
    )
    const many = session.range(0, 50_000, 1, 1).selectExpr("cast(concat('key ', id) as binary) b")
    t.deepEqual(await many.select(changed('b').as('n')).groupBy().max('n').collect(), [{ 'max(n)': 0 }])
    // So long that there is a state of each, which the merging task gets.
    const long = session
      .range(0, 40_000, 1, 4)
      .selectExpr('id % 10000 k', "cast(rpad(concat('key ', id % 10000), 600, 'x') as binary) b")
    type State = { readonly bytes: Uint8Array; readonly changed: number }
    const merged: (readonly [Uint8Array, string])[] = []
    const states = udaf(
      {
        zero: () => ({ bytes: new Uint8Array(), changed: 0 }),
        reduce: (state: State, bytes: Uint8Array) => ({ ...state, bytes }),
        merge(_: State, { bytes }: State) {
          if (merged.length < 50) merged.push([bytes, Buffer.from(bytes).toString()])
          const changed = merged.filter(([kept, text]) => Buffer.from(kept).toString() !== text).length
          return { bytes, changed }
        },
        finish: ({ changed }: State) => changed,
      },
      'int',
      { values: { merged } },
    )
    const ends = long.groupBy('k').agg(states('b').as('n')).groupBy().max('n')
    t.deepEqual(await ends.collect(), [{ 'max(n)': 0 }])
    const same = session.udf.register('same', (bytes: Uint8Array | null) => bytes, 'binary')
    const odd = rows.selectExpr("if(id % 3 = 0, null, if(id % 3 = 1, b, X'')) b").filter('not (b <=> same(b))')
    t.is(await odd.count(), 0)
    t.truthy(same)
  }))
