import type { DataType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import { routineCall } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import type { UserCallee, UserFunction } from '../../plan/expression/user-function.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ScalarUserFunction } from '../../plan/unresolved/sql-function.js'
import type { ExpressionContext } from '../expression-context.js'
import { isLambda } from '../lambdas.js'
import { refuseExtras } from '../refuse-extras.js'

/**
 * A call of a function of the user's program, which gets arguments of any types.
 * @param resolve resolves any expression
 * @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION, UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF
 */
export function resolveUserCall(
  e: UnresolvedCall,
  { name, function: user, returns }: ScalarUserFunction,
  context: ExpressionContext,
  resolve: (e: UnresolvedExpression, context: ExpressionContext) => Expression,
): Expression {
  const { origin } = e
  if (context.variables || e.args.some(isLambda)) {
    const parameters = { funcName: `"${name.join('.')}"` }
    throw new MillraceError('UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF', parameters, { origin })
  }
  refuseExtras(e, 'DISTINCT', 'FILTER CLAUSE', 'NULLS', 'WITHIN GROUP (ORDER BY ...)')
  checkCount(user, e, name)
  const args = e.args.map((arg) => resolve(arg, context))
  return userCall(user, name, returns, args, origin)
}

/** A call of what analysis makes a column of an `evaluate` node. */
export function userCall(
  user: UserCallee,
  name: readonly string[],
  returns: DataType,
  args: readonly Expression[],
  origin: Origin | undefined,
): Call {
  const own = `${user.id} ${user.form ?? ''}`
  const routine = { by: 'user', name: own, label: name.join('.'), user } as const
  return routineCall(
    Object.freeze({ ...routine, givesNull: true, takesNull: true, raises: true }),
    returns,
    args,
    origin,
  )
}

function checkCount({ least, most }: UserFunction, { args, origin }: UnresolvedCall, name: readonly string[]): void {
  const actualNum = args.length
  if (actualNum >= least && (most === undefined || actualNum <= most)) return
  const expectedNum = most === least ? least : most === undefined ? `${least} or more` : `[${least}, ${most}]`
  const parameters = { functionName: quotedPath(name), expectedNum, actualNum }
  throw new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', parameters, { origin })
}
