import { type Field, type Schema, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type {
  KnownPartitions,
  Options,
  PartitionedPaths,
  ScanRequest,
  SourceDescription,
  SourceProvider,
  Split,
} from '../api.js'
import { FileFaults } from '../files/file-faults.js'
import { WITH_FILE_METADATA } from '../files/file-metadata.js'
import { SESSION_OPTIONS } from '../files/file-selection.js'
import { namedFiles } from '../files/named-files.js'
import { partitionStatistics } from '../files/partitions/partition-statistics.js'
import { withPartitionColumns } from '../files/partitions/partition-values.js'
import { sizeOf, versionsOf } from '../files/sizes.js'
import { streamedFiles } from '../files/streamed/streamed-files.js'
import { lineRules } from './options.js'
import { planTextSplits } from './plan-splits.js'

const NAME = 'text'
const VALUE: Field = { name: 'value', type: STRING, nullable: false }
/** Of lines that rows of other columns are made of: no folder may have such a name, as those are hidden. */
const LINES: Schema = { fields: [{ ...VALUE, name: '_line' }] }

/** The lines of text files as a table, driver side. */
export const textSource: SourceProvider = {
  name: NAME,
  sessionOptions: SESSION_OPTIONS,
  stream: streamedFiles(() => textSource, true),

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    const { areOfFormat } = lineRules(options)
    const { paths: files, partitions } = await namedFiles(options, paths, schema, known)
    return {
      provider: NAME,
      options,
      paths: files,
      schema: withPartitionColumns(areOfFormat ? LINES : linesOf(schema, partitions), partitions),
      statistics: { bytes: await sizeOf(files, new FileFaults(options)), ...partitionStatistics(partitions) },
      ...(partitions ? { partitions } : {}),
      ...WITH_FILE_METADATA,
    }
  },

  files: (options, { paths, schema, partitions }) => namedFiles(options, paths, schema, partitions),

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planTextSplits(request),

  versions: versionsOf,
}

/** One column, of the name that is wanted. @throws _LEGACY_ERROR_TEMP_1290 */
function linesOf(schema: Schema | undefined, partitions: PartitionedPaths | undefined): Schema {
  const isFolder = ({ name }: Field): boolean =>
    partitions?.columns.some((column) => column.name.toLowerCase() === name.toLowerCase()) === true
  const own = schema?.fields.filter((one) => !isFolder(one)) ?? [VALUE]
  if (own.length !== 1 || own[0]!.type.kind !== 'string')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1290', { schemaSize: String(own.length) })
  return { fields: [{ ...own[0]!, nullable: false }] }
}
