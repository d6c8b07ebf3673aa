import type { DataType } from '../../columnar/types.js'
import type { FunctionParameter } from '../../connectors/catalog.js'
import type { FunctionBody } from '../../planner/sql/function-body.js'
import type { FunctionClauses, ReturnedColumn } from './function-clauses.js'

export interface CreateFunctionStatement extends FunctionClauses {
  readonly kind: 'createFunction'
  readonly name: readonly string[]
  readonly replace: boolean
  readonly isTemporary: boolean
  readonly ifNotExists: boolean
  readonly parameters: readonly FunctionParameter[]
  /** Absent where the statement leaves it to the body. */
  readonly returns?: DataType | readonly ReturnedColumn[]
  readonly isTable: boolean
  readonly body: FunctionBody
  readonly bodyText: string
}
