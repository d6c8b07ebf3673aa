import test from 'ava'
import { col, type DataFrame, functions as F, Window } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSharedSession } from '../support/shared-sessions.js'

/** What the compiler would refuse; a program in JavaScript is not compiled. */
const given = (value: unknown): never => value as never

test('what a program without types gives in place of columns, DataFrames, windows and names is told by a condition', (t) =>
  withSharedSession('local[1]', async (session) => {
    const frame = session.sql("select 1 as id, 'a' as k")
    const list = /^\[ 'id' \] is no column: the members of a list are given one by one/
    const cases: readonly (readonly [() => unknown, RegExp])[] = [
      [() => frame.select(given(['id'])), list],
      [() => frame.groupBy(given(['id'])), list],
      [() => frame.orderBy(given(['id'])), list],
      [() => frame.drop(given(['id'])), list],
      [() => F.struct(given(['id'])), list],
      [() => Window.partitionBy(given(['id'])), list],
      [() => frame.select(given(10n)), /^10n is no column$/],
      [() => frame.filter(given(null)), /^null is no column$/],
      [() => frame.withColumn('x', given('k')), /^'k' is no column$/],
      [() => F.when(given('id'), 1), /^'id' is no column$/],
      [() => F.when(col('id').gt(0), 1).when(given(true), 2), /^true is no column$/],
      [() => F.transform('k', () => given(1)), /^1 is no column$/],
      [() => frame.join(frame, given(5)), /by columns, or by names/],
      [() => frame.join(given(5), given('id')), /^5 is no DataFrame$/],
      [() => frame.lateralJoin(given(undefined)), /^undefined is no DataFrame$/],
      [() => frame.lateralJoin(frame, given('id')), /^'id' is no column$/],
      [() => frame.union(given(undefined)), /^undefined is no DataFrame$/],
      [() => col('id').as(given(5)), /^5 is no name of a column$/],
      [() => F.sum('id').over(given('w')), /^w is no window/],
      [() => frame.groupBy('k').pivot('id', given(5)), /values of a pivot are a list, not 5/],
      [() => session.createDataFrame(given(5)), /needs an array of rows/],
      [() => session.sql(given(5)), /^5 is no SQL$/],
    ]
    for (const [i, [act, reason]] of cases.entries())
      t.regex(String((await raised(t, act, 'INVALID_API_USE')).parameters['reason']), reason, `${i}`)
  }))

test('rows that are lists have a value for each column, in their order', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = (frame: DataFrame): Promise<unknown> => frame.collect()
    const lists = [
      [1, 'a'],
      [2, null],
    ]
    t.deepEqual(await rows(session.createDataFrame(lists, 'id int, k string').toDF()), [
      { id: 1, k: 'a' },
      { id: 2, k: null },
    ])
    t.deepEqual(await (session.createDataFrame(lists) as unknown as DataFrame).columns(), ['_1', '_2'])
    const error = await raised(t, () => session.createDataFrame([[1, 2], [3]], 'a int, b int'), 'INVALID_API_USE')
    t.is(error.parameters['reason'], 'row 1 of createDataFrame has 1 values, and there are 2 columns')
  }))
