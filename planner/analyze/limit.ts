import { INT, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { isFoldable } from '../plan/expression/foldable.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { RowCount, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { constantInteger, type WholeType } from './constants/constant-integer.js'
import { resolveExpression } from './expressions.js'
import { hasAggregate } from './grouping/of-group.js'
import { refuseSqlFunctions } from './sql-functions/inline.js'
import { isSubquery, someNode } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

type Limit = Extract<UnresolvedRelation, { kind: 'limit' }>

type Reason = 'IS_UNFOLDABLE' | 'DATA_TYPE' | 'IS_NULL' | 'IS_NEGATIVE'

const MAX_INT = 2 ** 31 - 1

/** So many rows from some place on. @throws INVALID_LIMIT_LIKE_EXPRESSION.*, SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT */
export function analyzeLimit(node: Limit, input: LogicalPlan): LogicalPlan {
  const limit = countOf(node.limit, 'limit', input)
  const offset = countOf(node.offset, 'offset', input)
  if (limit !== Number.MAX_SAFE_INTEGER && limit + offset > MAX_INT) {
    const { origin } = node
    throw new MillraceError('SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT', { limit, offset }, { origin })
  }
  return Object.freeze({ kind: 'limit', input, limit, offset })
}

function countOf(count: RowCount, name: 'limit' | 'offset', input: LogicalPlan): number {
  if (typeof count === 'number') return count
  const { origin } = count
  refuseSqlFunctions(count, name === 'limit' ? 'GlobalLimit' : 'Offset')
  const expr = `"${unresolvedText(count)}"`
  const refuse = (reason: Reason, more: Readonly<Record<string, string | number>> = {}): MillraceError =>
    new MillraceError(`INVALID_LIMIT_LIKE_EXPRESSION.${reason}`, { name, expr, ...more }, { origin })
  if (hasAggregate(count) || someNode(count, (node) => isSubquery(node) || node.kind === 'window'))
    throw refuse('IS_UNFOLDABLE')
  const value = resolveExpression(count, { scope: { attributes: outputOf(input) }, clause: 'SELECT' })
  if (!isFoldable(value)) throw refuse('IS_UNFOLDABLE')
  if (value.type.kind !== 'int') throw refuse('DATA_TYPE', { dataType: quotedTypeName(value.type) })
  const number = constantInteger(value, INT as WholeType, origin)
  if (number === undefined) throw refuse('IS_NULL')
  if (number < 0n) throw refuse('IS_NEGATIVE', { v: Number(number) })
  return Number(number)
}
