import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session, type StreamingQuery } from '../../api/index.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

/** Seconds after the start of time, when a thing happened, its key and its number. */
interface Event {
  readonly second: number | null
  readonly key: string | null
  readonly id: number
}

const events = (place: StreamPlace, session: Session): DataFrame<AnyRow> =>
  place
    .read(session, 'events')
    .select(F.fromJson(col('value').cast('string'), 'second bigint, key string, id bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampSeconds(col('second')))
    .toDF()

/** Runs a query to the end of what there is; gives the ids of the rows that came out. */
async function idsOf(frame: DataFrame<AnyRow>, checkpoint: string, mode: 'append' | 'update' = 'append') {
  const ids: number[] = []
  const query = await frame.writeStream
    .foreachBatch(async (batch) => {
      for (const { id } of (await batch.collect()) as AnyRow[]) ids.push(Number(id))
    })
    .outputMode(mode)
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return { ids: ids.toSorted((a, b) => a - b), query }
}

const send = (place: StreamPlace, rows: readonly Event[]) =>
  place.send(
    'events',
    rows.map((row) => JSON.stringify(row)),
  )

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace((place) => withSession('local[2]', (session) => body(place, session), { 'shuffle.partitions': 3 }))

const dedupe = (query: StreamingQuery) => query.lastProgress!.stateOperators[0]!

test('rows of a stream come out once by some columns, over all batches, whatever their keys are', (t) =>
  inPlace(async (place, session) => {
    const random = new Random(8)
    const frame = events(place, session).dropDuplicates(['key'])
    const seen = new Set<string | null>()
    let id = 0
    for (let batch = 0; batch < 6; batch++) {
      const rows = Array.from({ length: random.pick([1, 40, 200]) }, (): Event => {
        const key = random.chance(0.05)
          ? null
          : `${'a long key '.repeat(random.integer(0, 2))}${random.integer(0, 150)}`
        return { second: random.integer(0, 100), key, id: id++ }
      })
      await send(place, rows)
      const { ids, query } = await idsOf(frame, join(place.directory, 'checkpoint'))
      const keys = ids.map((one) => rows.find((row) => row.id === one)!.key)
      const fresh = new Set(rows.map(({ key }) => key).filter((key) => !seen.has(key)))
      t.deepEqual(keys.map(String).toSorted(), [...fresh].map(String).toSorted())
      for (const key of fresh) seen.add(key)
      t.like(dedupe(query), { operatorName: 'dedupe', numRowsTotal: seen.size, numRowsRemoved: 0 })
    }
  }))

test('keys with an event time among them are forgotten when the watermark is past it, and late rows are dropped and counted', (t) =>
  inPlace(async (place, session) => {
    const frame = events(place, session).withWatermark('at', '10 seconds').dropDuplicates(['at', 'key']).toDF()
    const checkpoint = join(place.directory, 'checkpoint')
    await send(place, [
      { second: 100, key: 'a', id: 1 },
      { second: 100, key: 'a', id: 1 },
      { second: 100, key: 'b', id: 2 },
      { second: null, key: 'b', id: 3 },
      { second: 95, key: 'a', id: 4 },
    ])
    t.deepEqual((await idsOf(frame, checkpoint)).ids, [1, 2, 3, 4])
    // The watermark is 90.
    await send(place, [
      { second: 90, key: 'late', id: 5 },
      { second: 91, key: 'a', id: 6 },
      { second: 95, key: 'a', id: 7 },
      { second: null, key: 'b', id: 8 },
      { second: 130, key: 'a', id: 9 },
    ])
    const second = await idsOf(frame, checkpoint)
    t.deepEqual(second.ids, [6, 9])
    const [withRows, withoutRows] = second.query.recentProgress.map(({ stateOperators }) => stateOperators[0])
    t.like(withRows, { numRowsTotal: 6, numRowsUpdated: 2, numRowsRemoved: 0, numRowsDroppedByWatermark: 1 })
    // It is 120 then: only the last one and the one without a time are kept.
    t.like(withoutRows, { numRowsTotal: 2, numRowsUpdated: 0, numRowsRemoved: 4, numRowsDroppedByWatermark: 0 })
    await send(place, [
      { second: 130, key: 'a', id: 10 },
      { second: null, key: 'b', id: 11 },
    ])
    const third = await idsOf(frame, checkpoint)
    t.deepEqual(third.ids, [])
    t.like(dedupe(third.query), { numRowsTotal: 2, numRowsRemoved: 0 })
  }))

test('within the watermark a key is forgotten the delay after its first row, whatever time its others have', (t) =>
  inPlace(async (place, session) => {
    const frame = events(place, session).withWatermark('at', '10 seconds').dropDuplicatesWithinWatermark(['key']).toDF()
    const checkpoint = join(place.directory, 'checkpoint')
    const run = async (...rows: readonly (readonly [number, string, number])[]) => {
      await send(
        place,
        rows.map(([second, key, id]) => ({ second, key, id })),
      )
      return (await idsOf(frame, checkpoint)).ids
    }
    t.deepEqual(await run([100, 'a', 1]), [1])
    // The watermark is 90; the key is kept until it is 110.
    t.deepEqual(await run([119, 'a', 2], [119, 'b', 3]), [3])
    // It is 109.
    t.deepEqual(await run([110, 'a', 4], [120, 'c', 5]), [5])
    // It is 110: the key comes anew.
    t.deepEqual(await run([125, 'a', 6], [121, 'b', 7]), [6])
    t.deepEqual(await run([125, 'a', 8]), [])
  }))

test('windows over rows without duplicates count each once, and final windows are those of all rows', (t) =>
  inPlace(async (place, session) => {
    const frame = events(place, session)
      .withWatermark('at', '5 seconds')
      .dropDuplicates(['at', 'id'])
      .groupBy(F.window('at', '10 seconds').as('w'))
      .agg(F.count().as('n'))
      .select(F.unixSeconds(col('w').getField('end')).as('end'), col('n'))
      .toDF()
    const random = new Random(4)
    const counts = new Map<number, number>()
    const expected = new Map<number, Set<number>>()
    const checkpoint = join(place.directory, 'checkpoint')
    for (let batch = 0; batch < 5; batch++) {
      const rows = Array.from({ length: 120 }, () => random.integer(0, 300)).map((id): Event => {
        const second = batch * 20 + 10 + (id % 20)
        const end = Math.floor(second / 10) * 10 + 10
        expected.set(end, (expected.get(end) ?? new Set()).add(batch * 1000 + id))
        return { second, key: null, id: batch * 1000 + id }
      })
      await send(place, rows)
      const query = await frame.writeStream
        .foreachBatch(async (out) => {
          for (const { end, n } of (await out.collect()) as AnyRow[]) {
            t.false(counts.has(Number(end)), 'a window comes out once')
            counts.set(Number(end), Number(n))
          }
        })
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      t.deepEqual(
        query.lastProgress!.stateOperators.map(({ operatorName }) => operatorName),
        ['stateStoreSave', 'dedupe'],
      )
    }
    t.true(counts.size >= 8)
    for (const [end, n] of counts) t.is(n, expected.get(end)!.size, `window up to ${end}`)
  }))

async function refused(t: ExecutionContext, run: () => Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(run)
  return error!.message
}

test('what cannot be told of duplicates is refused', (t) =>
  inPlace(async (place, session) => {
    await send(place, [{ second: 1, key: 'a', id: 1 }])
    const rows = events(place, session)
    const start = (frame: DataFrame<AnyRow>, mode: 'append' | 'update' | 'complete' = 'append') =>
      frame.writeStream.format('memory').queryName('q').outputMode(mode).start()
    const without = () => start(rows.dropDuplicatesWithinWatermark(['key']))
    t.regex(await refused(t, without), /dropDuplicatesWithinWatermark without a watermark/)
    const table = session.createDataFrame([{ id: 1 }], 'id bigint')
    t.regex(await refused(t, async () => table.dropDuplicatesWithinWatermark().collect()), /of a table/)
    t.regex(await refused(t, () => start(rows.dropDuplicates(['keys']))), /UNRESOLVED_COLUMN/)
    t.regex(await refused(t, () => start(rows.dropDuplicates(['key']), 'complete')), /complete/)
    for (const key of ["collate(key, 'utf8_lcase')", "array(named_struct('key', collate(key, 'utf8_lcase')))"]) {
      const collated = rows.selectExpr(`${key} as key`).toDF()
      t.regex(await refused(t, () => start(collated.dropDuplicates(['key']))), /texts with a collation/, key)
      t.regex(await refused(t, () => start(collated.dropDuplicates())), /texts with a collation/, key)
    }
    const counted = rows.groupBy('key').count().toDF()
    t.regex(
      await refused(t, () => start(counted.dropDuplicates(['key']), 'update')),
      /dropDuplicates of a streaming agg/,
    )
    t.regex(
      await refused(t, () => start(rows.dropDuplicates().union(rows))),
      /dropDuplicates of a stream below a union/,
    )
  }))
