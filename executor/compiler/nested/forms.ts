import type { DataType } from '../../../columnar/types.js'

/** Whether values that are equal may have other bytes: floating point numbers, maps, and what has them in it. */
export function hasSeveralForms(type: DataType): boolean {
  switch (type.kind) {
    case 'float':
    case 'double':
    case 'map':
      return true
    case 'array':
      return hasSeveralForms(type.element)
    case 'struct':
      return type.fields.some((field) => hasSeveralForms(field.type))
    default:
      return false
  }
}
