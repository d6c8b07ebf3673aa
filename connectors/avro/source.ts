import { type Field, field, type Schema, sameType, typeName } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { failedRead, reasonOf } from '../files/file-errors.js'
import { FileFaults } from '../files/file-faults.js'
import { WITH_FILE_METADATA } from '../files/file-metadata.js'
import { SESSION_OPTIONS } from '../files/file-selection.js'
import { namedFilesOf, withoutColumns } from '../files/named-files.js'
import { partitionStatistics } from '../files/partition-statistics.js'
import { withPartitionColumns } from '../files/partition-values.js'
import { sizeOf } from '../files/sizes.js'
import { avroFile } from './container.js'
import { planAvroSplits } from './plan-splits.js'
import { wantedSchema } from './read-options.js'
import { schemaOf } from './schema/data-type.js'
import { parseAvroRecord } from './schema/parse-schema.js'

const NAME = 'avro'

/** Files of Avro as a table, driver side. */
export const avroSource: SourceProvider = {
  name: NAME,
  sessionOptions: SESSION_OPTIONS,

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
    const own = schema ?? (await columnsOf(files, faults))
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

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planAvroSplits(request),
}

/** The columns of files, by name; undefined when none can be read. @throws FAILED_READ_FILE also when two files have a column in two types */
async function columnsOf(paths: readonly string[], faults: FileFaults): Promise<Schema | undefined> {
  const known = new Map<string, Field>()
  const schemas = await faults.ofEach(paths, schemaIn)
  for (const { path, fields } of schemas)
    for (const one of fields) {
      const other = known.get(one.name)
      if (other && !sameType(other.type, one.type)) {
        const types = `${typeName(one.type)}, and in files before ${typeName(other.type)}`
        throw failedRead(path, `its column ${one.name} is ${types}`)
      }
      known.set(one.name, other ?? one)
    }
  return schemas.length > 0 ? { fields: [...known.values()] } : undefined
}

async function schemaIn(path: string): Promise<Schema & { readonly path: string }> {
  const { schema } = await avroFile(path)
  try {
    return { path, ...schemaOf(parseAvroRecord(schema)) }
  } catch (error) {
    throw failedRead(path, `its schema cannot be read: ${reasonOf(error)}`, error)
  }
}
