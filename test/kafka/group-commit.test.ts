import test from 'ava'
import { col } from '../../api/index.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { ProtocolWriter } from '../../connectors/kafka/client/protocol-writer.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { API, FakeKafka, framed } from '../support/fake-kafka.js'
import { describe } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

const PATIENCE_MS = 120_000
const GROUP_AUTHORIZATION_FAILED = 30

test('a stream goes on whose consumer group has a member, which may not be passed over', (t) =>
  withStreamPlace(async ({ servers, send, read }) => {
    t.timeout(PATIENCE_MS)
    await send('events', ['1', '2', '3'])
    const kafka = kafkaClient(servers)
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

test('a commit that is refused tells why, and is not tried again with every batch', async (t) => {
  t.timeout(PATIENCE_MS)
  const fake = await FakeKafka.start()
  fake.create('events', '0a'.repeat(16), ['a'])
  fake.misbehave = ({ apiKey, correlationId }) => {
    if (apiKey !== API.findCoordinator) return undefined
    const answer = new ProtocolWriter(false).int32(0).int16(GROUP_AUTHORIZATION_FAILED)
    return framed(correlationId, answer.string('').int32(-1).string('').int32(-1).toBuffer())
  }
  const options = { 'kafka.bootstrap.servers': fake.servers, subscribe: 'events', 'kafka.group.id': 'shown' }
  const stream = await kafkaSource.stream!.open(await describe(options))
  const error = await t.throwsAsync(stream.committed!({ events: { 0: 1n } }))
  t.like(error, { condition: 'KAFKA_OFFSETS_NOT_COMMITTED', parameters: { groupId: 'shown' } })
  t.regex(error.message, /GROUP_AUTHORIZATION_FAILED/)
  await stream.committed!({ events: { 0: 1n } })
  t.is(fake.requests.filter(({ apiKey }) => apiKey === API.findCoordinator).length, 1)
  await stream.close()
  await closeIdleClients()
  await fake.close()
})
