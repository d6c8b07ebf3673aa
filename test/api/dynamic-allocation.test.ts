import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, type EngineEvent, Session, udf } from '../../api/index.js'
import { childrenOf } from '../../examples/support/processes.js'
import { until } from '../support/fake-cluster.js'

/** A row takes a while, and no processor. */
const waiting = udf((x: bigint) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  return x
}, 'bigint')

const SETTINGS = {
  'dynamicAllocation.enabled': 'true',
  'dynamicAllocation.minExecutors': '1',
  'dynamicAllocation.schedulerBacklogTimeout': '50ms',
  'dynamicAllocation.executorIdleTimeout': '1s',
  'log.level': 'error',
}

const started = async (master: string, settings: Readonly<Record<string, string>> = SETTINGS) => {
  const builder = Object.entries(settings).reduce((b, [key, value]) => b.config(key, value), Session.builder())
  const session = await builder.master(master).create()
  const events: EngineEvent[] = []
  session.addListener({ onEvent: (event) => void events.push(event) })
  const count = (kind: EngineEvent['kind']): number => events.filter((event) => event.kind === kind).length
  return { session, events, count }
}

test.serial(
  'executors come while tasks wait, up to the most, and go when they run nothing; what is cached stays',
  async (t) => {
    t.timeout(180_000)
    const settings = { ...SETTINGS, 'dynamicAllocation.cachedExecutorIdleTimeout': '2s' }
    const { session, events, count } = await started('local-cluster[3,1,128]', settings)
    try {
      const table = session.range(0, 240, 1, 24).select(waiting('id').as('x')).cache()
      t.is(await table.count(), 240)
      const holders = new Set(events.flatMap((event) => (event.kind === 'blockStored' ? [event.executorId] : [])))
      t.true(holders.size > 1, 'several executors hold some of it')
      await until(() => count('executorAdded') === count('executorRemoved'))
      t.true(events.every((event) => event.kind !== 'executorRemoved' || event.isDecommissioned))
      const moved = events.flatMap((event) => (event.kind === 'outputMoved' ? [event.cacheId] : []))
      t.true(moved.length > 0 && moved.every((cacheId) => cacheId !== undefined))
      t.is(await table.count(), 240)
      t.is(count('blockStored'), 24, 'nothing of it is computed again')
    } finally {
      await session.stop()
    }
  },
)

test.serial('a session that begins without executors gets one for its first query', async (t) => {
  t.timeout(120_000)
  const settings = { ...SETTINGS, 'dynamicAllocation.minExecutors': '0' }
  const { session, count } = await started('local-cluster[2,1,128]', settings)
  try {
    t.is(count('executorAdded'), 0)
    t.is(await session.range(10).count(), 10)
    t.true(count('executorAdded') >= 1)
    await until(() => count('executorRemoved') === count('executorAdded'))
    t.is(await session.range(20).count(), 20)
  } finally {
    await session.stop()
  }
})

test.serial('a stream with state goes on when the executor that has it in memory goes', async (t) => {
  t.timeout(180_000)
  if (process.platform !== 'linux') {
    t.pass('there is no such signal here')
    return
  }
  const checkpoint = mkdtempSync(join(tmpdir(), 'dynamic-allocation-'))
  t.teardown(() => rmSync(checkpoint, { recursive: true, force: true }))
  const earlier = new Set(childrenOf(process.pid))
  const { session, count } = await started('local-cluster[2,1,128]', {
    'shuffle.partitions': '2',
    'log.level': 'error',
  })
  const pids = childrenOf(process.pid).filter((pid) => !earlier.has(pid))
  try {
    const totals: bigint[] = []
    const totalOf = new Map<number, bigint>()
    const query = await session.readStream
      .format('rate')
      .option('rowsPerSecond', 50)
      .load()
      .withColumn('k', col('value').mod(3))
      .groupBy('k')
      .count()
      .writeStream.outputMode('complete')
      .option('checkpointLocation', checkpoint)
      .trigger({ processingTime: '200 milliseconds' })
      .foreachBatch(async (batch, id) => {
        const rows = await batch.collect()
        totals.push(rows.reduce((sum, row) => sum + (row['count'] as bigint), 0n))
        totalOf.set(id, totals.at(-1)!)
      })
      .start()
    await until(() => (totals.at(-1) ?? 0n) > 0n)
    for (let gone = 1; gone <= 2; gone++) {
      process.kill(pids[gone - 1]!, 'SIGPWR')
      await until(() => count('executorRemoved') === gone)
      const [batches, rows] = [totals.length, totals.at(-1) ?? 0n]
      await until(() => totals.length > batches + 2 && totals.at(-1)! > rows)
    }
    await query.stop()
    // One that was stopped has come to the function, and is not done.
    let inputs = 0n
    for (const { batchId, numInputRows } of query.recentProgress) {
      inputs += BigInt(numInputRows)
      t.is(totalOf.get(batchId) ?? inputs, inputs, `batch ${batchId}`)
    }
    t.true(inputs > 0n)
    t.deepEqual(
      totals,
      totals.toSorted((a, b) => Number(a - b)),
    )
  } finally {
    await session.stop()
  }
})
