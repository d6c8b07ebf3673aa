import { type Field, type Schema, sameType, typeName } from '../../columnar/types.js'
import { failedRead } from './file-errors.js'
import type { FileFaults } from './file-faults.js'

/** What one file says of its columns. */
export interface FileColumns extends Schema {
  readonly path: string
}

/**
 * The columns of files, by name, as `read` finds them in each; undefined when none can be read.
 * @throws FAILED_READ_FILE also when two files have a column in two types
 */
export async function commonColumns(
  paths: readonly string[],
  faults: FileFaults,
  read: (path: string) => Promise<FileColumns>,
): Promise<Schema | undefined> {
  const known = new Map<string, Field>()
  const files = await faults.ofEach(paths, read)
  for (const { path, fields } of files)
    for (const field of fields) {
      const other = known.get(field.name)
      if (other && !sameType(other.type, field.type)) {
        const types = `${typeName(field.type)}, and in files before ${typeName(other.type)}`
        throw failedRead(path, `its column ${field.name} is ${types}`)
      }
      known.set(field.name, other ?? field)
    }
  return files.length > 0 ? { fields: [...known.values()] } : undefined
}
