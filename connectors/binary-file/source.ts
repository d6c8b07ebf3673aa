import { BIGINT, BINARY, field, type Schema, STRING, sameType, TIMESTAMP } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { FileFaults } from '../files/file-faults.js'
import { WITH_FILE_METADATA } from '../files/file-metadata.js'
import { isSelectionOption, SESSION_OPTIONS, unknownOption } from '../files/file-selection.js'
import { namedFiles } from '../files/named-files.js'
import { partitionStatistics } from '../files/partitions/partition-statistics.js'
import { withPartitionColumns } from '../files/partitions/partition-values.js'
import { sizeOf } from '../files/sizes.js'
import { streamedFiles } from '../files/streamed/streamed-files.js'
import { MAX_LENGTH } from './max-length.js'
import { planBinarySplits } from './plan-splits.js'

const NAME = 'binaryFile'
const SCHEMA: Schema = {
  fields: [
    field('path', STRING),
    field('modificationTime', TIMESTAMP),
    field('length', BIGINT),
    field('content', BINARY),
  ],
}

/** Files as rows of a table, driver side. */
export const binaryFileSource: SourceProvider = {
  name: NAME,
  sessionOptions: [...SESSION_OPTIONS, MAX_LENGTH],
  stream: streamedFiles(() => binaryFileSource, true),

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    for (const [key, value] of Object.entries(options))
      if (key !== 'path' && key !== MAX_LENGTH && !isSelectionOption(key)) throw unknownOption(NAME, key, value)
    const { paths: files, partitions } = await namedFiles(options, paths, schema, known)
    if (schema) refuseOthers(schema)
    return {
      provider: NAME,
      options,
      paths: files,
      schema: withPartitionColumns(SCHEMA, partitions),
      statistics: {
        rows: files.length,
        bytes: await sizeOf(files, new FileFaults(options)),
        ...partitionStatistics(partitions),
      },
      ...(partitions ? { partitions } : {}),
      ...WITH_FILE_METADATA,
    }
  },

  files: (options, { paths, schema, partitions }) => namedFiles(options, paths, schema, partitions),

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planBinarySplits(request),
}

/** @throws UNSUPPORTED_FEATURE for other columns than there are */
function refuseOthers({ fields }: Schema): void {
  const isSame = SCHEMA.fields.every(({ name, type }, i) => fields[i]?.name === name && sameType(fields[i]!.type, type))
  if (!isSame || fields.length !== SCHEMA.fields.length)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `other columns than its own of the data source ${NAME}` })
}
