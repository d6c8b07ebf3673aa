import type { Schema } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type {
  KnownPartitions,
  Options,
  PartitionedPaths,
  SourceDescription,
  SourceProvider,
  StreamProvider,
} from '../../api.js'
import { namesIn } from '../named-files.js'
import { partitionsOf, withPartitionColumns } from '../partitions/partition-values.js'
import { checkCleaning } from './cleaner.js'
import { FilesStream } from './files-stream.js'
import { absolutePath, foundNow } from './listing.js'
import { fileStreamOptions, STREAM_OPTIONS } from './stream-options.js'

/**
 * What makes a source of files one of streams, too. @param provider itself
 * @param hasOwnColumns whether its columns are the same whatever the files hold; others have to be given, as those of later files are not known
 */
export const streamedFiles = (provider: () => SourceProvider, hasOwnColumns: boolean): StreamProvider => ({
  options: STREAM_OPTIONS,
  // As long as nobody removes the files.
  isReplayable: true,
  identity: ({ provider: name, paths }) => `${name}[${paths.join(', ')}]`,

  async describe(
    { path, ...options }: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    streamOptions: Options,
    ofTable: KnownPartitions | undefined,
  ): Promise<SourceDescription> {
    if (!hasOwnColumns && schema === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_2048', {})
    const named = namesIn(path === undefined ? {} : { path }, paths).map(absolutePath)
    checkCleaning(fileStreamOptions(streamOptions).cleanSource, named)
    // Of the files there are now only the names of their folders matter.
    const partitions = partitionsOf(await foundNow(named, options), schema, ofTable)
    const known = partitions && { columns: partitions.columns.map(({ name }) => name), folders: [] }
    const source = await provider().describe(options, [], schema, known)
    return {
      ...source,
      schema: withPartitionColumns(source.schema, partitions),
      statistics: {},
      paths: named,
      streamOptions,
      ...(partitions ? { partitions: withoutPaths(partitions) } : {}),
    }
  },

  open: (source) => Promise.resolve(new FilesStream(source, (request) => provider().planSplits(request))),
})

const withoutPaths = ({ columns }: PartitionedPaths): PartitionedPaths => ({ columns, values: [], ofPaths: [] })
