import test from 'ava'
import { col } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

test('the streams of a session are known while they run, and the first that ends is waited for', (t) =>
  withStreamPlace((place) =>
    withSession('local[2]', async (session) => {
      await place.send('numbers', ['1', '2', '3'])
      const source = place.read(session, 'numbers').select(col('value').cast('string').as('value'))
      const seen: string[] = []
      const query = await source.writeStream
        .queryName('numbers')
        .foreachBatch(async (batch) => {
          for (const { value } of await batch.collect()) seen.push(String(value))
        })
        .start()
      const { streams } = session
      t.deepEqual(streams.active, [query])
      t.is(streams.get(query.id), query)
      t.is(streams.get('another'), undefined)
      await query.processAllAvailable()
      t.deepEqual(seen.toSorted(), ['1', '2', '3'])
      t.false(await streams.awaitAnyTermination(0))
      await query.stop()
      t.true(await streams.awaitAnyTermination())
      t.deepEqual(streams.active, [])
      streams.resetTerminated()
      t.false(await streams.awaitAnyTermination(0))
      const failing = await source.writeStream
        .foreach(() => {
          throw new Error('no more')
        })
        .start()
      await t.throwsAsync(streams.awaitAnyTermination(), { message: /STREAM_FAILED.*no more/s })
      t.false(failing.isActive)
    }),
  ))
