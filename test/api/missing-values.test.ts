import test from 'ava'
import { Decimal, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const ROWS = `select * from values (1, 'a', 1.5D, true, 2.50), (2, null, double('NaN'), null, null),
  (null, 'c', null, false, 3.25), (2, 'a', 4D, true, 1.00) as t(i, s, d, b, c)`

/** The rows as lists of values, decimals as texts. */
async function tuples(frame: ReturnType<Session['sql']>): Promise<unknown[][]> {
  const rows = await frame.collect()
  return rows.map((row) => Object.values(row).map((value) => (value instanceof Decimal ? String(value) : value)))
}

const FIRST = [1, 'a', 1.5, true, '2.50']
const LAST = [2, 'a', 4, true, '1.00']

test('na.drop leaves out rows with NULL or NaN: in any column, in all of some, or with fewer values than asked for', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql(ROWS)
    t.deepEqual(await tuples(rows.na.drop()), [FIRST, LAST])
    t.is(await rows.na.drop('all', ['i', 's']).count(), 4)
    t.deepEqual(await tuples(rows.na.drop(4)), [FIRST, LAST])
    t.is(await rows.na.drop(3).count(), 3)
    t.is(await rows.na.drop('any', 'i').count(), await rows.na.drop('any', ['i']).count())
    t.is(await rows.na.fill(5, 'i').where('i = 5').count(), await rows.na.fill(5, ['i']).where('i = 5').count())
    t.deepEqual(await tuples(rows.dropna('any', ['d'])), [FIRST, LAST])
    t.is(await rows.na.drop(1, ['d', 'c']).count(), 3)
    await t.throwsAsync(rows.na.drop('any', ['zz']).collect(), { message: /UNRESOLVED_COLUMN.WITH_SUGGESTION/ })
    t.throws(() => rows.na.drop('some' as 'any'), { message: /INVALID_API_USE/ })
  }))

test('na.drop keeps the names that columns have before them, and na.fill goes by columns where two have one name', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql('select * from values (1, cast(null as int)) as t(i, j)')
    t.deepEqual(await tuples(rows.alias('t').na.drop('all').select('t.i')), [[1]])
    const twice = rows.crossJoin(rows)
    t.deepEqual(await tuples(twice.na.fill(7)), [[1, 7, 1, 7]])
    t.is(await twice.na.drop().count(), 0)
    await t.throwsAsync(twice.na.fill(7, ['j']).collect(), { message: /AMBIGUOUS_REFERENCE/ })
  }))

test('na.fill puts a value where NULL or NaN is, in columns of its kind', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql(ROWS)
    const middle = async (frame: typeof rows): Promise<unknown[]> => (await tuples(frame as never)).slice(1, 3)
    t.deepEqual(await middle(rows.na.fill(7)), [
      [2, null, 7, null, '7.00'],
      [7, 'c', 7, false, '3.25'],
    ])
    t.deepEqual(await middle(rows.na.fill(7.9)), [
      [2, null, 7.9, null, '7.90'],
      [7, 'c', 7.9, false, '3.25'],
    ])
    t.deepEqual(await middle(rows.na.fill('x')), [
      [2, 'x', Number.NaN, null, null],
      [null, 'c', null, false, '3.25'],
    ])
    t.deepEqual(await middle(rows.na.fill(false)), [
      [2, null, Number.NaN, false, null],
      [null, 'c', null, false, '3.25'],
    ])
    t.deepEqual(await middle(rows.fillna(7, ['i', 's'])), [
      [2, null, Number.NaN, null, null],
      [7, 'c', null, false, '3.25'],
    ])
    t.deepEqual(await middle(rows.na.fill({ i: '9', s: 'q', d: 1 })), [
      [2, 'q', 1, null, null],
      [9, 'c', 1, false, '3.25'],
    ])
    await t.throwsAsync(rows.na.fill({ i: 'zz' }).collect(), { message: /CAST_INVALID_INPUT/ })
    await t.throwsAsync(rows.na.fill({ zz: 1 }).collect(), { message: /UNRESOLVED_COLUMN.WITH_SUGGESTION/ })
  }))

test('na.replace puts values in the place of others of their kind', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql(ROWS)
    const column = async (frame: typeof rows, name: string): Promise<unknown[]> =>
      (await frame.collect()).map((row) => row[name])
    t.deepEqual(await column(rows.na.replace(2, 20), 'i'), [1, 20, null, 20])
    t.deepEqual(await column(rows.na.replace([1, 2], [10, 20], ['i']), 'i'), [10, 20, null, 20])
    t.deepEqual(await column(rows.replace({ a: 'A', c: null }), 's'), ['A', null, null, 'A'])
    t.deepEqual(await column(rows.na.replace(new Map([[1.5, 9]])), 'd'), [9, Number.NaN, null, 4])
    t.deepEqual(await column(rows.na.replace(true, false), 'b'), [false, null, false, false])
    t.deepEqual(await column(rows.na.replace('1', '2', ['i']), 'i'), [1, 2, null, 2])
    t.throws(() => rows.na.replace([1, 2], [3]), { message: /2 values and 1/ })
    t.throws(
      () =>
        rows.na.replace(
          new Map<string | number, string>([
            ['a', 'b'],
            [1, 'c'],
          ]),
        ),
      { message: /one kind/ },
    )
  }))
