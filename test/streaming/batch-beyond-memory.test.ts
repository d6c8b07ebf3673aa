import { join } from 'node:path'
import test from 'ava'
import { col, functions as F, MillraceError, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const KEYS = 60_000
const PADDING = 'x'.repeat(700)

/** Counts of keys, all in one batch; each is told with its count. */
const start = (session: Session, place: StreamPlace, counts: Map<number, number>) =>
  place
    .read(session, 'keys')
    .groupBy(col('value').cast('string').as('key'))
    .agg(F.count().as('n'))
    .toDF()
    .writeStream.foreachBatch(async (batch) => {
      const rows = await batch.groupBy('n').agg(F.count().as('groups')).collect()
      for (const { n, groups } of rows) counts.set(Number(n), (counts.get(Number(n)) ?? 0) + Number(groups))
    })
    .outputMode('update')
    .option('checkpointLocation', join(place.directory, 'checkpoint'))
    .start()

test('a batch that touches more state than fits ends the query by a condition that says what to do, and is run whole when that was done', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const keys = Array.from({ length: KEYS }, (_, i) => `${PADDING}${i}`)
    for (let at = 0; at < KEYS; at += 3000) await place.send('keys', keys.slice(at, at + 3000))
    const run = async (partitions: number): Promise<ReadonlyMap<number, number>> => {
      const counts = new Map<number, number>()
      const settings = { 'executor.memory': '24m', 'shuffle.partitions': partitions }
      await withSession(
        'local[1]',
        async (session) => {
          const query = await start(session, place, counts)
          await query.processAllAvailable()
          await query.stop()
        },
        settings,
      )
      return counts
    }
    const failed = (await t.throwsAsync(run(1))).cause
    if (!MillraceError.is(failed)) return t.fail(String(failed))
    t.is(failed.condition, 'STREAMING_BATCH_EXCEEDS_MEMORY')
    t.is(failed.parameters['batchId'], '0')
    t.is(failed.parameters['operators'], 'operator 0 is stateStoreSave')
    t.regex(failed.parameters['message']!, /state of operator 0 \d+ and \d+ reserved/)
    t.deepEqual([...(await run(8))], [[1, KEYS]])
  }))
