import type { DataType } from '../../columnar/types.js'
import { Config } from '../../common/config/config.js'
import type { FunctionText } from '../../connectors/catalog.js'
import { hasAggregate } from '../../planner/analyze/grouping/of-group.js'
import type { FunctionSettings } from '../../planner/plan/query-settings.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SqlFunction, SqlParameter, TableSqlFunction } from '../../planner/plan/unresolved/sql-function.js'
import { type FunctionBody, parseFunctionBody } from '../../planner/sql/function-body.js'
import { functionSettings } from '../engine/analysis-session.js'
import { parseDefault } from '../write/default-values.js'

/** A function in SQL as it was read, before the names in its body mean anything. */
export interface ReadFunction {
  /** As messages have it: with catalog and database, or alone for a temporary one. */
  readonly name: readonly string[]
  readonly parameters: readonly SqlParameter[]
  /** Absent while it is found out what the body gives. */
  readonly returns?: DataType | NonNullable<TableSqlFunction['columns']>
  readonly isTable: boolean
  readonly body: FunctionBody
  readonly settings: FunctionSettings
}

/** Whether a function returns the columns of rows, and not a value of a type. */
export const isColumns = (returns: FunctionText['returns']): returns is Exclude<FunctionText['returns'], DataType> =>
  Array.isArray(returns)

/** A function as the catalog has it. */
export function readFunctionText(name: readonly string[], text: FunctionText): ReadFunction {
  const settings = functionSettings(new Config(text.settings))
  return {
    name,
    parameters: text.parameters.map(({ name: parameter, type, defaultText }) => ({
      name: parameter,
      type,
      ...(defaultText === undefined ? {} : { byDefault: parseDefault(defaultText, settings) }),
    })),
    returns: text.returns,
    isTable: isColumns(text.returns),
    body: parseFunctionBody(text.body, settings),
    settings,
  }
}

/** A function with what the names in its body mean. @param inlined puts in the place of names what they mean */
export function writtenFunction(
  { name, parameters: given, returns, isTable, body, settings }: ReadFunction,
  inlined: (query: UnresolvedRelation) => UnresolvedRelation,
): SqlFunction {
  const inlinedAll = (expressions: readonly UnresolvedExpression[]) => expressionsIn(inlined(projecting(expressions)))
  const parameters = given.map((parameter) => {
    const [byDefault] = parameter.byDefault ? inlinedAll([parameter.byDefault]) : []
    return byDefault ? { ...parameter, byDefault } : parameter
  })
  if (isTable && body.kind === 'query') {
    const columns = returns as TableSqlFunction['columns']
    return { kind: 'table', name, parameters, settings, body: inlined(body.query), ...(columns ? { columns } : {}) }
  }
  const [expression] = inlinedAll([scalarBody(body)])
  const returned = returns ? { returns: returns as DataType } : {}
  return { kind: 'scalar', name, parameters, settings, body: expression!, ...returned }
}

const projecting = (expressions: readonly UnresolvedExpression[]): UnresolvedRelation => ({
  kind: 'project',
  input: { kind: 'oneRow' },
  expressions,
})

const expressionsIn = (query: UnresolvedRelation): readonly UnresolvedExpression[] =>
  query.kind === 'project' ? query.expressions : []

/** A body as a value. A query that reads nothing is what it computes. */
export function scalarBody(body: FunctionBody): UnresolvedExpression {
  if (body.kind === 'expression') return body.expression
  const { query } = body
  const [value, ...others] = query.kind === 'project' && query.input.kind === 'oneRow' ? query.expressions : []
  const isPlain = value && others.length === 0 && value.kind !== 'star' && !hasAggregate(value)
  if (isPlain) return value.kind === 'alias' ? value.child : value
  return { kind: 'scalarSubquery', query }
}
