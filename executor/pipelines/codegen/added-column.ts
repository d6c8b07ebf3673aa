import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { lazilyCarried, type Value } from '../../compiler/expression/value.js'

/** The columns of a row and behind them one more, whose value is known. */
export function withColumn(scope: Scope, ordinal: number, value: Value): ColumnSource {
  return {
    column: (wanted) => (wanted === ordinal ? value : scope.column(wanted)),
    fork: () => withColumn(scope.fork(), ordinal, value),
    within: (f, carry) => withColumn(scope.within(f, carry), ordinal, lazilyCarried(value, carry)),
    weight: (wanted) => (wanted === ordinal ? 1 : scope.weight(wanted)),
    computeShared: (pieces) => scope.computeShared(pieces.map((piece) => piece.filter((wanted) => wanted !== ordinal))),
  }
}
