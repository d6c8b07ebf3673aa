import type { KafkaClient } from './kafka-client.js'
import { type Call, type ClusterBroker, protocolError, rawRequest } from './kafkajs-internals.js'
import { ProtocolReader } from './protocol-reader.js'
import { ProtocolWriter } from './protocol-writer.js'

/** KIP-664: brokers before Kafka 3.0 do not tell. */
const LIST_TRANSACTIONS = 66
const ONGOING = 'Ongoing'

/**
 * The transactional ids of transactions that nobody has ended, as far as brokers tell: one that is away or refuses is none to wait for, as what it has ends
 * at its time as well.
 * @throws KAFKA_UNAVAILABLE when the whole cluster is away
 */
export async function openTransactions(
  client: Pick<KafkaClient, 'retrying' | 'ofAllBrokers'>,
): Promise<readonly string[]> {
  return (await client.retrying('*', () => client.ofAllBrokers(toldBy))).flat()
}

async function toldBy(found: Promise<ClusterBroker>): Promise<readonly string[]> {
  try {
    const { versions, connectionPool } = await found
    return versions?.[LIST_TRANSACTIONS] ? await connectionPool.send(listCall()) : []
  } catch {
    return []
  }
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
