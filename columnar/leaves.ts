import type { Storage } from './records/record.js'
import { recordOf } from './records/records.js'
import type { DataType, Field, Schema } from './types.js'

/**
 * A *leaf* is a buffer-carrying node of a schema, met depth first as Arrow orders its field nodes: a plain column is
 * one leaf; a struct is one leaf of its own (its validity, no data) followed by those of its fields.
 */
export interface Leaf {
  readonly path: readonly string[]
  readonly type: DataType
  /** Whether this node itself may be NULL; a field's own flag, the parents' flags not counted. */
  readonly nullable: boolean
  readonly storage: Storage
}

/** How values of a type are stored. */
export const storageOf = (type: DataType): Storage => recordOf(type).storage(type)

/** The bytes of a value, of types whose values have always the same; undefined for others. */
export function fixedBytes(type: DataType): number | undefined {
  const storage = storageOf(type)
  return storage.kind === 'fixed' ? storage.bytes : storage.kind === 'boolean' ? 1 : undefined
}

function leavesOfField(field: Field, prefix: readonly string[], out: Leaf[]): void {
  const path = [...prefix, field.name]
  out.push({ path, type: field.type, nullable: field.nullable, storage: storageOf(field.type) })
  if (field.type.kind === 'struct') for (const child of field.type.fields) leavesOfField(child, path, out)
}

/** The leaves of a schema, in the order of Arrow's field nodes. */
export function leavesOf(schema: Schema): readonly Leaf[] {
  const leaves: Leaf[] = []
  for (const field of schema.fields) leavesOfField(field, [], leaves)
  return leaves
}

/** How many leaves a column of this type takes. */
export function leafCount(type: DataType): number {
  return type.kind === 'struct' ? 1 + type.fields.reduce((sum, field) => sum + leafCount(field.type), 0) : 1
}
