import test from 'ava'
import { growingPauseMs, longestPauseMs } from '../../common/growing-pause.js'

const PAUSE = { firstMs: 100, mostMs: 5_000 }

test('waits between tries grow up to a bound, however many failed', (t) => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 5_000].map((failed) => longestPauseMs(PAUSE, failed))
  t.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000])
})

test('those who failed together wait for different times, none for less than the half', (t) => {
  for (const [failed, least, most] of [
    [0, 50, 100],
    [3, 400, 800],
    [90, 2_500, 5_000],
  ] as const) {
    const waits = Array.from({ length: 400 }, () => growingPauseMs(PAUSE, failed))
    t.true(waits.every((wait) => wait >= least && wait <= most))
    t.true(new Set(waits).size > 20, 'they are drawn')
    t.true(
      waits.some((wait) => wait < least * 1.3) && waits.some((wait) => wait > most * 0.85),
      'from all that is allowed',
    )
  }
})

test('the longest wait is among those that are drawn, also where it is one millisecond', (t) => {
  const waits = Array.from({ length: 400 }, () => growingPauseMs({ firstMs: 1, mostMs: 1 }, 0))
  t.deepEqual([...new Set(waits)].sort(), [0, 1])
})
