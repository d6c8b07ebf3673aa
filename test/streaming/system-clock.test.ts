import test from 'ava'
import { systemClock } from '../../driver/streaming/system-clock.js'

test('a time beyond what timers of Node can wait is waited for, and ends with its signal', async (t) => {
  const controller = new AbortController()
  let isOver = false
  const slept = systemClock.sleep(100 * 24 * 3_600_000, controller.signal).then(() => {
    isOver = true
  })
  await systemClock.sleep(5, new AbortController().signal)
  await new Promise((resolve) => setImmediate(resolve))
  t.false(isOver)
  controller.abort()
  await slept
  t.true(isOver)
})
