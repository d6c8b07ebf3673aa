import type { Column } from './column.js'
import type { ColumnOrLiteral, ReferencesOfOperand } from './column-base.js'
import { ColumnOrders } from './column-orders.js'
import type { Condition } from './column-types.js'

/** Texts: what is in them, what they are like, parts of them. */
export abstract class ColumnTexts<V, N extends string, C extends string> extends ColumnOrders<V, N, C> {
  like(pattern: string): Condition<C> {
    return this.called('like', pattern)
  }

  /** As `like` without regard to case. */
  ilike(pattern: string): Condition<C> {
    return this.called('ilike', pattern)
  }

  /** Whether a pattern, in Java's syntax, matches somewhere. */
  rlike(pattern: string): Condition<C> {
    return this.called('rlike', pattern)
  }

  startsWith<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return this.called('startswith', other)
  }

  endsWith<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return this.called('endswith', other)
  }

  contains<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return this.called('contains', other)
  }

  /** Characters from a position (the first is 1) on. */
  substr<S extends Column | number, L extends Column | number>(
    start: S,
    length: L,
  ): Column<string | null, string, C | ReferencesOfOperand<S | L>> {
    return this.called('substr', start, length)
  }
}
