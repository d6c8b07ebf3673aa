import test, { type ExecutionContext } from 'ava'
import { col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

interface Sides {
  readonly left: DataFrame
  readonly right: DataFrame
}

function sides(session: Session): Sides {
  return {
    left: session.sql("select * from values (1, 'a'), (1, 'b'), (2, 'b') as l(x, y)").alias('l'),
    right: session.sql("select * from values (1, 'a'), (3, 'b'), (null, 'c') as r(x, z)").alias('r'),
  }
}

const rowsOf = async (frame: DataFrame): Promise<readonly string[]> =>
  (await frame.collect()).map((row) => Object.values(row).join(' ')).toSorted()

const withSides = (run: (t: ExecutionContext, sides: Sides) => Promise<void>) => (t: ExecutionContext) =>
  withSession('local[2]', (session) => run(t, sides(session)))

test(
  'a join by several columns has the rows for which all of them hold',
  withSides(async (t, { left, right }) => {
    const on = [col('l.x').eq(col('r.x')), col('y').eq(col('z'))] as const
    t.deepEqual(await rowsOf(left.join(right, on)), ['1 a 1 a'])
    t.deepEqual(await rowsOf(left.join(right, on, 'left_anti')), ['1 b', '2 b'])
    t.deepEqual(await rowsOf(left.join(right, [] as readonly string[])), await rowsOf(left.crossJoin(right)))
    const mixed = [col('y').eq(col('z')), 'x'] as unknown as string[]
    await raised(t, () => left.join(right, mixed), 'INVALID_API_USE')
  }),
)

test(
  'the column of a full join by name is NULL where the side that has the row has NULL',
  withSides(async (t, { left, right }) => {
    t.deepEqual(await rowsOf(left.join(right, 'x', 'full_outer')), ['  c', '1 a a', '1 b a', '2 b ', '3  b'])
  }),
)

test(
  'the right side of a lateral join uses columns of the left one',
  withSides(async (t, { left, right }) => {
    const matched = right.filter(col('r.x').eq(col('l.x').outer()))
    t.deepEqual(await rowsOf(left.lateralJoin(matched)), ['1 a 1 a', '1 b 1 a'])
    t.deepEqual(await rowsOf(left.lateralJoin(matched, undefined, 'left')), ['1 a 1 a', '1 b 1 a', '2 b  '])
    t.deepEqual(await rowsOf(left.lateralJoin(matched, col('y').eq(col('z')), 'leftouter')), [
      '1 a 1 a',
      '1 b  ',
      '2 b  ',
    ])
    const counted = matched.agg(F.count().as('n'))
    t.deepEqual(await rowsOf(left.lateralJoin(counted)), ['1 a 1', '1 b 1', '2 b 0'])
  }),
)

test(
  'a type of join that there is not is told with those that there are',
  withSides(async (t, { left, right }) => {
    const refused = async (join: () => unknown): Promise<unknown> =>
      (await raised(t, join, 'UNSUPPORTED_JOIN_TYPE')).parameters
    t.deepEqual(await refused(() => left.lateralJoin(right, undefined, 'right' as 'left')), {
      typ: 'right',
      supported: "'inner', 'leftouter', 'left', 'left_outer', 'cross'",
    })
    t.deepEqual(await refused(() => left.join(right, 'x', 'sideways' as 'left')), {
      typ: 'sideways',
      supported:
        "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', 'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'",
    })
  }),
)

test(
  'a column that a generator gives is there once for each of its rows',
  withSides(async (t, { left }) => {
    const { expr } = F
    t.deepEqual(await rowsOf(left.withColumn('v', expr('stack(2, x, 7)')).filter('v > 1')), [
      '1 a 7',
      '1 b 7',
      '2 b 2',
      '2 b 7',
    ])
  }),
)

test('nearestByJoin joins each row with those that rank first, as Spark does', (t) =>
  withSession('local[2]', async (session) => {
    const left = session.createDataFrame(
      [
        { id: 1, x: 1 },
        { id: 2, x: 5 },
      ],
      'id int, x double',
    )
    const right = session.createDataFrame(
      [
        { k: 10, y: 1.5 },
        { k: 20, y: 4 },
        { k: 30, y: null },
      ],
      'k int, y double',
    )
    const distance = F.abs(col('x').minus(col('y')))
    t.deepEqual(await left.nearestByJoin(right, distance, 1, 'exact', 'distance').orderBy('id').collect(), [
      { id: 1, x: 1, k: 10, y: 1.5 },
      { id: 2, x: 5, k: 20, y: 4 },
    ])
    const two = left.nearestByJoin(right, distance, 2, 'approx', 'similarity', 'leftouter').orderBy('id', 'k')
    t.deepEqual(
      (await two.collect()).map(({ id, k }) => [id, k]),
      [
        [1, 10],
        [1, 20],
        [2, 10],
        [2, 20],
      ],
    )
    const kept = left.nearestByJoin(right.filter('k > 20'), distance, 1, 'exact', 'distance', 'left')
    t.deepEqual(
      (await kept.collect()).map(({ k }) => k),
      [null, null],
    )
    const refused = (count: number, mode: string, direction: string, type = 'inner') =>
      t.throws<MillraceError>(() =>
        left.nearestByJoin(right, distance, count, mode as 'exact', direction as 'distance', type as 'inner'),
      )!.condition
    t.is(refused(1, 'fast', 'distance'), 'NEAREST_BY_JOIN.UNSUPPORTED_MODE')
    t.is(refused(1, 'exact', 'near'), 'NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION')
    t.is(refused(0, 'exact', 'distance'), 'NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE')
    t.is(refused(1.5, 'exact', 'distance'), 'NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE')
    for (const type of ['right', 'x'])
      t.is(refused(1, 'exact', 'distance', type), 'NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE')
  }))
