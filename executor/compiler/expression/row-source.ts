import type { Operand } from '../wasm/types.js'
import type { ColumnCode, ColumnSource, Scope } from './scope.js'
import type { Value } from './value.js'

/** Columns that are loaded from a row, given by its address or number. */
export function rowSource(
  row: Operand,
  load: (ordinal: number, scope: Scope, row: Operand) => Value,
  weight: number,
  code?: (ordinal: number, scope: Scope, row: Operand) => ColumnCode | undefined,
): ColumnSource {
  const source: ColumnSource = {
    column: (ordinal, scope) => load(ordinal, scope, row),
    fork: () => source,
    within: (_, carry) => rowSource(carry(row), load, weight, code),
    weight: () => weight,
    ...(code && { code: (ordinal: number, scope: Scope) => code(ordinal, scope, row) }),
  }
  return source
}
