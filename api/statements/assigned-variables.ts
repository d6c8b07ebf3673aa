import type { Nested } from '../../columnar/column-buffers.js'
import type { StoredValue } from '../../columnar/records/record.js'
import type { DataType } from '../../columnar/types.js'
import { storedTuples } from '../../columnar/value-reader.js'
import { append } from '../../common/append.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Engine } from '../engine/engine.js'
import type { DeclaredVariable, Variables } from '../session/session-variables.js'

/** What a query of one row gives. */
export interface OneRow {
  readonly types: readonly DataType[]
  /** All NULL when there was no row. */
  readonly values: readonly Nested<StoredValue>[]
}

/** The one row of a query. @throws ROW_SUBQUERY_TOO_MANY_ROWS, and what the query raises */
export async function oneRow(query: UnresolvedRelation, engine: Engine): Promise<OneRow> {
  const { schema, blocks } = await engine.execute({ kind: 'limit', input: query, limit: 2, offset: 0 })
  const types = schema.fields.map(({ type }) => type)
  const rows: OneRow['values'][] = []
  for await (const block of blocks) append(rows, storedTuples(schema, block))
  if (rows.length > 1) throw new MillraceError('ROW_SUBQUERY_TOO_MANY_ROWS')
  return { types, values: rows[0] ?? types.map(() => null) }
}

export const castTo = (child: UnresolvedExpression, type: DataType, origin: Origin): UnresolvedExpression => ({
  kind: 'cast',
  child,
  type,
  mode: 'ansi',
  origin,
})

/**
 * Gives variables what the columns of a query's one row are.
 * @throws DUPLICATE_ASSIGNMENTS, ASSIGNMENT_ARITY_MISMATCH, ROW_SUBQUERY_TOO_MANY_ROWS, and what the query or a cast raises
 */
export async function assignVariables(
  targets: readonly DeclaredVariable[],
  query: UnresolvedRelation,
  { engine, variables, origin }: { engine: Engine; variables: Variables; origin: Origin },
): Promise<void> {
  refuseDuplicates(targets)
  const { fields } = await engine.analyze(query)
  if (fields.length !== targets.length)
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', { numTarget: targets.length, numExpr: fields.length })
  const columns = targets.map((_, i) => `c${i}`)
  const { values } = await oneRow(
    {
      kind: 'project',
      input: { kind: 'subqueryAlias', input: query, alias: 'assigned', columns },
      expressions: targets.map(({ name, declaredType }, i) => ({
        kind: 'alias',
        child: castTo({ kind: 'attribute', parts: [columns[i]!] }, declaredType, origin),
        name,
      })),
    },
    engine,
  )
  for (const [i, target] of targets.entries()) variables.assign(target, values[i]!)
}

function refuseDuplicates(targets: readonly DeclaredVariable[]): void {
  // Compounds one within the other may have variables of the same name.
  const twice = new Set(targets.filter((target, i) => targets.indexOf(target) < i).map(({ name }) => name))
  if (twice.size > 0)
    throw new MillraceError('DUPLICATE_ASSIGNMENTS', { nameList: [...twice].map(quotedName).join(', ') })
}
