import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { ColumnOrName, ValueOfArgument } from './makers.js'

/* Whole numbers as bits. The operators are SQL: `expr('a & b')`. */

const shifted =
  (name: string) =>
  <const A extends ColumnOrName>(
    column: A,
    count: number,
  ): Column<ValueOfArgument<A> | null, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column), count)

export const shiftLeft = shifted('shiftleft')
export const shiftRight = shifted('shiftright')
export const shiftRightUnsigned = shifted('shiftrightunsigned')

/** All bits of a number the other way round. */
export const bitwiseNot = <const A extends ColumnOrName>(
  column: A,
): Column<ValueOfArgument<A> | null, string, ReferencesOf<A>> => functionOf('~', nameOrColumn(column))

/** How many bits are 1. */
export const bitCount = <const A extends ColumnOrName>(column: A): Column<number | null, string, ReferencesOf<A>> =>
  functionOf('bit_count', nameOrColumn(column))

const bitAt =
  (name: string) =>
  <const A extends ColumnOrName, const P extends ColumnOrName>(
    column: A,
    position: P,
  ): Column<number | null, string, ReferencesOf<A | P>> =>
    functionOf(name, nameOrColumn(column), nameOrColumn(position))

/** The bit at a position, 0 for the lowest one. */
export const bitGet = bitAt('bit_get')
export const getbit = bitAt('getbit')
