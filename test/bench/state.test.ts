import test from 'ava'
import { renderState } from '../../bench/state.js'

test('batches with many keys are compared with those with few, by their medians', (t) => {
  const few = {
    ...{ keys: 10_000, batchMs: [20, 30, 25], taskMs: [5, 6, 7], writtenBytes: [1000, 1000, 1100] },
    ...{ memoryBytes: 2 * 1024 ** 2, stateBytes: 1024 ** 2, restoreMs: 100, afterRestoreMs: 20 },
  }
  const many = { ...few, keys: 10_000_000, batchMs: [50], stateBytes: 900 * 1024 ** 2, restoreMs: 4200 }
  const lines = renderState(few, many).split('\n')
  t.is(lines[2], '| 10,000 | 25 | 6 | 0.00 | 2 | 1 | 0.1 |')
  t.is(lines[3], '| 10,000,000 | 50 | 6 | 0.00 | 2 | 900 | 4.2 |')
  t.regex(lines.at(-1)!, /few: 2\.00 .*writes: 1\.00$/)
})
