import { type Schema, STRING } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { partitionStatistics } from '../files/partition-statistics.js'
import { partitionsOf, withPartitionColumns } from '../files/partition-values.js'
import { resolvePaths } from '../files/paths.js'
import { sizeOf } from '../files/sizes.js'
import { lineRules } from './options.js'
import { planTextSplits } from './plan-splits.js'

const NAME = 'text'
const LINES: Schema = { fields: [{ name: 'value', type: STRING, nullable: false }] }

/** The lines of text files as a table, driver side. */
export const textSource: SourceProvider = {
  name: NAME,

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    lineRules(options)
    const named = paths.length > 0 ? paths : options['path'] === undefined ? [] : [options['path']]
    const found = await resolvePaths(named, known?.folders)
    const partitions = partitionsOf(found, schema, known)
    const files = found.map(({ path }) => path)
    return {
      provider: NAME,
      options,
      paths: files,
      schema: withPartitionColumns(LINES, partitions),
      statistics: { bytes: await sizeOf(files), ...partitionStatistics(partitions) },
      ...(partitions ? { partitions } : {}),
    }
  },

  async planSplits(request: ScanRequest): Promise<readonly Split[]> {
    return planTextSplits(request)
  },
}
