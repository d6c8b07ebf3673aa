import type { DataType, Field, Schema } from './types.js'
import { isShortDecimal } from './types.js'

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

/** How the values of a leaf are stored: nothing (struct, void), a fixed width in bytes, a boolean, or bytes with offsets. */
export type Storage =
  | { readonly kind: 'none' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'fixed'; readonly bytes: 1 | 2 | 4 | 8 | 16 }
  | { readonly kind: 'variable' }

const NONE: Storage = Object.freeze({ kind: 'none' })
const BOOLEAN: Storage = Object.freeze({ kind: 'boolean' })
const VARIABLE: Storage = Object.freeze({ kind: 'variable' })
const fixed = (bytes: 1 | 2 | 4 | 8 | 16): Storage => Object.freeze({ kind: 'fixed', bytes })
const [FIXED1, FIXED2, FIXED4, FIXED8, FIXED16] = [fixed(1), fixed(2), fixed(4), fixed(8), fixed(16)]

/** How values of a type are stored. Arrays and maps are packed into bytes (`packed-writer.ts`). */
export function storageOf(type: DataType): Storage {
  switch (type.kind) {
    case 'boolean':
      return BOOLEAN
    case 'tinyint':
      return FIXED1
    case 'smallint':
      return FIXED2
    case 'int':
    case 'float':
    case 'date':
    case 'interval_ym':
      return FIXED4
    case 'bigint':
    case 'double':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_dt':
      return FIXED8
    case 'decimal':
      return isShortDecimal(type) ? FIXED8 : FIXED16
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
      return VARIABLE
    case 'void':
    case 'struct':
      return NONE
  }
}

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
