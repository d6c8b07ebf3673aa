import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { until } from '../support/fake-cluster.js'
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

test('a stream that has no rows holds back the other no more when it is idle, and a restart goes on from there', (t) =>
  inPlace(t, async (place, session) => {
    session.conf.set('watermark.idleTimeout', '200ms')
    await place.send('fast', ['1', '42'])
    await place.send('slow', ['no second'])
    const both = () => timed(place, session, 'fast', '0 seconds').union(timed(place, session, 'slow', '5 seconds'))
    const out: string[] = []
    const start = (trigger: { processingTime: string } | { availableNow: true }) =>
      both()
        .groupBy(F.window('at', '10 seconds').as('w'))
        .agg(F.count().as('n'))
        .select(F.unixSeconds(col('w').getField('end')).as('end'), col('n'))
        .writeStream.foreachBatch(async (batch) => {
          for (const { end, n } of await batch.collect()) out.push(`${end}: ${n}`)
        })
        .option('checkpointLocation', join(place.directory, 'idle'))
        .trigger(trigger)
        .start()
    const query = await start({ processingTime: '10 milliseconds' })
    await until(() => Promise.resolve(out.length > 0))
    t.deepEqual(out, ['10: 1'])
    await query.stop()
    await place.send('slow', ['3', '45'])
    const again = await start({ availableNow: true })
    await again.awaitTermination()
    // 3 came after its window was final.
    t.deepEqual(out, ['10: 1'])
    const late = again.recentProgress.map(({ stateOperators }) => stateOperators[0]!.numRowsDroppedByWatermark)
    t.is(Math.max(...late), 1)
  }))

test('a partition without rows does not hold back the others of its topic', (t) =>
  inPlace(t, async (place, session) => {
    // Records go to both partitions in turn: those of the second have no value.
    await place.send('events', ['1', null, '25', null])
    const out: string[] = []
    const query = await timed(place, session, 'events', '0 seconds')
      .groupBy(F.window('at', '10 seconds').as('w'))
      .agg(F.count().as('n'))
      .writeStream.foreachBatch(async (batch) => {
        for (const { n } of await batch.collect()) out.push(String(n))
      })
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    t.deepEqual(out, ['1'])
  }))

test('one record far in the future does not make all later ones late where its advance is bounded', (t) =>
  inPlace(t, async (place, session) => {
    session.conf.set('watermark.maxAdvance', '1h')
    const now = Math.floor(Date.now() / 1000)
    await place.send('events', [String(now), String(now + 1_000_000_000)])
    const start = () =>
      timed(place, session, 'events', '2 hours')
        .groupBy('at')
        .count()
        .writeStream.foreachBatch(() => undefined)
        .outputMode('update')
        .option('checkpointLocation', join(place.directory, 'bounded'))
        .trigger({ availableNow: true })
        .start()
    await (await start()).awaitTermination()
    await place.send('events', [String(now + 1)])
    const query = await start()
    await query.awaitTermination()
    const dropped = query.recentProgress.map(({ stateOperators }) => stateOperators[0]!.numRowsDroppedByWatermark)
    t.is(Math.max(...dropped), 0)
  }))
