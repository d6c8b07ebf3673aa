import { schemaOf } from '../../columnar/avro/data-type.js'
import { parseAvroRecord } from '../../columnar/avro/parse-schema.js'
import { field, type Schema } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { sourcesByBucket } from '../files/bucket-files.js'
import { commonColumns, type FileColumns } from '../files/common-columns.js'
import { failedRead, reasonOf } from '../files/file-errors.js'
import { FileFaults } from '../files/file-faults.js'
import { WITH_FILE_METADATA } from '../files/file-metadata.js'
import { SESSION_OPTIONS } from '../files/file-selection.js'
import { namedFilesOf, withoutColumns } from '../files/named-files.js'
import { partitionStatistics } from '../files/partitions/partition-statistics.js'
import { withPartitionColumns } from '../files/partitions/partition-values.js'
import { sizeOf } from '../files/sizes.js'
import { streamedFiles } from '../files/streamed/streamed-files.js'
import { avroFile } from './container.js'
import { planAvroSplits } from './plan-splits.js'
import { wantedSchema } from './read-options.js'

const NAME = 'avro'

/** Files of Avro as a table, driver side. */
export const avroSource: SourceProvider = {
  name: NAME,
  sessionOptions: SESSION_OPTIONS,
  stream: streamedFiles(() => avroSource, false),

  async describe(
    options: Options,
    paths: readonly string[],
    given: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    const wanted = wantedSchema(options)
    const schema = given ?? (wanted && schemaOf(wanted))
    const faults = new FileFaults(options)
    const { named, paths: files, partitions } = await namedFilesOf(NAME, options, paths, schema, known)
    const own = schema ?? (await commonColumns(files, faults, columnsOf))
    if (own === undefined) throw withoutColumns(NAME, { named })
    return {
      provider: NAME,
      options,
      paths: files,
      schema: withPartitionColumns({ fields: own.fields.map(({ name, type }) => field(name, type)) }, partitions),
      statistics: { bytes: await sizeOf(files, faults), ...partitionStatistics(partitions) },
      ...(partitions ? { partitions } : {}),
      ...WITH_FILE_METADATA,
    }
  },

  files: (options, { paths, schema, partitions }) => namedFilesOf(NAME, options, paths, schema, partitions),

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planAvroSplits(request),

  byBucket: sourcesByBucket,
}

async function columnsOf(path: string): Promise<FileColumns> {
  const { schema } = await avroFile(path)
  try {
    return { path, ...schemaOf(parseAvroRecord(schema)) }
  } catch (error) {
    throw failedRead(path, `its schema cannot be read: ${reasonOf(error)}`, error)
  }
}
