import { join } from 'node:path'
import test from 'ava'
import {
  type AnyRow,
  col,
  type DataFrame,
  type ExpiredTimerInfo,
  functions as F,
  type Session,
  StatefulProcessor,
  type StatefulProcessorHandle,
  type TimerValues,
} from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'
import { sendEvents, toldStream } from '../support/told-rows.js'
import { Visits } from '../user-code/modules/visits.js'

type Event = { readonly user: string | null; readonly item: string; readonly n: number; readonly at?: number }

const PARTITIONS = { 'shuffle.partitions': 3 }

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>, master = 'local[2]') =>
  withStreamPlace((place) => withSession(master, (session) => body(place, session), PARTITIONS))

const eventsIn = (place: StreamPlace, session: Session, options: Readonly<Record<string, string>> = {}) =>
  place
    .read(session, 'events', options)
    .select(F.fromJson(col('value').cast('string'), 'user string, item string, n int, at bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampMillis('at'))
    .toDF() as DataFrame<AnyRow>

const textsOf = (rows: readonly AnyRow[]): readonly string[] =>
  rows.map((row) => Object.values(row).map(String).join(' ')).toSorted()

/** Runs a stream with a checkpoint until it has what there is; gives the rows of each batch, sorted. */
async function drained(
  place: StreamPlace,
  frame: DataFrame<AnyRow>,
  checkpoint = 'checkpoint',
): Promise<readonly (readonly string[])[]> {
  const batches: (readonly string[])[] = []
  const query = await frame.writeStream
    .outputMode('update')
    .foreachBatch(async (batch) => {
      batches.push(textsOf(await batch.collect()))
    })
    .option('checkpointLocation', join(place.directory, checkpoint))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return batches
}

class Totals extends StatefulProcessor {
  readonly total = this.getHandle().getValueState('total', 'sum bigint not null, rows int')
  readonly items = this.getHandle().getListState('items', 'item string')
  readonly counts = this.getHandle().getMapState('counts', 'item string', 'n bigint')

  override *handleInputRows(key: readonly unknown[], rows: Iterable<AnyRow>): Generator<object> {
    const before = this.total.get() ?? { sum: 0n, rows: 0 }
    let { sum } = before
    let count = before.rows ?? 0
    for (const row of rows) {
      const [item, n] = [String(row['item']), BigInt(Number(row['n']))]
      sum += n
      count++
      this.items.appendValue({ item })
      this.counts.updateValue({ item }, { n: (this.counts.getValue({ item })?.n ?? 0n) + n })
    }
    this.total.update({ sum, rows: count })
    const items = [...this.items.get()].map(({ item }) => item).join('')
    yield { user: key[0], sum, rows: count, items }
    for (const [{ item }, { n }] of this.counts.iterator()) yield { user: key[0], sum: n, rows: -1, items: item }
  }
}

const TOTALS = 'user string, sum bigint, rows int, items string' as string

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`values, lists and maps of groups go on from batch to batch and after a restart (${master})`, (t) =>
    inPlace(async (place, session) => {
      const frame = eventsIn(place, session).groupBy('user').transformWithState(Totals, TOTALS).toDF()
      await sendEvents(place, [
        { user: 'ann', item: 'a', n: 1 },
        { user: 'bob', item: 'b', n: 5 },
        { user: 'ann', item: 'b', n: 2 },
        { user: null, item: 'c', n: 7 },
      ])
      t.deepEqual(await drained(place, frame), [
        ['ann 1 -1 a', 'ann 2 -1 b', 'ann 3 2 ab', 'bob 5 -1 b', 'bob 5 1 b', 'null 7 -1 c', 'null 7 1 c'],
      ])
      await sendEvents(place, [
        { user: 'ann', item: 'a', n: 10 },
        { user: 'eve', item: 'x', n: 1 },
      ])
      t.deepEqual(await drained(place, frame), [
        ['ann 11 -1 a', 'ann 13 3 aba', 'ann 2 -1 b', 'eve 1 -1 x', 'eve 1 1 x'],
      ])
    }, master))

/** Counts items in windows of ten seconds by timers: a window is told when it is past. */
class Windows extends StatefulProcessor {
  readonly counts = this.getHandle().getMapState('counts', 'start bigint', 'n int')

  override *handleInputRows(_: readonly unknown[], rows: Iterable<AnyRow>, times: TimerValues): Generator<object> {
    const handle = this.getHandle()
    for (const { at, item } of rows) {
      const start = BigInt(Math.floor(Number(at) / 10_000) * 10_000)
      this.counts.updateValue({ start }, { n: (this.counts.getValue({ start })?.n ?? 0) + 1 })
      handle.registerTimer(Number(start) + 10_000)
      if (item === 'forget') {
        handle.deleteTimer(Number(start) + 10_000)
        this.counts.removeKey({ start })
      }
    }
    const timers = [...handle.listTimers()].toSorted((a, b) => a - b)
    yield { what: `timers ${timers} watermark ${times.getCurrentWatermarkInMs()}` }
  }

  override *handleExpiredTimer(
    [user]: readonly unknown[],
    times: TimerValues,
    { getExpiryTimeInMs }: ExpiredTimerInfo,
  ): Generator<object> {
    const start = BigInt(getExpiryTimeInMs() - 10_000)
    yield { what: `${user} ${start} ${this.counts.getValue({ start })?.n} at ${times.getCurrentWatermarkInMs()}` }
    this.counts.removeKey({ start })
  }
}

test('timers of event time fire once, when the watermark is past them, and rows that are late are dropped', (t) =>
  inPlace(async (place, session) => {
    const frame = eventsIn(place, session)
      .withWatermark('at', '5 seconds')
      .groupBy('user')
      .transformWithState(Windows, 'what string', { timeMode: 'eventTime' })
      .toDF()
    const told: string[][] = []
    const ann = (at: number, item = 'x'): Event => ({ user: 'ann', item, n: 1, at })
    await sendEvents(place, [ann(1000)])
    const query = await frame.writeStream
      .outputMode('append')
      .foreachBatch(async (batch) => {
        told.push([...textsOf(await batch.collect())])
      })
      .option('checkpointLocation', join(place.directory, 'checkpoint'))
      .start()
    const next = async (...events: readonly Event[]): Promise<readonly string[]> => {
      await sendEvents(place, events)
      await query.processAllAvailable()
      return told.splice(0).flat()
    }
    await query.processAllAvailable()
    t.deepEqual(told.splice(0).flat(), ['timers 10000 watermark 0'])
    t.deepEqual(await next(ann(2000), ann(12_000)), ['timers 10000,20000 watermark 0'])
    // At 15 s the watermark is at 10 s, which the timer is not before.
    t.deepEqual(await next(ann(15_000)), ['timers 10000,20000 watermark 7000'])
    t.deepEqual(await next(ann(16_000), { ...ann(16_000), user: 'bob' }), [
      'timers 10000,20000 watermark 10000',
      'timers 20000 watermark 10000',
      'ann 0 2 at 11000',
    ])
    t.deepEqual(await next(ann(3000), ann(17_000, 'forget')), ['timers  watermark 11000'])
    t.deepEqual(await next({ ...ann(40_000), user: 'eve' }), ['timers 50000 watermark 12000', 'bob 10000 1 at 35000'])
    const [last] = query.lastProgress!.stateOperators
    t.like(last, { operatorName: 'transformWithStateExec', numRowsTotal: 6, numShufflePartitions: 3 })
    const dropped = query.recentProgress.map(({ stateOperators: [one] }) => one?.numRowsDroppedByWatermark ?? 0)
    t.is(
      dropped.reduce((sum, count) => sum + count),
      1,
    )
    await query.stop()
  }))

class Clocked extends StatefulProcessor {
  readonly brief = this.getHandle().getValueState('brief', 'since bigint', { ttlDuration: '1 millisecond' })
  readonly long = this.getHandle().getValueState('long', 'since bigint', { ttlDuration: '1 day' })
  readonly list = this.getHandle().getListState('list', 'since bigint', { ttlDuration: '1 millisecond' })
  readonly map = this.getHandle().getMapState('map', 'k string', 'since bigint', { ttlDuration: '1 millisecond' })

  override *handleInputRows(_: readonly unknown[], __: Iterable<AnyRow>, times: TimerValues): Generator<object> {
    const now = times.getCurrentProcessingTimeInMs()
    const since = Number(this.long.get()?.since ?? now)
    const isGone = now >= since + 1
    const found = [this.brief.exists(), this.list.exists(), this.map.exists(), this.map.containsKey({ k: 'a' })]
    yield { what: `${this.long.exists()} ${found.every((there) => there === (this.long.exists() && !isGone))}` }
    const row = { since: BigInt(now) }
    this.long.update(row)
    this.brief.update(row)
    this.list.appendValue(row)
    this.map.updateValue({ k: 'a' }, row)
    this.getHandle().registerTimer(now + 1)
  }

  override *handleExpiredTimer(): Generator<object> {
    yield { what: `timer ${this.long.exists()}` }
  }
}

test('timers of the time of the machine fire without rows, and what has a time to live is forgotten', (t) =>
  inPlace(async (place, session) => {
    const frame = eventsIn(place, session)
      .groupBy('user')
      .transformWithState(Clocked, 'what string', { timeMode: 'processingTime' })
      .toDF()
    const { start, until } = toldStream(place, frame)
    await sendEvents(place, [{ user: 'ann', item: 'x', n: 1 }])
    const first = await start()
    t.deepEqual(await until(2), ['false true', 'timer true'])
    await first.processAllAvailable()
    await first.stop()
    // The next start does not know when something is due, and looks.
    await sendEvents(place, [{ user: 'ann', item: 'x', n: 2 }])
    const second = await start()
    t.deepEqual(await until(2), ['true true', 'timer true'])
    await second.processAllAvailable()
    // What is left is the long value: nothing of what has expired is kept.
    await sendEvents(place, [{ user: 'bob', item: 'x', n: 2 }])
    await until(2)
    const kept = (): number => second.lastProgress!.stateOperators[0]!.numRowsTotal
    while (second.isActive && kept() !== 2) await new Promise<void>(setImmediate)
    t.is(kept(), 2)
    await second.stop()
  }))

/** Looks at what it has kept before, some of which is to be forgotten after a millisecond. */
class Fleeting extends StatefulProcessor {
  readonly value = this.getHandle().getValueState('value', 'v int', { ttlDuration: '1 millisecond' })
  readonly list = this.getHandle().getListState('list', 'v int', { ttlDuration: '1 millisecond' })
  readonly map = this.getHandle().getMapState('map', 'k int', 'v int', { ttlDuration: '1 millisecond' })
  readonly days = this.getHandle().getListState('days', 'v int', { ttlDuration: '1 day' })

  override *handleInputRows(): Generator<object> {
    const { value, list, map, days } = this
    const exist = [value, list, map, days].map((state) => state.exists())
    yield {
      what: `${exist} ${value.get()} ${[...list.get()].length} ${map.containsKey({ k: 1 })} ${[...days.get()].length}`,
    }
    value.update({ v: 1 })
    map.updateValue({ k: 1 }, { v: 1 })
    for (const one of [list, days]) one.appendValue({ v: 1 })
  }
}

test('what has lived its time is gone for who looks, although it is let go at the end of the batch', (t) =>
  inPlace(async (place, session) => {
    const options = { timeMode: 'processingTime' } as const
    const frame = eventsIn(place, session).groupBy('user').transformWithState(Fleeting, 'what string', options).toDF()
    for (const days of [0, 1, 2]) {
      await sendEvents(place, [{ user: 'ann', item: 'x', n: 1 }])
      // A start does not know when something is due: its first batch has the rows.
      const [first] = await drained(place, frame)
      t.deepEqual(first, [`false,false,false,${days > 0} undefined 0 false ${days}`])
    }
  }))

test('what is wrong with a class or with what it does is told by name, with the line of its file', (t) =>
  inPlace(async (place, session) => {
    await sendEvents(place, [{ user: 'ann', item: 'x', n: 1, at: 5 }])
    const events = eventsIn(place, session)
    const groups = events.groupBy('user')
    type Class = new (handle: StatefulProcessorHandle) => StatefulProcessor
    const run = async (of: Class, options: object = {}, from = groups): Promise<unknown> =>
      await drained(place, from.transformWithState(of, 'what string', options).toDF(), crypto.randomUUID())
    const refused = async (pattern: RegExp, of: Class, options: object = {}, from = groups): Promise<void> => {
      t.regex(await refusal(t, () => run(of, options, from)), pattern)
    }
    class Thrower extends StatefulProcessor {
      override handleInputRows(): never {
        throw new RangeError('no more')
      }
    }
    await refused(
      /FAILED_EXECUTE_UDF.*`Thrower`.*RangeError: no more \(.*transform-with-state\.test\.[jt]s:\d+:\d+\)/s,
      Thrower,
    )
    class Late extends StatefulProcessor {
      override async *handleInputRows(): AsyncGenerator<object> {
        yield { what: 'x' }
        throw new Error('too late')
      }
    }
    await refused(/`Late`.*too late/s, Late)
    class Odd extends StatefulProcessor {
      readonly total = this.getHandle().getValueState('total', 'sum bigint not null')
      override handleInputRows(key: readonly unknown[], rows: Iterable<AnyRow>): undefined {
        for (const { item } of rows) this.total.update((item === 'x' ? { sun: 1n } : key) as unknown as { sum: bigint })
      }
    }
    await refused(/INVALID_ROW_VALUE.*sun.*total.*no such column/s, Odd)
    class Wrong extends StatefulProcessor {
      override handleInputRows(): Iterable<object> {
        return [{ other: 1 }]
      }
    }
    await refused(/RESULT_COLUMN_NAMES_MISMATCH.*other/s, Wrong)
    class Number7 extends StatefulProcessor {
      override handleInputRows(): never {
        return 7 as never
      }
    }
    await refused(/INVALID_UDF_RESULT.*7/s, Number7)
    class Timed extends StatefulProcessor {
      override handleInputRows(): undefined {
        this.getHandle().registerTimer(1)
      }
    }
    await refused(/INVALID_TIME_MODE.*registerTimer.*none/s, Timed)
    class Early extends StatefulProcessor {
      readonly total = this.getHandle().getValueState('total', 'sum bigint')
      readonly before = this.total.get()
      override handleInputRows(): undefined {}
    }
    await refused(/INVALID_HANDLE_STATE.*operation=get/s, Early)
    class Twice extends StatefulProcessor {
      readonly a = this.getHandle().getValueState('total', 'sum bigint')
      readonly b = this.getHandle().getListState('total', 'sum bigint')
      override handleInputRows(): undefined {}
    }
    await refused(/DUPLICATE_STATE_VARIABLE_DEFINED.*total/s, Twice)
    class Mortal extends StatefulProcessor {
      readonly a = this.getHandle().getValueState('total', 'sum bigint', { ttlDuration: '0 seconds' })
      override handleInputRows(): undefined {}
    }
    await refused(/INCORRECT_TIME_MODE_TO_ASSIGN_TTL.*total.*eventTime/s, Mortal, { timeMode: 'eventTime' })
    await refused(/TTL_DURATION_MUST_BE_POSITIVE.*total/s, Mortal, { timeMode: 'processingTime' })
    class Fine extends StatefulProcessor {
      override handleInputRows(): undefined {}
    }
    await refused(/UNKNOWN_TIME_MODE.*sometimes/s, Fine, { timeMode: 'sometimes' })
    await refused(/INVALID_API_USE.*withWatermark/s, Fine, { timeMode: 'eventTime' })
    class Free extends StatefulProcessor {
      override handleInputRows(): undefined {
        place.send('events', [])
      }
    }
    await refused(/UDF_FREE_VARIABLES.*place/s, Free)
  }))

test('a class that never returns is ended with its query', (t) =>
  inPlace(async (place, session) => {
    await sendEvents(place, [{ user: 'ann', item: 'x', n: 1 }])
    class Endless extends StatefulProcessor {
      override handleInputRows(): never {
        for (;;);
      }
    }
    const query = await eventsIn(place, session)
      .groupBy('user')
      .transformWithState(Endless, 'what string')
      .writeStream.outputMode('update')
      .foreachBatch(() => undefined)
      .start()
    while (query.status.message !== 'Processing new data') await new Promise<void>(setImmediate)
    await query.stop()
    t.false(query.isActive)
    t.is((await session.range(3).collect()).length, 3)
  }))

test('state of other columns, or of another time mode, is not gone on with', (t) =>
  inPlace(async (place, session) => {
    await sendEvents(place, [{ user: 'ann', item: 'x', n: 1 }])
    const groups = eventsIn(place, session).groupBy('user')
    const of = (schema: string, timeMode: 'none' | 'processingTime' = 'none') =>
      groups
        .transformWithState(
          class extends StatefulProcessor {
            readonly total = this.getHandle().getValueState('total', schema)
            override handleInputRows(): undefined {}
          },
          'what string',
          { timeMode, name: 'Kept', values: { schema } },
        )
        .toDF()
    await drained(place, of('sum bigint'))
    for (const frame of [of('sum int'), of('sum bigint, n int'), of('sum bigint', 'processingTime')])
      t.regex(await refusal(t, () => drained(place, frame)), /STREAMING_STATE_MISMATCH.*transformWithStateExec/s)
    t.deepEqual(await drained(place, of('sum bigint')), [])
  }))

test('state of a class is divided anew for another number of partitions, and stays as it is where none is set', (t) =>
  withStreamPlace(async (place) => {
    const run = (session: Session) =>
      drained(place, eventsIn(place, session).groupBy('user').transformWithState(Totals, TOTALS).toDF())
    await sendEvents(place, [{ user: 'ann', item: 'x', n: 1 }])
    await withSession('local[2]', run, PARTITIONS)
    await withSession(
      'local[2]',
      async (session) => {
        await sendEvents(place, [{ user: 'ann', item: 'x', n: 5 }])
        t.deepEqual(await run(session), [['ann 6 -1 x', 'ann 6 2 xx']])
      },
      { 'shuffle.partitions': 4 },
    )
    await sendEvents(place, [{ user: 'ann', item: 'y', n: 2 }])
    await withSession('local[4]', async (session) => {
      t.deepEqual(await run(session), [['ann 2 -1 y', 'ann 6 -1 x', 'ann 8 3 xxy']])
    })
  }))

/** Does what rows say to its state, and tells all that is in it. */
class Obedient extends StatefulProcessor {
  readonly value = this.getHandle().getValueState('value', 'v string')
  readonly list = this.getHandle().getListState('list', 'v string')
  readonly map = this.getHandle().getMapState('map', 'k int', 'v string')

  override *handleInputRows([user]: readonly unknown[], rows: Iterable<AnyRow>): Generator<object> {
    for (const row of rows) {
      const [item, k] = [String(row['item']), Number(row['n'])]
      const v = `${item}${k}`
      if (item === 'value') this.value.update({ v })
      else if (item === 'append') this.list.appendList([{ v }, { v: `${v}'` }])
      else if (item === 'replace') this.list.put([{ v }])
      else if (item === 'put') this.map.updateValue({ k }, { v })
      else if (item === 'remove') this.map.removeKey({ k })
      else for (const state of [this.value, this.list, this.map]) state.clear()
    }
    const list = [...this.list.get()].map((row) => row.v)
    const map = [...this.map.iterator()].map(([key, row]) => `${key.k}=${row.v}`).toSorted()
    const exist = [this.value, this.list, this.map].map((state) => state.exists())
    yield { what: `${user} ${this.value.get()?.v} [${list}] {${map}} ${exist}` }
  }
}

/** What it is to tell, by plain values. */
class Model {
  value: string | undefined
  list: string[] = []
  readonly map = new Map<number, string>()

  obey({ item, n }: Event): void {
    const v = `${item}${n}`
    if (item === 'value') this.value = v
    else if (item === 'append') this.list.push(v, `${v}'`)
    else if (item === 'replace') this.list = [v]
    else if (item === 'put') this.map.set(n, v)
    else if (item === 'remove') this.map.delete(n)
    else {
      this.value = undefined
      this.list = []
      this.map.clear()
    }
  }

  told(user: string): string {
    const map = [...this.map].map(([k, v]) => `${k}=${v}`).toSorted()
    const exist = [this.value !== undefined, this.list.length > 0, this.map.size > 0]
    return `${user} ${this.value} [${this.list}] {${map}} ${exist}`
  }
}

for (const keeps of ['in memory', 'by restarts'])
  test(`state is what random changes make of it, ${keeps}`, (t) =>
    inPlace(async (place, session) => {
      const random = new Random(keeps.length)
      const models = new Map<string, Model>()
      const kinds = ['value', 'append', 'replace', 'put', 'put', 'put', 'remove', 'remove', 'clear'] as const
      const frame = eventsIn(place, session).groupBy('user').transformWithState(Obedient, 'what string').toDF()
      const round = async (size: number): Promise<readonly string[]> => {
        const touched = new Set<string>()
        const events = Array.from({ length: size }, (): Event => {
          const user = `user ${random.integer(0, 30)}`
          const item = kinds[random.integer(0, kinds.length - (random.integer(0, 20) === 0 ? 0 : 1))]!
          touched.add(user)
          return { user, item, n: random.integer(0, 40) }
        })
        // All of a group are in one partition of the topic, in their order.
        const ordered = events.flatMap((event) => (Number(event.user!.slice(5)) % 2 === 0 ? [event] : []))
        const others = events.filter((event) => !ordered.includes(event))
        const sent = Array.from({ length: Math.max(ordered.length, others.length) }, (_, i) => [
          ordered[i] ?? null,
          others[i] ?? null,
        ]).flat()
        await place.send(
          'events',
          sent.map((event) => (event === null ? '{}' : JSON.stringify(event))),
        )
        for (const event of [...ordered, ...others]) {
          const model = models.get(event.user!) ?? new Model()
          models.set(event.user!, model)
          model.obey(event)
        }
        return [...touched].map((user) => models.get(user)!.told(user)).toSorted()
      }
      const known = (rows: readonly string[]) => rows.filter((row) => !row.startsWith('null')).toSorted()
      if (keeps === 'by restarts') {
        for (let i = 0; i < 8; i++) {
          const expected = await round(i === 3 ? 600 : 90)
          t.deepEqual(known((await drained(place, frame)).flat()), expected)
        }
        return
      }
      const told: string[] = []
      const first = await round(50)
      const query = await frame.writeStream
        .outputMode('update')
        .foreachBatch(async (batch) => {
          for (const row of textsOf(await batch.collect())) told.push(row)
        })
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .start()
      await query.processAllAvailable()
      t.deepEqual(known(told.splice(0)), first)
      for (let i = 0; i < 15; i++) {
        const expected = await round(i === 7 ? 900 : 120)
        await query.processAllAvailable()
        t.deepEqual(known(told.splice(0)), expected, `round ${i}`)
      }
      await query.stop()
      const expected = await round(100)
      t.deepEqual(known((await drained(place, frame)).flat()), expected)
    }))

test('a class of a module is imported where it runs, with what it imports', (t) =>
  inPlace(async (place, session) => {
    const module = new URL('../user-code/modules/visits.js', import.meta.url)
    const frame = eventsIn(place, session).groupBy('user').transformWithState(Visits, 'what string', { module }).toDF()
    for (const expected of [
      ['ann 1', 'bob 1'],
      ['ann 2', 'bob 2'],
    ]) {
      await sendEvents(place, [
        { user: 'ann', item: 'x', n: 1 },
        { user: 'bob', item: 'x', n: 1 },
      ])
      t.deepEqual(await drained(place, frame), [expected])
    }
  }, 'local-cluster[1,2,512]'))

/** Sets as many timers as a row says, and takes back all but one in ten. */
class Alarms extends StatefulProcessor {
  override *handleInputRows([user]: readonly unknown[], rows: Iterable<AnyRow>): Generator<object> {
    const handle = this.getHandle()
    for (const { n } of rows) {
      for (let i = 0; i < Number(n); i++) handle.registerTimer(1000 + i)
      for (let i = 0; i < Number(n); i++) if (i % 10 !== 0) handle.deleteTimer(1000 + i)
    }
    yield { what: `${user} ${[...handle.listTimers()].length}` }
  }

  override *handleExpiredTimer([user]: readonly unknown[], _: unknown, timer: ExpiredTimerInfo): Generator<object> {
    yield { what: `${user} at ${timer.getExpiryTimeInMs()}` }
  }
}

test('of hundreds of timers those that were not taken back fire, also when the memory of the others is given back', (t) =>
  inPlace(async (place, session) => {
    const frame = eventsIn(place, session)
      .withWatermark('at', '0 seconds')
      .groupBy('user')
      .transformWithState(Alarms, 'what string', { timeMode: 'eventTime' })
      .toDF()
    const told: string[] = []
    const users = ['ann', 'bob', 'eve', 'joe']
    await sendEvents(
      place,
      users.map((user) => ({ user, item: 'x', n: 900, at: 500 })),
    )
    const query = await frame.writeStream
      .outputMode('update')
      .foreachBatch(async (batch) => {
        for (const row of await batch.collect()) told.push(String(row['what']))
      })
      .option('checkpointLocation', join(place.directory, 'checkpoint'))
      .start()
    await query.processAllAvailable()
    t.deepEqual(told.splice(0).toSorted(), ['ann 90', 'bob 90', 'eve 90', 'joe 90'])
    const cells = (): number => query.lastProgress!.stateOperators[0]!.numRowsTotal
    // Each has an entry and a place, and each group a count.
    t.is(cells(), users.length * (2 * 90 + 1))
    const times = Array.from({ length: 90 }, (_, i) => 1000 + 10 * i)
    for (const [from, until] of [
      [0, 45],
      [45, 90],
    ] as const) {
      await sendEvents(place, [{ user: 'sue', item: 'x', n: 0, at: 1000 + 10 * until - 5 }])
      await query.processAllAvailable()
      const fired = told.splice(0).filter((what) => what.includes(' at '))
      for (const user of users)
        t.deepEqual(
          fired.filter((what) => what.startsWith(user)),
          times.slice(from, until).map((time) => `${user} at ${time}`),
        )
    }
    await query.stop()
  }))
