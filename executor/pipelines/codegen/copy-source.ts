import type { ColumnSource } from '../../compiler/expression/scope.js'
import { lazilyCarried, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import { COLUMN_WEIGHT } from './payload-layout.js'

/** Emits what a further column is in a copy, which is given by its number. */
type LoadOfCopy = (f: FunctionBuilder, copy: Operand, ordinal: number) => Value

/** The columns of a copy of a row: those of the row, which are there already, then what is its own. */
export function copySource(
  width: number,
  kept: (ordinal: number) => Value,
  copy: Operand,
  load: LoadOfCopy,
): ColumnSource {
  const source: ColumnSource = {
    column: (ordinal, { f }) => (ordinal < width ? kept(ordinal) : load(f, copy, ordinal - width)),
    fork: () => source,
    within: (_, carry) => copySource(width, (ordinal) => lazilyCarried(kept(ordinal), carry), carry(copy), load),
    weight: (ordinal) => (ordinal < width ? 1 : COLUMN_WEIGHT),
  }
  return source
}
