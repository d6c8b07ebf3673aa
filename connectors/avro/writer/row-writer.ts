import { memberOf, rowKeys } from '../../../columnar/row-keys.js'
import type { StoredNested } from '../../../columnar/stored-values.js'
import type { DataType, Field, Schema } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { RowBytes } from './row-bytes.js'
import { decimalBytes } from './written-schema.js'

type Write = (value: StoredNested, to: RowBytes) => void

const NANOS_PER_MICRO = 1000n

/** Writes a row of the values of its columns, as the schema of the file says (`written-schema.ts`). */
export function rowWriter({ fields }: Schema): (columns: readonly StoredNested[][], row: number, to: RowBytes) => void {
  const writers = fields.map(valueWriter)
  return (columns, row, to) => {
    for (const [i, write] of writers.entries()) write(columns[i]![row]!, to)
  }
}

/** What may be NULL is a union of its type and null. */
function valueWriter({ type, nullable }: Pick<Field, 'type' | 'nullable'>): Write {
  const write = plainWriter(type)
  if (!nullable || type.kind === 'void') return write
  return (value, to) => {
    to.byte(value === null ? 2 : 0)
    if (value !== null) write(value, to)
  }
}

function plainWriter(type: DataType): Write {
  switch (type.kind) {
    case 'void':
      return () => undefined
    case 'boolean':
      return (value, to) => to.byte(Number(value))
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
    case 'interval_ym':
      return (value, to) => to.int(Number(value))
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_dt':
      return (value, to) => to.long(value as bigint)
    case 'time':
      return (value, to) => to.long((value as bigint) / NANOS_PER_MICRO)
    case 'float':
      return (value, to) => to.float(value as number)
    case 'double':
      return (value, to) => to.double(value as number)
    case 'decimal': {
      const bytes = decimalBytes(type.precision)
      return (value, to) => to.fixed(value as bigint, bytes)
    }
    case 'string':
    case 'binary':
      return (value, to) => to.bytes(value as Uint8Array)
    case 'struct':
      return structWriter(type.fields)
    case 'array':
      return listWriter([valueWriter({ type: type.element, nullable: type.containsNull })], (value) =>
        (value as readonly StoredNested[]).map((one) => [one]),
      )
    case 'map':
      return listWriter(
        [plainWriter(type.key), valueWriter({ type: type.value, nullable: type.valueContainsNull })],
        (value) => [...(value as ReadonlyMap<StoredNested, StoredNested>)],
      )
    case 'interval':
    case 'variant':
      throw new MillraceError('INTERNAL_ERROR', { message: `${type.kind} is refused before it is written` })
  }
}

function structWriter(fields: readonly Field[]): Write {
  const keys = rowKeys(fields)
  const writers = fields.map(valueWriter)
  return (value, to) => {
    for (const [i, write] of writers.entries()) write((memberOf(value as object, keys[i]!) ?? null) as StoredNested, to)
  }
}

/** Elements in one block, and the empty one that ends them. */
function listWriter(
  parts: readonly Write[],
  elementsOf: (value: StoredNested) => readonly (readonly StoredNested[])[],
): Write {
  return (value, to) => {
    const elements = elementsOf(value)
    if (elements.length > 0) to.int(elements.length)
    for (const element of elements) for (const [i, write] of parts.entries()) write(element[i]!, to)
    to.byte(0)
  }
}
