import type { ColumnSource } from '../../compiler/expression/scope.js'
import { carriedValue, type Value } from '../../compiler/expression/value.js'

/** Columns whose values are known. */
export const valueSource = (values: readonly Value[]): ColumnSource => ({
  column: (ordinal) => values[ordinal]!,
  fork: () => valueSource(values),
  within: (_, carry) => valueSource(values.map((value) => carriedValue(value, carry))),
  weight: () => 1,
})
