import { BIGINT, BOOLEAN } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { booleanLiteral, call, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { isLenient } from '../session.js'
import { unify } from '../types/coercion.js'
import { refuseUnordered } from '../types/orderable.js'
import { unresolvedText } from '../unresolved-text.js'

/** `a IN (SELECT …)`. */
export type Membership = Extract<UnresolvedExpression, { kind: 'inSubquery' }>

/** Whether a value is the one of a row of the subquery. */
export function equality(e: Membership, value: Expression, member: Expression): Expression {
  const site = { name: 'insubquery', sql: `"${unresolvedText(e)}"`, origin: e.origin }
  const [a, b] = unify(value, member, site)
  refuseUnordered(a.type, site)
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

/** What a subquery can be asked for, each by a join. */
export interface AskedSubquery {
  readonly isCorrelated: boolean
  /** Its value, where it has one row in any case that uses columns of the query around it. */
  readonly onlyValue: (() => Expression) | undefined
  hasRows(): Expression
  /** Whether it has a row for which the equalities hold. */
  hasEqual(equalities: readonly Expression[]): Expression
  /** How many rows it has, and of how many of them a column is not NULL. */
  counts(column: Expression): readonly Expression[]
}

/**
 * IN or NOT IN as a value. As in Spark both are false where they cannot be known, and NULL only of a NULL that is written.
 * @throws UNSUPPORTED_FEATURE
 */
export function memberOf(
  e: Membership,
  values: readonly Expression[],
  columns: readonly Attribute[],
  negated: boolean,
  subquery: AskedSubquery,
): Expression {
  const unless = (condition: Expression): Expression => (negated ? call('not', BOOLEAN, [condition]) : condition)
  const [value, ...others] = values as readonly [Expression, ...Expression[]]
  const isOne = others.length === 0
  if (isOne && value.kind === 'literal' && value.value === null && !subquery.isCorrelated)
    return isLenient() ? booleanLiteral(null) : unless(nullIf(subquery.hasRows()))
  if (isOne && subquery.onlyValue) {
    const equal = equality(e, value, subquery.onlyValue())
    return unless(equal.nullable ? call('coalesce', BOOLEAN, [equal, booleanLiteral(negated)]) : equal)
  }
  const equalities = values.map((one, i) => equality(e, one, reference(columns[i]!)))
  const isEqual = subquery.hasEqual(equalities)
  if (!negated || equalities.every(({ nullable }) => !nullable)) return unless(isEqual)
  if (!isOne) {
    const feature = 'NOT IN with a subquery of several columns that may be NULL within another expression'
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: e.origin })
  }
  const [rows, present] = subquery.counts(reference(columns[0]!))
  const isKnown = [
    call('is_not_null', BOOLEAN, [value]),
    call('eq', BOOLEAN, [present!, rows!]),
    call('not', BOOLEAN, [isEqual]),
  ]
  return call('or', BOOLEAN, [call('eq', BOOLEAN, [rows!, literal(BIGINT, 0n)]), call('and', BOOLEAN, isKnown)])
}

/** NULL where a condition holds, or else false. */
const nullIf = (when: Expression): Expression =>
  Object.freeze({
    kind: 'case',
    type: BOOLEAN,
    nullable: true,
    branches: [{ when, value: booleanLiteral(null) }],
    otherwise: booleanLiteral(false),
  })
