import { BIGINT, INT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { WindowSpec as Spec, UnresolvedBound } from '../../planner/plan/unresolved/expression.js'
import { type Column, nameOrColumn } from './column.js'
import type { ReferencesOf } from './column-types.js'

type ColumnOrName = Column | string
type References<A extends readonly ColumnOrName[]> = ReferencesOf<A[number]>
type Unit = 'rows' | 'range'

const MAX_INT = 2 ** 31 - 1

/**
 * The rows that a function sees from each row: made with `Window`, given to `over` of a column. Immutable. `C` are the columns that it
 * refers to.
 */
export class WindowSpec<C extends string = string> {
  readonly spec: Spec
  /** Only for the compiler. */
  declare readonly '~references'?: C

  constructor(spec: Spec) {
    this.spec = Object.freeze(spec)
  }

  /** Rows that are equal in these columns see each other; in place of those given before. */
  partitionBy<const A extends readonly ColumnOrName[]>(...columns: A): WindowSpec<C | References<A>> {
    return new WindowSpec({ ...this.spec, partitionBy: expressionsOf(columns) })
  }

  /** The order in which rows see each other; in place of the one given before. */
  orderBy<const A extends readonly ColumnOrName[]>(...columns: A): WindowSpec<C | References<A>> {
    return new WindowSpec({ ...this.spec, orderBy: expressionsOf(columns) })
  }

  /** From so many rows behind the current one to so many; negative numbers lie before it, 0 is the current row. */
  rowsBetween(start: number, end: number): WindowSpec<C> {
    return this.#framed('rows', start, end)
  }

  /** Rows whose key, the one of the order, is that of the current row and so much more, from the least to the greatest. */
  rangeBetween(start: number | bigint, end: number | bigint): WindowSpec<C> {
    return this.#framed('range', start, end)
  }

  #framed(unit: Unit, start: number | bigint, end: number | bigint): WindowSpec<C> {
    return new WindowSpec({ ...this.spec, frame: { unit, lower: boundOf(start), upper: boundOf(end) } })
  }
}

const ANY = new WindowSpec<never>({ kind: 'spec', partitionBy: [], orderBy: [] })

/** Where windows begin: `Window.partitionBy('user').orderBy(col('at').desc())`. */
export const Window = Object.freeze({
  unboundedPreceding: Number.NEGATIVE_INFINITY,
  unboundedFollowing: Number.POSITIVE_INFINITY,
  currentRow: 0,
  partitionBy: <const A extends readonly ColumnOrName[]>(...columns: A): WindowSpec<References<A>> =>
    ANY.partitionBy(...columns),
  orderBy: <const A extends readonly ColumnOrName[]>(...columns: A): WindowSpec<References<A>> =>
    ANY.orderBy(...columns),
  rowsBetween: (start: number, end: number): WindowSpec<never> => ANY.rowsBetween(start, end),
  rangeBetween: (start: number | bigint, end: number | bigint): WindowSpec<never> => ANY.rangeBetween(start, end),
})

const expressionsOf = (columns: readonly ColumnOrName[]) => columns.map((column) => nameOrColumn(column).expression)

/** @throws INVALID_API_USE for a number that is not whole */
function boundOf(at: number | bigint): UnresolvedBound {
  if (at === Window.unboundedPreceding) return { kind: 'unboundedPreceding' }
  if (at === Window.unboundedFollowing) return { kind: 'unboundedFollowing' }
  if (at === 0 || at === 0n) return { kind: 'currentRow' }
  if (typeof at === 'number' && !Number.isSafeInteger(at))
    throw new MillraceError('INVALID_API_USE', { reason: `a window frame bound must be a whole number, not ${at}` })
  const isInt = at >= -MAX_INT - 1 && at <= MAX_INT
  const offset = isInt
    ? ({ kind: 'literal', type: INT, value: Number(at) } as const)
    : ({ kind: 'literal', type: BIGINT, value: BigInt(at) } as const)
  return { kind: 'following', offset }
}
