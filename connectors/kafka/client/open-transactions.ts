import type { KafkaClient } from './kafka-client.js'
import { type Call, type ClusterBroker, protocolError, rawRequest } from './kafkajs-internals.js'
import { ProtocolReader } from './protocol-reader.js'
import { ProtocolWriter } from './protocol-writer.js'

/** KIP-664: brokers before Kafka 3.0 do not tell. */
const LIST_TRANSACTIONS = 66
const ONGOING = 'Ongoing'

/** The transactional ids of transactions that nobody has ended; none of brokers that do not tell. @throws KAFKA_UNAVAILABLE */
export async function openTransactions(client: KafkaClient): Promise<readonly string[]> {
  const ask = async ({ versions, connectionPool }: ClusterBroker): Promise<readonly string[]> =>
    versions?.[LIST_TRANSACTIONS] ? await connectionPool.send(listCall()) : []
  return (await client.retrying('*', () => client.ofAllBrokers(ask))).flat()
}

function listCall(): Call<readonly string[]> {
  const writer = new ProtocolWriter(true).tags() // of the header
  writer.array([ONGOING], (state) => writer.string(state))
  writer.array([], () => undefined) // producers: of all
  const head = { apiKey: LIST_TRANSACTIONS, apiVersion: 0, apiName: 'ListTransactions' }
  return {
    request: rawRequest(head, writer.tags().toBuffer()),
    response: {
      decode: (raw) => Promise.resolve().then(() => decode(new ProtocolReader(raw, true))),
      parse: ({ value }) => Promise.resolve(value),
    },
  }
}

function decode(reader: ProtocolReader): {
  readonly clientSideThrottleTime: number
  readonly value: readonly string[]
} {
  reader.tags() // of the header
  const clientSideThrottleTime = reader.int32()
  const error = reader.int16()
  if (error !== 0) throw protocolError(error)
  reader.array(() => reader.string()) // states that it does not know
  const value = reader.array(() => {
    const transactionalId = reader.string()
    reader.int64() // the producer
    reader.string() // the state
    reader.tags()
    return transactionalId ?? ''
  })
  return { clientSideThrottleTime, value }
}
