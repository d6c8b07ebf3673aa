import test from 'ava'
import { type Column, col, expr, functions as F, MillraceError, Window } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const ROWS = [
  { id: 1, g: 'a', x: 3, day: new Date('2024-01-30') },
  { id: 2, g: 'a', x: null, day: new Date('2024-02-01') },
  { id: 3, g: 'é', x: 5, day: null },
  { id: 4, g: 'a', x: 3, day: new Date('2024-02-29') },
  { id: 5, g: null, x: 1, day: new Date('2024-03-01') },
]
const SCHEMA = 'id int not null, g string, x int, day date'

test.serial('windows of the DataFrame API mean what their SQL means', (t) =>
  withSession('local[2]', async (session) => {
    const rows = session.createDataFrame(ROWS, SCHEMA)
    rows.createOrReplaceTempView('t')
    const byGroup = Window.partitionBy('g').orderBy(col('x').desc(), 'id')
    const byId = Window.orderBy('id')
    const pairs: readonly (readonly [column: Column, sql: string])[] = [
      [F.rowNumber().over(byGroup), 'row_number() over (partition by g order by x desc, id)'],
      [F.rank().over(Window.orderBy(col('x').ascNullsLast())), 'rank() over (order by x nulls last)'],
      [F.denseRank().over(Window.orderBy('x')), 'dense_rank() over (order by x)'],
      [F.percentRank().over(Window.orderBy('x')), 'percent_rank() over (order by x)'],
      [F.cumeDist().over(Window.orderBy('x')), 'cume_dist() over (order by x)'],
      [F.ntile(2).over(byId), 'ntile(2) over (order by id)'],
      [F.lag('x').over(byId), 'lag(x) over (order by id)'],
      [F.lead('x', 2, 0).over(byId), 'lead(x, 2, 0) over (order by id)'],
      [F.nthValue('x', 2, true).over(byId), 'nth_value(x, 2) ignore nulls over (order by id)'],
      [F.first('x', true).over(byId), 'first(x) ignore nulls over (order by id)'],
      [F.last('x').over(byId), 'last(x) over (order by id)'],
      [F.lastValue(col('x')).over(byId), 'last_value(x) over (order by id)'],
      [F.sum('x').over(Window.partitionBy('g')), 'sum(x) over (partition by g)'],
      [
        F.avg('x').over(byId.rowsBetween(-1, Window.currentRow)),
        'avg(x) over (order by id rows between 1 preceding and current row)',
      ],
      [
        F.count('*').over(Window.orderBy('x').rangeBetween(Window.unboundedPreceding, 2)),
        'count(*) over (order by x range between unbounded preceding and 2 following)',
      ],
      [
        F.max('id').over(Window.orderBy('day').rangeBetween(-2n, Window.unboundedFollowing)),
        'max(id) over (order by day range between 2 preceding and unbounded following)',
      ],
      [expr('sum(x) over (order by id)'), 'sum(x) over (order by id)'],
    ]
    for (const [column, sql] of pairs) {
      const ours = await rows.select('id', column.as('w')).orderBy('id').collect()
      t.deepEqual(ours, await session.sql(`select id, ${sql} as w from t order by id`).collect(), sql)
    }
  }),
)

test.serial('columns over windows are added, filtered by and counted', (t) =>
  withSession('local[2]', async (session) => {
    const rows = session.createDataFrame(ROWS, SCHEMA)
    const numbered = rows.withColumn('n', F.rowNumber().over(Window.partitionBy('g').orderBy('id')))
    const first = await numbered.filter(col('n').eq(1)).orderBy('id').collect()
    t.deepEqual(
      first.map(({ id, g, n }) => [id, g, n]),
      [
        [1, 'a', 1],
        [3, 'é', 1],
        [5, null, 1],
      ],
    )
    const groups = rows.groupBy('g').agg(
      F.sum('x').as('total'),
      F.rank()
        .over(Window.orderBy(F.sum('x')))
        .as('place'),
    )
    t.deepEqual(
      (await groups.orderBy('place').collect()).map(({ total, place }) => [total, place]),
      [
        [1n, 1],
        [5n, 2],
        [6n, 3],
      ],
    )
    t.is(await rows.select(F.sum('x').over(Window.partitionBy()).as('s')).distinct().count(), 1)
    const name = (await rows
      .select(F.lag('x', 1, 0).over(Window.orderBy('id').rowsBetween(-2, 1)))
      .schema()
      .catch(String)) as string
    t.regex(name, /_LEGACY_ERROR_TEMP_1035/)
  }),
)

test('what is no function has no window, and bounds of frames are whole numbers', (t) => {
  const condition = (run: () => unknown): string => {
    const error = t.throws(run)
    return MillraceError.is(error) ? error.condition : String(error)
  }
  t.is(
    condition(() => col('x').over(Window.orderBy('x'))),
    'UNSUPPORTED_EXPR_FOR_WINDOW',
  )
  t.is(
    condition(() => Window.rowsBetween(0.5, 1)),
    'INVALID_API_USE',
  )
  t.is(
    condition(() => Window.rangeBetween(0, Number.NaN)),
    'INVALID_API_USE',
  )
})
