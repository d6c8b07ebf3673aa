import test from 'ava'
import { makeCustomers } from '../../examples/fraud/customers.js'
import { progressLine } from '../../examples/fraud/progress.js'
import { percentile, renderReport, scoreAlerts } from '../../examples/fraud/report.js'
import { TransactionGenerator } from '../../examples/fraud/transactions.js'

test('the same seed plants the same fraud, and every kind of it', (t) => {
  const run = (seed: number) => {
    const generator = new TransactionGenerator(makeCustomers(500, 1), seed)
    return { ...generator.take(20_000, 1), truth: generator.truth }
  }
  const [a, b, c] = [run(3), run(3), run(4)]
  t.deepEqual(a.messages, b.messages)
  t.notDeepEqual(a.messages, c.messages)
  t.deepEqual([...new Set(a.truth.transactions.values())].toSorted(), ['amount', 'foreign'])
  const parsed = a.messages.map(({ value }) => JSON.parse(value))
  t.deepEqual(
    parsed.map((tx) => tx.tx_id),
    parsed.map((_, i) => i),
  )
})

test('alerts are scored against what was planted', (t) => {
  const truth = {
    transactions: new Map([
      [1, 'amount'],
      [2, 'amount'],
      [3, 'foreign'],
    ] as const),
    bursts: new Set(['7@1', '8@1']),
  }
  const alerts = {
    transactions: new Map([
      [1, 'amount'],
      [9, 'amount'],
      [3, 'foreign'],
    ]),
    bursts: new Set(['7@1']),
    repeated: 2,
    latenciesMs: [5, 1, 9, 3],
  }
  const scores = scoreAlerts(truth, alerts)
  t.deepEqual(scores, [
    { rule: 'amount', planted: 2, alerts: 2, hits: 1 },
    { rule: 'foreign', planted: 1, alerts: 1, hits: 1 },
    { rule: 'velocity', planted: 2, alerts: 1, hits: 1 },
  ])
  const report = renderReport(scores, alerts, {
    transactions: 1000,
    backlog: 500,
    drainSeconds: 0.5,
    expected: [1, 2, 3],
  })
  t.regex(report, /amount +2 +2 +1 +0\.5000 +0\.5000/)
  t.regex(report, /all +5 +4 +3 +0\.7500 +0\.6000/)
  t.regex(report, /3 due, lost 1, repeated 2/)
  t.regex(report, /drained at 1,000 records\/s/)
  t.is(percentile([5, 1, 9, 3], 0.5), 3)
})

test('a progress line tells batch, speed, lag and watermark', (t) => {
  const lastProgress = {
    batchId: 4,
    processedRowsPerSecond: 1234567.8,
    sources: [{ description: 'k', metrics: { totalOffsetsBehindLatest: '5' } }],
    eventTime: { watermark: '2026-01-15T08:00:00.000Z' },
  }
  t.is(
    progressLine({ name: 'rules', lastProgress: lastProgress as never }),
    'rules: batch 4, 1,234,568 records/s, lag 5, watermark 08:00:00',
  )
  t.is(progressLine({ name: 'rules', lastProgress: undefined }), 'rules: starting')
})
