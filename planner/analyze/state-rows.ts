import { array, BOOLEAN, type DataType, type Field, INT, struct } from '../../columnar/types.js'
import type { SourceDescription, StateRows } from '../../connectors/api.js'
import { call, cast, fieldOf, literal, reference } from '../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, NamedExpression } from '../plan/expression/expression.js'
import { attributeOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { IdGenerator } from './analyze.js'
import { rowsOfCells } from './cell-rows.js'
import { folded } from './functions/aggregates/fold.js'
import { valueBy } from './functions/aggregates/picked.js'
import { columnsOf, keep } from './visible.js'

/**
 * The rows of a state: of those with the same keys, in the files of the same partition, the one in the newest file, unless it expired there or in a
 * later file. Keys and values are structs.
 */
export function rowsOfState(
  { state, ...source }: SourceDescription & { readonly state: StateRows },
  nextId: IdGenerator,
): LogicalPlan {
  const output = columnsOf(source.schema, nextId)
  const [partition, age, until, ...columns] = output as readonly [Attribute, Attribute, Attribute, ...Attribute[]]
  const keys = columns.slice(0, state.keys.length)
  const scan: LogicalPlan = Object.freeze({ kind: 'scan', source, output, filters: [], streaming: false })
  const kept = [until, ...columns.slice(keys.length)]
  // Aggregates choose values of any type but structs, so it is a list with one.
  const one = call('array', array(struct(kept), false), [structOf(kept, kept)])
  const newest: AggregateCall = Object.freeze({
    id: nextId(),
    name: 'newest',
    distinct: false,
    ...folded(valueBy('min_by', one.type, INT, 'lt'), [
      one,
      state.tellsRemoved ? ageOfCell(age, columns[keys.length]!) : reference(age),
    ]),
  })
  const groupKeys = [partition, ...keys].map(keep)
  const latest: LogicalPlan = Object.freeze({ kind: 'aggregate', input: scan, keys: groupKeys, aggregates: [newest] })
  const row = call('get', struct(kept), [reference(newest), literal(INT, 0)], { nullable: true })
  const named = (name: string, expression: Expression): NamedExpression =>
    Object.freeze({ id: nextId(), name, expression })
  const values = kept.map(({ name }, i) => named(name, fieldOf(row, kept, i)))
  const apart: LogicalPlan = Object.freeze({ kind: 'project', input: latest, projections: [...groupKeys, ...values] })
  const [untilLatest, ...others] = values.map(attributeOf)
  const expiry = expiryOf(state, [...keys, ...others])
  const left = expiry ? stillThere(apart, expiry, reference(untilLatest!)) : apart
  const projections = [
    named('key', structOf(state.keys, keys)),
    named('value', structOf(state.values, others)),
    named('partition_id', reference(partition)),
  ]
  const rows: LogicalPlan = Object.freeze({ kind: 'project', input: left, projections })
  return state.cells ? rowsOfCells(rows, state.cells, nextId) : rows
}

/** Of two rows of one file, the one that has a value is newer. */
const ageOfCell = (age: Attribute, value: Attribute): Expression => {
  const isRemoved = cast(call('is_null', BOOLEAN, [reference(value)]), INT, 'ansi')
  return call('bits_or', INT, [call('shift_left', INT, [reference(age), literal(INT, 1)]), isRemoved])
}

/** When a row expires; undefined where none does. */
function expiryOf({ expires }: StateRows, columns: readonly Attribute[]): Expression | undefined {
  if (!expires) return undefined
  const whole = reference(columns[expires.column]!)
  return expires.field === undefined ? whole : fieldOf(whole, fieldsOf(whole.type), expires.field)
}

/** The rows without those that have expired. */
function stillThere(input: LogicalPlan, expiry: Expression, until: Expression): LogicalPlan {
  const isNull = (e: Expression): Expression => call('is_null', BOOLEAN, [e])
  const isLater = call('gt', BOOLEAN, [expiry, until])
  const condition = call('or', BOOLEAN, [isNull(until), isNull(expiry), isLater])
  return Object.freeze({ kind: 'filter', input, condition })
}

const fieldsOf = (type: DataType): readonly Field[] => (type.kind === 'struct' ? type.fields : [])

const structOf = (fields: readonly Field[], columns: readonly Attribute[]): Expression =>
  call(
    'named_struct',
    struct(fields.map(({ name, type, nullable }) => Object.freeze({ name, type, nullable }))),
    columns.map((column) => reference(column)),
  )
