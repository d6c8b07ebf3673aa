import { array, type DataType, type Field, map, partTypes, struct } from './types.js'

/* What is somewhere in a type, and types in all of whose parts something holds. */

/** Whether there are maps in it. */
export const hasMaps = (type: DataType): boolean => type.kind === 'map' || partTypes(type).some(hasMaps)

/** Whether there are intervals of months, days and microseconds in it, which no file keeps. */
export const hasCalendarIntervals = (type: DataType): boolean =>
  type.kind === 'interval' || partTypes(type).some(hasCalendarIntervals)

/** Whether there are floats or doubles in it, whose zeros have signs. */
export const hasFractions = (type: DataType): boolean =>
  type.kind === 'float' || type.kind === 'double' || partTypes(type).some(hasFractions)

/** The type any part of which may be NULL. */
export function withNulls(type: DataType): DataType {
  switch (type.kind) {
    case 'struct':
      return struct(type.fields.map(asNullable))
    case 'array':
      return array(withNulls(type.element), true)
    case 'map':
      return map(withNulls(type.key), withNulls(type.value), true)
    default:
      return type
  }
}

/** A schema given by the user says nothing about NULLs in the files. */
export const asNullable = (one: Field): Field => ({ ...one, type: withNulls(one.type), nullable: true })
