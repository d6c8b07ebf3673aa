import type { Operand } from '../wasm/types.js'
import type { ColumnSource, Scope } from './scope.js'
import type { Value } from './value.js'

/** Columns that are loaded from a row, given by its address or number. */
export function rowSource(
  row: Operand,
  load: (ordinal: number, scope: Scope, row: Operand) => Value,
  weight: number,
): ColumnSource {
  const source: ColumnSource = {
    column: (ordinal, scope) => load(ordinal, scope, row),
    fork: () => source,
    within: (_, carry) => rowSource(carry(row), load, weight),
    weight: () => weight,
  }
  return source
}
