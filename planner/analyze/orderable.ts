import type { DataType } from '../../columnar/types.js'

/** Whether values of a type have an order: all but maps and what has them in it. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
      return false
    case 'array':
      return isOrderable(type.element)
    case 'struct':
      return type.fields.every((field) => isOrderable(field.type))
    default:
      return true
  }
}
