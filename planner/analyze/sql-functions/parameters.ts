import { MillraceError } from '../../../common/errors/millrace-error.js'
import { substitute } from '../../optimize/expressions.js'
import type { Attribute, Call, Expression, ExprId } from '../../plan/expression/expression.js'
import { isDraw } from '../../plan/expression/foldable.js'
import { nodeCount, transformUp } from '../../plan/expression/transform.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { mapExpressions, transformPlanUp } from '../../plan/logical/transform.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { SqlFunction } from '../../plan/unresolved/sql-function.js'
import type { CallSite } from '../functions/definition.js'
import type { Scope } from '../names/scope.js'
import { castMode, withSettings } from '../session.js'
import { explicitCast } from '../types/casts.js'
import { unresolvedText } from '../unresolved-text.js'

/** The parameters of a call of a function in SQL: names for its body, which are replaced by what they are in the call once it is resolved. */
export interface CalledParameters {
  readonly scope: Scope
  readonly values: ReadonlyMap<ExprId, Expression>
}

/** Ids of parameters are below zero, where no column has one. They are gone from a plan when its call is resolved. */
let lastId = 0

/**
 * @param args in the order of the parameters; those left out at the end have their defaults
 * @param resolve resolves an argument where the call stands
 * @param resolveDefault resolves a default, which sees no columns
 * @throws DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION
 */
export function calledParameters(
  { name: path, parameters, settings }: SqlFunction,
  args: readonly UnresolvedExpression[],
  site: Pick<CallSite, 'origin'>,
  resolve: (e: UnresolvedExpression) => Expression,
  resolveDefault: (e: UnresolvedExpression) => Expression,
): CalledParameters {
  const values = new Map<ExprId, Expression>()
  const attributes = parameters.map(({ name, type, byDefault }, i): Attribute => {
    const arg = args[i]
    const sql = `"${unresolvedText(arg ?? byDefault!)}"`
    const given = arg ? resolve(arg) : undefined
    const value = withSettings(settings, () =>
      explicitCast(withDrawsOfArgument(given ?? resolveDefault(byDefault!)), type, castMode(), { ...site, sql }),
    )
    const id = --lastId as ExprId
    values.set(id, value)
    return Object.freeze({ id, name, type, nullable: value.nullable, qualifier: path.slice(-1) })
  })
  return { scope: { attributes }, values }
}

const withDrawsOfArgument = (e: Expression): Expression =>
  transformUp(e, (node) => {
    if (!isDraw(node)) return node
    const ofArgument: Call = { ...node, routine: { ...node.routine!, isArgument: true } }
    return Object.freeze(ofArgument)
  })

/** An expression may have so many nodes when all its functions in SQL are in their places: each use of a parameter is one of its argument. */
const LARGEST_INLINED = 20_000

/** The body of a function with its arguments in place. @throws QUERY_TOO_COMPLEX */
export function withArguments(body: Expression, values: CalledParameters['values']): Expression {
  const whole = substitute(body, values)
  if (nodeCount(whole) <= LARGEST_INLINED) return whole
  const what = 'nodes of an expression with its functions in SQL'
  throw new MillraceError('QUERY_TOO_COMPLEX', { what, limit: LARGEST_INLINED })
}

export const planWithArguments = (plan: LogicalPlan, values: CalledParameters['values']): LogicalPlan =>
  values.size === 0 ? plan : transformPlanUp(plan, (node) => mapExpressions(node, (e) => withArguments(e, values)))
