import { schemaOfArrow } from '../../columnar/arrow-input.js'
import { type Field, type Schema, sameType, typeName } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { failedRead } from '../files/file-errors.js'
import { FileFaults } from '../files/file-faults.js'
import { isSelectionOption, SESSION_OPTIONS, unknownOption } from '../files/file-selection.js'
import { namedFilesOf, withoutColumns } from '../files/named-files.js'
import { partitionStatistics } from '../files/partition-statistics.js'
import { withPartitionColumns } from '../files/partition-values.js'
import { sizeOf } from '../files/sizes.js'
import { arrowLayout } from './layout.js'
import { streamOf } from './messages.js'
import { planArrowSplits } from './plan-splits.js'

const NAME = 'arrow'

/** Files of Arrow's IPC format as a table, driver side. */
export const arrowSource: SourceProvider = {
  name: NAME,
  sessionOptions: SESSION_OPTIONS,

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    checkOptions(options)
    const faults = new FileFaults(options)
    const { named, paths: files, partitions } = await namedFilesOf(NAME, options, paths, schema, known)
    const own = schema ?? (await columnsOf(files, faults))
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

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planArrowSplits(request),
}

/** The columns of files, by name; undefined when none can be read. @throws FAILED_READ_FILE also when two files have a column in two types */
async function columnsOf(paths: readonly string[], faults: FileFaults): Promise<Schema | undefined> {
  const known = new Map<string, Field>()
  const schemas = await faults.ofEach(paths, schemaOf)
  for (const { path, fields } of schemas)
    for (const field of fields) {
      const other = known.get(field.name)
      if (other && !sameType(other.type, field.type)) {
        const types = `${typeName(field.type)}, and in files before ${typeName(other.type)}`
        throw failedRead(path, `its column ${field.name} is ${types}`)
      }
      known.set(field.name, other ?? field)
    }
  return schemas.length > 0 ? { fields: [...known.values()] } : undefined
}

async function schemaOf(path: string): Promise<Schema & { readonly path: string }> {
  const { file, schema } = await arrowLayout(path)
  return { path, ...schemaOfArrow(await streamOf(file, [schema])) }
}

/** @throws UNSUPPORTED_FEATURE */
function checkOptions(options: Options): void {
  for (const [key, value] of Object.entries(options))
    if (key !== 'path' && !isSelectionOption(key)) throw unknownOption(NAME, key, value)
}
