import { array, type DataType, map, type Schema, struct, VOID } from '../../columnar/types.js'
import { onceEach } from '../../common/once-each.js'
import { conversionOf } from './conversion.js'
import type { FileColumn } from './file-column.js'
import type { FileMetadata, SchemaNode } from './metadata.js'
import { withSparkTypes } from './spark-schema.js'
import { asVariant } from './variant-group.js'

/** The columns of a file in order. Types of no use here are there too, so that only selecting them fails. */
export const columnsOf = onceEach(({ root, sparkSchema }: FileMetadata): readonly FileColumn[] => {
  const state = { chunk: 0 }
  const columns = root.children.map((node) => columnOf(node, { level: 0, repetition: 0 }, state))
  return sparkSchema === undefined ? columns : withSparkTypes(columns, sparkSchema)
})

export function schemaOfColumns(columns: readonly FileColumn[]): Schema {
  return { fields: columns.map((column) => column.field) }
}

/** The levels at which a value is there, if what is around it is. */
interface Levels {
  readonly level: number
  readonly repetition: number
}

interface State {
  chunk: number
}

const within = ({ level, repetition }: Levels): Levels => ({ level: level + 1, repetition: repetition + 1 })

function columnOf(node: SchemaNode, around: Levels, state: State): FileColumn {
  switch (node.repetition) {
    case 'REQUIRED':
      return valueColumn(node, around, false, state)
    case 'OPTIONAL':
      return valueColumn(node, { ...around, level: around.level + 1 }, true, state)
    // Without a list or a map around it: an array that is never NULL, of elements that are not.
    case 'REPEATED':
      return listOf(node.name, false, around, [valueColumn(node, within(around), false, state)])
  }
}

/** What a column holds when it is not NULL, or once. */
function valueColumn(node: SchemaNode, at: Levels, nullable: boolean, state: State): FileColumn {
  const { name } = node
  if (node.physical !== undefined) {
    const chunk = state.chunk++
    const conversion = conversionOf(node)
    if (typeof conversion === 'string') return unsupported(name, conversion)
    return { kind: 'leaf', field: { name, type: conversion.type, nullable }, ...at, chunk, node, conversion }
  }
  const repeated =
    node.children.length === 1 && node.children[0]!.repetition === 'REPEATED' ? node.children[0]! : undefined
  if (node.annotation.kind === 'list' && repeated) {
    const element = isElement(repeated, name)
      ? valueColumn(repeated, within(at), false, state)
      : columnOf(repeated.children[0]!, within(at), state)
    return listOf(name, nullable, at, [element])
  }
  if (node.annotation.kind === 'map' && repeated?.children.length === 2) {
    return listOf(
      name,
      nullable,
      at,
      repeated.children.map((child) => columnOf(child, within(at), state)),
    )
  }
  const fields = node.children.map((child) => columnOf(child, at, state))
  if (node.annotation.kind === 'list' || node.annotation.kind === 'map') {
    return unsupported(name, `a ${node.annotation.kind} of an unknown form`)
  }
  if (fields.length === 0) return unsupported(name, 'an empty group')
  const type = struct(fields.map((child) => child.field))
  const group = { kind: 'struct', field: { name, type, nullable }, level: at.level, fields } as const
  return node.annotation.kind === 'variant' ? asVariant(group) : withoutUnsupported(group, fields)
}

/**
 * Whether what is repeated in a list is its element itself, as in lists of old writers, and not the group around the element that the format
 * has had for long (Parquet's LogicalTypes.md, "Backward-compatibility rules").
 */
function isElement(repeated: SchemaNode, list: string): boolean {
  const [child, ...others] = repeated.children
  if (child === undefined || others.length > 0) return true
  return child.repetition === 'REPEATED' || repeated.name === 'array' || repeated.name === `${list}_tuple`
}

function listOf(name: string, nullable: boolean, at: Levels, children: readonly FileColumn[]): FileColumn {
  const [first, second] = children.map(({ field }) => field)
  const type = second ? map(first!.type, second.type, second.nullable) : array(first!.type, first!.nullable)
  const inner = within(at)
  const list = { level: at.level, repeated: inner.level, repetition: inner.repetition, children }
  return withoutUnsupported({ kind: 'list', field: { name, type, nullable }, ...list }, children)
}

function withoutUnsupported(column: FileColumn, children: readonly FileColumn[]): FileColumn {
  const failing = children.find((child) => child.kind === 'unsupported')
  return failing
    ? unsupported(column.field.name, `${failing.field.name} in it is ${failing.reason}`, column.field.type)
    : column
}

function unsupported(name: string, reason: string, type: DataType = VOID): FileColumn {
  return { kind: 'unsupported', field: { name, type, nullable: true }, reason }
}

/** A column by name: exactly, or else without regard to case when that is unambiguous, as Spark's default is. */
export function findColumn(columns: readonly FileColumn[], name: string): FileColumn | undefined {
  const exact = columns.find((column) => column.field.name === name)
  if (exact !== undefined) return exact
  const folded = name.toLowerCase()
  const alike = columns.filter((column) => column.field.name.toLowerCase() === folded)
  return alike.length === 1 ? alike[0] : undefined
}
