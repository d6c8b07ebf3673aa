import { BOOLEAN, type DataType, hasVariants, STRING, struct, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { plainText } from '../../plan/expression/literal-text.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { PivotValue, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { constantOf } from '../constants/constants.js'
import { resolveExpression } from '../expressions.js'
import { lookUp, qualifiedName, type Scope } from '../names/scope.js'
import { keep } from '../names/visible.js'
import type { Surroundings } from '../select.js'
import { nameSelectList } from '../select-list.js'
import { canCast, keepsNulls } from '../types/casts.js'
import { operandsOf, someNode, withOperands } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { groupedDistinct } from './distinct-aggregates.js'
import { type GroupKey, groupKeys } from './group-keys.js'
import { Grouping } from './grouping.js'
import { isAggregateCall } from './of-group.js'

type Pivot = Extract<UnresolvedRelation, { kind: 'pivot' }>

/** Types of aggregates that Spark computes value by value first: what has no row for a value is NULL then, a count too. */
const VALUE_BY_VALUE: ReadonlySet<string> = new Set(
  'boolean tinyint smallint int bigint float double decimal void'.split(' '),
)
/** Aggregates that are NULL without rows. */
const NULL_OF_NOTHING: ReadonlySet<string> = new Set('sum avg mean min max first first_value any_value'.split(' '))

/** PIVOT: a GROUP BY whose aggregates are there once for each value, of the rows that have it. */
export function analyzePivot(
  node: Pivot,
  input: LogicalPlan,
  nextId: () => ExprId,
  { subqueriesOver }: Surroundings,
): LogicalPlan {
  const scope: Scope = { attributes: outputOf(input) }
  const columns = node.columns.map((column) => resolveExpression(column, { scope, clause: 'GROUP BY' }))
  const comparable = columns.find(({ type }) => type.kind === 'map' || hasVariants(type))
  if (comparable) {
    const columnName = `\`${node.columns.map((column) => unresolvedText(column)).join(', ')}\``
    throw new MillraceError('INCOMPARABLE_PIVOT_COLUMN', { columnName }, { origin: node.origin })
  }
  for (const aggregate of node.aggregates) checkAggregate(aggregate, scope)
  if (!node.values) {
    const feature = 'pivot without values in a temporary view'
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: node.origin })
  }
  const values = node.values.map((value) => pivotValue(value, node, columns, scope))
  const subqueries = subqueriesOver(scope, input)
  const keys = node.groupBy
    ? groupKeys(
        { kind: 'aggregate', input: node.input, groupBy: node.groupBy, output: [] },
        { scope, subqueries, nextId },
      )
    : { keys: otherColumns(node, columns, scope), sets: undefined, written: new Map() }
  const grouping = new Grouping(keys, scope, subqueries, nextId)
  const context = grouping.context('SELECT')
  const cells = values.flatMap((value) =>
    node.aggregates.map((aggregate) => {
      const expression = resolveExpression(onlyRowsOf(aggregate, value.condition), context)
      return { value, aggregate, expression }
    }),
  )
  const isValueByValue = cells.every(({ expression }) => VALUE_BY_VALUE.has(expression.type.kind))
  const outputs = cells.map(({ value, aggregate, expression }): NamedExpression => {
    const isNull = !isValueByValue || isNullOfNothing(aggregate)
    const shown = isNull ? expression : ifAny(resolveExpression(rowsOf(value.condition), context), expression)
    return Object.freeze({ id: nextId(), name: cellName(node, value.name, aggregate), expression: shown })
  })
  const rows = grouping.rows(subqueries.attach(input))
  const aggregate = groupedDistinct(
    Object.freeze({ kind: 'aggregate', ...rows, aggregates: grouping.aggregates }),
    nextId,
  )
  const shown = node.groupBy
    ? nameSelectList(node.groupBy, context, nextId).projections
    : keys.keys.map(({ id }) => columnOf(scope, id))
  return Object.freeze({ kind: 'project', input: aggregate, projections: [...shown, ...outputs] })
}

/** A column that is still one of the relation it is of. */
const columnOf = ({ attributes }: Scope, wanted: ExprId): NamedExpression =>
  keep(attributes.find(({ id }) => id === wanted)!)

/** @throws _LEGACY_ERROR_TEMP_1006 for a column that stands in no aggregate */
function checkAggregate(e: UnresolvedExpression, scope: Scope): void {
  if (isAggregateCall(e)) return
  if (e.kind === 'attribute') {
    const sql = qualifiedName(scope, e)
    throw new MillraceError('_LEGACY_ERROR_TEMP_1006', { sql }, { origin: e.origin })
  }
  for (const operand of operandsOf(e)) checkAggregate(operand, scope)
}

/** The columns that are neither compared nor aggregated. */
function otherColumns({ aggregates }: Pivot, columns: readonly Expression[], scope: Scope): readonly GroupKey[] {
  const used = new Set(columns.flatMap((column) => [...referencesOf(column)]))
  const use = (e: UnresolvedExpression): boolean => {
    const column = e.kind === 'attribute' ? lookUp(scope, e) : undefined
    if (column) referencesOf(column, used)
    return false
  }
  for (const aggregate of aggregates) someNode(aggregate, use)
  return scope.attributes
    .filter(({ id, isHidden }) => !isHidden && !used.has(id))
    .map((a) => Object.freeze({ ...keep(a), isLeftOut: false }))
}

interface Value {
  readonly name: string
  readonly condition: UnresolvedExpression
}

/** @throws PIVOT_VALUE_DATA_TYPE_MISMATCH, NON_LITERAL_PIVOT_VALUES */
function pivotValue(
  { cells: given, name }: PivotValue,
  node: Pivot,
  columns: readonly Expression[],
  scope: Scope,
): Value {
  const cells = given.length < columns.length ? given.flatMap((cell) => fieldsOf(cell, scope)) : given
  const resolved = cells.map((cell) => resolveExpression(cell, { scope, clause: 'GROUP BY' }))
  const nonLiteral = cells.find((_, i) => !isFoldable(resolved[i]!))
  if (nonLiteral) {
    const parameters = { expression: `"${unresolvedText(nonLiteral)}"` }
    throw new MillraceError('NON_LITERAL_PIVOT_VALUES', parameters, { origin: nonLiteral.origin })
  }
  const [from, to] = [typeOf(resolved), typeOf(columns)]
  if (cells.length !== columns.length || !canCast(from, to, 'lenient') || !keepsNulls(from, to))
    throw mismatch(cells, resolved, node, columns)
  const comparisons = cells.map((child, i): UnresolvedExpression => {
    const same: UnresolvedExpression = { kind: 'cast', child, type: columns[i]!.type, mode: 'session' }
    return { kind: 'function', name: '<=>', args: [node.columns[i]!, same] }
  })
  const condition = comparisons.reduce((left, right) => ({ kind: 'function', name: 'and', args: [left, right] }))
  if (name !== undefined) return { name, condition }
  const texts = cells.map((cell, i) => textOf(resolved[i]!, cell, scope))
  return { name: texts.length === 1 ? texts[0]! : `{${texts.join(', ')}}`, condition }
}

/** What several columns are compared with may be one struct. */
function fieldsOf(cell: UnresolvedExpression, scope: Scope): readonly UnresolvedExpression[] {
  const { type } = resolveExpression(cell, { scope, clause: 'GROUP BY' })
  if (type.kind !== 'struct') return [cell]
  return type.fields.map(({ name }) => ({ kind: 'extractValue', child: cell, field: name }))
}

/** The type of values together, those of several columns as a struct. */
const typeOf = (values: readonly Expression[]): DataType =>
  values.length === 1
    ? values[0]!.type
    : struct(values.map(({ type, nullable }, i) => ({ name: `col${i + 1}`, type, nullable })))

/** A value as a name: what its text is, also of arrays, maps and structs. */
function textOf(resolved: Expression, cell: UnresolvedExpression, scope: Scope): string {
  const value = constantOf(resolved)
  if (value) return plainText(value.type, value.value)
  const { origin } = cell
  const written: UnresolvedExpression = { kind: 'cast', child: cell, type: STRING, mode: 'session', origin: origin! }
  const text = constantOf(resolveExpression(written, { scope, clause: 'GROUP BY' }))
  return text ? plainText(text.type, text.value) : unresolvedText(cell)
}

function mismatch(
  cells: readonly UnresolvedExpression[],
  resolved: readonly Expression[],
  node: Pivot,
  columns: readonly Expression[],
): MillraceError {
  const text = (names: readonly string[], types: readonly Expression[]): string =>
    types.length === 1
      ? typeName(types[0]!.type)
      : `struct<${types.map(({ type }, i) => `${names[i]}:${typeName(type)}`).join(',')}>`
  const parts = cells.map((cell, i) =>
    cells.length === 1 ? unresolvedText(cell) : `col${i + 1}, ${unresolvedText(cell)}`,
  )
  const parameters = {
    value: cells.length === 1 ? parts[0]! : `named_struct(${parts.join(', ')})`,
    valueType: text(
      cells.map((_, i) => `col${i + 1}`),
      resolved,
    ),
    pivotType: text(
      node.columns.map((column) => unresolvedText(column)),
      columns,
    ),
  }
  return new MillraceError('PIVOT_VALUE_DATA_TYPE_MISMATCH', parameters, { origin: node.origin })
}

/** The expression with its aggregates over only the rows for which a condition holds. */
function onlyRowsOf(e: UnresolvedExpression, condition: UnresolvedExpression): UnresolvedExpression {
  if (e.kind === 'function' && isAggregateCall(e)) {
    const filter: UnresolvedExpression = e.filter
      ? { kind: 'function', name: 'and', args: [condition, e.filter] }
      : condition
    return { ...e, filter }
  }
  return withOperands(e, (operand) => onlyRowsOf(operand, condition))
}

const rowsOf = (filter: UnresolvedExpression): UnresolvedExpression => ({
  kind: 'function',
  name: 'count',
  args: [{ kind: 'star', target: [] }],
  filter,
})

function ifAny(rows: Expression, value: Expression): Expression {
  const when = call('gt', BOOLEAN, [rows, literal(rows.type, 0n)])
  return Object.freeze({ kind: 'case', branches: [{ when, value }], type: value.type, nullable: true })
}

function isNullOfNothing(e: UnresolvedExpression): boolean {
  if (e.kind === 'alias') return isNullOfNothing(e.child)
  return e.kind === 'function' && NULL_OF_NOTHING.has(e.name)
}

/** One aggregate is called like the value, several like the value and themselves. */
function cellName({ aggregates }: Pivot, value: string, aggregate: UnresolvedExpression): string {
  return aggregates.length === 1 ? value : `${value}_${unresolvedText(aggregate)}`
}
