import type { Schema } from '../../../columnar/types.js'
import type { UnresolvedExpression } from './expression.js'
import type { GroupingSet } from './grouping-sets.js'

/** The names of columns, each in its parts. */
export type ColumnNames = readonly (readonly string[])[]

/** What a value may stand in for: values of columns of its kind, or of any after a cast. */
export type ValueKind = 'number' | 'string' | 'boolean' | 'any'

/** A value for NULLs, and NaNs, in the columns named, or in all; those of another kind stay as they are. */
export interface NullFill {
  readonly value: UnresolvedExpression
  readonly kind: ValueKind
  readonly columns?: ColumnNames
}

/** What is made of a relation by the types of its columns, which a front end does not know: each is a method of DataFrames in Spark. */
export type ColumnShape =
  /** Rows in which so many of the columns, or all, are neither NULL nor NaN. */
  | { readonly kind: 'dropNulls'; readonly atLeast?: number; readonly columns?: ColumnNames }
  | { readonly kind: 'fillNulls'; readonly fills: readonly NullFill[] }
  /** Other values in the place of some, in columns of their kind. */
  | {
      readonly kind: 'replaceValues'
      readonly of: ValueKind
      readonly pairs: readonly { readonly from: UnresolvedExpression; readonly to: UnresolvedExpression }[]
      readonly columns?: ColumnNames
    }
  /** A row of texts for each statistic, of the columns of numbers and texts among those named, or among all. */
  | { readonly kind: 'summary'; readonly statistics: readonly string[]; readonly columns?: ColumnNames }
  /** The columns of a schema, by their names. */
  | { readonly kind: 'reconciled'; readonly schema: Schema }
  /** Keys, and an aggregate of each column of numbers. */
  | {
      readonly kind: 'numericAggregates'
      readonly name: string
      readonly keys: readonly UnresolvedExpression[]
      readonly groupBy: readonly UnresolvedExpression[]
      readonly sets?: readonly GroupingSet[]
    }

/** The shape with the expressions in it replaced. */
export function mapShapeExpressions(
  shape: ColumnShape,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): ColumnShape {
  switch (shape.kind) {
    case 'dropNulls':
    case 'summary':
    case 'reconciled':
      return shape
    case 'fillNulls':
      return { ...shape, fills: shape.fills.map((fill) => ({ ...fill, value: map(fill.value) })) }
    case 'replaceValues':
      return { ...shape, pairs: shape.pairs.map(({ from, to }) => ({ from: map(from), to: map(to) })) }
    case 'numericAggregates':
      return { ...shape, keys: shape.keys.map(map), groupBy: shape.groupBy.map(map) }
  }
}
