import { array, BOOLEAN, type Field, field, INT, struct } from '../../../columnar/types.js'
import type { SeveralRows, SourceDescription, StateRows } from '../../../connectors/api.js'
import { call, cast, fieldOf, literal, reference } from '../../plan/expression/build.js'
import type {
  AggregateCall,
  Attribute,
  Expression,
  NamedExpression,
  SortOrder,
  WindowCall,
  WindowFrame,
} from '../../plan/expression/expression.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { expressionOf } from '../../streaming/value-in-row.js'
import { folded } from '../functions/aggregates/fold.js'
import { valueBy } from '../functions/aggregates/picked.js'
import type { IdGenerator } from '../id-generator.js'
import { columnsOf, keep } from '../names/visible.js'
import { rowsOfCells } from './cell-rows.js'

type StateSource = SourceDescription & { readonly state: StateRows }

/** Rows of a state with the columns that its files have. */
export interface CountedRows {
  readonly rows: LogicalPlan
  readonly partition: Attribute
  readonly columns: readonly Attribute[]
}

/** Rows in files, among which are some that count no more. */
interface FileRows extends CountedRows {
  readonly age: Attribute
  /** Up to when rows of the file have expired. */
  readonly until: Attribute
}

/** The rows of a state. Keys and values are structs. */
export function rowsOfState(source: StateSource, nextId: IdGenerator): LogicalPlan {
  const { state } = source
  const { rows: input, partition, columns } = countedRows(source, nextId)
  const [key, value] = shownOf(state, columns)
  const projections = [
    Object.freeze({ id: nextId(), name: 'key', expression: key }),
    Object.freeze({ id: nextId(), name: 'value', expression: value }),
    Object.freeze({ id: nextId(), name: 'partition_id', expression: reference(partition) }),
  ]
  const rows: LogicalPlan = Object.freeze({ kind: 'project', input, projections })
  return state.cells ? rowsOfCells(rows, state.cells, nextId) : rows
}

/** The rows that count, of those in the files of a state: what became of each, unless it expired there or in a later file. */
export function countedRows({ state, ...source }: StateSource, nextId: IdGenerator): CountedRows {
  const output = columnsOf(source.schema, nextId)
  const [partition, age, until, ...columns] = output as readonly [Attribute, Attribute, Attribute, ...Attribute[]]
  const scan: LogicalPlan = Object.freeze({ kind: 'scan', source, output, filters: [], streaming: false })
  const newest = newestRows(state, { rows: scan, partition, age, until, columns }, nextId)
  const rows = state.expires
    ? stillThere(newest.rows, expressionOf(state.expires, newest.columns), reference(newest.until))
    : newest.rows
  return { rows, partition, columns: newest.columns }
}

type NewestRows = Pick<FileRows, 'rows' | 'columns' | 'until'>

function newestRows(state: StateRows, files: FileRows, nextId: IdGenerator): NewestRows {
  const { severalRows: several, keys, tellsRemoved } = state
  const { age, columns } = files
  if (several === undefined) {
    const order = tellsRemoved ? ageOfCell(age, columns[keys.length]!) : reference(age)
    return newestByKeys(files, columns.slice(0, keys.length), order, nextId)
  }
  if (several.kind === 'sessions') return widestSessions(files, keys.length, nextId)
  return several.isNumbered ? newestByKeys(files, [numberOf(columns)], reference(age), nextId) : files
}

/** The number of a row of a join that has one. */
export const numberOf = (columns: readonly Attribute[]): Attribute => columns.at(-2)!

/** Of the rows with the same keys, in the files of the same partition, the one in the newest file. */
function newestByKeys(
  { rows: input, partition, until, columns }: FileRows,
  keys: readonly Attribute[],
  order: Expression,
  nextId: IdGenerator,
): NewestRows {
  const kept = [until, ...columns.filter((column) => !keys.includes(column))]
  // Aggregates choose values of any type but structs, so it is a list with one.
  const one = call('array', array(struct(kept), false), [
    structOf(
      kept,
      kept.map((column) => reference(column)),
    ),
  ])
  const newest: AggregateCall = Object.freeze({
    id: nextId(),
    name: 'newest',
    distinct: false,
    ...folded(valueBy('min_by', one.type, INT, 'lt'), [one, order]),
  })
  const groupKeys = [partition, ...keys].map(keep)
  const latest: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys: groupKeys, aggregates: [newest] })
  const row = call('get', struct(kept), [reference(newest), literal(INT, 0)], { nullable: true })
  const values = kept.map(({ name }, i) => Object.freeze({ id: nextId(), name, expression: fieldOf(row, kept, i) }))
  const projections: readonly NamedExpression[] = [...groupKeys, ...values]
  const [untilNewest, ...others] = values.map(attributeOf)
  const inPlace = columns.map((column) => (keys.includes(column) ? column : others.shift()!))
  return {
    rows: Object.freeze({ kind: 'project', input: latest, projections }),
    columns: inPlace,
    until: untilNewest!,
  }
}

/** Of two rows of one file, the one that has a value is newer. */
const ageOfCell = (age: Attribute, value: Attribute): Expression => {
  const isRemoved = cast(isNull(reference(value)), INT, 'ansi')
  return call('bits_or', INT, [call('shift_left', INT, [reference(age), literal(INT, 1)]), isRemoved])
}

const ROWS_BEFORE: WindowFrame = {
  unit: 'rows',
  lower: { kind: 'unbounded' },
  upper: { kind: 'offset', offset: -1 },
}

/**
 * Sessions without those that became part of another one, which has all of their time; of two with the same time the one in the newer file. In the order of their begins,
 * the longest first, a session is part of another one if any before ends when it does or later.
 */
function widestSessions(files: FileRows, keys: number, nextId: IdGenerator): NewestRows {
  const { rows: input, partition, age, columns } = files
  const [start, end] = columns.slice(keys) as [Attribute, Attribute]
  const order = (column: Attribute, direction: SortOrder['direction']): SortOrder => ({
    expression: reference(column),
    direction,
    nulls: 'first',
  })
  const latest: WindowCall = Object.freeze({
    id: nextId(),
    name: 'latest_end',
    fn: 'max',
    args: [reference(end)],
    ignoresNulls: false,
    frame: ROWS_BEFORE,
    type: end.type,
    nullable: true,
  })
  const inOrder: LogicalPlan = Object.freeze({
    kind: 'window',
    input,
    partitionBy: [partition, ...columns.slice(0, keys)].map((column) => reference(column)),
    orderBy: [order(start, 'asc'), order(end, 'desc'), order(age, 'asc')],
    calls: [latest],
  })
  const isFirst = isNull(reference(latest))
  const isLater = call('gt', BOOLEAN, [reference(end), reference(latest)])
  const condition = call('or', BOOLEAN, [isFirst, isLater])
  return { ...files, rows: Object.freeze({ kind: 'filter', input: inOrder, condition }) }
}

const isNull = (e: Expression): Expression => call('is_null', BOOLEAN, [e])

/** The rows without those that have expired. */
function stillThere(input: LogicalPlan, expiry: Expression, until: Expression): LogicalPlan {
  const isLater = call('gt', BOOLEAN, [expiry, until])
  const condition = call('or', BOOLEAN, [isNull(until), isNull(expiry), isLater])
  return Object.freeze({ kind: 'filter', input, condition })
}

/** The key and the value that a row is shown with: of sessions and joins those of Spark. */
function shownOf(
  { keys, values, severalRows }: StateRows,
  columns: readonly Attribute[],
): readonly [key: Expression, value: Expression] {
  const [ofKeys, ofValues] = [columns.slice(0, keys.length), columns.slice(keys.length)].map((some) =>
    some.map((column) => reference(column)),
  ) as [Expression[], Expression[]]
  if (severalRows === undefined) return [structOf(keys, ofKeys), structOf(values, ofValues)]
  if (severalRows.kind === 'joined') return shownOfJoined(severalRows, values, columns)
  const [[start, end], [startTime, endTime]] = [ofValues, values] as unknown as [Expression[], Field[]]
  const time = structOf([field('start', startTime!.type), field('end', endTime!.type)], [start!, end!])
  return [
    structOf([...keys, field('sessionStartTime', startTime!.type)], [...ofKeys, start!]),
    structOf([field('session_window', time.type, false), ...values.slice(2)], [time, ...ofValues.slice(2)]),
  ]
}

function shownOfJoined(
  { keys, isNumbered }: Extract<SeveralRows, { kind: 'joined' }>,
  values: readonly Field[],
  columns: readonly Attribute[],
): readonly [key: Expression, value: Expression] {
  const found = keys.map((key) => expressionOf(key, columns))
  const shown = isNumbered ? values.slice(0, -2) : values
  return [
    structOf(
      found.map(({ type, nullable }, i) => field(`field${i}`, type, nullable)),
      found,
    ),
    structOf(
      shown,
      columns.slice(0, shown.length).map((column) => reference(column)),
    ),
  ]
}

const structOf = (fields: readonly Field[], values: readonly Expression[]): Expression =>
  call(
    'named_struct',
    struct(fields.map(({ name, type, nullable }) => Object.freeze({ name, type, nullable }))),
    values,
  )
