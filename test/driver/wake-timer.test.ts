import test from 'ava'
import { WakeTimer } from '../../driver/wake-timer.js'

/** Waits for a timer that was set after another one, which has therefore run if it was to run at all. */
const later = (): Promise<void> =>
  new Promise((resolve) => {
    new WakeTimer(resolve).set(performance.now() + 5, true)
  })

test('a timer wakes at the time set last, and not when that is never or was cleared', async (t) => {
  let woken = 0
  const timer = new WakeTimer(() => {
    woken++
  })
  timer.set(performance.now(), true)
  timer.set(performance.now() - 1000, true)
  await later()
  t.is(woken, 1)
  timer.set(performance.now(), true)
  timer.set(Number.POSITIVE_INFINITY, true)
  await later()
  timer.set(performance.now(), true)
  timer.clear()
  await later()
  t.is(woken, 1)
})

test('a time that is put off is not woken at, and a nearer one is', async (t) => {
  let woken = 0
  const timer = new WakeTimer(() => {
    woken++
  })
  timer.set(performance.now(), true)
  timer.set(performance.now() + 2 ** 40, true)
  await later()
  t.is(woken, 0)
  timer.set(performance.now(), true)
  await later()
  t.is(woken, 1)
  timer.clear()
})

test('a time that is further away than timers of Node can wait does not come at once', async (t) => {
  const timer = new WakeTimer(() => t.fail())
  timer.set(performance.now() + 2 ** 40, false)
  await later()
  timer.clear()
  t.pass()
})

test('a process lives on for the time that was set last, though the timer is that of another one', (t) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const timer = new WakeTimer(() => t.fail())
  const atMs = performance.now() + 2 ** 30
  timer.set(atMs, false)
  t.is(timers(), before)
  timer.set(atMs + 1, true)
  t.is(timers(), before + 1)
  timer.set(atMs + 2, false)
  t.is(timers(), before)
  timer.clear()
})
