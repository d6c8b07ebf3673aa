import { type DataType, FLOAT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { foldExpression } from '../../optimize/rules/fold-constants.js'
import type { Attribute, Expression, ExprId } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { evaluated } from '../constants/constants.js'
import { resolveExpression } from '../expressions.js'
import { hasGenerator } from '../generators/misplaced.js'
import { hasAggregate } from '../grouping/of-group.js'
import { qualifiedName, type Scope } from '../names/scope.js'
import { castTo } from '../types/coercion.js'
import { commonType, isIntegral } from '../types/common-types.js'
import { someNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'

type Values = Extract<UnresolvedRelation, { kind: 'values' }>

/** VALUES: rows of constants under one type for each column. @throws INVALID_INLINE_TABLE.*, ConstantsWanted */
export function analyzeValues(
  { rows, columns, origin }: Values,
  outer: Scope | undefined,
  nextId: () => ExprId,
): LogicalPlan {
  const width = columns?.length ?? rows[0]!.length
  const oddRow = rows.findIndex((row) => row.length !== width)
  if (oddRow >= 0) {
    const parameters = { expectedNumCols: width, actualNumCols: rows[oddRow]!.length, rowIndex: oddRow }
    throw new MillraceError('INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH', parameters, { origin })
  }
  const resolved = rows.map((row) => row.map((cell) => constant(cell, { attributes: [], outer })))
  const names = columns ?? rows[0]!.map((_, i) => `col${i + 1}`)
  const output = names.map((name, i): Attribute => {
    const cells = resolved.map((row) => row[i]!)
    const type = cells
      .map((cell) => cell.type)
      .reduce<DataType | undefined>((a, b) => a && widerType(a, b), cells[0]!.type)
    if (type === undefined) {
      const parameters = { colName: `\`${name}\`` }
      throw new MillraceError('INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE', parameters, { origin })
    }
    return Object.freeze({ id: nextId(), name, type, nullable: cells.some(({ nullable }) => nullable) })
  })
  const typed = resolved.map((row) => row.map((cell, i) => castTo(cell, output[i]!.type)))
  return Object.freeze({ kind: 'values', rows: withValues(typed, rows), output })
}

/**
 * Cells that may have no value are computed before the query is planned, as the optimizer may leave them out or put a condition before them.
 * @throws INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION
 */
function withValues(
  rows: readonly (readonly Expression[])[],
  written: Values['rows'],
): readonly (readonly Expression[])[] {
  const doubtful = rows.flat().filter((cell) => mayRaise(foldExpression(cell)))
  const results = new Map(evaluated(doubtful).map((result, i) => [doubtful[i]!, result]))
  const value = (cell: Expression, origin: UnresolvedExpression): Expression => {
    const result = results.get(cell)
    if (result === undefined) return cell
    if ('value' in result) return result.value
    const parameters = { sqlExpr: `"${unresolvedText(origin)}"` }
    throw new MillraceError('INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION', parameters, {
      origin: cell.origin,
      cause: result.error,
    })
  }
  return rows.map((row, i) => row.map((cell, j) => value(cell, written[i]![j]!)))
}

/** Unlike elsewhere, texts do not become something else here, and whole numbers become no more than what they meet. */
function widerType(a: DataType, b: DataType): DataType | undefined {
  const isWithText = a.kind === 'string' || b.kind === 'string'
  if (isWithText && a.kind !== b.kind && a.kind !== 'void' && b.kind !== 'void') return undefined
  if ((a.kind === 'float' && isIntegral(b)) || (b.kind === 'float' && isIntegral(a))) return FLOAT
  return commonType(a, b)
}

/** A cell, which sees no columns. @throws INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE */
function constant(e: UnresolvedExpression, scope: Scope): Expression {
  if (e.kind === 'star') {
    const parameters = { elem: "'*'", prettyName: 'UnresolvedInlineTable' }
    throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', parameters, { origin: e.origin })
  }
  const isRefused =
    hasAggregate(e) || hasGenerator(e) || someNode(e, (node) => node.kind === 'function' && !!node.written)
  const resolved = isRefused ? undefined : resolveExpression(e, { scope, clause: 'SELECT' })
  if (resolved && isFoldable(resolved)) return resolved
  const expr = `"${unresolvedText(e, { name: (name) => qualifiedName(scope, name) })}"`
  throw new MillraceError(
    'INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE',
    { expr },
    { origin: e.origin },
  )
}
