import { type DataType, type Field, sameType } from '../../columnar/types.js'
import type { SourceDescription, StateRows } from '../../connectors/api.js'
import type { IdGenerator } from '../analyze/analyze.js'
import { groupOfCell, presentCells } from '../analyze/cell-rows.js'
import { rowsOfState } from '../analyze/state-rows.js'
import { keep, withLayer } from '../analyze/visible.js'
import { cast, fieldOf, literal, reference } from '../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../plan/expression/expression.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { type KeptParts, keptColumns } from '../plan/physical/stateful.js'

/** How the state of an operator becomes that of another version of the query. */
export interface StateMove {
  readonly operatorId: number
  /** What it is to be. */
  readonly parts: KeptParts
  readonly partitions: number
  /** Of each column that is to be, its place among those that there are; null for one that begins as if no row had come. */
  readonly columns: readonly (number | null)[]
}

/** The rows of a state as they are to be, divided among tasks as the operator has its keys divided. */
export function movedState(
  source: SourceDescription & { readonly state: StateRows },
  { parts, partitions, columns: places }: StateMove,
  nextId: IdGenerator,
): LogicalPlan {
  const rows = parts.cells ? presentCells(rowsOfState(source, nextId)) : rowsOfState(source, nextId)
  const [key, value] = outputOf(rows) as readonly [Attribute, Attribute]
  const known = [...membersOf(key, source.state.keys), ...membersOf(value, source.state.values)]
  const projections = keptColumns(parts).map((column, i): NamedExpression => {
    const place = places[i]!
    const expression = place === null ? startOf(column)! : widened(known[place]!, column.type)
    return Object.freeze({ id: nextId(), name: column.name, expression })
  })
  const columns = projections.map(attributeOf)
  const groups = parts.cells ? groupsOf(reference(columns[0]!), parts.cells.keys, nextId) : []
  const input: LogicalPlan = Object.freeze({ kind: 'project', input: rows, projections })
  const grouped = groups.length === 0 ? input : withLayer(input, groups)
  const keys = parts.cells ? groups.map(attributeOf) : columns.slice(0, parts.keys.length)
  const orders = keys.map((one) => ({
    expression: reference(one),
    direction: 'asc' as const,
    nulls: 'first' as const,
  }))
  const divided: LogicalPlan = Object.freeze({ kind: 'repartition', input: grouped, by: 'hash', orders, partitions })
  return groups.length === 0
    ? divided
    : Object.freeze({ kind: 'project', input: divided, projections: columns.map(keep) })
}

/** The columns that the group of a cell has, by which the operator divides rows. */
function groupsOf(cell: Expression, keys: readonly Field[], nextId: IdGenerator): readonly NamedExpression[] {
  const group = groupOfCell(cell, keys)
  return keys.map(({ name }, i) => Object.freeze({ id: nextId(), name, expression: fieldOf(group, keys, i) }))
}

const membersOf = (struct: Attribute, fields: readonly Field[]): readonly Expression[] =>
  fields.map((_, i) => fieldOf(reference(struct), fields, i))

const widened = (e: Expression, type: DataType): Expression => (sameType(e.type, type) ? e : cast(e, type, 'ansi'))

/** The value of a column of state before any row has come: NULL, or zero where it is never NULL; undefined where there is none. */
export function startOf({ type, nullable }: Field): Expression | undefined {
  if (nullable) return literal(type, null)
  const zero = ZEROS[type.kind]
  return zero === undefined ? undefined : literal(type, zero)
}

const ZEROS: Partial<Record<DataType['kind'], LiteralValue>> = {
  tinyint: 0,
  smallint: 0,
  int: 0,
  bigint: 0n,
  float: 0,
  double: 0,
  decimal: 0n,
  boolean: false,
  binary: new Uint8Array(),
}
