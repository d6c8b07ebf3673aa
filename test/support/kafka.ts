import type {
  Batch,
  BatchColumn,
  BatchReader,
  Json,
  Options,
  ScanRequest,
  SourceDescription,
  Split,
} from '../../connectors/api.js'
import { kafkaReader } from '../../connectors/kafka/reader/reader.js'
import { KAFKA_SCHEMA, kafkaSource } from '../../connectors/kafka/source/source.js'
import type { Kernels } from '../../executor/kernels/interface/generated.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'

/** A record as read through linear memory. */
export interface ReadRecord {
  readonly key: string | null
  readonly value: string | null
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: bigint
  readonly timestampType: number
}

export const COLUMNS = KAFKA_SCHEMA.fields.map((field) => field.name)

export function describe(options: Options): Promise<SourceDescription> {
  return kafkaSource.describe(options, [], undefined)
}

export function scan(source: SourceDescription, columns: readonly string[] = COLUMNS): ScanRequest {
  return { source, columns, filters: [], parallelism: 2 }
}

export async function openReader(
  source: SourceDescription,
  split: Split,
  memory: LinearMemory,
  columns: readonly string[] = COLUMNS,
  kernels: Kernels = memory.kernels,
  signal: AbortSignal = new AbortController().signal,
): Promise<BatchReader> {
  const context = { memory, kernels, signal }
  return await kafkaReader.openReader(scan(source, columns), split, context)
}

/** All records of the splits, in their order. */
export async function readSplits(source: SourceDescription, splits: readonly Split[]): Promise<readonly ReadRecord[]> {
  const memory = new LinearMemory()
  const before = memory.bytesInUse
  const records: ReadRecord[] = []
  for (const split of splits) records.push(...(await drained(await openReader(source, split, memory), memory)))
  if (memory.bytesInUse !== before) throw new Error(`the reader kept ${memory.bytesInUse - before} bytes`)
  return records
}

/** Everything a reader of all columns gives; closes it. */
export async function drained(reader: BatchReader, memory: LinearMemory): Promise<readonly ReadRecord[]> {
  const records: ReadRecord[] = []
  try {
    for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
      records.push(...recordsOf(batch, memory))
    }
  } finally {
    await reader.close()
  }
  return records
}

export function recordsOf(batch: Batch, { view, bytes }: LinearMemory): readonly ReadRecord[] {
  const [key, value, topic, partition, offset, timestamp, type] = batch.columns
  const text = (column: BatchColumn, row: number): string | null => {
    if (column.validity !== 0 && bytes[column.validity + row] === 0) return null
    const at = view.getUint32(column.data + row * 8, true)
    return Buffer.from(bytes.subarray(at, at + view.getUint32(column.data + row * 8 + 4, true))).toString()
  }
  return Array.from({ length: batch.rows }, (_, row) => ({
    key: text(key!, row),
    value: text(value!, row),
    topic: text(topic!, row)!,
    partition: view.getInt32(partition!.data + row * 4, true),
    offset: view.getBigInt64(offset!.data + row * 8, true),
    timestamp: view.getBigInt64(timestamp!.data + row * 8, true),
    timestampType: view.getInt32(type!.data + row * 4, true),
  }))
}

export async function readBatch(options: Options): Promise<readonly ReadRecord[]> {
  const source = await describe(options)
  return await readSplits(source, await kafkaSource.planSplits(scan(source)))
}

/** Offsets of a stream without the notes of which topics they are. */
export function withoutIdentities(offset: Json): Json {
  const { '#topics': _topics, '#begins': _begins, ...offsets } = offset as Readonly<Record<string, Json>>
  return offsets
}
