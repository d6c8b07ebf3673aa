import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import kafkajs from 'kafkajs'
import { col, functions as F, MillraceError, type Session, udf } from '../../api/index.js'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { startCommand } from '../support/cli.js'
import { until } from '../support/fake-cluster.js'
import { kafkaClient } from '../support/kafka-client.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace((place) => withSession('local[2]', (session) => body(place, session)))

async function failure(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  )
  if (!MillraceError.is(error)) throw error
  return error.message
}

const numbered = (from: number, until: number): readonly string[] =>
  Array.from({ length: until - from }, (_, i) => String(from + i))

test('records without a key, without a value and without either are counted where they belong', (t) =>
  inPlace(async (place, session) => {
    const kafka = kafkaClient(place.servers)
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    const records = [
      { key: 'a', value: '1' },
      { key: 'a', value: null },
      { key: null, value: '3' },
      { key: null, value: null },
      { key: '', value: '' },
    ]
    await producer.send({ topic: 'events', messages: records })
    const query = await place
      .read(session, 'events')
      .groupBy(col('key').cast('string').as('key'))
      .agg(F.count().as('n'), F.count('value').as('values'))
      .writeStream.format('memory')
      .queryName('keys')
      .outputMode('complete')
      .start()
    await query.processAllAvailable()
    await producer.send({ topic: 'events', messages: records.slice(2, 4) })
    await producer.disconnect()
    await query.processAllAvailable()
    await query.stop()
    t.deepEqual(await session.table('keys').orderBy('key').collect(), [
      { key: null, n: 4n, values: 2n },
      { key: '', n: 1n, values: 1n },
      { key: 'a', n: 2n, values: 1n },
    ])
  }))

test('times before 1970 and in the year 9999 fall into their windows, move the watermark, and go on after a restart', (t) =>
  inPlace(async (place, session) => {
    const windows: string[] = []
    const run = async (...times: readonly string[]) => {
      await place.send('events', times)
      const query = await place
        .read(session, 'events')
        .select(col('value').cast('string').cast('timestamp').as('at'))
        .withWatermark('at', '10 seconds')
        .groupBy(F.window('at', '10 seconds').as('w'))
        .agg(F.count().as('n'))
        .select(col('w').getField('start').cast('string').as('start'), 'n')
        .writeStream.foreachBatch(async (batch) => {
          for (const { start, n } of await batch.collect()) windows.push(`${start}: ${n}`)
        })
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      return { query, out: windows.splice(0).toSorted() }
    }
    const before = await run('0001-01-01 00:00:03', '1969-12-31 23:59:55.5', '1969-12-31 23:59:59.999999')
    t.deepEqual(before.out, ['0001-01-01 00:00:00: 1'])
    t.is(before.query.lastProgress!.eventTime!.watermark, '1969-12-31T23:59:49.999Z')
    const far = await run('1970-01-01 00:00:00', '9999-12-31 23:59:59.999999')
    t.deepEqual(far.out, ['1969-12-31 23:59:50: 2', '1970-01-01 00:00:00: 1'])
    t.is(far.query.lastProgress!.eventTime!.watermark, '9999-12-31T23:59:49.999Z')
    const late = await run('2024-01-01 00:00:00', '9999-12-31 23:59:50')
    t.deepEqual(late.out, [])
    t.is(late.query.recentProgress[0]!.stateOperators[0]!.numRowsDroppedByWatermark, 1)
    t.is(late.query.recentProgress[0]!.stateOperators[0]!.numRowsTotal, 1)
  }))

test('what a function of the user throws ends the query with its place, and the next start goes on with a better one', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', numbered(0, 40))
    const out = join(place.directory, 'out')
    const start = (work: (value: string) => string) =>
      place
        .read(session, 'events', { maxOffsetsPerTrigger: '10' })
        .select(udf(work, 'string')(col('value').cast('string')).as('value'))
        .writeStream.format('parquet')
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start(out)
    const fails = (value: string): string => {
      if (value === '25') throw new Error('25 is too much')
      return value
    }
    const message = await failure((await start(fails)).awaitTermination())
    t.regex(message, /^\[STREAM_FAILED\].*25 is too much/s)
    t.regex(message, /bad-days\.test/)
    await (await start((value) => value)).awaitTermination()
    const rows = await session.read.parquet(out).collect()
    t.deepEqual(
      rows.map(({ value }) => Number(value)).toSorted((a, b) => a - b),
      numbered(0, 40).map(Number),
    )
  }))

test('a query whose function never returns is stopped with its thread, and the session goes on', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', numbered(0, 4))
    const begun = join(place.directory, 'begun')
    const endless = udf(
      (value: string) => {
        process.getBuiltinModule('node:fs').writeFileSync(begun, '')
        for (;;) if (value === 'never') return value
      },
      'string',
      { values: { begun } },
    )
    const query = await place
      .read(session, 'events')
      .select(endless(col('value').cast('string')).as('value'))
      .writeStream.format('memory')
      .queryName('endless')
      .start()
    await until(() => Promise.resolve(existsSync(begun)))
    await query.stop()
    t.false(query.isActive)
    t.is(query.exception, undefined)
    t.is(await session.range(3).count(), 3)
  }))

test('a function that keeps ever more ends its query with one condition when its thread has no memory left', (t) =>
  withStreamPlace(async (place) => {
    await place.send('events', numbered(0, 1000))
    const program = fileURLToPath(new URL('../support/leaking-stream.js', import.meta.url))
    const cli = startCommand(process.execPath, ['--max-old-space-size=96', program, place.servers, 'events'])
    const [status] = await cli.closed
    t.is(status, 0, cli.output.err)
    t.regex(cli.output.text, /^\[STREAM_FAILED\].*TASK_THREAD_DIED.*memory.*\n3\n$/)
  }))

test('a query that starts while its broker is away goes on when it comes, and ends by name when it stays away', (t) =>
  withStreamPlace((place) =>
    withSession('local[2]', async (session) => {
      const directory = join(place.directory, 'other')
      let broker = await startBroker({ directory, port: 0, defaultPartitions: 2 })
      const { port, bootstrapServers } = broker
      const kafka = kafkaClient(bootstrapServers)
      const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
      await producer.connect()
      await producer.send({ topic: 'events', messages: numbered(0, 10).map((value) => ({ value })) })
      await producer.disconnect()
      const start = async (name: string, patience: string) => {
        const frame = session.readStream
          .format('kafka')
          .options({ 'kafka.bootstrap.servers': bootstrapServers, subscribe: 'events', startingOffsets: 'earliest' })
          .option('kafka.default.api.timeout.ms', patience)
        return frame.load().writeStream.format('memory').queryName(name).start()
      }
      await broker.close()
      const impatient = start('impatient', '500').then((query) => query.awaitTermination())
      t.regex(await failure(impatient), new RegExp(`KAFKA_UNAVAILABLE.*${bootstrapServers}`))
      const patient = start('patient', '60000')
      broker = await startBroker({ directory, port, defaultPartitions: 2 })
      try {
        const query = await patient
        await query.processAllAvailable()
        await query.stop()
        t.is(await session.table('patient').count(), 10)
      } finally {
        await broker.close()
      }
    }),
  ))

test('a query whose broker stays away in mid-stream ends by name, and the next start loses and repeats nothing', (t) =>
  withStreamPlace((place) =>
    withSession('local[2]', async (session) => {
      const directory = join(place.directory, 'other')
      const out = join(place.directory, 'out')
      let broker = await startBroker({ directory, port: 0, defaultPartitions: 2 })
      const { port, bootstrapServers } = broker
      const send = async (values: readonly string[]): Promise<void> => {
        const kafka = kafkaClient(bootstrapServers)
        const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
        await producer.connect()
        await producer.send({ topic: 'events', messages: values.map((value) => ({ value })) })
        await producer.disconnect()
      }
      const start = () =>
        session.readStream
          .format('kafka')
          .options({ 'kafka.bootstrap.servers': bootstrapServers, subscribe: 'events', startingOffsets: 'earliest' })
          .option('kafka.default.api.timeout.ms', '500')
          .load()
          .select(col('value').cast('string').as('value'))
          .writeStream.format('parquet')
          .option('checkpointLocation', join(place.directory, 'checkpoint'))
          .start(out)
      try {
        await send(numbered(0, 20))
        const query = await start()
        await query.processAllAvailable()
        await broker.close()
        t.regex(await failure(query.awaitTermination()), /^\[STREAM_FAILED\].*KAFKA_UNAVAILABLE/s)
        broker = await startBroker({ directory, port, defaultPartitions: 2 })
        await send(numbered(20, 40))
        const again = await start()
        await again.processAllAvailable()
        await again.stop()
        const rows = await session.read.parquet(out).collect()
        t.deepEqual(
          rows.map(({ value }) => Number(value)).toSorted((a, b) => a - b),
          numbered(0, 40).map(Number),
        )
      } finally {
        await broker.close()
      }
    }),
  ))
