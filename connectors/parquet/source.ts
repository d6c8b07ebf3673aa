import { asNullable } from '../../columnar/type-parts.js'
import type { Schema } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { sourcesByBucket } from '../files/bucket-files.js'
import { FileFaults } from '../files/file-faults.js'
import { WITH_FILE_METADATA } from '../files/file-metadata.js'
import { isSelectionOption, SESSION_OPTIONS, unknownOption } from '../files/file-selection.js'
import { namedFilesOf, withoutColumns } from '../files/named-files.js'
import { partitionStatistics } from '../files/partitions/partition-statistics.js'
import { withPartitionColumns } from '../files/partitions/partition-values.js'
import { sizeOf } from '../files/sizes.js'
import { streamedFiles } from '../files/streamed/streamed-files.js'
import { VERIFY_CHECKSUMS, verifiesChecksums } from './checksum-option.js'
import { columnValues } from './column-values.js'
import { readFooters } from './footer.js'
import { mergeSchemas } from './merge-schemas.js'
import { planParquetSplits } from './plan-splits.js'

const NAME = 'parquet'

/** Parquet files as a table, driver side. */
export const parquetSource: SourceProvider = {
  name: NAME,
  sessionOptions: SESSION_OPTIONS,
  stream: streamedFiles(() => parquetSource, false),

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    checkOptions(options)
    const faults = new FileFaults(options)
    const { named, paths: files, partitions } = await namedFilesOf(NAME, options, paths, schema, known)
    const described = {
      provider: NAME,
      options,
      paths: files,
      prunesFields: true,
      dividesVariants: true,
      ...WITH_FILE_METADATA,
    }
    // Partitions may be left out by their values, so that their files are not even opened.
    if (partitions && schema) {
      const wanted = { fields: schema.fields.map(asNullable) }
      return {
        ...described,
        schema: withPartitionColumns(wanted, partitions),
        partitions,
        statistics: { bytes: await sizeOf(described.paths, faults), ...partitionStatistics(partitions) },
      }
    }
    const footers = await readFooters(described.paths, faults)
    const ofPartitions = partitionStatistics(partitions)
    const { ranges, distinct } = columnValues(footers)
    if (schema === undefined && footers.length === 0) throw withoutColumns(NAME, { named })
    const own = schema === undefined ? mergeSchemas(footers) : { fields: schema.fields.map(asNullable) }
    return {
      ...described,
      schema: withPartitionColumns(own, partitions),
      statistics: {
        rows: footers.reduce((sum, file) => sum + file.metadata.rows, 0),
        bytes: footers.reduce((sum, file) => sum + file.size, 0),
        ...ofPartitions,
        // Without a prototype: a column may be called `constructor`.
        ranges: partitions ? Object.assign(Object.create(null), ranges, ofPartitions.ranges) : ranges,
        distinct: partitions ? Object.assign(Object.create(null), distinct, ofPartitions.distinct) : distinct,
      },
      ...(partitions ? { partitions } : {}),
    }
  },

  files: (options, { paths, schema, partitions }) => namedFilesOf(NAME, options, paths, schema, partitions),

  planSplits(request: ScanRequest): Promise<readonly Split[]> {
    return planParquetSplits(request)
  },

  byBucket: sourcesByBucket,
}

/** Schemas are always merged, so `mergeSchema` may be asked for but not refused. @throws UNSUPPORTED_FEATURE, INVALID_OPTION */
function checkOptions(options: Options): void {
  verifiesChecksums(options)
  for (const [key, value] of Object.entries(options)) {
    const isKnown =
      key === 'path' ||
      isSelectionOption(key) ||
      (key.toLowerCase() === 'mergeschema' && value.toLowerCase() === 'true')
    if (!isKnown && key.toLowerCase() !== VERIFY_CHECKSUMS) throw unknownOption(NAME, key, value)
  }
}
