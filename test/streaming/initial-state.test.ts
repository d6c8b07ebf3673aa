import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session, StatefulProcessor } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'
import { sendEvents } from '../support/told-rows.js'

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>, master = 'local[2]') =>
  withStreamPlace((place) => withSession(master, (session) => body(place, session), { 'shuffle.partitions': 3 }))

const eventsIn = (place: StreamPlace, session: Session): DataFrame<AnyRow> =>
  place
    .read(session, 'events')
    .select(F.fromJson(col('value').cast('string'), 'k string, n int, at bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampMillis('at'))
    .toDF() as DataFrame<AnyRow>

/** Runs a stream until it has what there is. @param refusing how many batches the sink refuses */
async function drained(
  place: StreamPlace,
  frame: DataFrame<AnyRow>,
  refusing = 0,
  checkpoint = 'checkpoint',
): Promise<readonly string[]> {
  const told: string[] = []
  let left = refusing
  const query = await frame.writeStream
    .outputMode('update')
    .foreachBatch(async (batch) => {
      const rows = await batch.collect()
      if (left-- > 0) throw new RangeError('not now')
      for (const row of rows) told.push(String(row['what']))
    })
    .option('checkpointLocation', join(place.directory, checkpoint))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return told.toSorted()
}

/** Sums, which begin with those of a table. */
class Sums extends StatefulProcessor {
  readonly sum = this.getHandle().getValueState('sum', 'sum bigint not null')
  readonly names = this.getHandle().getListState('names', 'name string')

  override handleInitialState([key]: readonly unknown[], { name, sum, k }: AnyRow): void {
    this.names.appendValue({ name: `${name} of ${key === k ? key : 'another'}` })
    this.sum.update({ sum: (this.sum.get()?.sum ?? 0n) + BigInt(Number(sum)) })
  }

  override *handleInputRows([key]: readonly unknown[], rows: Iterable<AnyRow>): Generator<object> {
    let sum = this.sum.get()?.sum ?? 0n
    for (const { n } of rows) sum += BigInt(Number(n))
    this.sum.update({ sum })
    yield { what: `${key} ${sum} ${[...this.names.get()].map(({ name }) => name).toSorted()}` }
  }
}

const KNOWN = [
  { k: 'a', name: 'first', sum: 100 },
  { k: 'a', name: 'second', sum: 1000 },
  { k: 'b', name: 'third', sum: 10_000 },
  { k: null, name: 'fourth', sum: 7 },
]

const knownIn = (session: Session, rows: readonly object[] = KNOWN) =>
  session.createDataFrame(rows as readonly (typeof KNOWN)[number][], 'k string, name string, sum int')

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`the state of a class begins with the rows of a table in the first batch, once, also when that is run again (${master})`, (t) =>
    inPlace(async (place, session) => {
      const of = (rows?: readonly object[]): DataFrame<AnyRow> =>
        eventsIn(place, session)
          .groupBy('k')
          .transformWithState(Sums, 'what string', { initialState: knownIn(session, rows).groupBy('k') })
          .toDF()
      await sendEvents(place, [
        { k: 'a', n: 1 },
        { k: 'c', n: 2 },
        { k: 'a', n: 3 },
        { k: null, n: 4 },
      ])
      t.regex(await refusal(t, () => drained(place, of(), 1)), /^STREAM_FAILED.*not now/s)
      t.deepEqual(await drained(place, of()), ['a 1104 first of a,second of a', 'c 2 ', 'null 11 fourth of null'])
      await sendEvents(place, [
        { k: 'a', n: 5 },
        { k: 'b', n: 6 },
      ])
      const others = KNOWN.map((row) => ({ ...row, sum: 5 }))
      t.deepEqual(await drained(place, of(others)), ['a 1109 first of a,second of a', 'b 10006 third of b'])
      await sendEvents(place, [{ k: 'b', n: 7 }])
      t.deepEqual(await drained(place, of()), ['b 10013 third of b'])
    }, master))

const counted = (events: DataFrame<AnyRow>, initialState: ReturnType<DataFrame<AnyRow>['groupBy']>) =>
  events
    .groupBy('k')
    .flatMapGroupsWithState(
      function* ([k], rows, state) {
        const before = state.exists() ? state.get() : undefined
        const sum = (before?.sum ?? 0n) + BigInt([...rows].length)
        state.update({ sum, name: before?.name ?? null })
        if (sum > 20n && !state.hasTimedOut()) state.setTimeoutTimestamp(5000)
        yield { what: `${k} ${sum} ${before?.name} ${state.hasTimedOut()}` }
      },
      'what string',
      'sum bigint not null, name string',
      { outputMode: 'update', timeoutConf: 'eventTime', initialState },
    )
    .toDF()

test('groups whose state begins with a row of a table are handled in the first batch, also those without rows', (t) =>
  inPlace(async (place, session) => {
    const events = eventsIn(place, session).withWatermark('at', '0 seconds').toDF()
    const known = knownIn(session, KNOWN.slice(1)).toDF() as DataFrame<AnyRow>
    const frame = counted(events, known.groupBy('k'))
    await sendEvents(place, [
      { k: 'a', n: 0, at: 1000 },
      { k: 'c', n: 0, at: 2000 },
    ])
    t.deepEqual(await drained(place, frame), [
      'a 1001 second false',
      'b 10000 third false',
      'c 1 undefined false',
      'null 7 fourth false',
    ])
    await sendEvents(place, [
      { k: 'c', n: 0, at: 1500 },
      { k: 'c', n: 0, at: 6000 },
    ])
    t.deepEqual(await drained(place, frame), ['a 1001 second true', 'b 10000 third true', 'c 2 null false'])
  }))

test('groups of a table begin with the rows of another one as well', (t) =>
  withSession('local[2]', async (session) => {
    const rows = session.createDataFrame([{ k: 'a' }, { k: 'c' }, { k: 'a' }], 'k string')
    const known = knownIn(session, KNOWN.slice(1)).groupBy('k')
    const text = (given: readonly AnyRow[]): readonly unknown[] => given.map(({ what }) => what).toSorted()
    t.deepEqual(text(await counted(rows.toDF() as DataFrame<AnyRow>, known).collect()), [
      'a 1002 second false',
      'b 10000 third false',
      'c 1 undefined false',
      'null 7 fourth false',
    ])
    const events = rows.withColumn('n', F.lit(1)).toDF() as DataFrame<AnyRow>
    const sums = events.groupBy('k').transformWithState(Sums, 'what string', { initialState: known })
    t.deepEqual(text(await sums.collect()), ['a 1002 second of a', 'c 1 '])
  }))

test('what is wrong with the rows that state is to begin with is told by name', (t) =>
  inPlace(async (place, session) => {
    await sendEvents(place, [{ k: 'a', n: 1, at: 1000 }])
    const events = eventsIn(place, session).withWatermark('at', '0 seconds').toDF()
    const known = knownIn(session)
    const refused = async (pattern: RegExp, frame: () => DataFrame<AnyRow>): Promise<void> => {
      t.regex(await refusal(t, () => drained(place, frame(), 0, crypto.randomUUID())), pattern)
    }
    const begun = (of: ReturnType<DataFrame<AnyRow>['groupBy']>) => () =>
      events.groupBy('k').transformWithState(Sums, 'what string', { initialState: of }).toDF()
    await refused(/UNSUPPORTED_FEATURE.*an initial state that is a stream/, begun(events.groupBy('k')))
    await refused(/INVALID_API_USE.*initialState needs as many keys.*1 and 2/, begun(known.groupBy('k', 'name')))
    await refused(/UNSUPPORTED_FEATURE.*initialState of a pivot/, begun(known.rollup('k')))
    class Silent extends StatefulProcessor {
      override handleInputRows(): void {}
    }
    await refused(/INVALID_API_USE.*handleInitialState.*Silent has none/, () =>
      events
        .groupBy('k')
        .transformWithState(Silent, 'what string', { initialState: known.groupBy('k') })
        .toDF(),
    )
    await refused(/UNRESOLVED_COLUMN.*sum/, () => counted(events, known.drop('sum').groupBy('k')))
    await refused(/INVALID_API_USE.*several rows with the key \(a\)/, () => counted(events, known.groupBy('k')))
    class Thrower extends StatefulProcessor {
      override handleInitialState(): void {
        throw new RangeError('not these')
      }
      override handleInputRows(): void {}
    }
    await refused(/FAILED_EXECUTE_UDF.*not these/s, () =>
      events
        .groupBy('k')
        .transformWithState(Thrower, 'what string', { initialState: known.groupBy('k') })
        .toDF(),
    )
  }))
