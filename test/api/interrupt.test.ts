import test from 'ava'
import { TPCH_SMALL, withSession } from '../support/sessions.js'

const LINEITEM = `parquet.\`${TPCH_SMALL}/lineitem.parquet\``
/** Computes for minutes before its one row. */
const LONG = `select count(*) from ${LINEITEM} a join ${LINEITEM} b on (a.l_orderkey * 3 + b.l_partkey) % 7 <> b.l_suppkey % 5`

test('interruptAll cancels the queries that run and those being planned, and the session goes on', (t) =>
  withSession('local[2]', async (session) => {
    t.deepEqual(session.interruptAll(), [])
    const planned = session.sql(LONG).collect()
    session.interruptAll()
    await t.throwsAsync(planned, { message: /OPERATION_CANCELED/ })
    const { blocks } = await session.engine.execute(session.sql(LONG).plan)
    const running = blocks[Symbol.asyncIterator]().next()
    t.is(session.interruptAll().length, 1)
    await t.throwsAsync(running, { message: /OPERATION_CANCELED/ })
    t.deepEqual(session.interruptAll(), [], 'what has ended is forgotten')
    t.is(await session.sql(`select * from ${LINEITEM} limit 3`).count(), 3)
  }))

test('what began with a tag is cancelled by it, or by its id, and the rest goes on', (t) =>
  withSession('local[2]', async (session) => {
    for (const wrong of ['', 'a,b']) t.throws(() => session.addTag(wrong), { message: /must not contain a comma/ })
    const begun = async () => {
      const { blocks } = await session.engine.execute(session.sql(LONG).plan)
      return blocks[Symbol.asyncIterator]().next()
    }
    session.addTag('report')
    session.addTag('nightly')
    t.deepEqual([...session.getTags()], ['report', 'nightly'])
    const tagged = begun()
    const planned = session.sql(LONG).collect()
    session.clearTags()
    const other = begun()
    t.deepEqual(session.interruptTag('weekly'), [])
    session.interruptTag('nightly')
    await t.throwsAsync(planned, { message: /OPERATION_CANCELED/ })
    await t.throwsAsync(tagged, { message: /OPERATION_CANCELED/ })
    t.deepEqual(session.interruptTag('report'), [], 'they have ended')
    t.deepEqual(session.interruptOperation('none'), [])
    t.is(await session.range(3).count(), 3)
    const { blocks } = await session.engine.execute(session.sql(LONG).plan)
    const last = blocks[Symbol.asyncIterator]().next()
    const ids = session.interruptAll()
    t.is(ids.length, 2, 'the one without a tag ran on')
    await t.throwsAsync(other, { message: /OPERATION_CANCELED/ })
    await t.throwsAsync(last, { message: /OPERATION_CANCELED/ })
    session.addTag('report')
    session.removeTag('report')
    t.is(session.getTags().size, 0)
    const { blocks: more } = await session.engine.execute(session.sql(LONG).plan)
    const one = more[Symbol.asyncIterator]().next()
    const id = String(Number(ids.at(-1)) + 1)
    t.deepEqual(session.interruptOperation(id), [id])
    await t.throwsAsync(one, { message: /OPERATION_CANCELED/ })
  }))
