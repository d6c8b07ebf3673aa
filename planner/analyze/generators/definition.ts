import type { Expression } from '../../plan/expression/expression.js'
import type { FunctionDefinition } from '../functions/definition.js'

/** A column that a generator gives: its value in each of the rows, all of one type; rows without one have NULL. */
export interface GeneratedColumn {
  readonly name: string
  readonly cells: readonly Expression[]
}

/** What a generator makes of one row: so many rows with these columns, computed of its own. */
export interface GeneratedRows {
  readonly kind: 'rows'
  readonly rows: number
  readonly columns: readonly GeneratedColumn[]
}

export interface GeneratedElement {
  readonly name: string
  readonly expression: Expression
}

/** What a generator makes of a row that has arrays in it, all of one size: a row for each of their elements. */
export interface GeneratedElements {
  readonly kind: 'elements'
  /** Computed once for the row. */
  readonly arrays: readonly Expression[]
  /** Whether a row without elements stays, without these. */
  readonly isOuter: boolean
  /** The columns, of the arrays and of the number of the element, from 0 on. */
  columns(arrays: readonly Expression[], number: Expression, isOuter: boolean): readonly GeneratedElement[]
}

/** A function that gives several rows or columns for a row. */
export type Generator = Pick<FunctionDefinition, 'minArgs' | 'maxArgs' | 'help' | 'parameters'> & {
  /** @throws DATATYPE_MISMATCH.*, UNSUPPORTED_FEATURE */
  build(...call: Parameters<FunctionDefinition['build']>): GeneratedRows | GeneratedElements
}
