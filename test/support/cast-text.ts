import { cellText } from '../../api/show/cell-text.js'
import type { DataType } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { Variant } from '../../columnar/variant.js'
import { variantText } from '../../columnar/variant-json.js'

/** A value as a cast to STRING prints it: as `show` does, but for NULLs and bytes within others. */
export function castText(value: Value, type: DataType): string {
  if (value instanceof Variant) return variantText(value) ?? 'NULL'
  return value === null ? 'NULL' : partText(value, type)
}

function partText(value: Value, type: DataType): string {
  if (value === null) return 'null'
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  switch (type.kind) {
    case 'array':
      return `[${(value as readonly Value[]).map((x) => partText(x, type.element)).join(', ')}]`
    case 'map': {
      const entries = [...(value as ReadonlyMap<Value, Value>)]
      return `{${entries.map(([key, x]) => `${partText(key, type.key)} -> ${partText(x, type.value)}`).join(', ')}}`
    }
    case 'struct': {
      const members = Object.values(value as Readonly<Record<string, Value>>)
      return `{${members.map((member, i) => partText(member, type.fields[i]!.type)).join(', ')}}`
    }
    default:
      return cellText(value, type)
  }
}
