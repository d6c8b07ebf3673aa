import { type DataType, partTypes } from './types.js'

/* What is somewhere in a type. */

/** Whether there are maps in it. */
export const hasMaps = (type: DataType): boolean => type.kind === 'map' || partTypes(type).some(hasMaps)

/** Whether there are intervals of months, days and microseconds in it, which no file keeps. */
export const hasCalendarIntervals = (type: DataType): boolean =>
  type.kind === 'interval' || partTypes(type).some(hasCalendarIntervals)
