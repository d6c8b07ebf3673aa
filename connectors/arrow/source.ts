import { schemaOfArrow } from '../../columnar/arrow-input.js'
import { type Field, type Schema, sameType, typeName } from '../../columnar/types.js'
import type { KnownPartitions, Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { failedRead } from '../files/file-errors.js'
import { isSelectionOption, unknownOption } from '../files/file-selection.js'
import { ofEach } from '../files/file-systems.js'
import { namedFilesOf } from '../files/named-files.js'
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

  async describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    known?: KnownPartitions,
  ): Promise<SourceDescription> {
    checkOptions(options)
    const { paths: files, partitions } = await namedFilesOf(NAME, options, paths, schema, known)
    const own = schema ?? { fields: await fieldsOf(files) }
    return {
      provider: NAME,
      options,
      paths: files,
      schema: withPartitionColumns({ fields: own.fields.map((field) => ({ ...field, nullable: true })) }, partitions),
      statistics: { bytes: await sizeOf(files), ...partitionStatistics(partitions) },
      ...(partitions ? { partitions } : {}),
    }
  },

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => planArrowSplits(request),
}

/** The columns of files, by name. @throws FAILED_READ_FILE also when two files have a column in two types */
async function fieldsOf(paths: readonly string[]): Promise<readonly Field[]> {
  const known = new Map<string, Field>()
  const schemas = await ofEach(paths, schemaOf)
  for (const [i, { fields }] of schemas.entries())
    for (const field of fields) {
      const other = known.get(field.name)
      if (other && !sameType(other.type, field.type)) {
        const types = `${typeName(field.type)}, and in files before ${typeName(other.type)}`
        throw failedRead(paths[i]!, `its column ${field.name} is ${types}`)
      }
      known.set(field.name, other ?? field)
    }
  return [...known.values()]
}

async function schemaOf(path: string): Promise<Schema> {
  const { file, schema } = await arrowLayout(path)
  return schemaOfArrow(await streamOf(file, [schema]))
}

/** @throws UNSUPPORTED_FEATURE */
function checkOptions(options: Options): void {
  for (const [key, value] of Object.entries(options))
    if (key !== 'path' && !isSelectionOption(key)) throw unknownOption(NAME, key, value)
}
