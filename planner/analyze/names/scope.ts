import { quotedTypeName } from '../../../columnar/types.js'
import { nearest } from '../../../common/closest.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import { fieldOf, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { FrameTag } from '../../plan/unresolved/frame-tags.js'
import { analysisSession } from '../session.js'
import { columnsOfFrame, isOfElsewhere } from './frame-columns.js'
import { sameName } from './names.js'
import { namedWithin } from './nested-field.js'

export type UnresolvedCall = Extract<UnresolvedExpression, { kind: 'function' }>

/** A name as it stands in a query. */
export interface WrittenName {
  readonly parts: readonly string[]
  readonly origin?: Origin | undefined
  /** The DataFrame that it is a column of. */
  readonly of?: FrameTag | undefined
}

/** The columns that names may refer to, in order. Names match without regard to case, as in Spark. */
export interface Scope {
  readonly attributes: readonly Attribute[]
  /** Of a subquery: what the query around it has. */
  readonly outer?: Scope | undefined
  /** Of the select list of groups and of HAVING, for their subqueries. */
  readonly groups?: OuterGroups
  /** Of ORDER BY: a name that several columns have is not known here, as one of what lies below may be meant. */
  readonly ambiguousIsUnknown?: boolean
}

/** The groups that a subquery is about. */
export interface OuterGroups {
  /** What aggregates of the groups may use. */
  readonly input: Scope
  readonly aggregates: readonly Attribute[]
  /** Whether the subquery is none for a value, but EXISTS or IN. */
  readonly isMatched?: boolean
  /** The column that an aggregate of the groups is; absent where subqueries may use none, as in the select list. */
  aggregate?(call: UnresolvedCall): Expression
}

/** What a subquery has around it. In a select list of groups it matters of which kind it is. */
export function namesAround(scope: Scope, kind: UnresolvedExpression['kind']): Scope {
  const { groups } = scope
  const isMatched = groups && !groups.aggregate && kind !== 'scalarSubquery'
  return isMatched ? { ...scope, groups: { ...groups, isMatched } } : scope
}

/** Whether a column is one of the query around. */
export const isOuter = ({ outer }: Scope, id: ExprId): boolean => outer?.attributes.some((a) => a.id === id) ?? false

/** Whether columns of a relation are called by these words before their names: by its alias, or by where it lies, too. */
export const isQualifiedBy = ({ qualifier }: Attribute, words: readonly string[]): boolean =>
  qualifier !== undefined &&
  words.length <= qualifier.length &&
  words.every((word, i) => sameName(word, qualifier[qualifier.length - words.length + i]!))

/** The most words that may stand before the name of a column: catalog, database and table. */
const MOST_QUALIFIERS = 3

/** What a name refers to, or undefined. `a.b` is column `b` of relation `a`, or else field `b` of column `a`. @throws AMBIGUOUS_REFERENCE, FIELD_NOT_FOUND */
export function lookUp(scope: Scope, written: WrittenName): Expression | undefined {
  const { parts, origin } = written
  for (let words = Math.min(MOST_QUALIFIERS, parts.length - 1); words >= 0; words--) {
    const name = parts[words]!
    const called = columnsCalled(scope, name)
    if (called.length === 0) continue
    const found = foundAmong(called, parts.slice(0, words), written.of)
    if (found.length === 0 || (scope.ambiguousIsUnknown && isAmbiguous(found))) continue
    const column = single(found, parts, name, origin)
    return words + 1 === parts.length ? column : fieldsOf(column, parts.slice(words + 1), origin)
  }
  return undefined
}

/** Those that words before the name and its DataFrame mean; with neither, those that are shown. */
function foundAmong(
  called: readonly Attribute[],
  words: readonly string[],
  of: FrameTag | undefined,
): readonly Attribute[] {
  const own = of === undefined ? called : columnsOfFrame(of, called)
  if (words.length > 0) return qualifiedBy(own, words)
  return of === undefined ? own.filter(isShown) : own
}

const isShown = ({ isHidden }: Attribute): boolean => isHidden !== true

const qualifiedBy = (columns: readonly Attribute[], words: readonly string[]): readonly Attribute[] =>
  columns.filter((a) => isQualifiedBy(a, words))

/** The same column shown twice is not ambiguous. */
const isAmbiguous = (found: readonly Attribute[]): boolean =>
  found.length > 1 && found.some(({ id }) => id !== found[0]!.id)

const indexes = new WeakMap<readonly Attribute[], ReadonlyMap<string, readonly Attribute[]>>()

/** To look through so many columns for some names costs less than to make an index of them. */
const FEW_COLUMNS = 8

/** The columns of a name; found through an index where there are several: a query asks its FROM for each name in it, of a wide table for a thousand. */
function columnsCalled({ attributes }: Scope, name: string): readonly Attribute[] {
  if (attributes.length <= FEW_COLUMNS) return attributes.filter((a) => sameName(a.name, name))
  let index = indexes.get(attributes)
  if (!index) {
    const byName = new Map<string, Attribute[]>()
    for (const a of attributes) {
      const key = a.name.toLowerCase()
      const known = byName.get(key)
      if (known) known.push(a)
      else byName.set(key, [a])
    }
    indexes.set(attributes, byName)
    index = byName
  }
  const found = index.get(name.toLowerCase()) ?? []
  return analysisSession().isCaseSensitive ? found.filter((a) => a.name === name) : found
}

/** What a name refers to, here or in the query around. @throws AMBIGUOUS_REFERENCE, FIELD_NOT_FOUND */
export const lookUpAround = (scope: Scope, written: WrittenName): Expression | undefined =>
  lookUp(scope, written) ?? (scope.outer && lookUp(scope.outer, written))

/** What a name refers to. @throws UNRESOLVED_COLUMN.*, AMBIGUOUS_REFERENCE, FIELD_NOT_FOUND */
export function resolveName(scope: Scope, written: WrittenName, suggestFrom: Scope = scope): Expression {
  const found = lookUpAround(scope, written)
  if (found) return found
  throw isBelowGroups(scope, written) ? noKey(scope.outer!, written) : unresolved(suggestFrom, written)
}

/** Whether a name of a subquery is that of a column below the groups around. */
export const isBelowGroups = ({ outer }: Scope, written: WrittenName): boolean =>
  outer?.groups !== undefined && lookUp(outer.groups.input, written) !== undefined

/** The condition of a column that groups around a subquery are not of. */
function noKey({ groups, attributes }: Scope, { parts, origin }: WrittenName): MillraceError {
  if (groups?.isMatched) {
    const name = parts.at(-1)
    const parameters = { expression: `"${name}"`, expressionAnyValue: `"any_value(${name})"` }
    return new MillraceError('MISSING_AGGREGATION', parameters, { origin })
  }
  if (!groups?.aggregate) {
    const sqlExpr = `"scalarsubquery(${parts.at(-1)})"`
    return new MillraceError('SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION', { sqlExpr }, { origin })
  }
  const names = (columns: readonly string[]): string => columns.map((name) => `"${name}"`).join(', ')
  const parameters = {
    missingAttributes: names(parts.slice(-1)),
    input: names(attributes.map(({ name }) => name)),
    operator: 'HAVING',
  }
  return new MillraceError('MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT', parameters, { origin })
}

/** The condition of a name that is not known, with the columns that it is most like. */
export function unresolved(scope: Scope, { parts, origin, of }: WrittenName): MillraceError {
  const objectName = quotedPath(parts)
  if (of !== undefined && parts.slice(0, MOST_QUALIFIERS + 1).some((part) => isOfElsewhere(of, part)))
    return new MillraceError('CANNOT_RESOLVE_DATAFRAME_COLUMN', { name: objectName }, { origin })
  const near = suggestions(scope, parts)
  return near.length === 0
    ? new MillraceError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', { objectName }, { origin })
    : new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName, proposal: near.join(', ') }, { origin })
}

const MAX_SUGGESTIONS = 5

/** The columns most like a name, however unlike, as in Spark; with their relations unless there is one only and the name has none. */
function suggestions({ attributes }: Scope, parts: readonly string[]): readonly string[] {
  const visible = attributes.filter((a) => !a.isHidden)
  const oneRelation = new Set(visible.map((a) => a.qualifier?.join('.'))).size === 1
  // Among columns as much alike Spark takes them by name and age.
  const ordered = visible.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id))
  const candidates = ordered.map(({ qualifier, name }) =>
    quotedPath(
      qualifier === undefined || (oneRelation && parts.length === 1) ? [name] : [...qualifier.slice(-1), name],
    ),
  )
  return nearest(quotedPath(parts), candidates, MAX_SUGGESTIONS)
}

/** The one column among the found, under the name as written, as Spark has it. */
function single(
  found: readonly Attribute[],
  parts: readonly string[],
  name: string,
  origin: Origin | undefined,
): Expression {
  if (isAmbiguous(found)) {
    const names = found.map((a) => quotedPath([...(a.qualifier ?? []), a.name]))
    const referenceNames = `[${names.toSorted().join(', ')}]`
    throw new MillraceError('AMBIGUOUS_REFERENCE', { name: quotedPath(parts), referenceNames }, { origin })
  }
  const [column] = found
  return reference(column!.name === name ? column! : { ...column!, name }, origin)
}

function fieldsOf(base: Expression, names: readonly string[], origin: Origin | undefined): Expression {
  return names.reduce((e, name) => getField(e, name, origin), base)
}

/** A field of a struct by name, of all structs of an array, or the value of a key. @throws INVALID_EXTRACT_BASE_FIELD_TYPE, FIELD_NOT_FOUND */
export function getField(child: Expression, name: string, origin: Origin | undefined, written?: string): Expression {
  const ordinalOf = (fields: readonly { readonly name: string }[]): number => {
    const ordinal = fields.findIndex((f) => sameName(f.name, name))
    if (ordinal >= 0) return ordinal
    throw new MillraceError(
      'FIELD_NOT_FOUND',
      { fieldName: quotedName(name), fields: fields.map((f) => quotedName(f.name)).join(', ') },
      { origin },
    )
  }
  if (child.type.kind === 'struct') return fieldOf(child, child.type.fields, ordinalOf(child.type.fields), origin)
  const within = namedWithin(child, ordinalOf, name, origin)
  if (within) return within
  if (child.type.kind === 'array') throw noNumber(child, name, origin, written)
  const base = `"${written ?? sqlText(child)}"`
  throw new MillraceError('INVALID_EXTRACT_BASE_FIELD_TYPE', { base, other: quotedTypeName(child.type) }, { origin })
}

/** A name where an array has numbers. */
function noNumber(child: Expression, name: string, origin: Origin | undefined, written?: string): MillraceError {
  const parameters = {
    sqlExpr: `"${written ?? sqlText(child)}[${name}]"`,
    paramIndex: 'second',
    inputSql: `"${name}"`,
    inputType: '"STRING"',
    requiredType: '"INTEGRAL"',
  }
  return new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', parameters, { origin })
}

/** A name with the relation of its column, as Spark's messages have some expressions, and marked where it is of the query around. */
export function qualifiedName(scope: Scope, written: WrittenName): string {
  const { parts } = written
  const found = lookUp(scope, written)
  const outer = scope.outer?.groups?.input ?? scope.outer
  if (!found && outer && lookUp(outer, written)) return `outer(${qualifiedName(outer, written)})`
  const column = found?.kind === 'attribute' ? scope.attributes.find(({ id }) => id === found.id) : undefined
  return column?.qualifier === undefined ? parts.join('.') : [...column.qualifier, column.name].join('.')
}

/** Whether an expression is a name without relation, whatever it refers to. */
export const isNameOf = (e: UnresolvedExpression, name: string): boolean =>
  e.kind === 'attribute' && e.parts.length === 1 && sameName(e.parts[0]!, name)
