import { quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CatalogColumn, TableEntry } from '../../connectors/catalog.js'
import { findNode, subqueriesOf } from '../../planner/analyze/unresolved-nodes.js'
import type { QuerySettings } from '../../planner/plan/query-settings.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readExpression } from '../../planner/sql/expressions.js'
import { QUERY_GRAMMAR } from '../../planner/sql/query.js'
import { TokenStream } from '../../planner/sql/token-stream.js'
import type { Engine } from '../engine/engine.js'
import type { InsertClauses } from './insert-clauses.js'

type Insert = Pick<InsertClauses, 'columns' | 'byName'> & { readonly plan: UnresolvedRelation }

/** The default of a column as it was read when it was given. */
export const parseDefault = (text: string, settings?: QuerySettings): UnresolvedExpression =>
  readExpression(new TokenStream(text, QUERY_GRAMMAR, settings ? { settings } : {}))

const over = (input: UnresolvedRelation, expressions: readonly UnresolvedExpression[]): UnresolvedRelation => ({
  kind: 'project',
  input,
  expressions,
})

/** Rows with the default values of columns that the statement leaves out. */
export async function withDefaultColumns({ columns }: TableEntry, insert: Insert, engine: Engine): Promise<Insert> {
  const defaults = columns.filter(({ defaultText }) => defaultText !== undefined)
  if (defaults.length === 0 || (!insert.byName && insert.columns === undefined)) return insert
  const given = insert.columns ?? (await engine.analyze(insert.plan)).fields.map(({ name }) => name)
  const known = new Set(given.map((name) => name.toLowerCase()))
  const left = defaults.filter(({ name }) => !known.has(name.toLowerCase()))
  if (left.length === 0) return insert
  const added = left.map(
    ({ name, defaultText }): UnresolvedExpression => ({ kind: 'alias', child: parseDefault(defaultText!), name }),
  )
  return {
    byName: insert.byName,
    plan: over(insert.plan, [{ kind: 'star', target: [] }, ...added]),
    ...(insert.columns ? { columns: [...insert.columns, ...left.map(({ name }) => name)] } : {}),
  }
}

/** @throws INVALID_DEFAULT_VALUE.* for what a column cannot get */
export async function checkDefaults(
  columns: readonly CatalogColumn[],
  statement: string,
  engine: Engine,
): Promise<void> {
  for (const column of columns) if (column.defaultText !== undefined) await checkDefault(column, statement, engine)
}

async function checkDefault(
  { defaultText, ...column }: CatalogColumn,
  statement: string,
  engine: Engine,
): Promise<void> {
  const expression = parseDefault(defaultText!)
  const parameters = { statement, colName: quotedName(column.name), defaultValue: defaultText! }
  if (subqueriesOf(expression).length > 0)
    throw new MillraceError('INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION', parameters)
  const value = over({ kind: 'oneRow' }, [{ kind: 'alias', child: expression, name: column.name }])
  try {
    await engine.checkAssignment(value, { name: column.name, columns: [column], byName: false })
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    if (error.condition.startsWith('UNRESOLVED'))
      throw new MillraceError('INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION', parameters)
    if (error.condition !== 'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST') throw error
    throw new MillraceError('INVALID_DEFAULT_VALUE.DATA_TYPE', {
      ...parameters,
      expectedType: quotedTypeName(column.type),
      actualType: String(error.parameters['srcType']),
    })
  }
}

export const isDefault = (e: UnresolvedExpression): boolean =>
  e.kind === 'attribute' && e.parts.length === 1 && e.parts[0]!.toLowerCase() === 'default'

/** DEFAULT in VALUES, or in a SELECT of nothing else, stands for what its place gets without it. @throws DEFAULT_PLACEMENT_INVALID */
export function withDefaultsInPlace(
  query: UnresolvedRelation,
  valueAt: (place: number) => UnresolvedExpression,
): UnresolvedRelation {
  const replaced = (cell: UnresolvedExpression, i: number): UnresolvedExpression => {
    if (isDefault(cell)) return valueAt(i)
    if (findNode(cell, isDefault)) throw new MillraceError('DEFAULT_PLACEMENT_INVALID')
    return cell
  }
  if (query.kind === 'values') return { ...query, rows: query.rows.map((row) => row.map(replaced)) }
  if (query.kind !== 'project' || query.input.kind !== 'oneRow') return query
  return { ...query, expressions: query.expressions.map(replaced) }
}
