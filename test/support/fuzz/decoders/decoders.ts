import type { DataType } from '../../../../columnar/types.js'
import type { Batch, Options, ReaderProvider, SourceProvider } from '../../../../connectors/api.js'
import { arrowReader } from '../../../../connectors/arrow/reader/reader.js'
import { arrowSource } from '../../../../connectors/arrow/source.js'
import { avroReader } from '../../../../connectors/avro/reader/reader.js'
import { avroSource } from '../../../../connectors/avro/source.js'
import { parquetReader } from '../../../../connectors/parquet/reader/reader.js'
import { parquetSource } from '../../../../connectors/parquet/source.js'
import { textReader } from '../../../../connectors/text/reader/reader.js'
import { textSource } from '../../../../connectors/text/source.js'
import type { LinearMemory } from '../../../../executor/memory/linear-memory.js'
import { archiveSamples, unpackBytes } from './archives.js'
import { checkRefs } from './checked-refs.js'
import { kafkaSamples, readKafkaBatches } from './kafka-batches.js'
import { type FetchForm, fetchSamples, readFetch } from './kafka-fetches.js'
import type { MemoryFile } from './memory-file.js'
import { blockSamples, decodeBlocks, decodeMessage, messageSamples } from './own-messages.js'
import { decodeMessages, postgresSamples } from './postgres-rows.js'
import { descriptorSamples, protobufSamples, readDescriptors, readOrder } from './protobuf.js'
import {
  arrowSamples,
  avroSamples,
  CODECS,
  compressedSamples,
  csvSamples,
  jsonSamples,
  parquetSamples,
  type Samples,
} from './samples.js'
import { csvKernel, jsonKernel, type TextKernel } from './text-kernels.js'

/** What reads bytes from outside. */
export interface Decoder {
  readonly name: string
  /** Of the files that are given to it. */
  readonly extension: string
  /** How it refuses bytes, if not as files are refused. */
  readonly conditions?: readonly string[]
  readonly samples: () => Promise<Samples> | Samples
  /** Reads all of a file. @throws the condition of a file that cannot be read */
  read(file: MemoryFile, memory: LinearMemory): Promise<void>
}

/** How record batches are refused. */
const BATCH_CONDITIONS = ['CORRUPT_RECORD', 'KAFKA_DATA_LOSS', 'UNSUPPORTED_FEATURE', 'UNABLE_TO_ACQUIRE_MEMORY']

export const DECODERS: readonly Decoder[] = [
  ofLines('csv', 'csv', csvSamples, csvKernel, {}),
  ofLines('csv in quotes', 'csv', csvSamples, csvKernel, {
    'lines.skipBlank': 'true',
    'lines.quote': '"',
    'lines.escape': '\\',
    'lines.delimiter': ',',
    'lines.header': 'true',
  }),
  ofLines('json', 'json', jsonSamples, jsonKernel, {}),
  ...CODECS.map((codec) => ofLines(codec, codec, () => compressedSamples(codec), undefined, {})),
  ofSource('parquet', parquetSamples, parquetSource, parquetReader),
  ofSource('arrow', arrowSamples, arrowSource, arrowReader),
  ofSource('avro', avroSamples, avroSource, avroReader),
  {
    name: 'kafka batches',
    extension: 'batches',
    conditions: BATCH_CONDITIONS,
    samples: kafkaSamples,
    read: readKafkaBatches,
  },
  ofFetches('kafka fetches', 'name'),
  ofFetches('kafka fetches by id', 'id'),
  {
    name: 'messages',
    extension: 'message',
    conditions: ['MALFORMED_MESSAGE', 'SEALED_OTHERWISE', 'PLAN_VERSION_MISMATCH'],
    samples: messageSamples,
    read: async ({ bytes }) => decodeMessage(bytes),
  },
  {
    name: 'archives of drivers',
    extension: 'archive',
    conditions: ['ARCHIVE_REFUSED'],
    samples: archiveSamples,
    read: async ({ bytes }) => unpackBytes(bytes),
  },
  {
    name: 'blocks',
    extension: 'block',
    conditions: ['BLOCK_CORRUPT'],
    samples: blockSamples,
    read: async ({ bytes }) => decodeBlocks(bytes),
  },
  {
    name: 'postgres',
    extension: 'copy',
    samples: postgresSamples,
    read: async ({ bytes }, memory) => decodeMessages(bytes, memory),
  },
  {
    name: 'protobuf',
    extension: 'pb',
    conditions: ['MALFORMED_PROTOBUF_MESSAGE'],
    samples: protobufSamples,
    read: async ({ bytes }) => readOrder(bytes),
  },
  {
    name: 'protobuf descriptors',
    extension: 'desc',
    conditions: ['CANNOT_PARSE_PROTOBUF_DESCRIPTOR'],
    samples: descriptorSamples,
    read: async ({ bytes }) => readDescriptors(bytes),
  },
]

/** What a broker answers to a Fetch, with what it brings. */
function ofFetches(name: string, form: FetchForm): Decoder {
  return {
    name,
    extension: 'fetch',
    conditions: ['KAFKA_MALFORMED_RESPONSE', ...BATCH_CONDITIONS],
    samples: () => fetchSamples(form),
    read: (file, memory) => readFetch(file, memory, form),
  }
}

function ofLines(
  name: string,
  extension: string,
  samples: () => Samples,
  kernel: TextKernel | undefined,
  options: Options,
): Decoder {
  return {
    name,
    extension,
    samples,
    async read({ path }, memory) {
      const look = kernel?.(memory)
      try {
        await readAll(textSource, textReader, options, path, memory, look?.lines)
      } finally {
        look?.close()
      }
    },
  }
}

function ofSource(
  name: string,
  samples: () => Promise<Samples> | Samples,
  source: SourceProvider,
  reader: ReaderProvider,
): Decoder {
  return { name, extension: name, samples, read: ({ path }, memory) => readAll(source, reader, {}, path, memory) }
}

async function readAll(
  source: SourceProvider,
  provider: ReaderProvider,
  options: Options,
  path: string,
  memory: LinearMemory,
  look?: (batch: Batch) => void,
): Promise<void> {
  const description = await source.describe(options, [path], undefined)
  const { fields } = description.schema
  const request = { source: description, columns: fields.map(({ name }) => name), filters: [], parallelism: 1 }
  const signal = new AbortController().signal
  const isText = fields.map(({ type }) => isOfBytes(type))
  // Leaves of nested types stand between columns, so only flat ones are looked at.
  const isFlat = fields.every(({ type }) => type.kind !== 'struct' && type.kind !== 'variant')
  for (const split of await source.planSplits(request)) {
    const reader = await provider.openReader(request, structuredClone(split), {
      memory,
      kernels: memory.kernels,
      signal,
    })
    try {
      for (let batch = await reader.next(); batch; batch = await reader.next()) {
        if (isFlat)
          for (const [i, column] of batch.columns.entries()) if (isText[i]) checkRefs(memory, column.data, batch.rows)
        look?.(batch)
        memory.kernels.arenaReset()
      }
    } finally {
      await reader.close()
      // As at the end of a task.
      memory.kernels.arenaReset()
    }
  }
}

const isOfBytes = ({ kind }: DataType): boolean => kind === 'string' || kind === 'binary'
