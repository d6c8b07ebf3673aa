import { BOOLEAN } from '../../../columnar/types.js'
import { nearest } from '../../../common/closest.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, conjunction, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import type { JoinKind } from '../../plan/join-kind.js'
import { outputIds, outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import type { JoinType, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { nameKey, sameName } from '../names/names.js'
import type { Surroundings } from '../select.js'
import { unify } from '../types/coercion.js'
import { refuseUnordered } from '../types/orderable.js'
import { joinCondition } from './join-condition.js'
import { analyzeNearestJoin } from './nearest-join.js'

type Join = Extract<UnresolvedRelation, { kind: 'join' }>

/** What each join type becomes; a right join is a left join the other way round. */
const KINDS: Readonly<Record<JoinType, JoinKind>> = {
  inner: 'inner',
  cross: 'inner',
  left: 'left',
  right: 'left',
  full: 'full',
  left_semi: 'left_semi',
  left_anti: 'left_anti',
}

const FLIPPED_HINTS = { 'broadcast-left': 'broadcast-right', 'broadcast-right': 'broadcast-left' } as const

export function analyzeJoin(
  node: Join,
  left: LogicalPlan,
  right: LogicalPlan,
  nextId: () => ExprId,
  surroundings: Surroundings,
): LogicalPlan {
  if (node.natural && node.type === 'cross') {
    const types = { joinType1: 'NATURAL', joinType2: 'CROSS' }
    throw new MillraceError('INCOMPATIBLE_JOIN_TYPES', types, { origin: node.origin })
  }
  const isFlipped = node.type === 'right'
  if (node.nearest)
    return analyzeNearestJoin(node.nearest, node.type === 'left' ? 'left' : 'inner', left, right, nextId)
  const [leftOut, rightOut] = [outputOf(left), outputOf(right)]
  const using = node.natural ? commonNames(leftOut, rightOut) : (node.using ?? [])
  const pairs = using.map((name) => usingPair(name, leftOut, rightOut, node))
  const kind = KINDS[node.type]
  const on = node.condition && joinCondition(node.condition, left, right, kind === 'inner', surroundings)
  const condition = conjunction([...(on?.condition ? [on.condition] : []), ...pairs.map(({ equal }) => equal)])
  const [leftSide, rightSide] = [on?.left ?? left, on?.right ?? right]
  const hint = node.hint && isFlipped ? FLIPPED_HINTS[node.hint] : node.hint
  const join: LogicalJoin = Object.freeze({
    kind: 'join',
    type: kind,
    left: isFlipped ? rightSide : leftSide,
    right: isFlipped ? leftSide : rightSide,
    ...(condition ? { condition } : {}),
    ...(hint ? { hint } : {}),
  })
  if (on?.keep) return on.keep(join)
  const isWhole = leftSide === left && rightSide === right
  if (pairs.length === 0 && !isFlipped && isWhole) return join
  return project(join, leftOut, rightOut, pairs, node.type, nextId)
}

/** The names of columns that both sides have, in the order of the left one. */
function commonNames(left: readonly Attribute[], right: readonly Attribute[]): readonly string[] {
  const names = new Set(right.filter((a) => !a.isHidden).map((a) => nameKey(a.name)))
  return left.filter((a) => !a.isHidden && names.has(nameKey(a.name))).map((a) => a.name)
}

/** The right side of a join, whose columns have ids of their own: it may be the left one again. */
export function withOwnIds(left: LogicalPlan, right: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const taken = outputIds(left)
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
    ...(a.isHidden ? { isHidden: a.isHidden } : {}),
  })

interface UsingPair {
  readonly equal: Expression
  /** The left value, or the right one where there is none. */
  readonly either: Expression
  readonly left: Attribute
  readonly right: Attribute
}

function usingPair(name: string, left: readonly Attribute[], right: readonly Attribute[], node: Join): UsingPair {
  const [l, r] = [usingColumn(name, left, 'left', node), usingColumn(name, right, 'right', node)]
  const site = { name: '=', sql: `"(${name} = ${name})"`, origin: node.origin }
  const [a, b] = unify(l, r, site)
  refuseUnordered(a.type, site)
  // Either may be missing in the rows of a full join.
  const missing = (e: Expression): Expression => Object.freeze({ ...e, nullable: true })
  const either = unify(missing(l), missing(r), site)
  const find = (columns: readonly Attribute[], e: Expression): Attribute =>
    columns.find((c) => e.kind === 'attribute' && c.id === e.id)!
  return {
    equal: call('eq', BOOLEAN, [a, b], { origin: node.origin }),
    either: call('coalesce', a.type, either, { origin: node.origin, nullable: l.nullable || r.nullable }),
    left: find(left, l),
    right: find(right, r),
  }
}

/** The first of the name, as in Spark. @throws UNRESOLVED_USING_COLUMN_FOR_JOIN */
function usingColumn(name: string, attributes: readonly Attribute[], side: 'left' | 'right', node: Join): Expression {
  const first = attributes.find((a) => !a.isHidden && sameName(a.name, name))
  if (first) return reference({ ...first, name }, node.origin)
  const names = [...new Set(attributes.map((a) => a.name))]
  const suggestion = nearest(name, names, names.length).map(quotedName).join(', ')
  throw new MillraceError(
    'UNRESOLVED_USING_COLUMN_FOR_JOIN',
    { colName: quotedName(name), side, suggestion },
    { origin: node.origin },
  )
}

/**
 * Columns of USING once, first, from the side that is kept whole (of a full join from whichever has a value); then the rest, left before
 * right. The other side's columns of USING come last and hidden, for names with their relation.
 */
function project(
  join: LogicalJoin,
  left: readonly Attribute[],
  right: readonly Attribute[],
  pairs: readonly UsingPair[],
  type: JoinType,
  nextId: () => ExprId,
): LogicalPlan {
  const output = new Map(outputOf(join).map((a) => [a.id, a]))
  const used = new Set(pairs.flatMap((pair) => [pair.left.id, pair.right.id]))
  const shown = (pair: UsingPair): Attribute => (type === 'right' ? pair.right : pair.left)
  const keys = pairs.map((pair): NamedExpression => {
    if (type !== 'full') return named(asOutput(shown(pair), output), shown(pair).id)
    return Object.freeze({ id: nextId(), name: pair.left.name, expression: pair.either })
  })
  const rest = [...left, ...right].filter((a) => !used.has(a.id) && output.has(a.id))
  const others = pairs.flatMap((pair) => (type === 'full' ? [pair.left, pair.right] : othersOf(pair, type)))
  const hidden = [...rest.filter((a) => a.isHidden), ...others.filter((a) => output.has(a.id))]
  const visible = rest.filter((a) => !a.isHidden).map((a) => named(asOutput(a, output), a.id))
  const unseen = hidden.map((a) => named({ ...asOutput(a, output), isHidden: a.isHidden || true }, a.id))
  return Object.freeze({ kind: 'project', input: join, projections: [...keys, ...visible, ...unseen] })
}

const othersOf = (pair: UsingPair, type: JoinType): readonly Attribute[] => [type === 'right' ? pair.left : pair.right]

/** A side's column as it comes out of the join: it may be NULL there. */
function asOutput(a: Attribute, output: ReadonlyMap<ExprId, Attribute>): Attribute {
  return { ...a, nullable: output.get(a.id)!.nullable }
}
