import test, { type ExecutionContext } from 'ava'
import { type Column, col, type DataFrame, functions as F, type Session, Window } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

interface Frames {
  readonly session: Session
  readonly left: DataFrame
  readonly right: DataFrame
  /** `left` with the rows of `right`, whose columns are NULL where there are none. */
  readonly joined: DataFrame
}

function framesOf(session: Session): Frames {
  const left = session.sql("select * from values (1, 'a'), (2, 'b'), (3, 'a') as t(id, k)")
  const right = session.sql("select * from values (1, 'p'), (9, 'r') as t(id, w)")
  return { session, left, right, joined: left.join(right, left.col('id').eq(right.col('id')), 'left') }
}

const withFrames = (run: (t: ExecutionContext, frames: Frames) => Promise<void>) => (t: ExecutionContext) =>
  withSession('local[2]', (session) => run(t, framesOf(session)))

/** Columns of the same name are told apart by their places only. */
async function rowsOf(frame: DataFrame, ...columns: readonly Column[]): Promise<readonly string[]> {
  const rows = await frame.select(F.array(...columns.map((column) => column.cast('string'))).as('row')).collect()
  return rows.map(({ row }) => (row as readonly unknown[]).join(' ')).toSorted()
}

/** Answers of Spark 4.2. */
test(
  'columns of two DataFrames that have the same name are told apart above their join',
  withFrames(async (t, { left, right, joined }) => {
    const [l, r] = [left.col('id'), right.col('id')]
    t.deepEqual(await rowsOf(joined, l, r), ['1 1', '2 ', '3 '])
    t.deepEqual(await rowsOf(joined.where(r.isNull()), l), ['2', '3'])
    t.deepEqual(await rowsOf(joined.withColumn('z', l.plus(1)).where(l.gt(1)), col('z')), ['3', '4'])
    const counts = joined.groupBy(left.col('k')).agg(F.count(r).as('c'), F.count(l).as('d'))
    t.deepEqual(await rowsOf(counts, left.col('k'), col('c'), col('d')), ['a 1 2', 'b 0 1'])
    const ranked = joined.withColumn('rank', F.rowNumber().over(Window.orderBy(l.desc())))
    t.deepEqual(await rowsOf(ranked, l, col('rank')), ['1 3', '2 2', '3 1'])
    t.deepEqual((await joined.orderBy(r.descNullsLast(), l.desc()).select(l.as('x')).collect()).map(Object.values), [
      [1],
      [3],
      [2],
    ])
    const error = await raised(t, joined.select('id').collect(), 'AMBIGUOUS_REFERENCE')
    t.is(error.parameters['name'], '`id`')
  }),
)

test(
  'a star of a DataFrame has its columns in a join, and drop takes one of two columns of a name',
  withFrames(async (t, { left, right, joined }) => {
    t.deepEqual(await joined.select(right.col('*'), left.col('k')).columns(), ['id', 'w', 'k'])
    t.deepEqual(await left.select('k', 'id', left.col('id')).select(left.col('*')).columns(), ['id', 'k'])
    t.deepEqual(await joined.drop(right.col('id')).columns(), ['id', 'k', 'w'])
    t.deepEqual(await rowsOf(joined.drop(right.col('id')), col('id')), ['1', '2', '3'])
    t.deepEqual(await joined.drop('id').columns(), ['k', 'w'])
    t.deepEqual(await left.drop(col('ID'), col('nope'), right.col('id')).columns(), ['k'])
    t.deepEqual(await left.select(F.struct('id', 'k').as('s')).drop(col('s.id')).columns(), ['s'])
    await raised(t, joined.drop(col('id')).columns(), 'AMBIGUOUS_REFERENCE')
  }),
)

test(
  'a column of a DataFrame is found above joins of three, of USING, of aliases, of unions and of other operators',
  withFrames(async (t, { session, left, right, joined }) => {
    const third = session.sql("select * from values (1, 'z'), (2, 'y') as t(id, w)")
    const all = joined.join(third, left.col('id').eq(third.col('id')))
    t.deepEqual(await rowsOf(all, left.col('id'), right.col('w'), third.col('w')), ['1 p z', '2  y'])
    const outer = left.join(right, 'id', 'full')
    t.deepEqual(await rowsOf(outer, left.col('id'), right.col('id')), [' 9', '1 1', '2 ', '3 '])
    t.deepEqual(await outer.select(right.col('*')).columns(), ['id', 'w'])
    const id = left.col('id')
    const over: readonly DataFrame[] = [
      left.alias('q').where('q.id < 3'),
      left.where('id < 3').union(left.where('false')),
      left.intersect(left).where(id.lt(3)),
      left.exceptAll(left.where('id = 3')),
      left.distinct().where(id.lt(3)),
      left.dropDuplicates(['k']).where(id.lt(3)),
      left.dropDuplicates(['id']).where(id.lt(3)),
      left.orderBy('id').limit(2),
      left.repartition(2).where(id.lt(3)),
      left.join(right.where('false'), id.eq(right.col('id')), 'left_anti').where(id.lt(3)),
      left.select('id').where(left.col('id').lt(3).and(left.col('k').isNotNull())),
    ]
    for (const [i, frame] of over.entries()) t.deepEqual(await rowsOf(frame, id), ['1', '2'], `${i}`)
  }),
)

test(
  'a DataFrame that is joined with rows made of itself is the nearer of the two places',
  withFrames(async (t, { left }) => {
    const some = left.where('id < 3').select('id')
    const twice = left.join(some, left.col('id').eq(some.col('id')), 'left')
    t.deepEqual(await rowsOf(twice, left.col('id'), some.col('id')), ['1 1', '2 2', '3 '])
    const cached = await left.cache()
    const both = cached.join(some, cached.col('id').plus(1).eq(some.col('id')))
    t.deepEqual(await rowsOf(both, cached.col('id'), some.col('id')), ['1 2'])
    await cached.unpersist()
    await raised(t, left.join(left, left.col('id').eq(left.col('id'))).collect(), 'AMBIGUOUS_REFERENCE')
  }),
)

test(
  'a column of a DataFrame that is no part of the rows, or has been replaced, is refused and not taken by its name',
  withFrames(async (t, { left, right }) => {
    const refused = async (frame: () => DataFrame): Promise<void> => {
      const error = await raised(t, frame().columns(), 'CANNOT_RESOLVE_DATAFRAME_COLUMN')
      t.is(error.parameters['name'], '`id`')
    }
    await refused(() => left.where(right.col('id').eq(1)))
    await refused(() => left.drop('id').select(left.col('id')))
    await refused(() => left.withColumnRenamed('id', 'z').select(left.col('id')))
    await refused(() => left.withColumn('id', left.col('id').plus(1)).select(left.col('id')))
    await raised(
      t,
      left.alias('a').drop('id').select(left.alias('a').col('a.id')).columns(),
      'CANNOT_RESOLVE_DATAFRAME_COLUMN',
    )
    for (const frame of [left.select(right.col('*'), col('k')), left.drop('id').select(left.col('*'))])
      t.is((await raised(t, frame.columns(), 'CANNOT_RESOLVE_DATAFRAME_COLUMN')).parameters['name'], '*')
    const error = await raised(t, left.select(left.col('idd')).columns(), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
    t.regex(String(error.parameters['proposal']), /^`id`/)
    await raised(t, () => left.col('a..b'), 'INVALID_ATTRIBUTE_NAME_SYNTAX')
  }),
)

test(
  'a select that shows another column under the name still orders and filters by that of the DataFrame',
  withFrames(async (t, { left }) => {
    const shown = left.select(left.col('id').multiply(-1).as('id'))
    const ordered = await shown.orderBy(left.col('id').desc()).collect()
    t.deepEqual(ordered.map(Object.values), [[-3], [-2], [-1]])
    t.deepEqual((await shown.where(left.col('id').gt(2)).collect()).map(Object.values), [[-3]])
  }),
)

test(
  'a column of a DataFrame is no variable, no alias of the same select and no function that is called so',
  withFrames(async (t, { session, left, right }) => {
    await session.sql("declare variable w string default 'a variable'").collect()
    const refused = async (frame: DataFrame): Promise<void> =>
      void (await raised(t, frame.columns(), 'CANNOT_RESOLVE_DATAFRAME_COLUMN'))
    await refused(left.select(right.col('w')))
    await refused(left.select(F.lit(9).as('w'), right.col('w')))
    const at = left.withColumn('current_date', F.lit(1))
    await refused(at.drop('current_date').select(at.col('current_date')))
    t.deepEqual(await rowsOf(left.where('id = 1').select(col('w').as('v')), col('v')), ['a variable'])
  }),
)

test(
  'a subquery uses a column of the DataFrame around it',
  withFrames(async (t, { left, right }) => {
    const known = right.where(right.col('id').eq(left.col('id').outer()))
    t.deepEqual(await rowsOf(left.where(known.exists()), left.col('id')), ['1'])
  }),
)

test(
  'a column of a DataFrame is found where its plan is made anew before it is analyzed',
  withFrames(async (t, { session, left, right }) => {
    await session.sql('declare variable least int default 2').collect()
    const some = left.where('id >= least').groupBy('id').pivot('k').agg(F.count('*'))
    const joined = some.join(right, some.col('id').eq(right.col('id')), 'left')
    t.deepEqual(await rowsOf(joined, some.col('id'), right.col('id')), ['2 ', '3 '])
  }),
)
