import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

/** A topic of whole seconds as a stream with a watermark. */
const timed = (place: StreamPlace, session: Session, topic: string, delay: string): DataFrame<AnyRow> =>
  place
    .read(session, topic)
    .select(F.timestampSeconds(col('value').cast('string').tryCast('bigint')).as('at'))
    .withWatermark('at', delay)
    .toDF()

/** Runs a query over two topics to the end of what there is; gives the ends of the windows that came out, and the watermark after it in seconds. */
async function runToEnd(place: StreamPlace, session: Session, checkpoint: string) {
  const both = timed(place, session, 'fast', '0 seconds').union(timed(place, session, 'slow', '5 seconds'))
  const counts = both.groupBy(F.window('at', '10 seconds').as('w')).agg(F.count().as('n'))
  const out: string[] = []
  const query = await counts
    .select(F.unixSeconds(col('w').getField('end')).as('end'), col('n'))
    .toDF()
    .writeStream.foreachBatch(async (batch) => {
      for (const { end, n } of await batch.collect()) out.push(`${end}: ${n}`)
    })
    .option('checkpointLocation', join(place.directory, checkpoint))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return { out: out.toSorted(), watermark: Date.parse(query.lastProgress!.eventTime!.watermark) / 1000 }
}

const inPlace = (t: ExecutionContext, body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace((place) => withSession('local[2]', (session) => body(place, session))).then(() => t.pass())

test('of two watermarks the lesser counts, so that no row is dropped that its own side allows', (t) =>
  inPlace(t, async (place, session) => {
    await place.send('fast', ['1', '42'])
    await place.send('slow', ['3', '17'])
    // 42 and 17 - 5.
    t.deepEqual(await runToEnd(place, session, 'least'), { out: ['10: 2'], watermark: 12 })
    await place.send('slow', ['13', '36'])
    // 13 is late for neither: its window ends at 20.
    t.deepEqual(await runToEnd(place, session, 'least'), { out: ['20: 2'], watermark: 31 })
  }))

test('by the other policy the greater one counts, and a query keeps the policy that it began with', (t) =>
  inPlace(t, async (place, session) => {
    session.conf.set('spark.sql.streaming.multipleWatermarkPolicy', 'max')
    await place.send('fast', ['1', '42'])
    await place.send('slow', ['3', '17'])
    t.deepEqual(await runToEnd(place, session, 'greatest'), { out: ['10: 2', '20: 1'], watermark: 42 })
    session.conf.set('spark.sql.streaming.multipleWatermarkPolicy', 'min')
    await place.send('slow', ['15', '45'])
    t.deepEqual(await runToEnd(place, session, 'greatest'), { out: [], watermark: 42 })
    t.deepEqual(await runToEnd(place, session, 'new'), { out: ['10: 2', '20: 2'], watermark: 40 })
  }))

test('as long as one of the watermarks has seen no row, nothing is late and nothing final', (t) =>
  inPlace(t, async (place, session) => {
    await place.send('fast', ['1', '42'])
    await place.send('slow', ['no second'])
    t.deepEqual(await runToEnd(place, session, 'waiting'), { out: [], watermark: 0 })
  }))
