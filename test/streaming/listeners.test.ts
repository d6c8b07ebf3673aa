import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { StreamingQueryListener } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

/** Notes what it is told. */
class Noting implements StreamingQueryListener {
  readonly events: string[] = []

  onQueryStarted({ name }: Parameters<NonNullable<StreamingQueryListener['onQueryStarted']>>[0]): void {
    this.events.push(`started ${name}`)
  }

  onQueryProgress({ progress }: Parameters<NonNullable<StreamingQueryListener['onQueryProgress']>>[0]): void {
    const { batchId, numInputRows, exception } = progress
    this.events.push(`batch ${batchId}: ${numInputRows} rows${exception === undefined ? '' : ', failed'}`)
  }

  onQueryIdle(): void {
    this.events.push('idle')
  }

  onQueryTerminated(event: Parameters<NonNullable<StreamingQueryListener['onQueryTerminated']>>[0]): void {
    this.events.push(`terminated ${event.errorClassOnException}`)
  }
}

test('listeners are told of the start, of batches and of the end, and what they throw harms nothing', (t) =>
  withStreamPlace((place) =>
    withSession('local[2]', async (session) => {
      await place.send('events', ['1', '2', '3'])
      const noting = new Noting()
      const fails = () => {
        throw new Error('no')
      }
      const refuses = async () => fails()
      const { streams } = session
      streams.addListener({ onQueryStarted: fails, onQueryProgress: refuses, onQueryTerminated: fails })
      streams.addListener(noting)
      streams.addListener(noting)
      t.is(streams.listListeners().length, 2)
      const start = (name: string) =>
        place
          .read(session, 'events')
          .writeStream.format('memory')
          .queryName(name)
          .option('checkpointLocation', join(place.directory, 'checkpoint'))
          .start()
      const query = await start('one')
      t.deepEqual(noting.events.splice(0), ['started one'])
      await query.processAllAvailable()
      await query.stop()
      t.deepEqual(noting.events.splice(0), ['batch 0: 3 rows', 'terminated undefined'])
      const other = await start('two')
      await rm(join(place.directory, 'checkpoint'), { recursive: true })
      await place.send('events', ['4'])
      await t.throwsAsync(other.awaitTermination(), { message: /STREAMING_CHECKPOINT_REMOVED/ })
      t.is(noting.events.at(-1), 'terminated STREAMING_CHECKPOINT_REMOVED')
      t.regex(noting.events.at(-2)!, /^batch \d: 0 rows, failed$/)
      streams.removeListener(noting)
      noting.events.length = 0
      await (await start('three')).stop()
      t.deepEqual(noting.events, [])
    }),
  ))
