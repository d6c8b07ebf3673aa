import { type DataType, type Field, sameType } from '../../columnar/types.js'
import type { SourceDescription, StateRows } from '../../connectors/api.js'
import type { IdGenerator } from '../analyze/analyze.js'
import { rowsOfState } from '../analyze/state-rows.js'
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
  { parts, partitions, columns }: StateMove,
  nextId: IdGenerator,
): LogicalPlan {
  const rows = rowsOfState(source, nextId)
  const [key, value] = outputOf(rows) as readonly [Attribute, Attribute]
  const known = [...membersOf(key, source.state.keys), ...membersOf(value, source.state.values)]
  const projections = keptColumns(parts).map((column, i): NamedExpression => {
    const place = columns[i]!
    const expression = place === null ? startOf(column)! : widened(known[place]!, column.type)
    return Object.freeze({ id: nextId(), name: column.name, expression })
  })
  const input: LogicalPlan = Object.freeze({ kind: 'project', input: rows, projections })
  const keys = projections.slice(0, parts.keys.length)
  const orders = keys.map((one) => ({
    expression: reference(attributeOf(one)),
    direction: 'asc' as const,
    nulls: 'first' as const,
  }))
  return Object.freeze({ kind: 'repartition', input, by: 'hash', orders, partitions })
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
