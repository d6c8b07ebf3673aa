import test from 'ava'
import { renderLatency } from '../../bench/latency.js'

test('latencies are told as median, 99th percentile and longest, and batches as their median', (t) => {
  const latenciesMs = Array.from({ length: 200 }, (_, i) => 200 - i)
  const lines = renderLatency([{ guarantee: 'exactly-once', latenciesMs, batchesMs: [9, 3, 5] }]).split('\n')
  t.is(lines[2], '| exactly-once | 101.0 | 199.0 | 200.0 | 5.0 |')
})

test('all rounds of a guarantee are told as one', (t) => {
  const round = (latenciesMs: readonly number[]) => ({ latenciesMs, batchesMs: latenciesMs })
  const lines = renderLatency([
    { guarantee: 'at-least-once', ...round([4, 2]) },
    { guarantee: 'exactly-once', ...round([7]) },
    { guarantee: 'at-least-once', ...round([9]) },
  ]).split('\n')
  t.deepEqual(lines.slice(2, 4), [
    '| at-least-once | 4.0 | 9.0 | 9.0 | 4.0 |',
    '| exactly-once | 7.0 | 7.0 | 7.0 | 7.0 |',
  ])
})
