import { BOOLEAN } from '../../columnar/types.js'
import { nearest } from '../../common/closest.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { call, conjunction, reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../plan/logical/plan.js'
import type { JoinType, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { unify } from './coercion.js'
import { resolveExpression } from './expressions.js'
import { lookUp } from './scope.js'
import { booleanCondition } from './select.js'

type Join = Extract<UnresolvedRelation, { kind: 'join' }>

/** What each join type becomes; a right join is a left join the other way round. */
const BUILT: Readonly<Record<JoinType, 'inner' | 'left' | 'right' | undefined>> = {
  inner: 'inner',
  cross: 'inner',
  left: 'left',
  right: 'right',
  full: undefined,
  left_semi: undefined,
  left_anti: undefined,
}

export function analyzeJoin(node: Join, left: LogicalPlan, givenRight: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const type = BUILT[node.type]
  if (type === undefined) {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: `${node.type.replace('_', ' ').toUpperCase()} JOIN` },
      { origin: node.origin },
    )
  }
  const right = withOwnIds(left, givenRight, nextId)
  const [leftOut, rightOut] = [outputOf(left), outputOf(right)]
  const pairs = (node.using ?? []).map((name) => usingPair(name, leftOut, rightOut, node))
  const written = node.condition && {
    e: booleanCondition(
      resolveExpression(node.condition, { scope: { attributes: [...leftOut, ...rightOut] }, clause: 'JOIN' }),
      node.condition,
      'JOIN',
    ),
  }
  const condition = conjunction([...(written ? [written.e] : []), ...pairs.map(({ equal }) => equal)])
  const hint =
    node.hint && type === 'right' ? (node.hint === 'broadcast-left' ? 'broadcast-right' : 'broadcast-left') : node.hint
  const join: LogicalJoin = Object.freeze({
    kind: 'join',
    type: type === 'inner' ? 'inner' : 'left',
    left: type === 'right' ? right : left,
    right: type === 'right' ? left : right,
    ...(condition ? { condition } : {}),
    ...(hint ? { hint } : {}),
  })
  if (pairs.length === 0 && type !== 'right') return join
  const output = new Map(outputOf(join).map((a) => [a.id, a]))
  return project(join, leftOut, rightOut, pairs, type, output)
}

/** A join with itself: the right side's columns get ids of their own. */
function withOwnIds(left: LogicalPlan, right: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const taken = new Set(outputOf(left).map((a) => a.id))
  const output = outputOf(right)
  if (!output.some((a) => taken.has(a.id))) return right
  const projections = output.map((a) => named(a, nextId()))
  return Object.freeze({ kind: 'project', input: right, projections })
}

const named = (a: Attribute, id: ExprId): NamedExpression =>
  Object.freeze({
    id,
    name: a.name,
    expression: reference(a),
    ...(a.qualifier === undefined ? {} : { qualifier: a.qualifier }),
    ...(a.isHidden ? { isHidden: true } : {}),
  })

interface UsingPair {
  readonly equal: Expression
  readonly left: Attribute
  readonly right: Attribute
}

function usingPair(name: string, left: readonly Attribute[], right: readonly Attribute[], node: Join): UsingPair {
  const [l, r] = [usingColumn(name, left, 'left', node), usingColumn(name, right, 'right', node)]
  const [a, b] = unify(l, r, { sql: `"(${name} = ${name})"`, origin: node.origin })
  const find = (columns: readonly Attribute[], e: Expression): Attribute =>
    columns.find((c) => e.kind === 'attribute' && c.id === e.id)!
  return { equal: call('eq', BOOLEAN, [a, b], { origin: node.origin }), left: find(left, l), right: find(right, r) }
}

/** @throws UNRESOLVED_USING_COLUMN_FOR_JOIN, AMBIGUOUS_REFERENCE */
function usingColumn(name: string, attributes: readonly Attribute[], side: 'left' | 'right', node: Join): Expression {
  const found = lookUp({ attributes }, [name], node.origin)
  if (found) return found
  const names = [...new Set(attributes.map((a) => a.name))]
  const suggestion = nearest(name, names, names.length).map(quotedName).join(', ')
  throw new MillraceError(
    'UNRESOLVED_USING_COLUMN_FOR_JOIN',
    { colName: quotedName(name), side, suggestion },
    { origin: node.origin },
  )
}

/**
 * Columns of USING once, first, from the side that is kept whole; then the rest, left before right. The other side's columns of USING come
 * last and hidden, for names with their relation.
 */
function project(
  join: LogicalJoin,
  left: readonly Attribute[],
  right: readonly Attribute[],
  pairs: readonly UsingPair[],
  type: 'inner' | 'left' | 'right',
  output: ReadonlyMap<ExprId, Attribute>,
): LogicalPlan {
  const used = new Set(pairs.flatMap((pair) => [pair.left.id, pair.right.id]))
  const keys = pairs.map((pair) => (type === 'right' ? pair.right : pair.left))
  const rest = [...left, ...right].filter((a) => !used.has(a.id))
  const others = pairs.map((pair) => ({ ...(type === 'right' ? pair.left : pair.right), isHidden: true }))
  const visibleFirst = [...rest.filter((a) => !a.isHidden), ...rest.filter((a) => a.isHidden), ...others]
  const projections = [...keys, ...visibleFirst].map((a) =>
    named(
      {
        ...output.get(a.id)!,
        ...(a.qualifier === undefined ? {} : { qualifier: a.qualifier }),
        ...(a.isHidden ? { isHidden: true } : {}),
      },
      a.id,
    ),
  )
  return Object.freeze({ kind: 'project', input: join, projections })
}
