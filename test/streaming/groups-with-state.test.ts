import { readFileSync } from 'node:fs'
import test from 'ava'
import {
  type AnyRow,
  col,
  type DataFrame,
  functions as F,
  type GroupState,
  type Session,
  StatefulProcessor,
  type TimerValues,
} from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'
import { drainedTexts, sendEvents, toldStream } from '../support/told-rows.js'

/** What Spark gives for a function, round after round: see test/support/spark/group_states.py. */
interface Case {
  readonly name: string
  readonly function: 'visits' | 'counts'
  readonly mode: 'append' | 'update'
  readonly timeout: 'EventTimeTimeout' | 'NoTimeout'
  readonly delay: number | null
  readonly rounds: readonly {
    readonly rows: readonly Event[]
    readonly out: readonly string[]
    readonly late: number
  }[]
}

type Event = { readonly k: string; readonly s: number }

const CASES = JSON.parse(
  readFileSync(new URL('../../../test/data/spark/group-states.json', import.meta.url), 'utf8'),
) as readonly Case[]

const PARTITIONS = { 'shuffle.partitions': 2 }

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>, master = 'local[2]') =>
  withStreamPlace((place) => withSession(master, (session) => body(place, session), PARTITIONS))

function eventsIn(place: StreamPlace, session: Session, topic: string, delay: number | null): DataFrame<AnyRow> {
  const rows = place
    .read(session, topic)
    .select(F.fromJson(col('value').cast('string'), 'k string, s bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampSeconds('s'))
    .toDF() as DataFrame<AnyRow>
  return delay === null ? rows : rows.withWatermark('at', `${delay} seconds`).toDF()
}

type Counted = GroupState<{ rows: bigint | null; last: bigint | null }>

function* visits([k]: readonly unknown[], given: Iterable<AnyRow>, state: Counted): Generator<{ what: string }> {
  const watermark = state.getCurrentWatermarkMs()
  let [rows, last] = state.exists() ? [Number(state.get().rows), Number(state.get().last)] : [0, 0]
  if (state.hasTimedOut()) {
    const what = `${k} gone ${state.exists() ? rows : 'already'} at ${watermark}`
    if (state.exists() && rows % 3 === 0) {
      state.update({ rows: BigInt(rows + 100), last: 0n })
      state.setTimeoutTimestamp(watermark, '5 seconds')
    } else state.remove()
    yield { what }
    return
  }
  for (const { s } of given) {
    rows++
    last = Math.max(last, Number(s))
  }
  if (rows % 4 === 0) state.remove()
  else state.update({ rows: BigInt(rows), last: BigInt(last) })
  if (rows % 5 !== 0) state.setTimeoutTimestamp(new Date(Math.max(last * 1000 + 7000, watermark)))
  if (rows % 2 === 0) {
    yield { what: `${k} ${rows} until ${last}, ${watermark}` }
    yield { what: `${k} again` }
  }
}

async function counts([k]: readonly unknown[], given: Iterable<AnyRow>, state: Counted): Promise<{ what: string }> {
  const rows = Number(state.getOption()?.rows ?? 0) + [...given].length
  if (rows < 10) state.update({ rows: BigInt(rows), last: null })
  else if (state.exists()) state.remove()
  return { what: `${k} ${rows} ${state.exists() ? 'True' : 'False'}` }
}

const STATE = 'rows bigint, last bigint'

const groupsOf = (of: Case, events: DataFrame<AnyRow>): DataFrame<AnyRow> =>
  of.function === 'counts'
    ? events.groupBy('k').mapGroupsWithState(counts, 'what string', STATE).toDF()
    : events
        .groupBy('k')
        .flatMapGroupsWithState(visits, 'what string', STATE, { outputMode: of.mode, timeoutConf: 'eventTime' })
        .toDF()

for (const one of CASES)
  test(`${one.name}: each start gives what Spark gives`, (t) =>
    inPlace(async (place, session) => {
      const frame = groupsOf(one, eventsIn(place, session, 'events', one.delay))
      for (const [i, { rows, out, late }] of one.rounds.entries()) {
        await sendEvents(place, rows)
        const { told, query } = await drainedTexts(place, frame, one.mode)
        t.deepEqual(told.toSorted(), out, `round ${i}`)
        const operators = query.recentProgress.flatMap(({ stateOperators }) => stateOperators)
        t.true(operators.every(({ operatorName }) => operatorName === 'flatMapGroupsWithState'))
        t.is(
          operators.reduce((sum, { numRowsDroppedByWatermark }) => sum + numRowsDroppedByWatermark, 0),
          late,
          `late in round ${i}`,
        )
      }
    }))

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`groups time out by the time of the machine without rows, once, also behind a restart (${master})`, (t) =>
    inPlace(async (place, session) => {
      const frame = eventsIn(place, session, 'events', null)
        .groupBy('k')
        .mapGroupsWithState(
          ([k], rows, state) => {
            const n = (state.getOption()?.n ?? 0) + [...rows].length
            if (state.hasTimedOut()) state.remove()
            else {
              state.update({ n })
              state.setTimeoutDuration('1 hour')
              // The last one counts.
              state.setTimeoutDuration(1)
            }
            return { what: `${k} ${n} ${state.hasTimedOut()}` }
          },
          'what string',
          'n int not null',
          { timeoutConf: 'processingTime' },
        )
        .toDF()
      const { told, start, until } = toldStream(place, frame)
      for (const k of ['a', 'b']) {
        await sendEvents(place, [
          { k, s: 1 },
          { k, s: 2 },
        ])
        const query = await start()
        t.deepEqual(await until(2), [`${k} 2 false`, `${k} 2 true`])
        await query.processAllAvailable()
        // Nothing is kept of a group that is removed.
        const kept = (): number | undefined => query.lastProgress?.stateOperators[0]?.numRowsTotal
        while (query.isActive && kept() !== 0) await new Promise<void>(setImmediate)
        t.is(kept(), 0)
        await query.stop()
      }
      t.deepEqual(told, [])
    }, master))

test('groups of a table have no state and never time out, and a class handles them once', (t) =>
  withSession('local[2]', async (session) => {
    const table = session
      .createDataFrame(
        Array.from({ length: 2000 }, (_, i) => ({ k: i % 7, n: i })),
        'k int, n int',
      )
      .toDF()
    const text = (rows: readonly AnyRow[]): readonly unknown[] => rows.map(({ what }) => what).toSorted()
    const expected = (said: string): readonly string[] =>
      Array.from({ length: 7 }, (_, k) => `${k} ${k < 5 ? 286 : 285} ${said}`)
    for (const timeout of ['none', 'processingTime', 'eventTime'] as const) {
      const rows = await table
        .groupBy('k')
        .flatMapGroupsWithState(
          function* ([k], given, state) {
            const before = state.exists()
            state.update({ n: [...given].length })
            if (timeout === 'processingTime') state.setTimeoutDuration(1)
            if (timeout === 'eventTime') state.setTimeoutTimestamp(1)
            yield { what: `${k} ${state.get().n} ${before} ${state.hasTimedOut()}` }
            if (Number(k) % 2 === 0) return
            state.remove()
            if (state.exists()) yield { what: 'still there' }
          },
          'what string',
          'n int not null',
          { outputMode: 'append', timeoutConf: timeout, values: { timeout } },
        )
        .collect()
      t.deepEqual(text(rows), expected('false false'), timeout)
    }
    class Table extends StatefulProcessor {
      readonly count = this.getHandle().getValueState('count', 'n int not null')
      override *handleInputRows([k]: readonly unknown[], rows: Iterable<AnyRow>, times: TimerValues) {
        this.count.update({ n: (this.count.get()?.n ?? 0) + [...rows].length })
        const { batchId } = this.getHandle().getQueryInfo()
        yield { what: `${k} ${this.count.get()?.n} ${batchId} ${times.getCurrentWatermarkInMs()}` }
      }
    }
    t.deepEqual(text(await table.groupBy('k').transformWithState(Table, 'what string').collect()), expected('0 -1'))
  }))

test('what is wrong with a function, its mode or its time-outs is told by name', (t) =>
  inPlace(async (place, session) => {
    await sendEvents(place, [{ k: 'a', s: 1 }])
    const events = eventsIn(place, session, 'events', null)
    const timed = eventsIn(place, session, 'events', 0)
    type Options = {
      readonly outputMode: 'append' | 'update'
      readonly timeoutConf?: 'none' | 'processingTime' | 'eventTime'
    }
    const mapped = (of: (state: GroupState<{ n: number | null }>) => unknown, options: Options, from = events) =>
      from
        .groupBy('k')
        .flatMapGroupsWithState(
          (_, __, state) => {
            of(state)
            return []
          },
          'what string',
          'n int',
          { ...options, values: { of } },
        )
        .toDF()
    const refused = async (pattern: RegExp, frame: () => DataFrame<AnyRow>, mode: 'append' | 'update' = 'update') => {
      const run = async (): Promise<void> => {
        const writer = frame().writeStream.outputMode(mode).trigger({ availableNow: true })
        const query = await writer.foreachBatch(() => undefined).start()
        await query.awaitTermination()
      }
      t.regex(await refusal(t, run), pattern)
    }
    const update = { outputMode: 'update' } as const
    const none = (): void => undefined
    await refused(
      /UNSUPPORTED_OPERATION.*append.*flatMapGroupsWithState in update mode/,
      () => mapped(none, update),
      'append',
    )
    await refused(/UNSUPPORTED_OPERATION.*update.*flatMapGroupsWithState in append mode/, () =>
      mapped(none, { outputMode: 'append' }),
    )
    const once = () =>
      events
        .groupBy('k')
        .mapGroupsWithState(() => ({ what: '' }), 'what string', 'n int')
        .toDF()
    await refused(/UNSUPPORTED_OPERATION.*append.*mapGroupsWithState/, once, 'append')
    await refused(/UNSUPPORTED_OPERATION.*dropDuplicates of .*flatMapGroupsWithState/, () =>
      once().groupBy('what').count().toDF(),
    )
    await refused(/INVALID_API_USE.*append or update.*complete/, () =>
      mapped(none, { outputMode: 'complete' } as never),
    )
    for (const k of ["collate(k, 'utf8_lcase')", "named_struct('k', collate(k, 'utf8_lcase'))"])
      await refused(/UNSUPPORTED_FEATURE.*flatMapGroupsWithState by keys with a collation/, () =>
        mapped(none, update, events.selectExpr(`${k} as k`)),
      )
    await refused(/UNKNOWN_TIME_MODE.*sometimes/, () => mapped(none, { ...update, timeoutConf: 'sometimes' } as never))
    await refused(/INVALID_API_USE.*timeoutConf 'eventTime' needs.*withWatermark/, () =>
      mapped(none, { ...update, timeoutConf: 'eventTime' }),
    )
    const byClock = { ...update, timeoutConf: 'processingTime' } as const
    const byEvents = { ...update, timeoutConf: 'eventTime' } as const
    await refused(/_LEGACY_ERROR_TEMP_2203/, () => mapped((state) => state.setTimeoutDuration(1), update))
    await refused(/_LEGACY_ERROR_TEMP_2205/, () => mapped((state) => state.setTimeoutTimestamp(1), byClock))
    await refused(/_LEGACY_ERROR_TEMP_2204/, () => mapped((state) => state.getCurrentWatermarkMs(), byClock))
    await refused(/INVALID_API_USE.*0 is not/, () => mapped((state) => state.setTimeoutDuration(0), byClock))
    await refused(/INVALID_INTERVAL_FORMAT.*soon/, () => mapped((state) => state.setTimeoutDuration('soon'), byClock))
    await refused(/INVALID_API_USE.*negative/, () =>
      mapped((state) => state.setTimeoutTimestamp(5000, '-1 second'), byEvents, timed),
    )
    await refused(/INVALID_API_USE.*-1 is not/, () => mapped((state) => state.setTimeoutTimestamp(-1), byEvents, timed))
    await refused(/INVALID_API_USE.*a group that has none/, () => mapped((state) => state.get(), update))
    await refused(/INVALID_ROW_VALUE.*m.*state.*no such column/s, () =>
      mapped((state) => state.update({ m: 1 } as never), update),
    )
    await refused(/INVALID_UDF_RESULT.*undefined/s, () =>
      events
        .groupBy('k')
        .mapGroupsWithState((() => undefined) as never, 'what string', 'n int')
        .toDF(),
    )
    await refused(/FAILED_EXECUTE_UDF.*no more \(.*groups-with-state\.test\.[jt]s:\d+:\d+\)/s, () =>
      events
        .groupBy('k')
        .flatMapGroupsWithState(
          () => {
            throw new RangeError('no more')
          },
          'what string',
          'n int',
          update,
        )
        .toDF(),
    )
    const before = async (): Promise<void> => {
      const late = timed.groupBy('k').flatMapGroupsWithState(
        (_, rows, state) => {
          if ([...rows].length > 0 && state.getCurrentWatermarkMs() > 0) state.setTimeoutTimestamp(1)
        },
        'what string',
        'n int',
        byEvents,
      )
      const query = await late.writeStream
        .outputMode('update')
        .foreachBatch(() => undefined)
        .start()
      try {
        await query.processAllAvailable()
        await sendEvents(place, [{ k: 'a', s: 9 }])
        await query.processAllAvailable()
      } finally {
        await query.stop()
      }
    }
    t.regex((await t.throwsAsync(before)).message, /cannot be earlier than the watermark, 1000/)
  }))
