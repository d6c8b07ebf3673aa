import test from 'ava'
import { col, type DataFrame, functions as F, lit } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const ROWS = [
  { k: 'a', y: 1, v: 10, w: 1 },
  { k: 'a', y: 2, v: 20, w: 2 },
  { k: 'b', y: 1, v: 30, w: null },
  { k: null, y: 1, v: 40, w: 4 },
]
const DDL = 'k string, y int, v int, w int'

test('rollup, cube and grouping sets of a DataFrame group as their SQL does', (t) =>
  withSession('local[2]', async (session) => {
    const frame = session.createDataFrame(ROWS, DDL)
    t.deepEqual(await frame.rollup('k', 'y').agg(F.sum('v').as('s')).orderBy('s', 'k', 'y').collect(), [
      { k: 'a', y: 1, s: 10n },
      { k: 'a', y: 2, s: 20n },
      { k: 'a', y: null, s: 30n },
      { k: 'b', y: null, s: 30n },
      { k: 'b', y: 1, s: 30n },
      { k: null, y: null, s: 40n },
      { k: null, y: 1, s: 40n },
      { k: null, y: null, s: 100n },
    ])
    const grouping = await frame
      .cube('y')
      .agg(F.grouping('y').as('g'), F.groupingId().as('id'), F.count().as('n'))
      .orderBy('n')
      .collect()
    t.deepEqual(grouping, [
      { y: 2, g: 0, id: 0n, n: 1n },
      { y: 1, g: 0, id: 0n, n: 3n },
      { y: null, g: 1, id: 1n, n: 4n },
    ])
    t.deepEqual(
      await frame
        .groupingSets([['y'], [col('k'), 'y']], 'y')
        .max('v')
        .orderBy('max(v)', 'y')
        .collect(),
      [
        { y: 1, 'max(v)': 10 },
        { y: 2, 'max(v)': 20 },
        { y: 2, 'max(v)': 20 },
        { y: 1, 'max(v)': 30 },
        { y: 1, 'max(v)': 40 },
        { y: 1, 'max(v)': 40 },
      ],
    )
  }))

test('pivot of groups has columns by value, and unpivot rows by column', (t) =>
  withSession('local[2]', async (session) => {
    const frame = session.createDataFrame(ROWS, DDL)
    t.deepEqual(
      await frame
        .groupBy(col('k').as('key'))
        .pivot('y', [1, lit(2).as('two')])
        .sum('v')
        .orderBy('key')
        .collect(),
      [
        { key: null, 1: 40n, two: null },
        { key: 'a', 1: 10n, two: 20n },
        { key: 'b', 1: 30n, two: null },
      ],
    )
    t.deepEqual(await frame.groupBy().pivot('k', ['a', null]).agg(F.count().as('n'), F.max('v')).collect(), [
      { a_n: 2n, 'a_max(v)': 20, null_n: 1n, 'null_max(v)': 40 },
    ])
    const unpivoted = frame.unpivot(['k'], ['v', col('w').as('width')], 'name', 'value').orderBy('name', 'value')
    t.deepEqual(await unpivoted.columns(), ['k', 'name', 'value'])
    t.deepEqual(
      (await unpivoted.collect()).map(({ name, value }) => `${name}=${value}`),
      ['v=10', 'v=20', 'v=30', 'v=40', 'width=null', 'width=1', 'width=2', 'width=4'],
    )
    t.is(await frame.melt(['k'], undefined, 'name', 'value').count(), 12)
    t.is(await frame.unpivot('k', 'v', 'name', 'value').count(), 4)
    await t.throwsAsync(frame.unpivot(['k', 'y', 'v', 'w'], undefined, 'n', 'x').collect(), {
      message: /UNPIVOT_REQUIRES_VALUE_COLUMNS/,
    })
    await t.throwsAsync(frame.unpivot([col('y').plus(1)], undefined, 'n', 'x').collect(), {
      message: /UNPIVOT_REQUIRES_ATTRIBUTES/,
    })
    t.throws(() => frame.rollup('k').pivot('y', [1]), { message: /PIVOT_AFTER_GROUP_BY/ })
    t.throws(() => frame.groupBy('k').pivot('y', [1]).pivot('v', [1]), { message: /REPEATED_CLAUSE/ })
  }))

test('a pivot without values finds them among its rows, in their order, NULL first', (t) =>
  withSession('local[2]', async (session) => {
    const rows = (column: string): DataFrame =>
      session.sql(
        `select k, v, ${column} as p from values (1, 2, 3), (1, 5, 1), (2, 7, 3), (2, 1, null), (1, 4, 3) as t(k, v, c)`,
      )
    const pivoted = (column: string): DataFrame => rows(column).groupBy('k').pivot('p').agg(F.sum('v')).orderBy('k')
    t.deepEqual(await pivoted('c').columns(), ['k', 'null', '1', '3'])
    t.deepEqual(await pivoted('c').collect(), [
      { k: 1, null: null, 1: 5n, 3: 6n },
      { k: 2, null: 1n, 1: null, 3: 7n },
    ])
    for (const [column, names] of [
      ["'x' || c", ['null', 'x1', 'x3']],
      ['c * 1.5D', ['null', '1.5', '4.5']],
      ['c * 1D', ['null', '1.0', '3.0']],
      ['cast(c as decimal(5,2))', ['null', '1.00', '3.00']],
      ['c > 1', ['null', 'false', 'true']],
      ["date'2020-01-01' + c", ['null', '2020-01-02', '2020-01-04']],
    ] as const)
      t.deepEqual(await pivoted(column).columns(), ['k', ...names], column)
    // Over another one, and over rows that a recursive CTE makes.
    const twice = pivoted('c').groupBy('`1`').pivot('`3`').agg(F.count().as('n'))
    t.deepEqual(await twice.columns(), ['1', '6', '7'])
    const counted = session.sql(
      'with recursive r(i) as (select 1 union all select i + 1 from r where i < 4) select i % 3 as p, i from r',
    )
    t.deepEqual(await counted.groupBy().pivot('p').sum('i').collect(), [{ 0: 3n, 1: 5n, 2: 2n }])
    t.throws(() => pivoted('c').createOrReplaceTempView('v'), { message: /pivot without values in a temporary view/ })
  }))

test('a pivot takes no more values than it may', (t) =>
  withSession(
    'local[1]',
    async (session) => {
      const pivoted = (values: number) => session.range(values).groupBy().pivot('id').agg(F.count().as('n')).columns()
      t.is((await pivoted(5)).length, 5)
      await t.throwsAsync(pivoted(6), { message: /_LEGACY_ERROR_TEMP_1324.*`?id`?.*more than 5/ })
    },
    { pivotMaxValues: 5 },
  ))
