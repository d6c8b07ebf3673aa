import { type DataType, partTypes } from './types.js'

/* What is somewhere in a type. */

/** Whether there are maps in it. */
export const hasMaps = (type: DataType): boolean => type.kind === 'map' || partTypes(type).some(hasMaps)

/** Whether there are intervals of months, days and microseconds in it, which no file keeps. */
export const hasCalendarIntervals = (type: DataType): boolean =>
  type.kind === 'interval' || partTypes(type).some(hasCalendarIntervals)

/** Whether there are floats or doubles in it, whose zeros have signs. */
export const hasFractions = (type: DataType): boolean =>
  type.kind === 'float' || type.kind === 'double' || partTypes(type).some(hasFractions)
