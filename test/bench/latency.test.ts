import test from 'ava'
import { renderLatency } from '../../bench/latency.js'

test('latencies are told as median, 99th percentile and longest, and batches as their median', (t) => {
  const latenciesMs = Array.from({ length: 200 }, (_, i) => 200 - i)
  const lines = renderLatency([{ guarantee: 'exactly-once', latenciesMs, batchesMs: [9, 3, 5] }]).split('\n')
  t.is(lines[2], '| exactly-once | 101.0 | 199.0 | 200.0 | 5.0 |')
})
