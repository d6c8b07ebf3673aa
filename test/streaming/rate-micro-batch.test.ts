import test from 'ava'
import type { AnyRow, Timestamp } from '../../api/index.js'
import { microBatchOptions } from '../../connectors/rate/micro-batch/options.js'
import { MicroBatchStream } from '../../connectors/rate/micro-batch/stream.js'
import { splitFromJson } from '../../connectors/rate/offset.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

const OPTIONS = { rowsPerBatch: '5', startTimestamp: '1000', advanceMillisPerBatch: '50', numPartitions: '2' }

test('each batch has as many numbers, all with its time, and a query that takes what is there one batch', (t) =>
  withSession('local[2]', async (session) => {
    const batches = new Map<number, readonly AnyRow[]>()
    let settle!: () => void
    const isEnough = new Promise<void>((resolve) => {
      settle = resolve
    })
    const stream = session.readStream.format('rate-micro-batch').options(OPTIONS).load()
    t.deepEqual(await stream.dtypes(), [
      ['timestamp', 'timestamp'],
      ['value', 'bigint'],
    ])
    const query = await stream.writeStream
      .foreachBatch(async (batch, id) => {
        batches.set(id, await batch.orderBy('value').collect())
        if (batches.size >= 3) settle()
      })
      .start()
    await Promise.race([isEnough, query.awaitTermination(60_000)])
    await query.stop()
    for (const [id, rows] of batches)
      t.deepEqual(
        rows.map(({ timestamp, value }) => [(timestamp as Timestamp).getTime(), Number(value)]),
        Array.from({ length: 5 }, (_, i) => [1000 + 50 * id, 5 * id + i]),
      )
    const once = await stream.writeStream.format('memory').queryName('once').trigger({ availableNow: true }).start()
    await once.awaitTermination()
    t.is(await session.table('once').count(), 5)
    t.deepEqual(
      once.recentProgress.map(({ numInputRows }) => numInputRows),
      [5],
    )
  }))

test('numbers of a batch are divided among tasks, a goal is not passed, and a later start may have another rate', async (t) => {
  const stream = new MicroBatchStream(microBatchOptions(OPTIONS))
  const start = await stream.initialOffset()
  const first = await stream.latestOffset(start, true)
  t.deepEqual(first, { offset: 5, timestamp: 1050 })
  t.is(await stream.latestOffset(first, true, first), first)
  t.deepEqual(await stream.latestOffset(start, true, first), first)
  const planned = await stream.planSplits(start, first, [], 8)
  const splits = planned.map(({ data, rows }) => [splitFromJson(data).first, rows])
  t.deepEqual(splits, [
    [0, 3],
    [1, 2],
  ])
  const faster = new MicroBatchStream(microBatchOptions({ ROWSPERBATCH: '9' }))
  t.deepEqual(await faster.latestOffset(first, true), { offset: 14, timestamp: 2050 })
  t.is((await faster.planSplits(start, first, [], 8)).length, 5)
})

test('the source takes its options and nothing else, and is only streamed', (t) =>
  withSession('local[1]', async (session) => {
    const refused = async (options: Readonly<Record<string, string>>): Promise<string> => {
      const read = session.readStream.format('rate-micro-batch').options(options)
      return String((await raised(t, read.load().schema(), 'INVALID_OPTION')).parameters['option'])
    }
    t.is(await refused({}), 'rowsPerBatch')
    for (const [name, value] of [
      ['rowsPerBatch', '0'],
      ['numPartitions', '0'],
      ['startTimestamp', '-1'],
      ['advanceMillisPerBatch', '-1'],
    ] as const)
      t.is(await refused({ rowsPerBatch: '2', [name]: value }), name)
    t.is(await refused({ rowsPerBatch: '2', rowsPerSecond: '3' }), 'rowspersecond')
    const message = /rate-micro-batch without readStream/
    await t.throwsAsync(session.read.format('rate-micro-batch').option('rowsPerBatch', 2).load().count(), { message })
  }))
