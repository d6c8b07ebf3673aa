import test from 'ava'
import { Replacements } from '../../common/replacements.js'

const MINUTE_MS = 60_000

test('executors that end soon are replaced after growing pauses, and no more after some in a row', (t) => {
  const replacements = new Replacements(2)
  const pauses = Array.from({ length: 9 }, (_, i) => replacements.pauseAfterEnd(i * 1000, i * 1000 + 500))
  t.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000, undefined])
})

test('one that lived long is always replaced, soon, and does not count', (t) => {
  const replacements = new Replacements(1)
  for (let i = 0; i < 4; i++) t.not(replacements.pauseAfterEnd(0, 1000), undefined)
  t.is(replacements.pauseAfterEnd(0, MINUTE_MS), 100)
  t.is(replacements.pauseAfterEnd(MINUTE_MS - 1, MINUTE_MS + 1), undefined)
})

test('a while in which none ended soon begins the row anew, so that a cluster which runs for long never gives up for old ends', (t) => {
  const replacements = new Replacements(1)
  for (let at = 0; at < 100 * MINUTE_MS; at += MINUTE_MS) t.is(replacements.pauseAfterEnd(at - 10, at), 100)
  for (let i = 1; i < 4; i++) t.not(replacements.pauseAfterEnd(99 * MINUTE_MS, 99 * MINUTE_MS + i), undefined)
  t.is(replacements.pauseAfterEnd(99 * MINUTE_MS, 99 * MINUTE_MS + 5), undefined)
})
