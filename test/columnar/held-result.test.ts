import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { HeldResult } from '../../columnar/blocks/held-result.js'
import { BIGINT, field } from '../../columnar/types.js'
import { withSession } from '../support/sessions.js'

const TOO_LARGE = { message: /RESULT_TOO_LARGE.*driver\.maxResultSize.*toLocalIterator/ }

test('a result that the driver may not hold is refused, however it is asked for; one row after the other it may have any size', (t) =>
  withSession(
    'local[2]',
    async (session) => {
      // Blocks have 8 bytes for each of these values, and rows 32 more.
      const numbers = session.range(100_000)
      await t.throwsAsync(numbers.collect(), TOO_LARGE)
      t.is((await numbers.toArrow()).numRows, 100_000)
      t.is((await session.range(10_000).collect()).length, 10_000)
      await t.throwsAsync(session.range(300_000).toArrow(), TOO_LARGE)
      await t.throwsAsync(session.range(50_000).toJSON().collect(), TOO_LARGE)
      let rows = 0
      for await (const _ of session.range(300_000).toLocalIterator()) rows++
      t.is(rows, 300_000)
      const texts = (levels: number) =>
        session.sql(
          `with recursive r(n, s) as (select 1, 'x' union all select n + 1, concat(s, s) from r where n < ${levels}) select max(length(s)) m from r`,
        )
      t.deepEqual(await texts(15).collect(), [{ m: 2 ** 14 }])
      await t.throwsAsync(texts(30).collect(), TOO_LARGE)
    },
    { 'driver.maxResultSize': '1m' },
  ))

test('a result may be as large as the limit, and no byte larger; the values of rows count more', (t) => {
  const schema = { fields: [field('a', BIGINT), field('b', BIGINT)] }
  const block = (rows: number, bytes: number): Block => ({ rows, bytes: new Uint8Array(bytes) })
  const blocks = new HeldResult({ schema, mostBytes: 1000 }, 'blocks')
  blocks.add(block(10, 600))
  blocks.add(block(10, 400))
  t.throws(() => blocks.add(block(0, 1)), { message: /RESULT_TOO_LARGE/ })
  const rows = new HeldResult({ schema, mostBytes: 1000 }, 'rows')
  rows.add(block(10, 1000 - 10 * 2 * 32))
  t.throws(() => rows.add(block(1, 0)), { message: /RESULT_TOO_LARGE/ })
})
