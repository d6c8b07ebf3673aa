import type { KafkaClient } from '../client/kafka-client.js'
import { type ProtocolResponse, protocolError, rawRequest } from '../client/kafkajs-internals.js'
import { malformed } from '../client/malformed.js'
import { ProtocolReader } from '../client/protocol-reader.js'
import { ProtocolWriter } from '../client/protocol-writer.js'

const ACKS_OF_ALL = -1
/** It is there already, from an attempt whose answer was lost. */
const DUPLICATE_SEQUENCE_NUMBER = 46

const PRODUCE = { apiKey: 0, apiVersion: 7, apiName: 'Produce' }

/** Sends one record batch and waits until all replicas in sync have it. @throws KAFKA_UNAVAILABLE and others of `asCondition` */
export async function produceBatch(
  client: KafkaClient,
  topic: string,
  partition: number,
  batch: Buffer,
  transactionalId: string | null,
  signal: AbortSignal,
): Promise<void> {
  const request = rawRequest(PRODUCE, encode(topic, partition, batch, transactionalId, client.requestTimeoutMs))
  const call = { request, response: produceResponse(topic, partition) }
  await client.retrying(
    topic,
    async (again) => {
      const errorCode = await client.sendToLeader(topic, partition, again, () => call)
      if (errorCode !== 0 && errorCode !== DUPLICATE_SEQUENCE_NUMBER) throw protocolError(errorCode)
    },
    signal,
  )
}

function encode(
  topic: string,
  partition: number,
  batch: Buffer,
  transactionalId: string | null,
  timeoutMs: number,
): Buffer {
  const writer = new ProtocolWriter(false)
  writer.nullableString(transactionalId).int16(ACKS_OF_ALL).int32(timeoutMs)
  writer.array([topic], (name) => {
    writer.string(name)
    writer.array([partition], (number) => writer.int32(number).int32(batch.length))
  })
  return Buffer.concat([writer.toBuffer(), batch])
}

/** The error code of a Produce response for one partition. */
const produceResponse = (topic: string, partition: number): ProtocolResponse<number> => ({
  decode(raw) {
    const reader = new ProtocolReader(raw, false)
    const codes = reader.array(() => {
      if (reader.string() !== topic) throw malformed('it is about another topic')
      return reader.array(() => {
        if (reader.int32() !== partition) throw malformed('it is about another partition')
        const errorCode = reader.int16()
        reader.int64() // base offset
        reader.int64() // time of appending
        reader.int64() // where the log starts
        return errorCode
      })
    })
    const [value, ...rest] = codes.flat()
    if (value === undefined || rest.length > 0) throw malformed('it is not about one partition')
    return Promise.resolve({ clientSideThrottleTime: reader.int32(), value })
  },
  parse({ value }) {
    return Promise.resolve(value)
  },
})
