import { MillraceError } from '../../common/errors/millrace-error.js'
import { onceEach } from '../../common/once-each.js'
import { mapAll } from '../plan/expression/transform.js'
import { mapShapeExpressions } from '../plan/unresolved/column-shape.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { inPlaceOf } from '../plan/unresolved/frame-tags.js'
import type { RowCount, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { operandsOf } from './unresolved-nodes.js'

/** Relations and expressions nested deeper are refused, as every later step walks them recursively. Chains of AND or OR count once. */
export const MAX_DEPTH = 500

/** Relations of a plan, views and CTEs counted each time they are used: a chain of CTEs that each use the one before twice doubles. */
export const MAX_RELATIONS = 20_000

/** Views within views deeper than this are taken for a cycle. */
export const MAX_VIEW_DEPTH = 100

export function tooDeep(what: 'relations' | 'expressions'): MillraceError {
  return new MillraceError('QUERY_TOO_COMPLEX', { what: `levels of nested ${what}`, limit: MAX_DEPTH })
}

export function tooMany(): MillraceError {
  return new MillraceError('QUERY_TOO_COMPLEX', { what: 'relations, views and CTEs expanded', limit: MAX_RELATIONS })
}

/** @throws QUERY_TOO_COMPLEX */
export function checkDepth(expression: UnresolvedExpression): void {
  if (!isBounded(expression)) throw tooDeep('expressions')
}

const isBounded: (e: UnresolvedExpression) => boolean = onceEach((expression) => {
  const [open, depths] = [[expression], [1]]
  for (let e = open.pop(); e; e = open.pop()) {
    const depth = depths.pop()!
    if (depth > MAX_DEPTH) return false
    for (const operand of operandsOf(e)) {
      open.push(operand)
      depths.push(isChain(e, operand) ? depth : depth + 1)
    }
  }
  return true
})

const isChain = (e: UnresolvedExpression, operand: UnresolvedExpression): boolean =>
  e.kind === 'function' &&
  (e.name === 'and' || e.name === 'or') &&
  operand.kind === 'function' &&
  operand.name === e.name

/** The relation with the expressions that stand in it replaced; the same object when none changed, but for a few that are rare. */
export const mapExpressionsOf = (
  relation: UnresolvedRelation,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedRelation => inPlaceOf(relation, withExpressions(relation, map))

function withExpressions(
  relation: UnresolvedRelation,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedRelation {
  switch (relation.kind) {
    case 'project': {
      const expressions = mapAll(relation.expressions, map)
      const qualify = relation.qualify && map(relation.qualify)
      const isSame = expressions === relation.expressions && qualify === relation.qualify
      return isSame ? relation : { ...relation, expressions, ...(qualify ? { qualify } : {}) }
    }
    case 'withColumns':
      return { ...relation, columns: relation.columns.map((c) => ({ ...c, expression: map(c.expression) })) }
    case 'byColumns':
      return { ...relation, shape: mapShapeExpressions(relation.shape, map) }
    case 'filter': {
      const condition = map(relation.condition)
      return condition === relation.condition ? relation : { ...relation, condition }
    }
    case 'aggregate':
      return mapExpressionsOfAggregate(relation, map)
    case 'pivot':
      return mapExpressionsOfPivot(relation, map)
    case 'unpivot': {
      const groups = relation.groups?.map((group) => ({ ...group, columns: group.columns.map(map) }))
      return { ...relation, ...(relation.ids ? { ids: relation.ids.map(map) } : {}), ...(groups ? { groups } : {}) }
    }
    case 'join':
      return mapExpressionsOfJoin(relation, map)
    case 'sort':
      return mapList(relation, 'orders', map)
    case 'observe':
      return mapList(relation, 'metrics', map)
    case 'repartition':
      return { ...relation, expressions: relation.expressions.map(map) }
    case 'limit': {
      const [limit, offset] = [mappedCount(relation.limit, map), mappedCount(relation.offset, map)]
      return limit === relation.limit && offset === relation.offset ? relation : { ...relation, limit, offset }
    }
    case 'values':
      return { ...relation, rows: relation.rows.map((row) => row.map(map)) }
    case 'lateralView':
      return { ...relation, call: { ...relation.call, args: relation.call.args.map(map) } }
    case 'tableFunction':
      return { ...relation, args: relation.args.map(map) }
    case 'table':
    case 'dataSource':
    case 'localRelation':
    case 'oneRow':
    case 'setOperation':
    case 'withColumnsRenamed':
    case 'drop':
    case 'hint':
    case 'sample':
    case 'distinct':
    case 'subqueryAlias':
    case 'storedView':
    case 'underSettings':
    case 'with':
    case 'withWatermark':
    case 'mapPartitions':
    case 'cached':
      return relation
  }
}

/** The relation with a list of its expressions replaced; the same object when none changed. */
function mapList<K extends string, R extends Readonly<Record<K, readonly UnresolvedExpression[]>>>(
  relation: R,
  list: K,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): R {
  const mapped = mapAll(relation[list], map)
  return mapped === relation[list] ? relation : { ...relation, [list]: mapped }
}

const mappedCount = (of: RowCount, map: (e: UnresolvedExpression) => UnresolvedExpression): RowCount =>
  typeof of === 'number' ? of : map(of)

function mapExpressionsOfAggregate(
  aggregate: Extract<UnresolvedRelation, { kind: 'aggregate' }>,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedRelation {
  const [groupBy, output] = [mapAll(aggregate.groupBy, map), mapAll(aggregate.output, map)]
  const [having, qualify] = [aggregate.having && map(aggregate.having), aggregate.qualify && map(aggregate.qualify)]
  const isSameList = groupBy === aggregate.groupBy && output === aggregate.output
  if (isSameList && having === aggregate.having && qualify === aggregate.qualify) return aggregate
  return { ...aggregate, groupBy, output, ...(having ? { having } : {}), ...(qualify ? { qualify } : {}) }
}

/** The values of a pivot are found once for each object. */
function mapExpressionsOfPivot(
  pivot: Extract<UnresolvedRelation, { kind: 'pivot' }>,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedRelation {
  const [aggregates, columns] = [mapAll(pivot.aggregates, map), mapAll(pivot.columns, map)]
  const groupBy = pivot.groupBy && mapAll(pivot.groupBy, map)
  const values =
    pivot.values &&
    mapAll(pivot.values, (value) => {
      const cells = mapAll(value.cells, map)
      return cells === value.cells ? value : { ...value, cells }
    })
  const isSameList = aggregates === pivot.aggregates && columns === pivot.columns
  if (isSameList && groupBy === pivot.groupBy && values === pivot.values) return pivot
  return { ...pivot, aggregates, columns, ...(values ? { values } : {}), ...(groupBy ? { groupBy } : {}) }
}

function mapExpressionsOfJoin(
  join: Extract<UnresolvedRelation, { kind: 'join' }>,
  map: (e: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedRelation {
  if (join.nearest) return { ...join, nearest: { ...join.nearest, ranking: map(join.nearest.ranking) } }
  const condition = join.condition && map(join.condition)
  return condition === join.condition ? join : { ...join, ...(condition ? { condition } : {}) }
}

/** The expressions that stand in a relation itself, not in its inputs. */
export function expressionsOf(relation: UnresolvedRelation): readonly UnresolvedExpression[] {
  const expressions: UnresolvedExpression[] = []
  mapExpressionsOf(relation, (expression) => {
    expressions.push(expression)
    return expression
  })
  return expressions
}
