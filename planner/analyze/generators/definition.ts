import type { Expression } from '../../plan/expression/expression.js'
import type { FunctionDefinition } from '../functions/definition.js'

/** A column that a generator gives: its value in each of the rows, all of one type; rows without one have NULL. */
export interface GeneratedColumn {
  readonly name: string
  readonly cells: readonly Expression[]
}

/** What a generator makes of one row: so many rows with these columns, computed of its own. */
export interface GeneratedRows {
  readonly rows: number
  readonly columns: readonly GeneratedColumn[]
}

/** A function that gives several rows or columns for a row. */
export type Generator = Pick<FunctionDefinition, 'minArgs' | 'maxArgs' | 'help'> & {
  /** @throws DATATYPE_MISMATCH.*, UNSUPPORTED_FEATURE */
  build(...call: Parameters<FunctionDefinition['build']>): GeneratedRows
}
