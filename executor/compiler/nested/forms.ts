import { type DataType, partTypes, type TypeKind } from '../../../columnar/types.js'

/** Whether values that are equal may have other bytes: floating point numbers, maps, and what has them in it. */
export const hasSeveralForms = (type: DataType): boolean =>
  WITH_FORMS.has(type.kind) || partTypes(type).some(hasSeveralForms)

const WITH_FORMS: ReadonlySet<TypeKind> = new Set(['float', 'double', 'map'])
