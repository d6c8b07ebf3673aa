import { type DataType, type Field, type Schema, typeName } from '../../columnar/types.js'
import { onceEach } from '../../common/once-each.js'
import { failedRead } from '../files/file-errors.js'
import { columnsOf, schemaOfColumns } from './columns.js'
import type { ParquetFile } from './footer.js'
import { widerType } from './widened.js'

/**
 * The columns of all files by name, without regard to case, in order of appearance; nullable when one file has NULLs or lacks the column. Fields
 * of structs are merged in the same way. Of two types of which one holds the values of both it is that one.
 * @throws FAILED_READ_FILE when two files disagree on a type
 */
export function mergeSchemas(files: readonly ParquetFile[]): Schema {
  if (files.length === 1) return ownSchema(files[0]!)
  const merged = new Map<string, { field: Field; path: string; seen: number }>()
  for (const file of files) {
    for (const field of ownSchema(file).fields) {
      const known = merged.get(field.name.toLowerCase())
      if (known === undefined) {
        merged.set(field.name.toLowerCase(), { field, path: file.path, seen: 1 })
        continue
      }
      const type = mergedType(known.field.type, field.type)
      if (type === undefined) {
        const here = `${typeName(field.type)} here but ${typeName(known.field.type)} in ${known.path}`
        throw failedRead(file.path, `the column ${field.name} is of type ${here}`)
      }
      known.seen++
      known.field = { name: known.field.name, type, nullable: known.field.nullable || field.nullable }
    }
  }
  return {
    fields: [...merged.values()].map(({ field, seen }) =>
      seen === files.length ? field : { ...field, nullable: true },
    ),
  }
}

/** Read once: a footer that is kept is asked by every query. */
const ownSchema = onceEach((file: ParquetFile) => schemaOfColumns(columnsOf(file.metadata)))

/** The type that has the fields of both, NULL wherever one may be, and of two widths the wider; undefined when they differ otherwise. */
function mergedType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = mergedFields(a.fields, b.fields)
    return fields && { kind: 'struct', fields }
  }
  if (a.kind === 'array' && b.kind === 'array') {
    const element = mergedType(a.element, b.element)
    return element && { kind: 'array', element, containsNull: a.containsNull || b.containsNull }
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = mergedType(a.key, b.key)
    const value = mergedType(a.value, b.value)
    return key && value && { kind: 'map', key, value, valueContainsNull: a.valueContainsNull || b.valueContainsNull }
  }
  return widerType(a, b)
}

function mergedFields(a: readonly Field[], b: readonly Field[]): readonly Field[] | undefined {
  const isSame = (x: Field, y: Field): boolean => x.name.toLowerCase() === y.name.toLowerCase()
  const fields: Field[] = []
  for (const field of a) {
    const other = b.find((candidate) => isSame(candidate, field))
    const type = other ? mergedType(field.type, other.type) : field.type
    if (type === undefined) return undefined
    fields.push({ name: field.name, type, nullable: field.nullable || (other?.nullable ?? true) })
  }
  const added = b.filter((field) => !a.some((candidate) => isSame(candidate, field)))
  return [...fields, ...added.map((field) => ({ ...field, nullable: true }))]
}
