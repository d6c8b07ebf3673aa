import { randomUUID } from 'node:crypto'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, type Schema, STRING } from '../../columnar/types.js'
import type { BlockWriter, Json, WriteDescription } from '../../connectors/api.js'
import { kafkaWriter } from '../../connectors/kafka/sink/writer.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { until } from './fake-cluster.js'
import { readBatch } from './kafka.js'

export const schema: Schema = { fields: [field('value', STRING)] }

/** Batches of one streaming query into a topic; each start of it has a number. */
export class Streamed {
  readonly #servers: string
  readonly #topic: string
  readonly #queryId = randomUUID()

  constructor(servers: string, topic: string) {
    this.#servers = servers
    this.#topic = topic
  }

  batch(batchId: number, start = 1, prepared: readonly (readonly Json[])[] = [], more = {}): WriteDescription {
    return {
      provider: 'kafka',
      options: { 'kafka.bootstrap.servers': this.#servers, topic: this.#topic, ...more },
      mode: 'append',
      schema,
      jobId: randomUUID(),
      streaming: { queryId: this.#queryId, batchId, start, isFirst: false, prepared },
    }
  }

  /** What a consumer sees that waits for commits, when there are so many records: brokers answer a commit before they have written its markers. */
  async seen(count: number): Promise<readonly (string | null)[]> {
    const servers = { 'kafka.bootstrap.servers': this.#servers }
    const options = { ...servers, subscribe: this.#topic, 'kafka.isolation.level': 'read_committed' }
    let values: readonly (string | null)[] = []
    await until(async () => {
      values = (await readBatch(options)).map(({ value }) => value).toSorted()
      return values.length >= count
    })
    return values
  }
}

export async function task(
  write: WriteDescription,
  partition: number,
  values: readonly string[],
): Promise<BlockWriter> {
  const memory = new LinearMemory()
  const signal = new AbortController().signal
  const writer = await kafkaWriter.openWriter(write, { memory, kernels: memory.kernels, signal, partition, attempt: 0 })
  const rows = values.map((value) => ({ value }))
  try {
    await writer.write(blockFromRows(schema, rows))
  } catch (error) {
    await writer.abort()
    throw error
  }
  return writer
}

/** What a task says that has written values. */
export const prepared = async (write: WriteDescription, partition: number, values: readonly string[]): Promise<Json> =>
  (await task(write, partition, values)).prepare()
