import type { Column } from './column.js'
import { ColumnBase } from './column-base.js'

/** Orders by a column: up or down, NULLs first or last. */
export abstract class ColumnOrders<V, N extends string, C extends string> extends ColumnBase {
  asc(): Column<V, N, C> {
    return this.#sorted('asc')
  }

  ascNullsFirst(): Column<V, N, C> {
    return this.#sorted('asc', 'first')
  }

  ascNullsLast(): Column<V, N, C> {
    return this.#sorted('asc', 'last')
  }

  desc(): Column<V, N, C> {
    return this.#sorted('desc')
  }

  descNullsFirst(): Column<V, N, C> {
    return this.#sorted('desc', 'first')
  }

  descNullsLast(): Column<V, N, C> {
    return this.#sorted('desc', 'last')
  }

  #sorted(direction: 'asc' | 'desc', nulls?: 'first' | 'last'): Column<V, N, C> {
    return this.made({ kind: 'sortOrder', child: this.expression, direction, ...(nulls ? { nulls } : {}) })
  }
}
