import type { LinearMemory } from '../../../../executor/memory/linear-memory.js'
import { COLUMNS } from '../../kafka.js'
import { javaBatches, readerOf } from '../../kafka-batches.js'
import { recordBatch, sealed } from '../../record-batches.js'
import { checkRefs } from './checked-refs.js'
import type { MemoryFile } from './memory-file.js'
import type { Samples } from './samples.js'

const CODECS = ['gzip', 'lz4', 'snappy', 'zstd']
const LENGTH_AT = 8
const LOG_OVERHEAD = 12
const HEAD_BYTES = 61
const TRANSACTIONAL = 16

/** What Java's producer compressed, and small batches one behind the other. */
export const kafkaSamples = (): Samples => [
  ...CODECS.map(javaBatches),
  recordBatch({ values: ['a', '', 'x'.repeat(200)], timestampMs: 1_700_000_000_000 }),
  Buffer.concat([
    recordBatch({
      values: ['of a transaction'],
      producerId: 7n,
      producerEpoch: 1,
      baseSequence: 0,
      attributes: TRANSACTIONAL,
    }),
    recordBatch({ values: ['b', 'c'] }),
  ]),
]

/** Reads what a broker would bring of a partition: as it is, and with the checksums that it should have, so that what is damaged gets through. */
export async function readKafkaBatches({ bytes }: MemoryFile, memory: LinearMemory): Promise<void> {
  let refused: unknown
  await readBatches(Buffer.from(bytes), memory).catch((error: unknown) => {
    refused = error
  })
  await readBatches(withChecksums(Buffer.from(bytes)), memory)
  if (refused !== undefined) throw refused
}

/** Reads whole or cut record batches. */
export async function readBatches(records: Buffer, memory: LinearMemory): Promise<void> {
  const reader = readerOf(records, memory)
  try {
    for (let batch = await reader.next(); batch; batch = await reader.next())
      for (const [i, { data }] of batch.columns.entries())
        if (COLUMNS[i] === 'key' || COLUMNS[i] === 'value') checkRefs(memory, data, batch.rows)
  } finally {
    reader.close()
    memory.kernels.arenaReset()
  }
}

function withChecksums(records: Buffer): Buffer {
  for (let at = 0; at + HEAD_BYTES <= records.length; ) {
    const end = at + LOG_OVERHEAD + records.readInt32BE(at + LENGTH_AT)
    if (end < at + HEAD_BYTES || end > records.length) break
    sealed(records.subarray(at, end))
    at = end
  }
  return records
}
