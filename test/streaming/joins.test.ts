import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

type Mode = 'append' | 'update' | 'complete'

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>, master = 'local[2]') =>
  withStreamPlace((place) => withSession(master, (session) => body(place, session), { 'shuffle.partitions': 2 }))

/** Events of a topic, with a watermark where a delay is given. */
function events(place: StreamPlace, session: Session, topic: string, delay?: string): DataFrame<AnyRow> {
  const rows = place
    .read(session, topic)
    .select(F.fromJson(col('value').cast('string'), 's bigint, k string, id bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampSeconds(col('s')))
    .toDF()
  return (delay === undefined ? rows : rows.withWatermark('at', delay).toDF()).alias(topic)
}

const send = (place: StreamPlace, topic: string, rows: readonly (readonly [s: number, k: string, id: number])[]) =>
  place.send(
    topic,
    rows.map(([s, k, id]) => JSON.stringify({ s, k, id })),
  )

const WITHIN = 'l.k = r.k and r.at between l.at - interval 5 seconds and l.at + interval 10 seconds'

/** Runs a query to the end of what there is. */
async function runOnce(frame: DataFrame<AnyRow>, checkpoint: string, mode: Mode = 'append') {
  const out: string[] = []
  const query = await frame.writeStream
    .foreachBatch(async (batch) => {
      for (const row of (await batch.collect()) as AnyRow[]) out.push(Object.values(row).map(String).join())
    })
    .outputMode(mode)
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return { out: out.toSorted(), operators: query.recentProgress.map(({ stateOperators }) => stateOperators) }
}

test('the state of a join is told for both of its sides together: what is kept, what came late, what has expired', (t) =>
  inPlace(async (place, session) => {
    const [l, r] = [events(place, session, 'l', '10 seconds'), events(place, session, 'r', '5 seconds')]
    const joined = l.join(r, F.expr(WITHIN), 'full').selectExpr('l.id', 'r.id as other').toDF()
    const checkpoint = join(place.directory, 'checkpoint')
    await send(place, 'l', [
      [100, 'a', 1],
      [101, 'b', 2],
    ])
    await send(place, 'r', [
      [104, 'a', 10],
      [90, 'a', 11],
      [120, 'c', 12],
    ])
    // The watermark is 91 behind the batch: nothing has expired yet but the row at 85 and before.
    const first = await runOnce(joined, checkpoint)
    t.deepEqual(first.out, ['1,10'])
    t.like(first.operators[0]![0], {
      operatorName: 'symmetricHashJoin',
      numRowsTotal: 5,
      numRowsUpdated: 5,
      numRowsRemoved: 0,
      numRowsDroppedByWatermark: 0,
      numShufflePartitions: 2,
    })
    await send(place, 'l', [
      [91, 'a', 3],
      [130, 'a', 4],
    ])
    await send(place, 'r', [
      [91, 'a', 13],
      [128, 'z', 14],
    ])
    // Late are 3 and 13; then the watermark is 120, so that rows up to 109 on the left and 114 on the right expire.
    const second = await runOnce(joined, checkpoint)
    t.deepEqual(second.out, ['2,null', 'null,11'])
    const [withRows, without] = second.operators.map(([operator]) => operator)
    t.like(withRows, { numRowsTotal: 7, numRowsDroppedByWatermark: 2, numRowsRemoved: 0 })
    t.like(without, { numRowsTotal: 3, numRowsUpdated: 0, numRowsRemoved: 4 })
  }))

test('a row without a watermark of its own that is final when it comes goes out in its batch', (t) =>
  inPlace(async (place, session) => {
    const joined = events(place, session, 'l')
      .join(events(place, session, 'r', '5 seconds'), F.expr(WITHIN), 'left')
      .selectExpr('l.id', 'r.id as other')
      .toDF()
    const checkpoint = join(place.directory, 'checkpoint')
    await send(place, 'l', [[300, 'a', 1]])
    await send(place, 'r', [[200, 'a', 1]])
    t.deepEqual((await runOnce(joined, checkpoint)).out, [])
    await send(place, 'l', [[100, 'a', 2]])
    t.deepEqual((await runOnce(joined, checkpoint)).out, ['2,null'])
  }))

test('a join of streams, and windows over it, are the same in executor processes', (t) =>
  inPlace(async (place, session) => {
    const [l, r] = [events(place, session, 'l', '0 seconds'), events(place, session, 'r', '0 seconds')]
    const windows = l
      .join(r, F.expr(WITHIN), 'left')
      .selectExpr('l.at', 'l.id', 'r.id as other')
      .groupBy(F.window('at', '10 seconds').as('w'))
      .agg(F.count().as('n'), F.count('other').as('pairs'))
      .select(F.unixSeconds(col('w').getField('end')).as('end'), col('n'), col('pairs'))
      .toDF()
    const out: string[] = []
    for (let round = 0; round < 3; round++) {
      const from = 1000 + round * 40
      const rows = Array.from({ length: 40 }, (_, i): [number, string, number] => [from + i, `k${i % 4}`, i])
      await send(place, 'l', rows)
      await send(
        place,
        'r',
        rows.filter(([s]) => s % 8 === 0),
      )
      out.push(...(await runOnce(windows, join(place.directory, 'checkpoint'))).out)
    }
    // On the right is each eighth row, so that rows with its key match it: one before, two behind and itself.
    const expected = Array.from({ length: 10 }, (_, i) => 1010 + i * 10).map((end) => {
      const seconds = Array.from({ length: 10 }, (_, i) => end - 10 + i)
      const pairs = seconds.map((s) => {
        const others = Array.from({ length: 16 }, (_, i) => s - 5 + i)
        return others.filter((o) => o >= 1000 && o % 8 === 0 && (o - s) % 4 === 0).length
      })
      const rows = pairs.reduce((sum, count) => sum + Math.max(1, count), 0)
      return [end, rows, pairs.reduce((sum, count) => sum + count, 0)].join()
    })
    t.deepEqual(out, expected)
  }, 'local-cluster[2,1,512]'))

test('joins of streams that are never final, or have no equality, are refused as Spark does', (t) =>
  inPlace(async (place, session) => {
    await send(place, 'l', [[1, 'a', 1]])
    await send(place, 'r', [[1, 'a', 1]])
    const frames = {
      l: events(place, session, 'l'),
      r: events(place, session, 'r'),
      timedL: events(place, session, 'l', '1 second'),
      timedR: events(place, session, 'r', '1 second'),
    }
    type Type = 'inner' | 'left' | 'right' | 'full' | 'left_semi' | 'left_anti'
    const start = (
      left: DataFrame<AnyRow>,
      right: DataFrame<AnyRow>,
      on: string,
      type: Type,
      mode: Mode = 'append',
    ) => {
      const joined = left.join(right, F.expr(on), type).toDF()
      const columns = joined.select(F.lit(1).as('one')).toDF()
      return columns.writeStream.format('memory').queryName('q').outputMode(mode).start()
    }
    const { l, r, timedL, timedR } = frames
    const noKey = await refusal(t, () => start(timedL, timedR, 'l.at < r.at', 'inner'))
    t.regex(noKey, /^_LEGACY_ERROR_TEMP_1181/)
    t.regex(await refusal(t, () => start(timedL, timedR, WITHIN, 'left_anti')), /^_LEGACY_ERROR_TEMP_3102.*LeftAnti/)
    for (const type of ['left', 'right', 'full'] as const)
      t.regex(await refusal(t, () => start(timedL, timedR, WITHIN, type, 'update')), /3102.*only in Append output mode/)
    const unbounded: readonly (readonly [DataFrame<AnyRow>, DataFrame<AnyRow>, string, Type])[] = [
      [l, r, WITHIN, 'left'],
      [l, r, WITHIN, 'full'],
      [timedL, timedR, 'l.k = r.k', 'left_semi'],
      [timedL, r, WITHIN, 'left'],
      [l, timedR, WITHIN, 'right'],
      [timedL, timedR, 'l.k = r.k and r.at >= l.at', 'left'],
      [timedL, timedR, 'l.k = r.k and r.at <= l.at', 'right'],
    ]
    for (const [left, right, on, type] of unbounded)
      t.regex(
        await refusal(t, () => start(left, right, on, type)),
        /^_LEGACY_ERROR_TEMP_3102.*without a watermark/,
        `${type} on ${on}`,
      )
    const counted = timedL.join(timedR, F.expr(WITHIN)).groupBy('l.k').count().toDF()
    const complete = () => counted.writeStream.format('memory').queryName('q').outputMode('complete').start()
    t.regex(await refusal(t, complete), /^_LEGACY_ERROR_TEMP_3102.*complete/)
    const unending = timedL.join(timedR, F.expr('l.k = r.k')).groupBy(F.window('l.at', '1 second')).count().toDF()
    t.regex(
      await refusal(t, () => unending.writeStream.format('memory').queryName('q').start()),
      /^_LEGACY_ERROR_TEMP_3102.*lets no rows expire/,
    )
    const twice = timedL.groupBy(F.window('at', '1 second'), 'k').count().groupBy('k').count().toDF()
    for (const mode of ['update', 'complete'] as const)
      t.regex(
        await refusal(t, () => twice.writeStream.format('memory').queryName('q').outputMode(mode).start()),
        /UNSUPPORTED_OPERATION.*of a streaming aggregation/,
      )
    t.regex(
      await refusal(t, () =>
        start(timedL.join(timedR, F.expr(WITHIN)).select('l.*').toDF().union(l).alias('l'), r, 'l.k = r.k', 'inner'),
      ),
      /^UNSUPPORTED_FEATURE.*a join of streams.*below a union/,
    )
  }))

test('a checkpoint is refused when bounds, keys, kind or columns of a join, or the gap of sessions, are others', (t) =>
  inPlace(async (place, session) => {
    await send(place, 'l', [[1, 'a', 1]])
    await send(place, 'r', [[1, 'a', 1]])
    const [l, r] = [events(place, session, 'l', '1 second'), events(place, session, 'r', '1 second')]
    const joined = (on: string, type: 'inner' | 'left', columns: readonly string[]) =>
      l
        .join(r, F.expr(on), type)
        .selectExpr(...columns)
        .toDF()
    const ids = ['l.id', 'r.id as other']
    const checkpoint = join(place.directory, 'joined')
    await runOnce(joined(WITHIN, 'inner', ids), checkpoint)
    await runOnce(joined(WITHIN, 'inner', ids), checkpoint)
    for (const other of [
      joined(WITHIN.replace('10', '11'), 'inner', ids),
      joined(`${WITHIN} and l.id = r.id`, 'inner', ids),
      joined(WITHIN, 'left', ids),
      joined(WITHIN, 'inner', ['l.id']),
    ])
      t.regex(await refusal(t, () => runOnce(other, checkpoint)), /^STREAMING_STATE_MISMATCH/)
    const sessions = (gap: string) => l.groupBy('k', F.sessionWindow('at', gap)).count().toDF()
    const ofSessions = join(place.directory, 'sessions')
    await runOnce(sessions('5 seconds'), ofSessions)
    t.regex(await refusal(t, () => runOnce(sessions('6 seconds'), ofSessions)), /^STREAMING_STATE_MISMATCH/)
  }))
