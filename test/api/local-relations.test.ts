import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { QueryEngine } from '../../api/engine/query-engine.js'
import type { DataFrame } from '../../api/frame/data-frame.js'
import { col, functions as F } from '../../api/index.js'
import { Session } from '../../api/session/session.js'
import { Config } from '../../common/config/config.js'
import { createLogger } from '../../common/log.js'
import { connectorPart, isSourceName, rowSinkOf } from '../../connectors/registry.js'
import { Warehouse } from '../../connectors/warehouse/warehouse.js'
import { Driver, type DriverConnectors } from '../../driver/index.js'
import { LocalBlocks } from '../../driver/local-blocks.js'
import { createLocalExecutor } from '../../executor/local-executor.js'
import { until } from '../support/fake-cluster.js'
import { blockOf } from '../support/fake-task.js'
import { withStreamPlace } from '../support/streams.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const url = (path: string): string => new URL(`../../${path}`, import.meta.url).href
const connectors: DriverConnectors = {
  source: (provider) => connectorPart(provider, 'source'),
  sink: (provider) => connectorPart(provider, 'sink'),
  rowSink: rowSinkOf,
}

const withDriver = async (body: (session: Session, driver: Driver) => Promise<void>): Promise<void> => {
  const logger = createLogger('test', 'silent')
  const driver = new Driver({ connectors, expectedSlots: 2, maxFailures: 4, executorTimeoutMs: 10_000, logger })
  const modules = {
    entry: url('executor/worker/entry.cjs'),
    taskModule: url('executor/pipelines/run-task.js'),
    connectorModule: url('connectors/registry.js'),
    kernels: url('executor/kernels/kernels.wasm'),
  }
  const executor = createLocalExecutor({ driver, slots: 2, memoryBytes: 1024 ** 3, modules })
  const close = () => executor.close()
  const stored = new Warehouse('/nonexistent/warehouse')
  const engine = new QueryEngine({
    driver,
    connectors,
    codeOf: () => Promise.resolve(''),
    isFormat: isSourceName,
    stored,
    config: new Config(),
    logger,
    metricsUrl: undefined,
    close,
  })
  const session = new Session(engine, new Config(), () => undefined)
  await body(session, driver).finally(() => session.stop())
}

const rows = (count: number): { readonly n: number }[] => Array.from({ length: count }, (_, n) => ({ n }))
const collected = (driver: Driver, left: number): Promise<void> =>
  until(() => {
    gc()
    return driver.localBlocks.size === left
  })

test('rows of DataFrames that nothing reaches any more are freed, those of others are not', async (t) => {
  await withDriver(async (session, driver) => {
    const kept: DataFrame[] = [session.createDataFrame(rows(7)).filter('n > 2').select('n') as unknown as DataFrame]
    const count = async (size: number): Promise<number> => Number(await session.createDataFrame(rows(size)).count())
    for (let i = 0; i < 20; i++) t.is(await count(i), i)
    session.createDataFrame(rows(5)).createOrReplaceTempView('v')
    await collected(driver, 2)
    t.is(Number(await kept[0]!.count()), 4)
    t.is(Number(await session.sql('select * from v a join v b on a.n = b.n').count()), 5)
    session.sql('drop view v')
    kept.length = 0
    await collected(driver, 0)
  })
})

test('rows a job reads stay until it ended, also when they were released while it ran', (t) => {
  const blocks = new LocalBlocks()
  blocks.register('a', [blockOf([1n])])
  const [first, second] = [blocks.hold(['a', 'a']), blocks.hold(['a'])]
  blocks.release('a')
  t.is(blocks.get('a').length, 1)
  first()
  first()
  t.is(blocks.size, 1, 'letting go twice counts once')
  second()
  t.is(blocks.size, 0)
  t.throws(() => blocks.hold(['a']), { message: /no local relation a/ })
  blocks.release('a')
})

test('a job whose rows are gone fails alone', async (t) => {
  await withDriver(async (session, driver) => {
    const [gone, there] = [session.createDataFrame(rows(3)), session.createDataFrame(rows(2))]
    driver.localBlocks.release((gone.plan as { readonly id: string }).id)
    const [failed, fine] = await Promise.allSettled([gone.collect(), there.collect()])
    t.is(failed.status, 'rejected')
    t.is(fine.status === 'fulfilled' && fine.value.length, 2)
  })
})

test('batches of foreachBatch and of the memory sink are freed, and rows that a stream joins with stay until it ends', async (t) => {
  await withStreamPlace((place) =>
    withDriver(async (session, driver) => {
      const parsed = () =>
        place
          .read(session, 'events')
          .select(F.fromJson(col('value').cast('string'), 'n bigint').as('e'))
          .select('e.*')
          .toDF()
      const events = [0, 1, 2, 3].map((n) => JSON.stringify({ n }))
      let seen = 0
      // In functions of their own, so that nothing here keeps what they made.
      const joined = () =>
        parsed()
          .join(session.createDataFrame(rows(4), 'n bigint'), 'n')
          .writeStream.foreachBatch(async (batch) => {
            seen += Number(await batch.count())
          })
          .start()
      const toKafka = () =>
        parsed()
          .join(session.createDataFrame(rows(4), 'n bigint'), 'n')
          .select(col('n').cast('string').as('value'))
          .writeStream.format('kafka')
          .options({ 'kafka.bootstrap.servers': place.servers, topic: 'joined' })
          .option('checkpointLocation', join(place.directory, 'checkpoint'))
          .start()
      const inMemory = () => parsed().writeStream.format('memory').queryName('m').start()
      await place.send('events', events)
      const queries = [await joined(), await toKafka(), await inMemory()]
      for (let batch = 1; batch <= 3; batch++) {
        if (batch > 1) await place.send('events', events)
        await Promise.all(queries.map((query) => query.processAllAvailable()))
        t.is(seen, batch * events.length)
        // The rows that are joined, twice, and the view of the memory sink.
        await collected(driver, 3)
      }
      t.is(Number(await session.table('m').count()), 3 * events.length)
      await Promise.all(queries.splice(0).map((query) => query.stop()))
      session.sql('drop view m')
      await collected(driver, 0)
    }),
  )
})
