import test from 'ava'
import kafkajs from 'kafkajs'
import { col } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

const PATIENCE_MS = 60_000

test('a stream goes on whose consumer group has a member, which may not be passed over', (t) =>
  withStreamPlace(async ({ servers, send, read }) => {
    t.timeout(PATIENCE_MS)
    await send('events', ['1', '2', '3'])
    const kafka = new kafkajs.Kafka({ brokers: [servers], logLevel: kafkajs.logLevel.NOTHING })
    const consumer = kafka.consumer({ groupId: 'taken' })
    await consumer.connect()
    await consumer.subscribe({ topics: ['events'] })
    const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve))
    await consumer.run({ eachMessage: () => Promise.resolve() })
    await joined
    await withSession('local[2]', async (session) => {
      const seen: bigint[] = []
      const query = await read(session, 'events', { 'kafka.group.id': 'taken', maxOffsetsPerTrigger: '2' })
        .select(col('value').cast('string').cast('bigint').as('id'))
        .writeStream.foreachBatch(async (batch) => {
          for (const row of await batch.collect()) seen.push(row['id'] as bigint)
        })
        .start()
      await query.processAllAvailable()
      await send('events', ['4'])
      await query.processAllAvailable()
      t.true(query.isActive)
      t.is(query.exception, undefined)
      await query.stop()
      t.deepEqual(seen.toSorted(), [1n, 2n, 3n, 4n])
    })
    await consumer.disconnect()
  }))
