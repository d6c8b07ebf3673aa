import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { ExprId } from '../../plan/expression/expression.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { columnsOf } from '../names/visible.js'

/** Rows of the session's own. @throws INVALID_API_USE when a script has not told its columns yet */
export function analyzeLocalRows(
  { id, held, schema = held.schema, rows }: Extract<UnresolvedRelation, { kind: 'localRelation' }>,
  nextId: () => ExprId,
): LogicalPlan {
  if (schema) return Object.freeze({ kind: 'local', id, output: columnsOf(schema, nextId), schema, rows })
  throw new MillraceError('INVALID_API_USE', { reason: 'the script has not ended: await its rows' })
}
