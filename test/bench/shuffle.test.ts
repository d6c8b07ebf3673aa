import test from 'ava'
import { shuffled } from '../../bench/scale/works.js'
import { renderShuffle } from '../../bench/shuffle.js'
import { withSession } from '../support/sessions.js'

test('rows behind the exchange have the checksum of those before it, and are as many bytes as was asked for', (t) =>
  withSession('local[2]', async (session) => {
    const asked = 5e6
    let bytes = 0
    session.addListener({
      onTaskEnd: ({ counts }) => {
        bytes += counts?.bytesWritten ?? 0
      },
    })
    const { direct, exchanged } = shuffled(asked)
    const before = await session.sql(direct).collect()
    t.true(bytes < asked / 100)
    t.deepEqual(await session.sql(exchanged).collect(), before)
    t.true(bytes > asked)
  }))

test('figures of a shuffle are one row', (t) => {
  const cost = { wallMs: 10_000, driverMs: 1_000, executorsMs: 14_000 }
  const text = renderShuffle({
    ...cost,
    shuffledBytes: 2e9,
    mostDiskBytes: 1.5e9,
    driverMostMib: 99.6,
    executorMostMib: 700,
  })
  t.is(text.split('\n').at(-1), '| 2.00 | 10 | 15 | 200 | 1.50 | 700 | 100 |')
})
