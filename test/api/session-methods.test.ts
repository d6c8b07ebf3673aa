import test from 'ava'
import { col, functions as F, lit, Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

test('functions that stand in FROM are DataFrames, also beside the rows that they are of', (t) =>
  withSession('local[1]', async (session) => {
    const { tvf } = session
    const pairs = F.array(F.struct(lit(1).as('a'), lit('x').as('b')))
    const nothing = F.array(lit(1)).cast('array<int>')
    t.deepEqual(await tvf.range(2).collect(), [{ id: 0n }, { id: 1n }])
    t.deepEqual(await tvf.range(1, 6, 2, 3).collect(), [{ id: 1n }, { id: 3n }, { id: 5n }])
    t.deepEqual(await tvf.explode(F.array(lit(1), lit(2))).collect(), [{ col: 1 }, { col: 2 }])
    t.deepEqual(await tvf.posexplode(F.array(lit('x'))).collect(), [{ pos: 0, col: 'x' }])
    const empty = F.filter(nothing, (x) => x.gt(1))
    t.deepEqual(await tvf.explodeOuter(empty).collect(), [{ col: null }])
    t.deepEqual(await tvf.posexplodeOuter(empty).collect(), [{ pos: null, col: null }])
    t.deepEqual(await tvf.inline(pairs).collect(), [{ a: 1, b: 'x' }])
    t.deepEqual(await tvf.inlineOuter(pairs).collect(), [{ a: 1, b: 'x' }])
    t.deepEqual(await tvf.jsonTuple(lit('{"a": 1}'), lit('a')).collect(), [{ c0: '1' }])
    t.deepEqual(await tvf.stack(lit(2), lit(1), lit(2), lit(3)).collect(), [
      { col0: 1, col1: 2 },
      { col0: 3, col1: null },
    ])
    const variant = F.parseJson(lit('[1]'))
    t.deepEqual(await tvf.variantExplode(variant).select('pos').collect(), [{ pos: 0 }])
    t.deepEqual(await tvf.variantExplodeOuter(F.parseJson(lit('1'))).collect(), [{ pos: null, key: null, value: null }])
    t.true((await tvf.sqlKeywords().count()) > 100)
    t.true((await tvf.collations().columns()).includes('NAME'))
    const lists = session.sql('select 1 id, array(7, 8) list')
    t.deepEqual(
      await lists
        .lateralJoin(tvf.explode(col('list').outer()))
        .select('id', 'col')
        .orderBy('col')
        .collect(),
      [
        { id: 1, col: 7 },
        { id: 1, col: 8 },
      ],
    )
  }))

test.serial('the session that runs is known until it is stopped', async (t) => {
  t.is(Session.getActiveSession(), undefined)
  t.throws(() => Session.active(), { message: /NO_ACTIVE_OR_DEFAULT_SESSION/ })
  const session = await Session.builder().master('local[1]').getOrCreate()
  try {
    t.is(Session.active(), session)
    t.is(session.version, '4.2.0')
    t.deepEqual([await session.emptyDataFrame.collect(), await session.emptyDataFrame.columns()], [[], []])
  } finally {
    await session.stop()
  }
  t.is(Session.getActiveSession(), undefined)
})
