import test from 'ava'
import { BrokerHealth } from '../../connectors/kafka/client/broker-health.js'
import type { KafkaClient } from '../../connectors/kafka/client/kafka-client.js'
import type { ClusterBroker } from '../../connectors/kafka/client/kafkajs-internals.js'
import { ProtocolReader } from '../../connectors/kafka/client/protocol-reader.js'
import { ResponseBuffers } from '../../connectors/kafka/client/response-buffers.js'
import { giveBackIdentity, ProducerIdentity, takeIdentity } from '../../connectors/kafka/sink/producer-identity.js'
import { Random } from '../support/random.js'

const MIB = 1024 * 1024

test('no two responses that are looked at have the same memory, however they are taken and given back', (t) => {
  const buffers = new ResponseBuffers()
  const random = new Random(5)
  const taken = new Map<ArrayBufferLike, Buffer>()
  for (let step = 0; step < 400; step++) {
    if (taken.size > 0 && random.chance(0.5)) {
      const one = random.pick([...taken.values()])
      taken.delete(one.buffer)
      buffers.giveBack(one)
      continue
    }
    const bytes = random.pick([0, 1, MIB / 4 - 1, MIB / 4, MIB - 1, MIB, MIB + 1, 2 * MIB])
    const buffer = buffers.take(bytes)
    t.is(buffer.length, bytes)
    t.false(taken.has(buffer.buffer))
    taken.set(buffer.buffer, buffer)
  }
})

test('memory of a large response is used again for what fits into it, that of four at most is kept', (t) => {
  const buffers = new ResponseBuffers()
  const first = buffers.take(MIB)
  buffers.giveBack(first)
  const larger = buffers.take(MIB + 1)
  t.not(larger.buffer, first.buffer)
  t.is(buffers.take(MIB).buffer, first.buffer, 'as large as it is')
  const all = Array.from({ length: 6 }, () => buffers.take(MIB))
  for (const one of all) buffers.giveBack(one)
  const known = new Set(all.map(({ buffer }) => buffer))
  t.is(Array.from({ length: 6 }, () => buffers.take(MIB)).filter(({ buffer }) => known.has(buffer)).length, 4)
  const small = buffers.take(100)
  buffers.giveBack(small)
  t.not(buffers.take(100).buffer, small.buffer)
})

test('brokers that answer are asked before others, and of those that were silent the one longest ago', (t) => {
  const health = new BrokerHealth()
  const broker = (host: string, isConnected: boolean): ClusterBroker =>
    ({ connectionPool: { host, port: 1 }, isConnected: () => isConnected }) as unknown as ClusterBroker
  const [a, b, c, d] = [broker('a', true), broker('b', true), broker('c', false), broker('d', true)]
  const order = () =>
    health
      .sorted([a, b, c, d])
      .map(({ connectionPool: { host } }) => host)
      .join('')
  t.deepEqual([order(), order(), order(), order()], ['abdc', 'bdac', 'dabc', 'dabc'])
  for (const one of [a, b]) health.silent(one.connectionPool)
  t.deepEqual([order(), order()], ['dcab', 'dcab'])
  health.silent(a.connectionPool)
  t.is(order(), 'dcba')
  health.answered(a.connectionPool)
  t.is(order(), 'dacb')
})

test('numbers, texts and arrays are read to the last byte of a response and no further', (t) => {
  const text = (...bytes: readonly number[]) => new ProtocolReader(Buffer.from(bytes), false)
  t.is(text(0, 2, 97, 98).string(), 'ab')
  t.is(text(255, 255).string(), null)
  t.throws(() => text(0, 3, 97, 98).string(), { message: /KAFKA_MALFORMED_RESPONSE.*cut/ })
  const two = (...rest: readonly number[]) => {
    const reader = text(0, 0, 0, 2, ...rest)
    return reader.array(() => reader.boolean())
  }
  t.deepEqual(two(1, 0), [true, false])
  t.throws(() => two(1), { message: /KAFKA_MALFORMED_RESPONSE.*array of 2 elements/ })
  const length = (...bytes: readonly number[]) => new ProtocolReader(Buffer.from(bytes), true).bytes().length
  t.is(
    length(128, 1, ...Array<number>(127).fill(0)),
    127,
    'a length of two bytes, of which the first says nothing but that',
  )
  t.is(length(129, 1, ...Array<number>(128).fill(0)), 128)
  t.throws(() => length(255, 255, 255, 255, 255, 1), { message: /KAFKA_MALFORMED_RESPONSE.*does not end/ })
})

test('the count of a producer begins anew behind the last number there is, and no two tasks have one producer', async (t) => {
  const identity = new ProducerIdentity(1n, 0)
  t.deepEqual(
    [2 ** 31 - 1, 3, 1].map((records) => identity.sequence('t', 0, records)),
    [0, 2 ** 31 - 1, 2],
  )
  let made = 0n
  const newProducer = async () => ({ producerId: ++made, producerEpoch: 0 })
  const client = { newProducer } as unknown as KafkaClient
  const { signal } = new AbortController()
  giveBackIdentity(client, identity)
  t.is(await takeIdentity(client, signal), identity)
  t.is((await takeIdentity(client, signal)).id, 1n)
  t.is(made, 1n)
})
