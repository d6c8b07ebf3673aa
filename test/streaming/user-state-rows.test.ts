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
} from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'
import { drainedTexts, sendEvents } from '../support/told-rows.js'

type Event = { readonly user: string | null; readonly item: string; readonly n: number; readonly at?: number }

const eventsIn = (place: StreamPlace, session: Session): DataFrame<AnyRow> =>
  place
    .read(session, 'events')
    .select(F.fromJson(col('value').cast('string'), 'user string, item string, n int, at bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampMillis('at'))
    .toDF() as DataFrame<AnyRow>

const drained = async (place: StreamPlace, frame: DataFrame<AnyRow>): Promise<readonly string[]> =>
  (await drainedTexts(place, frame)).told.toSorted()

/** Keeps something of each kind. */
class Kinds extends StatefulProcessor {
  readonly last = this.getHandle().getValueState('last', 'item string, n int')
  readonly items = this.getHandle().getListState('items', 'item string not null')
  readonly counts = this.getHandle().getMapState('counts', 'item string, even boolean', 'n bigint not null')

  override handleInputRows(_: readonly unknown[], rows: Iterable<AnyRow>): void {
    for (const row of rows) {
      const [item, n] = [String(row['item']), Number(row['n'])]
      if (item === 'clear') {
        this.last.clear()
        this.items.clear()
        this.counts.removeKey({ item: 'a', even: true })
        for (const timer of this.getHandle().listTimers()) this.getHandle().deleteTimer(timer)
        continue
      }
      const key = { item, even: n % 2 === 0 }
      this.last.update({ item: n === 0 ? null : item, n })
      this.items.appendValue({ item })
      this.counts.updateValue(key, { n: (this.counts.getValue(key)?.n ?? 0n) + 1n })
      this.getHandle().registerTimer(n * 100_000 - 1000)
    }
  }

  override handleExpiredTimer(): void {}
}

const stateOf = (place: StreamPlace, session: Session, options: Readonly<Record<string, string>> = {}) =>
  session.read.format('statestore').options(options).load(join(place.directory, 'checkpoint'))

/** The rows of a state without their partitions, as JSON. */
const shown = async (place: StreamPlace, session: Session, options: Readonly<Record<string, string>>) => {
  const rows = await stateOf(place, session, options).drop('partition_id').toJSON().collect()
  return rows.map((row) => String(Object.values(row)[0])).toSorted()
}

test('values, lists, maps and timers of a class are read as rows, as they were after a batch', (t) =>
  withStreamPlace((place) =>
    withSession(
      'local[2]',
      async (session) => {
        const frame = eventsIn(place, session)
          .withWatermark('at', '1 day')
          .groupBy('user', col('n').mod(2).eq(F.lit(0)).as('even'))
          .transformWithState(Kinds, 'what string', { timeMode: 'eventTime' })
          .toDF()
        await sendEvents(place, [
          { user: 'ann', item: 'a', n: 2, at: 1000 },
          { user: 'ann', item: 'b', n: 4, at: 1000 },
          { user: null, item: 'c', n: 1, at: 1000 },
        ])
        await drained(place, frame)
        await sendEvents(place, [
          { user: 'ann', item: 'clear', n: 2, at: 2000 },
          { user: 'a user of a long name, which lies elsewhere', item: 'd', n: 0, at: 2000 },
        ])
        await drained(place, frame)
        const first = { batchId: '0' }
        const values = { stateVarName: 'last' }
        const rowsOf = (options: Readonly<Record<string, string>>) => shown(place, session, options)
        t.deepEqual(await rowsOf({ ...values, ...first }), [
          '{"key":{"even":false},"value":{"item":"c","n":1}}',
          '{"key":{"user":"ann","even":true},"value":{"item":"b","n":4}}',
        ])
        t.deepEqual(await rowsOf(values), [
          '{"key":{"even":false},"value":{"item":"c","n":1}}',
          '{"key":{"user":"a user of a long name, which lies elsewhere","even":true},"value":{"n":0}}',
        ])
        const lists = { stateVarName: 'items', flattenCollectionTypes: 'true' }
        t.deepEqual(await rowsOf({ ...lists, ...first }), [
          '{"key":{"even":false},"list_element":{"item":"c"}}',
          '{"key":{"user":"ann","even":true},"list_element":{"item":"a"}}',
          '{"key":{"user":"ann","even":true},"list_element":{"item":"b"}}',
        ])
        t.is((await rowsOf(lists)).length, 2)
        const maps = { stateVarName: 'counts' }
        t.deepEqual(await rowsOf({ ...maps, ...first }), [
          '{"key":{"even":false},"user_map_key":{"item":"c","even":false},"user_map_value":{"n":1}}',
          '{"key":{"user":"ann","even":true},"user_map_key":{"item":"a","even":true},"user_map_value":{"n":1}}',
          '{"key":{"user":"ann","even":true},"user_map_key":{"item":"b","even":true},"user_map_value":{"n":1}}',
        ])
        t.is((await rowsOf(maps)).length, 3)
        const timers = { readRegisteredTimers: 'true' }
        t.deepEqual(await rowsOf({ ...timers, ...first }), [
          '{"key":{"even":false},"expiration_timestamp_ms":99000}',
          '{"key":{"user":"ann","even":true},"expiration_timestamp_ms":199000}',
          '{"key":{"user":"ann","even":true},"expiration_timestamp_ms":399000}',
        ])
        t.deepEqual(await rowsOf(timers), [
          '{"key":{"even":false},"expiration_timestamp_ms":99000}',
          '{"key":{"user":"a user of a long name, which lies elsewhere","even":true},"expiration_timestamp_ms":-1000}',
        ])
        const refused = async (pattern: RegExp, options: Readonly<Record<string, string>> = {}): Promise<void> => {
          t.regex(await refusal(t, () => rowsOf(options)), pattern)
        }
        await refused(/STDS_REQUIRED_OPTION_UNSPECIFIED.*stateVarName/)
        await refused(/STDS_CONFLICT_OPTIONS.*stateVarName.*readRegisteredTimers/, { ...values, ...timers })
        await refused(/INVALID_OPTION.*stateVarName.*other.*last, items, counts/, { stateVarName: 'other' })
        await refused(/INVALID_OPTION.*readRegisteredTimers.*perhaps/, { readRegisteredTimers: 'perhaps' })
        await refused(/INVALID_OPTION.*flattenCollectionTypes.*false.*only true/, {
          ...lists,
          flattenCollectionTypes: 'false',
        })
      },
      { 'shuffle.partitions': 3 },
    ),
  ))

test('the state of a function is read as rows, what has a time to live with it, and other operators have no such state', (t) =>
  withStreamPlace((place) =>
    withSession('local[2]', async (session) => {
      const events = eventsIn(place, session)
      await sendEvents(place, [{ user: 'ann', item: 'x', n: 1 }])
      const counted = events.groupBy('user').mapGroupsWithState(
        (_, rows, state) => {
          state.update({ n: [...rows].length })
          state.setTimeoutDuration('1 day')
          return { what: '' }
        },
        'what string',
        'n int not null',
        { timeoutConf: 'processingTime' },
      )
      await drained(place, counted.toDF())
      t.deepEqual(await shown(place, session, {}), ['{"key":{"user":"ann"},"value":{"n":1}}'])
      const [timer] = await stateOf(place, session, { readRegisteredTimers: 'true' }).collect()
      t.true(Number((timer as AnyRow)['expiration_timestamp_ms']) > 1_700_000_000_000)
      const other = { ...place, directory: join(place.directory, 'other') }
      class Brief extends StatefulProcessor {
        readonly item = this.getHandle().getValueState('item', 'item string', { ttlDuration: '1 day' })
        override handleInputRows(_: readonly unknown[], rows: Iterable<AnyRow>): void {
          for (const { item } of rows) this.item.update({ item: String(item) })
        }
      }
      await drained(
        other,
        events.groupBy('user').transformWithState(Brief, 'what string', { timeMode: 'processingTime' }).toDF(),
      )
      const [row] = (await stateOf(other, session, { stateVarName: 'item' }).collect()) as readonly AnyRow[]
      const { value, ttlExpirationMs } = row!['value'] as AnyRow
      t.deepEqual(value, { item: 'x' })
      t.true(Number(ttlExpirationMs) > 1_700_000_000_000)
      const third = { ...place, directory: join(place.directory, 'third') }
      await drained(third, events.dropDuplicates(['user']).select(col('user').as('what')).toDF())
      for (const options of [{ stateVarName: 'item' }, { readRegisteredTimers: 'true' }] as readonly Record<
        string,
        string
      >[])
        t.regex(
          (await t.throwsAsync(() => stateOf(third, session, options).collect())).message,
          /INVALID_OPTION.*dedupe keeps no state of the user's code/,
        )
    }),
  ))

/** Sums and lists items, and rings when its time has come. */
class Sums extends StatefulProcessor {
  readonly sum = this.getHandle().getValueState('sum', 'sum bigint not null')
  readonly items = this.getHandle().getListState('items', 'item string')
  readonly counts = this.getHandle().getMapState('counts', 'item string', 'n int not null')

  override *handleInputRows([user]: readonly unknown[], rows: Iterable<AnyRow>): Generator<object> {
    let sum = this.sum.get()?.sum ?? 0n
    for (const row of rows) {
      const [item, n] = [String(row['item']), Number(row['n'])]
      sum += BigInt(n)
      this.items.appendValue({ item })
      this.counts.updateValue({ item }, { n })
      if (n % 3 === 0) this.counts.removeKey({ item: 'b' })
      if (n % 7 === 0) this.items.put([])
      this.getHandle().registerTimer(1_000_000 + n * 1000)
    }
    this.sum.update({ sum })
    const items = [...this.items.get()].map((row) => row.item).join('')
    const counts = [...this.counts.iterator()].map(([key, { n }]) => `${key.item}${n}`).toSorted()
    yield { what: `${user} ${sum} [${items}] {${counts}}` }
  }

  override *handleExpiredTimer([user]: readonly unknown[], _: unknown, timer: ExpiredTimerInfo): Generator<object> {
    yield { what: `${user} rings ${timer.getExpiryTimeInMs()}` }
  }
}

test('state of a class is divided anew, again and again: nothing of it is lost, and timers ring', (t) =>
  withStreamPlace(async (place) => {
    const random = new Random(5)
    const models = new Map<string, { sum: number; items: string; counts: Map<string, number>; timers: Set<number> }>()
    for (const [i, partitions] of [3, 5, 1, 4, 2, 2, 6].entries()) {
      const seconds = 100 + i * 100
      const events = Array.from({ length: 40 }, (): Event => {
        const [user, item] = [`user ${random.integer(0, 15)}`, 'abc'[random.integer(0, 2)]!]
        // Timers ring in the two starts behind.
        return { user, item, n: seconds - 1000 + 150 + random.integer(0, 100), at: seconds * 1000 }
      })
      // All of one partition, so that they come in their order.
      const sent = events.flatMap((event) => [JSON.stringify(event), '{}'])
      await place.send('events', sent)
      const touched = new Set<string>()
      for (const { user, item, n } of events) {
        const model = models.get(user!) ?? {
          sum: 0,
          items: '',
          counts: new Map<string, number>(),
          timers: new Set<number>(),
        }
        models.set(user!, model)
        touched.add(user!)
        model.sum += n
        model.items += item
        model.counts.set(item, n)
        if (n % 3 === 0) model.counts.delete('b')
        if (n % 7 === 0) model.items = ''
        model.timers.add(1_000_000 + n * 1000)
      }
      const told = [...touched].map((user) => {
        const { sum, items, counts } = models.get(user)!
        return `${user} ${sum} [${items}] {${[...counts].map(([item, n]) => `${item}${n}`).toSorted()}}`
      })
      for (const [user, { timers }] of models)
        for (const time of timers)
          if (time < seconds * 1000) {
            told.push(`${user} rings ${time}`)
            timers.delete(time)
          }
      await withSession(
        'local[2]',
        async (session) => {
          const frame = eventsIn(place, session)
            .filter(col('user').isNotNull())
            .withWatermark('at', '0 seconds')
            .groupBy('user')
            .transformWithState(Sums, 'what string', { timeMode: 'eventTime' })
            .toDF()
          t.deepEqual(await drained(place, frame), told.toSorted(), `round ${i}`)
          const parts = await stateOf(place, session, { stateVarName: 'sum' })
            .select('partition_id')
            .distinct()
            .collect()
          t.is(parts.length, partitions, `partitions of round ${i}`)
          const sums = await shown(place, session, { stateVarName: 'sum' })
          t.deepEqual(
            sums,
            [...models].map(([user, { sum }]) => `{"key":{"user":"${user}"},"value":{"sum":${sum}}}`).toSorted(),
          )
        },
        { 'shuffle.partitions': partitions },
      )
    }
  }))
