import type { DataType } from '../../../columnar/types.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { ColumnSource } from '../../compiler/expression/scope.js'
import { type Value, withNull } from '../../compiler/expression/value.js'
import { i32Constant } from '../../compiler/wasm/types.js'
import { pushAddressOf } from './consumer.js'
import { COLUMN_WEIGHT, PayloadLayout } from './payload-layout.js'

/** The columns of two rows, one behind the other. @param count how many the first one has */
export const beside = (first: ColumnSource, second: ColumnSource, count: number): ColumnSource => ({
  column: (ordinal, scope) => (ordinal < count ? first.column(ordinal, scope) : second.column(ordinal - count, scope)),
  computeShared: (pieces) => {
    first.computeShared?.(pieces.map((piece) => piece.filter((ordinal) => ordinal < count)))
    second.computeShared?.(pieces.map((piece) => piece.flatMap((ordinal) => (ordinal < count ? [] : ordinal - count))))
  },
  fork: () => beside(first.fork(), second.fork(), count),
  within: (f, carry) => beside(first.within(f, carry), second.within(f, carry), count),
  weight: (ordinal) => (ordinal < count ? first.weight(ordinal) : second.weight(ordinal - count)),
})

/** Columns that are NULL. */
export function nothing(
  context: CompilerContext,
  columns: readonly { readonly type: DataType; readonly nullable: boolean }[],
): ColumnSource {
  const layout = new PayloadLayout(context, columns, 0)
  const zeros = context.constants.reserve(Math.max(layout.end, 8))
  const source: ColumnSource = {
    column: (ordinal, { f }): Value => {
      const address = pushAddressOf(context, f, zeros).setNew('i32')
      return withNull(layout.load(f, address, ordinal), i32Constant(1))
    },
    fork: () => source,
    within: () => source,
    weight: () => COLUMN_WEIGHT,
  }
  return source
}
