import { readFileSync } from 'node:fs'
import type { ClientLease } from '../../connectors/kafka/client/client-lease.js'
import type { Fetched } from '../../connectors/kafka/reader/fetch-response.js'
import { PartitionReader } from '../../connectors/kafka/reader/partition-reader.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { COLUMNS } from './kafka.js'

/** Record batches as Kafka's Java producer wrote them (`KafkaTool produce … 1000`), byte for byte as in the broker's log. */
export const javaBatches = (codec: string): Buffer =>
  readFileSync(new URL(`../../../test/data/kafka/java-${codec}.batches`, import.meta.url))

export const JAVA_RECORDS = 1000

/** What test/support/KafkaTool.java writes as record `i`. */
export function javaRecord(i: number): { readonly key: string | null; readonly value: string | null } {
  const odd = ((i * 2654435761) % 1000003).toString(36)
  return {
    key: i % 3 === 0 ? null : `key ${i % 10}`,
    value: i % 50 === 7 ? null : `{"n":${i},"odd":"${odd}","text":"${'är '.repeat(i % 17)}"}`,
  }
}

/** A reader of a partition whose every Fetch brings the same bytes. */
export function readerOf(records: Buffer, memory: LinearMemory): PartitionReader {
  const until = BigInt(JAVA_RECORDS)
  const fetched: Fetched = { errorCode: 0, endOffset: until, logStartOffset: 0n, aborted: [], records }
  const client = {
    giveUpMs: 0,
    retrying: <T>(_: string, body: (again: boolean) => Promise<T>): Promise<T> => body(false),
    sendToLeader: () => Promise.resolve(fetched),
  }
  const lease = { client, release: () => undefined } as unknown as ClientLease
  const split = { topic: 'java', partition: 0, from: 0n, until }
  const options = { split, columns: COLUMNS, isolationLevel: 0 as const, failOnDataLoss: true }
  return new PartitionReader(options, lease, {
    memory,
    kernels: memory.kernels,
    signal: new AbortController().signal,
  })
}

/** A record batch of values without keys. */
export function encodeBatch(baseOffset: bigint, values: readonly string[]): Buffer {
  const records = values.map((value, i) => {
    const text = Buffer.from(value)
    const body = Buffer.concat([Buffer.of(0, 0), varint(i), varint(-1), varint(text.length), text, varint(0)])
    return Buffer.concat([varint(body.length), body])
  })
  const batch = Buffer.concat([Buffer.alloc(61), ...records])
  batch.writeBigInt64BE(baseOffset, 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt8(2, 16)
  batch.writeInt32BE(values.length - 1, 23)
  batch.fill(255, 43, 57) // no producer
  batch.writeInt32BE(values.length, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

function crc32c(bytes: Buffer): number {
  const memory = new LinearMemory()
  const at = memory.allocate(bytes.length)
  memory.bytes.set(bytes, at)
  return memory.kernels.crc32c(at, bytes.length) >>> 0
}
