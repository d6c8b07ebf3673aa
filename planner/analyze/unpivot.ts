import { BOOLEAN, type DataType, INT, quotedTypeName, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { groupBy } from '../../common/group-by.js'
import { call, literal, reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { Scope } from './names/scope.js'
import { keep } from './names/visible.js'
import { nameSelectList } from './select-list.js'
import { castTo } from './types/coercion.js'
import { commonType } from './types/common-types.js'

type Unpivot = Extract<UnresolvedRelation, { kind: 'unpivot' }>

/** A row of the output for each row of the input. */
interface Group {
  readonly name: string
  readonly columns: readonly NamedExpression[]
}

/** UNPIVOT: each row once for each group of columns, with the name of the group and the values of its columns. */
export function analyzeUnpivot(node: Unpivot, input: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const scope: Scope = { attributes: outputOf(input) }
  const named = (list: readonly UnresolvedExpression[]): readonly NamedExpression[] =>
    nameSelectList(list, { scope, clause: 'SELECT' }, nextId).projections
  const givenIds = node.ids && named(node.ids)
  const groups = node.groups?.map(({ columns, name }): Group => {
    const values = named(columns)
    return { name: name ?? values.map((value) => value.name).join('_'), columns: values }
  })
  checkAttributes(node, givenIds, groups)
  const ids =
    givenIds ??
    others(
      scope,
      groups!.flatMap(({ columns }) => columns),
    )
  const unpivoted = groups ?? others(scope, ids).map((column): Group => ({ name: column.name, columns: [column] }))
  checkSizes(node, unpivoted)
  const types = node.valueColumns.map((_, i) =>
    typeOf(
      unpivoted.map(({ columns }) => columns[i]!),
      node,
    ),
  )
  return expanded(node, input, ids, unpivoted, types, nextId)
}

/** The columns that none of these are. */
function others(scope: Scope, used: readonly NamedExpression[]): readonly NamedExpression[] {
  const ids = new Set(used.map(({ id, expression }) => (expression.kind === 'attribute' ? expression.id : id)))
  return scope.attributes.filter(({ id }) => !ids.has(id)).map(keep)
}

/** What is to be left over must be told apart from what is given. @throws UNPIVOT_REQUIRES_ATTRIBUTES */
function checkAttributes(
  node: Unpivot,
  ids: readonly NamedExpression[] | undefined,
  groups: readonly Group[] | undefined,
): void {
  const values = groups?.flatMap(({ columns }) => columns)
  const [given, empty, list] = ids ? (['id', 'value', ids] as const) : (['value', 'id', values ?? []] as const)
  if (ids && values) return
  const computed = list.filter(({ expression }) => expression.kind !== 'attribute')
  if (computed.length === 0) return
  const expressions = computed.map(({ name }) => `"${name}"`).join(', ')
  throw new MillraceError('UNPIVOT_REQUIRES_ATTRIBUTES', { given, empty, expressions }, { origin: node.origin })
}

/** @throws UNPIVOT_REQUIRES_VALUE_COLUMNS, UNPIVOT_VALUE_SIZE_MISMATCH */
function checkSizes({ valueColumns, origin }: Unpivot, groups: readonly Group[]): void {
  if (groups.length === 0) throw new MillraceError('UNPIVOT_REQUIRES_VALUE_COLUMNS', {}, { origin })
  if (groups.every(({ columns }) => columns.length === valueColumns.length)) return
  throw new MillraceError('UNPIVOT_VALUE_SIZE_MISMATCH', { names: valueColumns.length }, { origin })
}

/** The type of a column of values; texts and other values have none in common. @throws UNPIVOT_VALUE_DATA_TYPE_MISMATCH */
function typeOf(values: readonly NamedExpression[], { origin }: Unpivot): DataType {
  const types = values.map(({ expression }) => expression.type)
  const isWithText = types.some(({ kind }) => kind === 'string')
  const isTextOnly = types.every(({ kind }) => kind === 'string' || kind === 'void')
  const common = types.reduce<DataType | undefined>((known, type) => known && commonType(known, type), types[0])
  if (common && (!isWithText || isTextOnly)) return common
  const byType = groupBy(values, ({ expression }) => quotedTypeName(expression.type))
  const texts = [...byType].map(([type, ofType]) => {
    const names = ofType.map(({ name }) => quotedName(name)).toSorted()
    return `${type} (${(names.length > 3 ? [...names.slice(0, 3), '...'] : names).join(', ')})`
  })
  const parameters = { types: texts.toSorted().join(', ') }
  throw new MillraceError('UNPIVOT_VALUE_DATA_TYPE_MISMATCH', parameters, { origin })
}

function expanded(
  { nameColumn, valueColumns, includeNulls }: Unpivot,
  input: LogicalPlan,
  ids: readonly NamedExpression[],
  groups: readonly Group[],
  types: readonly DataType[],
  nextId: () => ExprId,
): LogicalPlan {
  const name: Attribute = Object.freeze({ id: nextId(), name: nameColumn, type: STRING, nullable: false })
  const number: Attribute = Object.freeze({ id: nextId(), name: 'group', type: INT, nullable: false })
  const copies = groups.map((group, i) => [group.name, i])
  const values = valueColumns.map((valueName, position): NamedExpression => {
    const cells = groups.map(({ columns }) => castTo(columns[position]!.expression, types[position]!))
    return Object.freeze({ id: nextId(), name: valueName, expression: chosen(reference(number), cells) })
  })
  const projections = [...ids, keep(name), ...values]
  const rows: LogicalPlan = Object.freeze({ kind: 'expand', input, copies, added: [name, number] })
  const projected: LogicalPlan = Object.freeze({ kind: 'project', input: rows, projections })
  const present = values.map((value) => call('is_not_null', BOOLEAN, [reference(attributeOf(value))]))
  if (includeNulls || present.length === 0) return projected
  const condition = present.length === 1 ? present[0]! : call('or', BOOLEAN, present)
  return Object.freeze({ kind: 'filter', input: projected, condition })
}

/** The value whose number a column has. */
function chosen(number: Expression, values: readonly Expression[]): Expression {
  const { type } = values[0]!
  if (values.length === 1) return values[0]!
  const branches = values.map((value, i) => ({ when: call('eq', BOOLEAN, [number, literal(INT, i)]), value }))
  return Object.freeze({ kind: 'case', branches, type, nullable: true })
}
