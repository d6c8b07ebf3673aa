import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { KafkaClient } from '../client/kafka-client.js'
import { type ProtocolResponse, produceRequest, protocolError } from '../client/kafkajs-internals.js'

const ACKS_OF_ALL = -1
/** It is there already, from an attempt whose answer was lost. */
const DUPLICATE_SEQUENCE_NUMBER = 46

/** Sends one record batch and waits until all replicas in sync have it. @throws KAFKA_UNAVAILABLE and others of `asCondition` */
export async function produceBatch(
  client: KafkaClient,
  topic: string,
  partition: number,
  batch: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const request = produceRequest(encode(topic, partition, batch, client.requestTimeoutMs))
  await client.retrying(
    topic,
    async (again) => {
      const errorCode = await client.sendToLeader(topic, partition, again, request, produceResponse)
      if (errorCode !== 0 && errorCode !== DUPLICATE_SEQUENCE_NUMBER) throw protocolError(errorCode)
    },
    signal,
  )
}

function encode(topic: string, partition: number, batch: Buffer, timeoutMs: number): Buffer {
  const name = Buffer.from(topic)
  const head = Buffer.alloc(2 + 2 + 4 + 4 + 2 + name.length + 4 + 4 + 4)
  let at = head.writeInt16BE(-1, 0) // no transactional id
  at = head.writeInt16BE(ACKS_OF_ALL, at)
  at = head.writeInt32BE(timeoutMs, at)
  at = head.writeInt32BE(1, at)
  at = head.writeInt16BE(name.length, at)
  at += name.copy(head, at)
  at = head.writeInt32BE(1, at)
  at = head.writeInt32BE(partition, at)
  head.writeInt32BE(batch.length, at)
  return Buffer.concat([head, batch])
}

/** The error code of a Produce response (version 7) for one partition. */
const produceResponse: ProtocolResponse<number> = {
  decode(raw) {
    if (raw.length < 20) {
      return Promise.reject(new MillraceError('INTERNAL_ERROR', { message: 'a Produce response is cut' }))
    }
    const at = 4 + 2 + raw.readInt16BE(4) + 4
    return Promise.resolve({ clientSideThrottleTime: raw.readInt32BE(raw.length - 4), value: raw.readInt16BE(at + 4) })
  },
  parse({ value }) {
    return Promise.resolve(value)
  },
}
