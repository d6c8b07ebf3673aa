import { array, type DataType, type Field, type Schema, STRING, struct, VOID } from '../../columnar/types.js'
import { type Conversion, conversionOf } from './conversion.js'
import type { SchemaNode } from './metadata.js'

/** A column of one file and how it is read. `level` is the definition level at which it is not NULL. */
export type FileColumn =
  | {
      readonly kind: 'leaf'
      readonly field: Field
      readonly level: number
      /** Position among the chunks of a row group. */
      readonly chunk: number
      readonly node: SchemaNode
      readonly conversion: Conversion
    }
  | { readonly kind: 'struct'; readonly field: Field; readonly level: number; readonly fields: readonly FileColumn[] }
  | { readonly kind: 'unsupported'; readonly field: Field; readonly reason: string }

/** The columns of a file in order. Lists, maps and types of no use here are there too, so that only selecting them fails. */
export function columnsOf(root: SchemaNode): readonly FileColumn[] {
  const state = { chunk: 0 }
  return root.children.map((node) => columnOf(node, 0, state))
}

export function schemaOfColumns(columns: readonly FileColumn[]): Schema {
  return { fields: columns.map((column) => column.field) }
}

function columnOf(node: SchemaNode, parentLevel: number, state: { chunk: number }): FileColumn {
  const level = parentLevel + (node.repetition === 'REQUIRED' ? 0 : 1)
  const fieldOf = (type: DataType): Field => ({ name: node.name, type, nullable: node.repetition !== 'REQUIRED' })
  if (node.physical !== undefined) {
    const chunk = state.chunk++
    const conversion = conversionOf(node)
    if (typeof conversion === 'string') return { kind: 'unsupported', field: fieldOf(VOID), reason: conversion }
    if (node.repetition === 'REPEATED') {
      return { kind: 'unsupported', field: fieldOf(array(conversion.type, false)), reason: 'a repeated column' }
    }
    return { kind: 'leaf', field: fieldOf(conversion.type), level, chunk, node, conversion }
  }
  const fields = node.children.map((child) => columnOf(child, level, state))
  const failing = fields.find((child) => child.kind === 'unsupported')
  if (node.annotation.kind === 'list') {
    return { kind: 'unsupported', field: fieldOf(array(listElement(fields))), reason: 'a list' }
  }
  if (node.annotation.kind === 'map') {
    return { kind: 'unsupported', field: fieldOf(mapType(fields)), reason: 'a map' }
  }
  if (node.repetition === 'REPEATED') {
    return { kind: 'unsupported', field: fieldOf(array(structType(fields), false)), reason: 'a repeated group' }
  }
  if (failing !== undefined || fields.length === 0) {
    const reason = failing === undefined ? 'an empty group' : `${failing.field.name} in it is ${failing.reason}`
    return { kind: 'unsupported', field: fieldOf(structType(fields)), reason }
  }
  return { kind: 'struct', field: fieldOf(structType(fields)), level, fields }
}

const structType = (fields: readonly FileColumn[]): DataType => struct(fields.map((child) => child.field))

/** The element of the three-level form: list → repeated group → element; otherwise what is repeated. */
function listElement(fields: readonly FileColumn[]): DataType {
  const repeated = fields[0]?.field.type
  if (repeated?.kind !== 'array') return repeated ?? VOID
  const inner = repeated.element
  return inner.kind === 'struct' && inner.fields.length === 1 ? inner.fields[0]!.type : inner
}

function mapType(fields: readonly FileColumn[]): DataType {
  const entry = fields[0]?.field.type
  const pair = entry?.kind === 'array' && entry.element.kind === 'struct' ? entry.element.fields : []
  const value = pair[1]
  return {
    kind: 'map',
    key: pair[0]?.type ?? STRING,
    value: value?.type ?? VOID,
    valueContainsNull: value?.nullable ?? true,
  }
}

/** A column by name: exactly, or else without regard to case when that is unambiguous, as Spark's default is. */
export function findColumn(columns: readonly FileColumn[], name: string): FileColumn | undefined {
  const exact = columns.find((column) => column.field.name === name)
  if (exact !== undefined) return exact
  const folded = name.toLowerCase()
  const alike = columns.filter((column) => column.field.name.toLowerCase() === folded)
  return alike.length === 1 ? alike[0] : undefined
}
