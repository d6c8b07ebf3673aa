import { MillraceError } from '../../../common/errors/millrace-error.js'
import { reference } from '../../plan/expression/build.js'
import type { ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { UNNAMED_QUERY } from '../../plan/unresolved/relation.js'
import { withoutUnseen } from './visible.js'

/** What an alias says of the columns. */
interface ColumnsOfAlias {
  readonly columns?: readonly string[] | undefined
  readonly comments?: readonly (string | undefined)[] | undefined
}

/**
 * A relation under a name, with what may stand before that, and with other names of its columns. Every reference to a view, CTE or derived table has columns of its own, so
 * that it may be joined with itself.
 * @throws ASSIGNMENT_ARITY_MISMATCH
 */
export function aliased(
  nextId: () => ExprId,
  whole: LogicalPlan,
  alias: readonly string[],
  { columns, comments }: ColumnsOfAlias = {},
): LogicalPlan {
  const input = withoutUnseen(whole)
  const qualified = alias.at(-1) === UNNAMED_QUERY ? {} : { qualifier: alias }
  const output = outputOf(input)
  const seen = output.filter(({ isHidden }) => !isHidden).length
  if (columns && columns.length !== seen) {
    const counts = { numTarget: seen, numExpr: columns.length }
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', counts)
  }
  if (!columns && input.kind === 'scan')
    return Object.freeze({ ...input, output: output.map((a) => Object.freeze({ ...a, ...qualified })) })
  // A column that is there twice stays one, so that its name is not ambiguous.
  const ids = new Map<ExprId, ExprId>()
  const idOf = (id: ExprId): ExprId => {
    const known = ids.get(id) ?? nextId()
    ids.set(id, known)
    return known
  }
  const projections = output.map((a, i) => {
    const comment = comments?.[i]
    const described = comment === undefined ? {} : { comment }
    const name = columns?.[i] ?? a.name
    const hidden = a.isHidden ? { isHidden: a.isHidden } : {}
    return Object.freeze({ id: idOf(a.id), name, expression: reference(a), ...qualified, ...described, ...hidden })
  })
  return Object.freeze({ kind: 'project', input, projections })
}
