import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'
import { sendEvents } from '../support/told-rows.js'

type Event = { readonly k: string; readonly n: number; readonly at?: number }

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace(async (place) => {
    // The topic is there before it is read.
    await place.send('events', [null])
    await withSession('local[2]', (session) => body(place, session), { 'shuffle.partitions': 3 })
  })

const eventsIn = (place: StreamPlace, session: Session): DataFrame<AnyRow> =>
  place
    .read(session, 'events')
    .select(F.fromJson(col('value').cast('string'), 'k string, n int, at bigint').as('e'))
    .select('e.*')
    .filter(col('k').isNotNull())
    .withColumn('at', F.timestampMillis('at'))
    .toDF() as DataFrame<AnyRow>

const textOf = (row: AnyRow): string => Object.values(row).map(String).join(' ')

/** Starts a stream whose rows are told batch by batch, in their order; `next` sends events and gives the rows that come of them. */
async function started(place: StreamPlace, frame: DataFrame<AnyRow>, mode: 'append' | 'complete') {
  const told: string[] = []
  const query = await frame.writeStream
    .outputMode(mode)
    .foreachBatch(async (batch) => {
      for (const row of await batch.collect()) told.push(textOf(row))
    })
    .option('checkpointLocation', join(place.directory, 'checkpoint'))
    .start()
  const next = async (events: readonly Event[]): Promise<readonly string[]> => {
    await sendEvents(place, events)
    await query.processAllAvailable()
    return told.splice(0)
  }
  return { query, next }
}

test('in mode complete each batch gives all groups in their order, or the first of them, also after a restart', (t) =>
  inPlace(async (place, session) => {
    eventsIn(place, session).createOrReplaceTempView('events')
    const top = session.sql('select k, sum(n) as s from events group by k order by s desc, k limit 2 offset 1').toDF()
    const first = await started(place, top as DataFrame<AnyRow>, 'complete')
    t.deepEqual(
      await first.next([
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
        { k: 'c', n: 3 },
        { k: 'd', n: 4 },
      ]),
      ['c 3', 'b 2'],
    )
    t.deepEqual(await first.next([{ k: 'a', n: 5 }]), ['d 4', 'c 3'])
    await first.query.stop()
    const second = await started(place, top as DataFrame<AnyRow>, 'complete')
    t.deepEqual(await second.next([{ k: 'b', n: 2 }]), ['b 4', 'd 4'])
    await second.query.stop()
    const all = { ...place, directory: join(place.directory, 'all') }
    const ordered = session.sql('select k, count(*) as n from events group by k order by n, k desc').toDF()
    const third = await started(all, ordered as DataFrame<AnyRow>, 'complete')
    t.deepEqual(await third.next([{ k: 'e', n: 0 }]), ['e 1', 'd 1', 'c 1', 'b 2', 'a 2'])
    await third.query.stop()
    const refused = async (sql: string, mode: 'append' | 'update' | 'complete'): Promise<void> => {
      const writer = session.sql(sql).writeStream.outputMode(mode)
      t.regex(
        await refusal(t, () => writer.foreachBatch(() => undefined).start()),
        /^UNSUPPORTED_FEATURE.*LIMIT on a stream/,
      )
    }
    await refused('select k from events limit 2', 'append')
    await refused('select k, sum(n) from events group by k limit 2', 'update')
    await refused('select k, sum(n) from (select * from events limit 2) group by k', 'complete')
  }))

test('rows that come too late are counted by the operator that drops them, and by none above', (t) =>
  inPlace(async (place, session) => {
    const frame = eventsIn(place, session)
      .withWatermark('at', '0 seconds')
      .dropDuplicates(['k', 'at'])
      .groupBy(F.window('at', '10 seconds').as('w'))
      .agg(F.count().as('n'))
      .select(F.unixMillis(col('w').getField('start')).as('start'), col('n'))
      .toDF() as DataFrame<AnyRow>
    const { query, next } = await started(place, frame, 'append')
    t.deepEqual(await next([{ k: 'a', n: 1, at: 5000 }]), [])
    t.deepEqual(await next([{ k: 'a', n: 1, at: 25_000 }]), ['0 1'])
    const late = [
      { k: 'b', n: 1, at: 1000 },
      { k: 'b', n: 1, at: 26_000 },
      { k: 'c', n: 1, at: 2000 },
    ]
    t.deepEqual(await next(late), [])
    const dropped = new Map<string, number>()
    for (const { stateOperators } of query.recentProgress)
      for (const { operatorName, numRowsDroppedByWatermark } of stateOperators)
        dropped.set(operatorName, (dropped.get(operatorName) ?? 0) + numRowsDroppedByWatermark)
    t.deepEqual([...dropped].toSorted(), [
      ['dedupe', 2],
      ['stateStoreSave', 0],
    ])
    await query.stop()
  }))
