import {
  type Field,
  field,
  quotedTypeName,
  type Schema,
  sameType,
  schema as schemaOf,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { unresolvedInputs, withUnresolvedInputs } from '../../plan/unresolved/inputs.js'
import type { CommonTable, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { expressionsOf, mapExpressionsOf } from '../depth.js'
import { hasGenerator } from '../generators/misplaced.js'
import { hasAggregate } from '../grouping/of-group.js'
import { sameName } from '../names/names.js'
import { mapSubqueries, someNode, subqueriesOf } from '../unresolved-nodes.js'

/** A CTE that reads itself: the rows it begins with, and those that each step makes of the rows of the one before. */
export interface Recursion {
  readonly anchor: UnresolvedRelation
  readonly step: UnresolvedRelation
}

/** The parts of a CTE that reads itself, undefined for one that does not. @throws INVALID_RECURSIVE_CTE, UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE, INVALID_RECURSIVE_REFERENCE.PLACE */
export function recursionOf({ name, relation }: CommonTable): Recursion | undefined {
  if (referencesTo(name, relation) === 0) return undefined
  const union = relation.kind === 'with' ? relation.input : relation
  const inner = (input: UnresolvedRelation): UnresolvedRelation =>
    relation.kind === 'with' ? { ...relation, input } : input
  const origin = union.kind === 'setOperation' ? union.origin : undefined
  if (union.kind !== 'setOperation' || union.operation !== 'union') throw new MillraceError('INVALID_RECURSIVE_CTE')
  if (!union.all) throw new MillraceError('UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE', {}, { origin })
  const begin = union.inputs.slice(0, -1)
  if (begin.some((input) => referencesTo(name, input) > 0))
    throw new MillraceError('INVALID_RECURSIVE_CTE', {}, { origin })
  const last = union.inputs.at(-1)!
  if (!isInPlace(name, last)) throw new MillraceError('INVALID_RECURSIVE_REFERENCE.PLACE', {}, { origin })
  const anchor = begin.length === 1 ? begin[0]! : { ...union, inputs: begin }
  return { anchor: inner(anchor), step: inner(last) }
}

/** How often a relation reads the CTE of a name; where another one has the name, it is that which is read. */
function referencesTo(name: string, relation: UnresolvedRelation): number {
  if (relation.kind === 'table') return isName(relation, name) ? 1 : 0
  const hides = relation.kind === 'with' && relation.ctes.some((cte) => sameName(cte.name, name))
  if (hides) return 0
  return readBy(relation).reduce((sum, input) => sum + referencesTo(name, input), 0)
}

const isName = (table: Extract<UnresolvedRelation, { kind: 'table' }>, name: string): boolean =>
  table.name.length === 1 && sameName(table.name[0]!, name)

/** The relations that one reads, those of its subqueries included. */
const readBy = (relation: UnresolvedRelation): readonly UnresolvedRelation[] => [
  ...unresolvedInputs(relation),
  ...expressionsOf(relation)
    .flatMap(subqueriesOf)
    .map(({ query }) => query),
]

/** Whether no step would need all rows at once: below aggregates, and where rows without a match are kept of the other side of a join. */
function isInPlace(name: string, relation: UnresolvedRelation): boolean {
  const has = (input: UnresolvedRelation): boolean => referencesTo(name, input) > 0
  if (relation.kind === 'aggregate' && has(relation.input)) return false
  if (relation.kind === 'project' && relation.expressions.some(hasAggregate) && has(relation.input)) return false
  if (relation.kind === 'join') {
    const { type, left, right } = relation
    if ((type === 'left' || type === 'full' || type === 'left_anti' || type === 'left_semi') && has(right)) return false
    if ((type === 'right' || type === 'full') && has(left)) return false
  }
  return unresolvedInputs(relation).every((input) => isInPlace(name, input))
}

/** A CTE that reads itself, as it stands in a query. */
export interface FoundRecursion extends Recursion {
  readonly cte: CommonTable
  /** A relation where the CTEs are known that are so before this one. */
  within(relation: UnresolvedRelation, more?: CommonTable): UnresolvedRelation
  /** How many of its rows the query needs, when a LIMIT says so. */
  readonly wanted: number | undefined
}

/** The first CTE of a query that reads itself and uses none that does; undefined when there is none. */
export function findRecursion(
  relation: UnresolvedRelation,
  known: readonly CommonTable[] = [],
): FoundRecursion | undefined {
  if (relation.kind !== 'with') {
    for (const input of readBy(relation)) {
      const found = findRecursion(input, known)
      if (found) return found
    }
    return undefined
  }
  const visible = [...known]
  for (const cte of relation.ctes) {
    const inner = findRecursion(cte.relation, visible)
    if (inner) return inner
    const recursion = cte.recursive && recursionOf(cte)
    if (recursion) {
      const ctes = [...visible]
      const within = (input: UnresolvedRelation, more?: CommonTable): UnresolvedRelation =>
        inCtes(more ? [...ctes, more] : ctes, input)
      return { ...recursion, cte, within, wanted: wantedOf(cte, relation) }
    }
    visible.push(cte)
  }
  return findRecursion(relation.input, visible)
}

/** The later of two CTEs of a name hides the one before. */
const inCtes = (ctes: readonly CommonTable[], input: UnresolvedRelation): UnresolvedRelation =>
  ctes.reduceRight<UnresolvedRelation>((inner, cte) => ({ kind: 'with', ctes: [cte], input: inner }), input)

/** The limit over the one place where a CTE is read, if nothing between them leaves rows out. */
function wantedOf(cte: CommonTable, query: Extract<UnresolvedRelation, { kind: 'with' }>): number | undefined {
  const others = query.ctes.filter((other) => other !== cte)
  const references = [query.input, ...others.map(({ relation }) => relation)].map((r) => referencesTo(cte.name, r))
  if (references.reduce((a, b) => a + b, 0) !== 1 || query.input.kind !== 'limit') return undefined
  const { limit, offset } = query.input
  let below = query.input.input
  while (below.kind === 'subqueryAlias' || (below.kind === 'project' && below.expressions.every(isOfOneRow)))
    below = below.input
  if (typeof limit !== 'number' || typeof offset !== 'number') return undefined
  return below.kind === 'table' && isName(below, cte.name) ? limit + offset : undefined
}

/** Whether a member of a select list gives one value for each row, and asks for no other rows. */
const isOfOneRow = (e: UnresolvedExpression): boolean =>
  !hasAggregate(e) && !hasGenerator(e) && !someNode(e, ({ kind }) => kind === 'window')

/** The query with other rows in place of a CTE. */
export function withRows(relation: UnresolvedRelation, cte: CommonTable, rows: UnresolvedRelation): UnresolvedRelation {
  const replaced = (input: UnresolvedRelation): UnresolvedRelation => withRows(input, cte, rows)
  const own = mapExpressionsOf(relation, (e) => mapSubqueries(e, replaced))
  const over = withUnresolvedInputs(own, replaced)
  if (over.kind !== 'with' || relation.kind !== 'with') return over
  const ctes = over.ctes.map((one, i) => (relation.ctes[i] === cte ? { name: cte.name, relation: rows } : one))
  return { ...over, ctes }
}

/** The columns of a CTE that reads itself: those of the rows it begins with. @throws ASSIGNMENT_ARITY_MISMATCH */
export function recursiveSchema({ columns }: CommonTable, anchor: readonly Pick<Field, 'name' | 'type'>[]): Schema {
  if (columns && columns.length !== anchor.length)
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', { numTarget: anchor.length, numExpr: columns.length })
  // Whatever a step makes of them may be NULL.
  return schemaOf(anchor.map(({ name, type }, i) => field(columns?.[i] ?? name, type)))
}

/** @throws NUM_COLUMNS_MISMATCH, CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE */
export function checkStep({ fields }: Schema, step: readonly Pick<Field, 'type'>[]): void {
  if (step.length !== fields.length) {
    const counts = { firstNumColumns: fields.length, invalidOrdinalNum: 'second', invalidNumColumns: step.length }
    throw new MillraceError('NUM_COLUMNS_MISMATCH', { operator: 'UNION', ...counts })
  }
  for (const [i, { type }] of fields.entries()) {
    const [left, right] = [quotedTypeName(type), quotedTypeName(step[i]!.type)]
    if (!sameType(type, step[i]!.type)) throw new MillraceError('CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE', { left, right })
  }
}
