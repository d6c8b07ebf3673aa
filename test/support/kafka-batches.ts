import { readFileSync } from 'node:fs'
import type { ClientLease } from '../../connectors/kafka/client/client-lease.js'
import type { Call } from '../../connectors/kafka/client/kafkajs-internals.js'
import type { Fetched } from '../../connectors/kafka/reader/fetch-response.js'
import { PartitionReader } from '../../connectors/kafka/reader/partition-reader.js'
import type { LinearMemory } from '../../executor/memory/linear-memory.js'
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
  return scriptedReader({ until, memory }, () => ({ endOffset: until, records })).reader
}

interface Script {
  readonly until: bigint
  readonly memory: LinearMemory
  readonly giveUpMs?: number
  readonly failOnDataLoss?: boolean
  /** Where the partition begins now. */
  readonly earliest?: bigint
  /** Whether it is opened before its turn comes. */
  readonly isAhead?: boolean
}

/** Where a Fetch says how many bytes it may bring: behind the replica that asks, how long that may take, and how few are enough. */
const MOST_BYTES_AT = 12

/** A reader of a partition from 0 on, and what it asks for. @param answer tells what a Fetch brings, by its number from 0 on */
export function scriptedReader(
  { until, memory, giveUpMs = 0, failOnDataLoss = true, earliest = 0n, isAhead = false }: Script,
  answer: (fetch: number) => Partial<Fetched>,
): {
  readonly reader: PartitionReader
  readonly signals: readonly AbortSignal[]
  /** How many bytes each Fetch may bring. */
  readonly mostBytes: readonly number[]
} {
  const nothing: Fetched = { errorCode: 0, endOffset: 0n, logStartOffset: 0n, aborted: [], records: Buffer.alloc(0) }
  const signals: AbortSignal[] = []
  const mostBytes: number[] = []
  const client = {
    requestTimeoutMs: 1000,
    giveUpMs,
    retrying: <T>(_: string, body: (again: boolean) => Promise<T>, signal: AbortSignal): Promise<T> => {
      signals.push(signal)
      return body(false)
    },
    sendToLeader: async (_: string, __: number, ___: boolean, call: (broker: object) => Call<Fetched>) => {
      const fetched = { ...nothing, ...answer(signals.length - 1) }
      const { buffer } = (await call({}).request.encode()) as unknown as { readonly buffer: Buffer }
      mostBytes.push(buffer.readInt32BE(MOST_BYTES_AT))
      return fetched
    },
    describe: () => Promise.resolve(new Map([['java', {}]])),
    offsets: () => Promise.resolve(new Map([[0, earliest]])),
  }
  const lease = { client, release: () => undefined } as unknown as ClientLease
  const split = { topic: 'java', partition: 0, from: 0n, until }
  const options = { split, columns: COLUMNS, isolationLevel: 1 as const, failOnDataLoss }
  const context = { memory, kernels: memory.kernels, signal: new AbortController().signal, isAhead }
  return { reader: new PartitionReader(options, lease, context), signals, mostBytes }
}
