import test from 'ava'
import {
  type AnyRow,
  col,
  type ExpiredTimerInfo,
  functions as F,
  StatefulProcessor,
  type TimerValues,
} from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'
import { drainedTexts, sendEvents } from '../support/told-rows.js'

interface Event {
  readonly k: string
  readonly at: number
  readonly set?: number
}

/** Sets timers as rows say. A timer may set another one, which may be due already, or itself again, and take back one that is due as well. */
class Alarms extends StatefulProcessor {
  override *handleInputRows([k]: readonly unknown[], rows: Iterable<AnyRow>, times: TimerValues): Generator<object> {
    const handle = this.getHandle()
    for (const { set } of rows) if (set !== null) handle.registerTimer(Number(set))
    yield { what: `${k} has ${[...handle.listTimers()].toSorted()} at ${times.getCurrentWatermarkInMs()}` }
  }

  override *handleExpiredTimer(
    [k]: readonly unknown[],
    times: TimerValues,
    { getExpiryTimeInMs }: ExpiredTimerInfo,
  ): Generator<object> {
    const handle = this.getHandle()
    const time = getExpiryTimeInMs()
    const listed = (): string => [...handle.listTimers()].toSorted().join()
    const before = listed()
    if (time === 3000) handle.registerTimer(3500)
    if (time === 4000) handle.registerTimer(4000)
    if (time === 5000) handle.deleteTimer(6000)
    yield { what: `${k} rings ${time} of ${before}, then ${listed()} at ${times.getCurrentWatermarkInMs()}` }
  }
}

test('groups come in the order of their keys, then timers in that of their times, which see each other as in Spark', (t) =>
  withStreamPlace((place) =>
    withSession(
      'local[2]',
      async (session) => {
        const frame = place
          .read(session, 'events')
          .select(F.fromJson(col('value').cast('string'), 'k string, at bigint, set bigint').as('e'))
          .select('e.*')
          .withColumn('time', F.timestampMillis('at'))
          .withWatermark('time', '1 second')
          .groupBy('k')
          .transformWithState(Alarms, 'what string', { timeMode: 'eventTime' })
        /** Starts, and gives what comes of some events in its order. */
        const next = async (events: readonly Event[]): Promise<readonly string[]> => {
          await sendEvents(place, events)
          const { told } = await drainedTexts(place, frame, 'append')
          return told
        }
        const set = (k: string, time: number): Event => ({ k, at: 500, set: time })
        // Before the first row the watermark is at 0, and so it is before it is past that.
        t.deepEqual(
          await next([
            set('c', 5000),
            set('a', 4000),
            set('c', 6000),
            set('b', 3000),
            set('c', 2000),
            set('a', 9000),
            set('c', 7000),
          ]),
          ['a has 4000,9000 at 0', 'b has 3000 at 0', 'c has 2000,5000,6000,7000 at 0'],
        )
        // A timer is among those of its group while it rings, and gone behind that, also when it was set again; one that is set for a time that is past rings in
        // the next batch, and one that was taken back does not ring.
        t.deepEqual(await next([{ k: 'd', at: 9000 }]), [
          'd has  at 0',
          'c rings 2000 of 2000,5000,6000,7000, then 2000,5000,6000,7000 at 8000',
          'b rings 3000 of 3000, then 3000,3500 at 8000',
          'a rings 4000 of 4000,9000, then 4000,9000 at 8000',
          'c rings 5000 of 5000,6000,7000, then 5000,7000 at 8000',
          'c rings 7000 of 7000, then 7000 at 8000',
        ])
        t.deepEqual(await next([{ k: 'd', at: 9500 }]), ['d has  at 8000', 'b rings 3500 of 3500, then 3500 at 8000'])
        t.deepEqual(await next([{ k: 'd', at: 10_500 }]), ['d has  at 8500', 'a rings 9000 of 9000, then 9000 at 9500'])
      },
      { 'shuffle.partitions': 1 },
    ),
  ))
