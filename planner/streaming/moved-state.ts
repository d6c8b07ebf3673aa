import { BIGINT, type DataType, type Field, sameType } from '../../columnar/types.js'
import type { SourceDescription, StateRows } from '../../connectors/api.js'
import type { IdGenerator } from '../analyze/id-generator.js'
import { keep, withLayer } from '../analyze/names/visible.js'
import { groupOfCell, presentCells } from '../analyze/sources/cell-rows.js'
import { countedRows, numberOf } from '../analyze/sources/state-rows.js'
import { cast, fieldOf, literal, reference, routineCall } from '../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../plan/expression/expression.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import { attributeOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { type KeptParts, keptColumns } from '../plan/physical/stateful.js'
import { expressionOf } from './value-in-row.js'

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
  const { rows, columns: known } = countedRows(source, nextId)
  const projections = keptColumns(parts).map((column, i): NamedExpression => {
    const place = places[i]!
    const expression = place === null ? startOf(column)! : widened(reference(known[place]!), column.type)
    return Object.freeze({ id: nextId(), name: column.name, expression })
  })
  const columns = projections.map(attributeOf)
  const input: LogicalPlan = Object.freeze({ kind: 'project', input: rows, projections })
  const present = parts.cells ? presentCells(input, reference(columns[1]!)) : input
  const keys = dividingKeys(parts, columns, nextId)
  const orders = keys.map((key) => ({
    expression: reference(attributeOf(key)),
    direction: 'asc' as const,
    nulls: 'first' as const,
  }))
  const divided: LogicalPlan = Object.freeze({
    kind: 'repartition',
    input: withLayer(present, keys),
    by: 'hash',
    orders,
    partitions,
  })
  return isNumbered(parts)
    ? renumbered(divided, columns, nextId)
    : Object.freeze({ kind: 'project', input: divided, projections: columns.map(keep) })
}

/** What the operator divides rows by. */
function dividingKeys(
  { cells, keys, severalRows }: KeptParts,
  columns: readonly Attribute[],
  nextId: IdGenerator,
): readonly NamedExpression[] {
  if (cells) return groupsOf(reference(columns[0]!), cells.keys, nextId)
  if (typeof severalRows !== 'object' || severalRows.kind !== 'joined') return columns.slice(0, keys.length).map(keep)
  return severalRows.keys.map((key, i) =>
    Object.freeze({ id: nextId(), name: `key${i}`, expression: expressionOf(key, columns) }),
  )
}

const isNumbered = ({ severalRows }: KeptParts): boolean =>
  typeof severalRows === 'object' && severalRows.kind === 'joined' && severalRows.isNumbered

/** Rows of a join with other numbers: those of several partitions may come together. */
function renumbered(input: LogicalPlan, columns: readonly Attribute[], nextId: IdGenerator): LogicalPlan {
  const number = numberOf(columns)
  const column = Object.freeze({ ...number, id: nextId() })
  const call = routineCall(
    { by: 'draw', name: 'drawRow', label: number.name },
    BIGINT,
    [literal(BIGINT, 0n)],
    undefined,
  )
  const drawn: LogicalPlan = Object.freeze({ kind: 'draw', input, call, column })
  const projections = columns.map((one) => keep(one === number ? column : one))
  return Object.freeze({ kind: 'project', input: drawn, projections })
}

/** The columns that the group of a cell has, by which the operator divides rows. */
function groupsOf(cell: Expression, keys: readonly Field[], nextId: IdGenerator): readonly NamedExpression[] {
  const group = groupOfCell(cell, keys)
  return keys.map(({ name }, i) => Object.freeze({ id: nextId(), name, expression: fieldOf(group, keys, i) }))
}

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
