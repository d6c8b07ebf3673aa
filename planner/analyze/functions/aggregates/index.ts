import { BITS } from './bits.js'
import type { AggregateTable } from './definition.js'
import { FREQUENT_ITEMS } from './frequent-items.js'
import { FREQUENT_SKETCHES } from './frequent-sketches.js'
import { HISTOGRAMS } from './histograms.js'
import { LISTS } from './lists.js'
import { MOMENTS } from './moments.js'
import { PERCENTILES } from './percentiles.js'
import { PICKED } from './picked.js'
import { REGRESSION } from './regression.js'
import { SKETCHES } from './sketches.js'
import { SUMS } from './sums.js'
import { TEXTS_OF_GROUPS } from './texts.js'
import { VARIANT_AGGREGATES } from './variants.js'
import { VECTOR_TOTALS } from './vectors.js'

/** Aggregate functions by SQL name. */
export const AGGREGATES: AggregateTable = {
  ...SUMS,
  ...PICKED,
  ...LISTS,
  ...BITS,
  ...MOMENTS,
  ...REGRESSION,
  ...PERCENTILES,
  ...TEXTS_OF_GROUPS,
  ...VECTOR_TOTALS,
  ...SKETCHES,
  ...HISTOGRAMS,
  ...FREQUENT_ITEMS,
  ...FREQUENT_SKETCHES,
  ...VARIANT_AGGREGATES,
}
