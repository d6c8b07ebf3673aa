import { type DataType, partTypes } from '../../../columnar/types.js'

/** Whether variants become values of a type, or these variants. */
export const canCastVariant = (from: DataType, to: DataType): boolean =>
  from.kind === 'variant' ? isCastFrom(to) : isCastTo(from)

/** Not intervals, and maps by texts alone. */
const isCastFrom = (to: DataType): boolean => {
  if (to.kind === 'map' && to.key.kind !== 'string') return false
  return to.kind === 'time' || (!NO_VARIANTS.has(to.kind) && partTypes(to).every(isCastFrom))
}

/** The same without what has names in it, which `to_variant_object` takes. */
const isCastTo = (from: DataType): boolean =>
  from.kind !== 'struct' && from.kind !== 'map' && isVariantOf(from) && partTypes(from).every(isCastTo)

/** Whether values of a type can be variants. */
export const isVariantOf = (from: DataType): boolean => {
  if (from.kind === 'map' && from.key.kind !== 'string') return false
  return !NO_VARIANTS.has(from.kind) && partTypes(from).every(isVariantOf)
}

const NO_VARIANTS: ReadonlySet<DataType['kind']> = new Set(['void', 'time', 'interval_ym', 'interval_dt', 'interval'])
