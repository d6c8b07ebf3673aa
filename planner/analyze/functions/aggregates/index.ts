import type { AggregateTable } from './definition.js'
import { MOMENTS } from './moments.js'
import { PICKED } from './picked.js'
import { REGRESSION } from './regression.js'
import { SUMS } from './sums.js'

/** Aggregate functions by SQL name. */
export const AGGREGATES: AggregateTable = { ...SUMS, ...PICKED, ...MOMENTS, ...REGRESSION }
