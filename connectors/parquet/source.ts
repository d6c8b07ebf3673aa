import { type DataType, type Field, type Schema, sameType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { shownValue } from '../../common/secret-options.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { failedRead } from '../files/file-errors.js'
import { partitionStatistics } from '../files/partition-statistics.js'
import { partitionsOf, withPartitionColumns } from '../files/partition-values.js'
import { resolvePaths } from '../files/paths.js'
import { sizeOf } from '../files/sizes.js'
import { VERIFY_CHECKSUMS, verifiesChecksums } from './checksum-option.js'
import { columnsOf, schemaOfColumns } from './columns.js'
import { type ParquetFile, readFooters } from './footer.js'
import { planParquetSplits } from './plan-splits.js'
import { valueRanges } from './value-ranges.js'

const NAME = 'parquet'

/** Parquet files as a table, driver side. */
export const parquetSource: SourceProvider = {
  name: NAME,

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    checkOptions(options)
    const named = paths.length > 0 ? paths : options['path'] === undefined ? [] : [options['path']]
    const found = await resolvePaths(named, known?.folders)
    if (schema === undefined && found.length === 0) {
      throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: NAME, path: named.join(', ') })
    }
    const partitions = partitionsOf(found, schema, known)
    const described = { provider: NAME, options, paths: found.map(({ path }) => path) }
    // Partitions may be left out by their values, so that their files are not even opened.
    if (partitions && schema) {
      const wanted = { fields: schema.fields.map(asNullable) }
      return {
        ...described,
        schema: withPartitionColumns(wanted, partitions),
        partitions,
        statistics: { bytes: await sizeOf(described.paths), ...partitionStatistics(partitions) },
      }
    }
    const files = await readFooters(described.paths)
    const own = schema === undefined ? mergeSchemas(files) : { fields: schema.fields.map(asNullable) }
    return {
      ...described,
      schema: withPartitionColumns(own, partitions),
      statistics: {
        rows: files.reduce((sum, file) => sum + file.metadata.rows, 0),
        bytes: files.reduce((sum, file) => sum + file.size, 0),
        ...partitionStatistics(partitions),
        ranges: Object.assign(valueRanges(files), partitionStatistics(partitions).ranges),
      },
      ...(partitions ? { partitions } : {}),
    }
  },

  planSplits(request: ScanRequest): Promise<readonly Split[]> {
    return planParquetSplits(request)
  },
}

/** Schemas are always merged, so `mergeSchema` may be asked for but not refused. @throws UNSUPPORTED_FEATURE, INVALID_OPTION */
function checkOptions(options: Options): void {
  verifiesChecksums(options)
  for (const [key, value] of Object.entries(options)) {
    const isKnown = key === 'path' || (key.toLowerCase() === 'mergeschema' && value.toLowerCase() === 'true')
    if (!isKnown && key.toLowerCase() !== VERIFY_CHECKSUMS) {
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `the option ${key}=${shownValue(key, value)} of the data source parquet`,
      })
    }
  }
}

/**
 * The columns of all files by name, without regard to case, in order of appearance; nullable when one file has NULLs or lacks the column.
 * @throws FAILED_READ_FILE when two files disagree on a type
 */
function mergeSchemas(files: readonly ParquetFile[]): Schema {
  const merged = new Map<string, { field: Field; path: string; seen: number }>()
  for (const file of files) {
    for (const field of schemaOfColumns(columnsOf(file.metadata.root)).fields) {
      const known = merged.get(field.name.toLowerCase())
      if (known === undefined) merged.set(field.name.toLowerCase(), { field, path: file.path, seen: 1 })
      else if (!sameType(known.field.type, field.type)) {
        const here = `${typeName(field.type)} here but ${typeName(known.field.type)} in ${known.path}`
        throw failedRead(file.path, `the column ${field.name} is of type ${here}`)
      } else {
        known.seen++
        known.field = mergeNullability(known.field, field)
      }
    }
  }
  return {
    fields: [...merged.values()].map(({ field, seen }) =>
      seen === files.length ? field : { ...field, nullable: true },
    ),
  }
}

/** Two fields of the same type as one that may be NULL wherever one of them may. */
function mergeNullability(a: Field, b: Field): Field {
  const nullable = a.nullable || b.nullable
  if (a.type.kind !== 'struct' || b.type.kind !== 'struct') return { ...a, nullable }
  const other = b.type.fields
  const fields = a.type.fields.map((field, i) => mergeNullability(field, other[i]!))
  return { name: a.name, type: { kind: 'struct', fields }, nullable }
}

/** A schema given by the user says nothing about NULLs in the files. */
function asNullable(field: Field): Field {
  const type: DataType =
    field.type.kind === 'struct' ? { kind: 'struct', fields: field.type.fields.map(asNullable) } : field.type
  return { name: field.name, type, nullable: true }
}
