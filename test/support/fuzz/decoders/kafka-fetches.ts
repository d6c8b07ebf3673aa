import { fetchResponse } from '../../../../connectors/kafka/reader/fetch-response.js'
import type { LinearMemory } from '../../../../executor/memory/linear-memory.js'
import { javaBatches } from '../../kafka-batches.js'
import { recordBatch } from '../../record-batches.js'
import { readBatches } from './kafka-batches.js'
import type { MemoryFile } from './memory-file.js'
import type { Samples } from './samples.js'

const TOPIC_ID = '0123456789abcdef0123456789abcdef'
/** Of a byte of a length in compact types; the eighth says that another one follows. */
const SEVEN_BITS = 7

/** How topics are called in an answer, which says how its lengths are written: by their name, or by an id in compact types. */
export type FetchForm = 'name' | 'id'

/** An answer to a Fetch of one partition: with records of a codec of Java's, small ones, none, and an error. */
export function fetchSamples(form: FetchForm): Samples {
  const small = recordBatch({ values: ['a', 'b'] })
  return [
    fetched(form, javaBatches('lz4')),
    fetched(form, Buffer.concat([small, small]), { aborted: [[7n, 3n]] }),
    fetched(form, Buffer.alloc(0)),
    fetched(form, Buffer.alloc(0), { errorCode: 1 }),
  ]
}

/** The bytes of an answer about partition 0. */
export function fetched(
  form: FetchForm,
  records: Buffer,
  { aborted = [], errorCode = 0 }: { aborted?: readonly (readonly [bigint, bigint])[]; errorCode?: number } = {},
): Buffer {
  const isCompact = form === 'id'
  const int16 = (value: number): Buffer => writing(2, (to) => to.writeInt16BE(value))
  const int32 = (value: number): Buffer => writing(4, (to) => to.writeInt32BE(value))
  const int64 = (value: bigint): Buffer => writing(8, (to) => to.writeBigInt64BE(value))
  const count = (length: number): Buffer => (isCompact ? unsigned(length + 1) : int32(length))
  const tags = Buffer.alloc(isCompact ? 1 : 0)
  const topic = isCompact ? [Buffer.from(TOPIC_ID, 'hex')] : [int16(4), Buffer.from('java')]
  const transactions = aborted.flatMap(([producer, first]) => [int64(producer), int64(first), tags])
  return Buffer.concat([
    ...[tags, int32(10), int16(0), int32(0), count(1), ...topic],
    ...[count(1), int32(0), int16(errorCode), int64(1000n), int64(1000n), int64(0n)],
    ...[count(aborted.length), ...transactions, int32(-1), count(records.length), records],
    ...[tags, tags, tags],
  ])
}

/** Reads an answer, and the records that it brings. */
export async function readFetch({ bytes }: MemoryFile, memory: LinearMemory, form: FetchForm): Promise<void> {
  const response = fetchResponse(form === 'id' ? TOPIC_ID : undefined, 0)
  const { value } = await response.decode(Buffer.from(bytes))
  await readBatches(value.records, memory)
}

function writing(length: number, write: (to: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length)
  write(bytes)
  return bytes
}

function unsigned(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left >>>= SEVEN_BITS) bytes.push((left & 127) | 128)
  return Buffer.from([...bytes, left])
}
