import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import { reference } from '../../plan/expression/build.js'
import type { Expression, ExprId } from '../../plan/expression/expression.js'
import { hasDraw } from '../../plan/expression/foldable.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { SqlFunction } from '../../plan/unresolved/sql-function.js'
import { resolveExpression } from '../expressions.js'
import { lateralJoin } from '../joins/lateral-join.js'
import type { Scope } from '../names/scope.js'
import { castMode, withSettings } from '../session.js'
import type { AnalyzeSubquery } from '../subqueries/subqueries.js'
import { explicitCast } from '../types/casts.js'
import { type CalledParameters, calledParameters, planWithArguments } from './parameters.js'

/** A call in FROM of a function in SQL. */
interface TableCall {
  readonly written: SqlFunction
  readonly args: readonly UnresolvedExpression[]
  readonly origin?: Origin | undefined
}

/**
 * The relation that a function in SQL gives: its query with the arguments in the places of the parameters, and its own columns.
 * @param outer what the query around has, where the call is part of a subquery or a lateral join
 * @param analyze the query of the function, which sees its parameters around it
 * @throws NOT_A_TABLE_FUNCTION, USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH, and the conditions of the query
 */
export function analyzeSqlTableCall(
  { written, args, origin }: TableCall,
  outer: Scope | undefined,
  nextId: () => ExprId,
  analyze: AnalyzeSubquery,
): LogicalPlan {
  if (written.kind === 'scalar')
    throw new MillraceError('NOT_A_TABLE_FUNCTION', { functionName: quotedPath(written.name) }, { origin })
  const resolve = (e: UnresolvedExpression, around: Scope | undefined): Expression =>
    resolveExpression(e, { scope: { attributes: [], outer: around }, clause: 'SELECT' })
  const parameters = calledParameters(
    written,
    args,
    { origin },
    (arg) => resolve(arg, outer),
    (byDefault) => resolve(byDefault, undefined),
  )
  const { scope, values } = parameters
  const body = withSettings(written.settings, () => analyze(written.body, scope).plan)
  const output = outputOf(body)
  const plan = [...values.values()].some(hasDraw)
    ? overDrawn(body, parameters, nextId, origin)
    : planWithArguments(body, values)
  const { columns } = written
  if (columns && columns.length !== output.length) {
    const counts = { outputSize: output.length, returnParamSize: columns.length }
    const found = { name: written.name.join('.'), ...counts }
    throw new MillraceError('USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH', found, { origin })
  }
  const projections = output.map((column, i) => {
    const { name, type } = columns?.[i] ?? column
    const value = withSettings(written.settings, () =>
      explicitCast(reference(column), type, castMode(), { sql: `"${column.name}"`, origin }),
    )
    return Object.freeze({ id: nextId(), name, expression: value, qualifier: written.name.slice(-1) })
  })
  return Object.freeze({ kind: 'project', input: plan, projections })
}

/**
 * What arguments draw is drawn once for a call, however often the query uses the parameters: they are a row that the query is joined with.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES for what would be drawn for each row around
 */
function overDrawn(
  body: LogicalPlan,
  { scope, values }: CalledParameters,
  nextId: () => ExprId,
  origin: Origin | undefined,
): LogicalPlan {
  if ([...values.values()].some((value) => referencesOf(value).size > 0)) {
    const condition = 'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES'
    throw new MillraceError(condition, { treeNode: sqlText([...values.values()].find(hasDraw)!) }, { origin })
  }
  const projections = scope.attributes.map(({ id, name }) =>
    Object.freeze({ id: nextId(), name, expression: values.get(id)! }),
  )
  const row: LogicalPlan = Object.freeze({ kind: 'project', input: Object.freeze({ kind: 'oneRow' }), projections })
  const columns = new Map(scope.attributes.map(({ id }, i) => [id, reference(attributeOf(projections[i]!))]))
  return lateralJoin(row, planWithArguments(body, columns), nextId, origin)
}
