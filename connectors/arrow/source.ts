import { schemaOfArrow } from '../../columnar/arrow/arrow-types.js'
import type { Schema } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { sourcesByBucket } from '../files/bucket-files.js'
import { commonColumns, type FileColumns } from '../files/common-columns.js'
import { FileFaults } from '../files/file-faults.js'
import { isSelectionOption, SESSION_OPTIONS, unknownOption } from '../files/file-selection.js'
import { namedFilesOf, withoutColumns } from '../files/named-files.js'
import { partitionStatistics } from '../files/partitions/partition-statistics.js'
import { withPartitionColumns } from '../files/partitions/partition-values.js'
import { sizeOf } from '../files/sizes.js'
import { streamedFiles } from '../files/streamed/streamed-files.js'
import { damagedBy } from './damage.js'
import { arrowLayout } from './layout.js'
import { streamOf } from './messages.js'
import { planArrowSplits } from './plan-splits.js'

const NAME = 'arrow'

/** Files of Arrow's IPC format as a table, driver side. */
export const arrowSource: SourceProvider = {
  name: NAME,
  sessionOptions: SESSION_OPTIONS,
  stream: streamedFiles(() => arrowSource, false),

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    checkOptions(options)
    const faults = new FileFaults(options)
    const { named, paths: files, partitions } = await namedFilesOf(NAME, options, paths, schema, known)
    const own = schema ?? (await commonColumns(files, faults, columnsOf))
    if (own === undefined) throw withoutColumns(NAME, { named })
    return {
      provider: NAME,
      options,
      paths: files,
      schema: withPartitionColumns({ fields: own.fields.map((field) => ({ ...field, nullable: true })) }, partitions),
      statistics: { bytes: await sizeOf(files, faults), ...partitionStatistics(partitions) },
      ...(partitions ? { partitions } : {}),
    }
  },

  files: (options, { paths, schema, partitions }) => namedFilesOf(NAME, options, paths, schema, partitions),

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planArrowSplits(request),

  byBucket: sourcesByBucket,
}

async function columnsOf(path: string): Promise<FileColumns> {
  const { file, schema } = await arrowLayout(path)
  const stream = await streamOf(file, [schema])
  try {
    return { path, ...schemaOfArrow(stream) }
  } catch (error) {
    // A list without a column of elements, for one.
    throw damagedBy(path, error)
  }
}

/** @throws UNSUPPORTED_FEATURE */
function checkOptions(options: Options): void {
  for (const [key, value] of Object.entries(options))
    if (key !== 'path' && !isSelectionOption(key)) throw unknownOption(NAME, key, value)
}
