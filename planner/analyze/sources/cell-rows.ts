import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  type DataType,
  type Field,
  field,
  INT,
  struct,
} from '../../../columnar/types.js'
import type { ShownCells } from '../../../connectors/api.js'
import { call, fieldOf, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { CELL_PARTS, ENTRY_PLACE_BYTES } from '../../plan/state-cells.js'
import type { IdGenerator } from '../id-generator.js'

const MICROS = 1000n

/** The columns of the group that a cell is of. */
export const groupOfCell = (cell: Expression, groups: readonly Field[]): Expression =>
  onlyRow(call('cell_group', rowsOf(groups), [cell]))

/** Rows of a state that are cells without those that were removed, which have no value. */
export const presentCells = (cells: LogicalPlan, value: Expression): LogicalPlan =>
  Object.freeze({ kind: 'filter', input: cells, condition: call('is_not_null', BOOLEAN, [value]) })

/** What lies in the cells of a state variable, as rows of the columns that Spark's source has of it. */
export function rowsOfCells(cells: LogicalPlan, shown: ShownCells, nextId: IdGenerator): LogicalPlan {
  const { cell, value, expires, partition } = partsOf(cells)
  const kind = shown.number + 256 * (shown.kind === 'value' ? CELL_PARTS.whole : CELL_PARTS.member)
  const condition = call('eq', BOOLEAN, [call('cell_kind', INT, [cell]), literal(INT, kind)])
  const named = (name: string, expression: Expression): NamedExpression =>
    Object.freeze({ id: nextId(), name, expression })
  const rowAt = (at: number): Expression => {
    const row = onlyRow(call('unpacked', rowsOf(shown.value), [value, literal(INT, at)]))
    return shown.expires ? withExpiry(row, expires) : row
  }
  const columns = (): readonly NamedExpression[] => {
    switch (shown.kind) {
      case 'value':
        return [named('value', rowAt(0))]
      case 'list':
        return [named('list_element', rowAt(0))]
      case 'map':
        return [
          named('user_map_key', onlyRow(call('cell_member', rowsOf(shown.key), [cell]))),
          named('user_map_value', rowAt(ENTRY_PLACE_BYTES)),
        ]
      case 'timers':
        return [named('expiration_timestamp_ms', call('cell_member', BIGINT, [cell]))]
    }
  }
  const projections = [
    named('key', groupOfCell(cell, shown.groups)),
    ...columns(),
    named('partition_id', reference(partition)),
  ]
  const own: LogicalPlan = Object.freeze({ kind: 'filter', input: presentCells(cells, value), condition })
  return Object.freeze({ kind: 'project', input: own, projections })
}

/** What rows of a state have, where they are cells. */
function partsOf(cells: LogicalPlan) {
  const [key, values, partition] = outputOf(cells) as readonly [Attribute, Attribute, Attribute]
  const fields = [field('value', BINARY), field('expires', BIGINT, false)]
  const [value, expires] = [0, 1].map((i) => fieldOf(reference(values), fields, i)) as [Expression, Expression]
  return { cell: fieldOf(reference(key), [field('cell', BINARY, false)], 0), value, expires, partition }
}

const rowsOf = (fields: readonly Field[]): DataType => array(struct(fields), false)

const onlyRow = (rows: Expression): Expression => {
  const { element } = rows.type as Extract<DataType, { kind: 'array' }>
  return call('get', element, [rows, literal(INT, 0)], { nullable: true })
}

/** As Spark shows what has a time to live: in milliseconds. */
function withExpiry(row: Expression, micros: Expression): Expression {
  const ms = call('int_divide', BIGINT, [micros, literal(BIGINT, MICROS)])
  const fields = [field('value', row.type), field('ttlExpirationMs', BIGINT)]
  return call('named_struct', struct(fields), [row, ms])
}
