import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { WrittenFunction } from '../../plan/unresolved/sql-function.js'
import type { ExpressionContext } from '../expression-context.js'
import { isLambda } from '../lambdas.js'
import { refuseExtras } from '../refuse-extras.js'
import { castMode, withSettings } from '../session.js'
import { explicitCast } from '../types/casts.js'
import { someNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { calledParameters, withArguments } from './parameters.js'

/**
 * What a call of a function in SQL computes: its body with the arguments in the places of the parameters. Subqueries of the body are joined where
 * those of the call would be.
 * @param resolve resolves any expression
 * @throws NOT_A_SCALAR_FUNCTION, UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_SQL_UDF, and the conditions of the body
 */
export function resolveScalarCall(
  e: UnresolvedCall,
  written: WrittenFunction,
  context: ExpressionContext,
  resolve: (e: UnresolvedExpression, context: ExpressionContext) => Expression,
): Expression {
  const { origin } = e
  if (written.kind !== 'scalar')
    throw new MillraceError('NOT_A_SCALAR_FUNCTION', { functionName: quotedPath(written.name) }, { origin })
  if (context.variables || someNode(e, isLambda)) {
    const parameters = { funcName: written.name.join('.') }
    throw new MillraceError('UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_SQL_UDF', parameters, { origin })
  }
  refuseExtras(e, 'DISTINCT', 'FILTER CLAUSE', 'NULLS', 'WITHIN GROUP (ORDER BY ...)')
  const parameters = calledParameters(
    written,
    e.args,
    { origin },
    (arg) => resolve(arg, context),
    (byDefault) => resolve(byDefault, { scope: { attributes: [] }, clause: 'SELECT' }),
  )
  const { scope, values } = parameters
  const subqueries = context.subqueries?.inFunction(parameters)
  return withSettings(written.settings, () => {
    const body = resolve(written.body, { scope, clause: 'SELECT', types: new Map(), subqueries })
    const result = withArguments(body, values)
    if (!written.returns) return result
    return explicitCast(result, written.returns, castMode(), { sql: `"${unresolvedText(written.body)}"`, origin })
  })
}
