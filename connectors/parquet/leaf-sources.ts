import { BINARY, type DataType, type Field, typeName, VARIANT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { constantOf, widthOf } from '../files/constant-column.js'
import { failedRead } from '../files/file-errors.js'
import { metadataConstants } from '../files/file-metadata.js'
import type { FolderValues } from '../files/partitions/pruned-partitions.js'
import type { PlannedFile } from '../files/systems/open-file.js'
import { findColumn } from './columns.js'
import type { FileColumn } from './file-column.js'
import type { LeafSource, NestedNode, ValuesSource } from './split.js'
import { asVariant } from './variant-group.js'
import { conversionTo } from './widened.js'

/** How each leaf of the fields is made from a file, and which chunks of a row group that takes. */
export interface LeafSources {
  readonly leaves: readonly LeafSource[]
  readonly chunks: readonly number[]
}

/**
 * Of a struct only the fields that are wanted are read, within arrays and maps too; those that the file lacks are NULL.
 * @param isMetadata whether a column tells of the file
 * @throws UNSUPPORTED_FEATURE, FAILED_READ_FILE when a column cannot be read as its field
 */
export function leafSources(
  file: PlannedFile,
  columns: readonly FileColumn[],
  fields: readonly Field[],
  values: FolderValues,
  isMetadata: (name: string) => boolean,
): LeafSources {
  const planner = new LeafPlanner(file.path)
  for (const field of fields) {
    if (isMetadata(field.name)) {
      planner.addMetadata(field.type, file)
      continue
    }
    const value = values.get(field.name)
    if (value !== undefined) planner.leaves.push({ kind: 'constant', ...constantOf(field.type, value) })
    else planner.add(findColumn(columns, field.name), field.type, field.name)
  }
  return planner
}

class LeafPlanner implements LeafSources {
  readonly leaves: LeafSource[] = []
  readonly chunks: number[] = []
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Adds what is told of the file, which is one block however many tasks read it. */
  addMetadata(type: DataType, file: PlannedFile): void {
    this.leaves.push({ kind: 'struct', of: this.leaves.length, level: 0 })
    for (const constant of metadataConstants(type, file, { from: 0, until: file.size }))
      this.leaves.push({ kind: 'constant', ...constant })
  }

  /** Adds the leaves of a type. */
  add(column: FileColumn | undefined, type: DataType, name: string): void {
    if (column === undefined || !isThere(column, type)) this.#addMissing(type)
    else if (column.kind === 'struct' && type.kind === 'struct') {
      const at = this.leaves.length
      this.leaves.push({ kind: 'missing', targetBytes: 0 })
      for (const field of type.fields) {
        this.add(findColumn(column.fields, field.name), field.type, `${name}.${field.name}`)
      }
      // The first of its leaves that the file has tells where it is NULL.
      const of = this.leaves.findIndex(
        ({ kind }, i) => i > at && (kind === 'values' || kind === 'nested' || kind === 'variant'),
      )
      this.leaves[at] = { kind: 'struct', of, level: column.level }
    } else if (type.kind === 'variant') this.#variant(column.kind === 'struct' ? asVariant(column) : column, name)
    else if (column.kind === 'list') {
      this.leaves.push({ kind: 'nested', name, level: column.level, root: this.#node(column, type, name) })
    } else this.leaves.push(this.#values(column, type, name))
  }

  /** A group of two buffers is a variant where that is wanted, whatever the file says. */
  #variant(column: FileColumn, name: string): void {
    if (column.kind !== 'variant') {
      this.#values(column, VARIANT, name)
      return
    }
    const [value, metadata] = this.#buffers(column, name).map(({ source }) => source)
    this.leaves.push({ kind: 'variant', level: column.level, value: value!, metadata: metadata! })
  }

  #buffers({ value, metadata }: Extract<FileColumn, { kind: 'variant' }>, name: string) {
    return [value, metadata].map((part) => {
      const source = this.#values(part, BINARY, `${name}.${part.field.name}`)
      return { kind: 'values', type: BINARY, source } as const
    })
  }

  #addMissing(type: DataType): void {
    this.leaves.push({ kind: 'missing', targetBytes: type.kind === 'struct' ? 0 : widthOf(type) })
    if (type.kind === 'struct') for (const field of type.fields) this.#addMissing(field.type)
  }

  /** What is assembled to a value of a type, within an array or a map. */
  #node(column: FileColumn | undefined, type: DataType, name: string): NestedNode {
    if (column === undefined || !isThere(column, type)) return { kind: 'missing', type }
    if (column.kind === 'struct' && type.kind === 'struct') {
      const fields = type.fields.map((field) =>
        this.#node(findColumn(column.fields, field.name), field.type, `${name}.${field.name}`),
      )
      return { kind: 'struct', level: column.level, children: fields }
    }
    // Of a variant its buffers are asked for.
    if (column.kind === 'variant' && type.kind === 'struct')
      return { kind: 'struct', level: column.level, children: this.#buffers(column, name) }
    const types = type.kind === 'array' ? [type.element] : type.kind === 'map' ? [type.key, type.value] : []
    if (column.kind === 'list' && column.children.length === types.length) {
      const { level, repeated, repetition } = column
      const children = column.children.map((child, i) => this.#node(child, types[i]!, `${name}.${child.field.name}`))
      return { kind: 'list', level, repeated, repetition, children }
    }
    return { kind: 'values', type, source: this.#values(column, type, name) }
  }

  #values(column: FileColumn, type: DataType, name: string): ValuesSource {
    if (column.kind === 'unsupported') {
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `reading the Parquet column ${name}, ${column.reason} (${this.#path})`,
      })
    }
    const conversion = column.kind === 'leaf' ? conversionTo(column, type) : undefined
    if (column.kind !== 'leaf' || !conversion) {
      const types = `${typeName(column.field.type)} where ${typeName(type)} is expected`
      throw failedRead(this.#path, `the column ${name} is of type ${types}`)
    }
    const { kernel, sourceBytes, targetBytes } = conversion
    this.chunks.push(column.chunk)
    return {
      kind: 'values',
      name,
      chunk: this.chunks.length - 1,
      conversion: kernel,
      physical: column.node.physical!,
      sourceBytes,
      targetBytes,
      level: column.level,
      repetition: column.repetition,
    }
  }
}

/** Whether a file has anything of a column that is wanted: of a struct one field at least. */
function isThere(column: FileColumn, type: DataType): boolean {
  if (column.kind === 'struct' && type.kind === 'struct') {
    return type.fields.some((field) => {
      const own = findColumn(column.fields, field.name)
      return own !== undefined && isThere(own, field.type)
    })
  }
  if (column.kind !== 'list') return true
  if (type.kind === 'map' && column.children.length === 2) return isThere(column.children[0]!, type.key)
  return type.kind !== 'array' || isThere(column.children[0]!, type.element)
}
