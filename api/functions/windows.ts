import { Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ColumnOrLiteral, ReferencesOfOperand } from '../column/column-base.js'
import type { ReferencesOf } from '../column/column-types.js'
import { type ColumnOrName, ofNothing, type ValueOfArgument } from './makers.js'

/* Functions that need a window (`over`), and those that pick a row of one. */

type Picked<A> = Column<ValueOfArgument<A> | null, string, ReferencesOf<A>>

export const rowNumber = ofNothing<number>('row_number')
export const rank = ofNothing<number>('rank')
export const denseRank = ofNothing<number>('dense_rank')
export const percentRank = ofNothing<number>('percent_rank')
export const cumeDist = ofNothing<number>('cume_dist')

/** In which of so many parts of the same size a row is, from 1. */
export const ntile = (parts: number): Column<number, string, never> => functionOf('ntile', parts)

const atOffset =
  (name: string) =>
  <const A extends ColumnOrName, O extends ColumnOrLiteral = null>(
    column: A,
    offset = 1,
    otherwise?: O,
  ): Column<ValueOfArgument<A> | null, string, ReferencesOf<A> | ReferencesOfOperand<O>> =>
    functionOf(name, nameOrColumn(column), offset, ...(otherwise === undefined ? [] : [otherwise]))

/** The value so many rows before, or what is given for rows that have none there. */
export const lag = atOffset('lag')
/** The value so many rows behind, or what is given for rows that have none there. */
export const lead = atOffset('lead')

/** @param ignoreNulls whether rows where the column is NULL do not count */
const picks =
  (name: string) =>
  <const A extends ColumnOrName>(column: A, ignoreNulls = false): Picked<A> =>
    picked(name, [column], ignoreNulls)

export const first = picks('first')
export const firstValue = picks('first_value')
export const last = picks('last')
export const lastValue = picks('last_value')
export const anyValue = picks('any_value')

/** The value of the nth row of the frame, counted from 1. */
export const nthValue = <const A extends ColumnOrName>(column: A, n: number, ignoreNulls = false): Picked<A> =>
  picked('nth_value', [column, n], ignoreNulls)

function picked<A>(
  name: string,
  [column, ...rest]: readonly [ColumnOrName, ...number[]],
  ignoreNulls: boolean,
): Picked<A> {
  const call = functionOf(name, nameOrColumn(column), ...rest).expression
  return new Column(ignoreNulls && call.kind === 'function' ? { ...call, nulls: 'ignore' } : call)
}
