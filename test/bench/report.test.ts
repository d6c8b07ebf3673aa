import test from 'ava'
import { producerRate } from '../../bench/kafka/sink.js'
import { consumerRate } from '../../bench/kafka.js'
import { median, renderTable } from '../../bench/report.js'
import { isSameResult } from '../../bench/tpch.js'
import { Decimal } from '../../columnar/decimal.js'

test('the median is the middle run, of an even number the mean of the middle two, in any order', (t) => {
  t.is(median([9, 1, 5]), 5)
  t.is(median([10, 9, 1, 5]), 7)
  t.is(median([3]), 3)
})

test('a table shows first runs and medians, and the ratio of the medians', (t) => {
  const rows = [{ what: 'Q1', runsMs: { Ours: [200, 50, 40], Theirs: [120, 100, 80] } }]
  t.is(
    renderTable(['Ours', 'Theirs'], rows),
    [
      '|  | Ours first ms | Ours ms | Theirs first ms | Theirs ms | Ours / Theirs |',
      '| --- | --- | --- | --- | --- | --- |',
      '| Q1 | 200 | 50 | 120 | 100 | 0.50 |',
    ].join('\n'),
  )
})

test('a total adds up only what every contender has done, and a missing figure has no ratio', (t) => {
  const rows = [
    { what: 'a', runsMs: { Ours: [10], Theirs: [20] } },
    { what: 'b', runsMs: { Ours: [30], Theirs: [20] } },
    { what: 'c', runsMs: { Ours: [7.25], Theirs: undefined } },
  ]
  t.deepEqual(renderTable(['Ours', 'Theirs'], rows).split('\n').slice(4), [
    '| c | 7.3 | 7.3 | – | – | – |',
    '| total | 40 | 40 | 40 | 40 | 1.00 |',
  ])
})

test('the rate of the Java consumer is read by the name of its column, without joining the group', (t) => {
  const header =
    'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'
  const line =
    '2026-01-02 10:00:00:000, 2026-01-02 10:00:02:000, 150.0, 75.0, 2000000, 1000000.0, 500, 1500, 100.0, 1333333.3'
  t.is(consumerRate(`${header}\n${line}\n`), 1_333_333.3)
  t.is(consumerRate('WARNING: timed out'), undefined)
  t.is(consumerRate(''), undefined)
})

test('a result with another value, another order or other rows is not the same', (t) => {
  const ours = [
    ['a', Decimal.parse('1.50')],
    ['b', null],
  ]
  t.true(
    isSameResult(ours, [
      ['a', '1.50'],
      ['b', null],
    ]),
  )
  t.false(
    isSameResult(ours, [
      ['a', '1.51'],
      ['b', null],
    ]),
  )
  t.false(
    isSameResult(ours, [
      ['b', null],
      ['a', '1.50'],
    ]),
  )
  t.false(isSameResult(ours, [['a', '1.50']]))
})

test('the rate of the Java producer is that of its last line, which is about all records', (t) => {
  const line = (count: number, rate: string) =>
    `${count} records sent, ${rate} records/sec (30.1 MB/sec), 5.2 ms avg latency, 99.0 ms max latency.\n`
  t.is(producerRate(line(1000, '250.5') + line(3000, '399840.1')), 399_840.1)
  t.is(producerRate('nothing'), undefined)
})
