import test from 'ava'
import { AwakeClock } from '../../common/awake-clock.js'

const TIMEOUT_MS = 8_000
const STEP_MS = 2_000

test('of a pause only one step counts as time in which the process was awake', (t) => {
  const clock = new AwakeClock(TIMEOUT_MS)
  clock.advance(100)
  t.is(clock.awakeMs, 0)
  clock.advance(1_100)
  clock.advance(1_100 + STEP_MS)
  t.is(clock.awakeMs, 1_000 + STEP_MS)
  clock.advance(1_000_000)
  t.is(clock.awakeMs, 1_000 + 2 * STEP_MS)
  clock.advance(999_000)
  t.is(clock.awakeMs, 1_000 + 2 * STEP_MS, 'a clock that goes back counts nothing')
})

test('after a pause of two steps the process listens for one step, and does so again only when it was awake for a time-out', (t) => {
  const clock = new AwakeClock(TIMEOUT_MS)
  clock.advance(0)
  clock.advance(2 * STEP_MS - 1)
  t.false(clock.isCatchingUp(2 * STEP_MS - 1))
  // Just two steps behind that.
  let now = 4 * STEP_MS - 1
  clock.advance(now)
  t.true(clock.isCatchingUp(now + STEP_MS - 1))
  t.false(clock.isCatchingUp(now + STEP_MS))
  // One step of each of these pauses counts.
  const granted: boolean[] = []
  for (let i = 0; i < 5; i++) {
    now += 3 * STEP_MS
    clock.advance(now)
    granted.push(clock.isCatchingUp(now))
  }
  t.deepEqual(granted, [false, false, false, true, false])
})

test('the next call is due in a step, or earlier when a silence may end, and not before it has listened', (t) => {
  const clock = new AwakeClock(TIMEOUT_MS)
  clock.advance(10_000)
  t.is(clock.wakeAtMs(500), 10_500)
  t.is(clock.wakeAtMs(9_000), 10_000 + STEP_MS)
  t.is(clock.wakeAtMs(-5), 10_000)
  clock.advance(20_000)
  t.is(clock.wakeAtMs(0), 20_000 + STEP_MS)
})
