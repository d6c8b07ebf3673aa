import { MillraceError } from '../common/errors/millrace-error.js'
import type { Attribute, ExprId } from '../planner/plan/expression/expression.js'
import type { LogicalPlan, LogicalValues } from '../planner/plan/logical/plan.js'
import { inputsOf } from '../planner/plan/logical/transform.js'

type Doubtful = LogicalValues['doubtful'][number]
type Evaluate = (constants: LogicalPlan) => Promise<void>

/**
 * Computes the constants of VALUES that may have no value before the query is planned, as the optimizer may leave them out or put a condition
 * before them. `evaluate` runs a query.
 * @throws INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION
 */
export async function checkInlineTables(plan: LogicalPlan, evaluate: Evaluate): Promise<void> {
  const doubtful = doubtfulIn(plan)
  if (doubtful.length === 0) return
  try {
    await evaluate(rowOf(doubtful))
  } catch (error) {
    if (!isOfValues(error)) throw error
    for (const each of doubtful.slice(0, -1)) await checkOne(each, evaluate)
    throw refused(doubtful.at(-1)!, error)
  }
}

async function checkOne(doubtful: Doubtful, evaluate: Evaluate): Promise<void> {
  try {
    await evaluate(rowOf([doubtful]))
  } catch (error) {
    throw isOfValues(error) ? refused(doubtful, error) : error
  }
}

/** Whether it is a condition of SQLSTATE's class of data exceptions. */
const isOfValues = (error: unknown): boolean =>
  error instanceof MillraceError && error.sqlState?.startsWith('22') === true

function refused({ cell: { origin }, text }: Doubtful, cause: unknown): MillraceError {
  const parameters = { sqlExpr: `"${text}"` }
  return new MillraceError('INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION', parameters, { origin, cause })
}

const doubtfulIn = (plan: LogicalPlan): readonly Doubtful[] =>
  plan.kind === 'values' ? plan.doubtful : inputsOf(plan).flatMap(doubtfulIn)

/** A table of one row, whose identities meet no others. */
function rowOf(doubtful: readonly Doubtful[]): LogicalPlan {
  const output = doubtful.map(
    ({ cell: { type, nullable } }, i): Attribute =>
      Object.freeze({ id: i as ExprId, name: `col${i + 1}`, type, nullable }),
  )
  return Object.freeze({ kind: 'values', rows: [doubtful.map(({ cell }) => cell)], output, doubtful: [] })
}
