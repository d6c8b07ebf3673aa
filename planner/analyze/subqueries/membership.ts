import { BOOLEAN } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call } from '../../plan/expression/build.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { unify } from '../coercion.js'
import { unresolvedText } from '../unresolved-text.js'

/** `a IN (SELECT …)`. */
export type Membership = Extract<UnresolvedExpression, { kind: 'inSubquery' }>

/** Whether a value is the one of a row of the subquery. */
export function equality(e: Membership, value: Expression, member: Expression): Expression {
  const [a, b] = unify(value, member, { sql: `"${unresolvedText(e)}"`, origin: e.origin })
  return call('eq', BOOLEAN, [a, b], { origin: e.origin })
}

export function lengthMismatch(e: Membership, leftLength: number, output: readonly Attribute[]): MillraceError {
  return new MillraceError(
    'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH',
    {
      sqlExpr: `"${unresolvedText(e)}"`,
      leftLength,
      leftColumns: e.children.map((child) => `"${unresolvedText(child)}"`).join(', '),
      rightLength: output.length,
      rightColumns: output.map(({ name }) => `"${name}"`).join(', '),
    },
    { origin: e.origin },
  )
}
