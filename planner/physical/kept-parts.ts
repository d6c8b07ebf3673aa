import { BIGINT, field, INT, typeName } from '../../columnar/types.js'
import { digestOf } from '../../common/digest.js'
import { reference } from '../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId } from '../plan/expression/expression.js'
import { literalText } from '../plan/expression/literal-text.js'
import { aggregateText, type ColumnText, sqlText } from '../plan/expression/sql-text.js'
import { transformUp } from '../plan/expression/transform.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalAggregate, LogicalDeduplicate, LogicalJoin, LogicalPlan, Session } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import { aggregateState } from '../plan/physical/aggregate-state.js'
import { type KeptPart, type KeptParts, knowsMatches, type OutputMode } from '../plan/physical/stateful.js'
import { valueInRow } from '../streaming/value-in-row.js'
import { isWidened } from '../streaming/widened.js'
import { eventTimeKey, hasSessionsOfEventTime } from './event-times.js'

/** A longer definition is cut, with a digest of all of it, so that the text grows with the query and not faster. */
const MOST_TEXT = 200

/**
 * All that shapes the state of an aggregate. Columns are written as what they are computed from, down to the columns of the sources; the line of an aggregate
 * over a window so tells its length.
 */
export function partsOfAggregate(plan: LogicalAggregate, outputMode: OutputMode): KeptParts {
  const text = columnTexts(plan.input)
  const keys = keysOf(plan, text)
  const ofKeys = plan.keys.map(({ expression }) => expression)
  const expiring = outputMode === 'complete' ? undefined : eventTimeKey(ofKeys, plan.input)
  if (!expiring) return { keys, values: plan.aggregates.map((call) => partOfAggregate(call, text)), rule: FOR_EVER }
  const { ordinal, endField } = expiring
  return {
    keys,
    values: plan.aggregates.map((call) => partOfAggregate(call, text)),
    rule: `until ${plan.keys[ordinal]!.name} is final`,
    expires: { column: ordinal, ...(endField === undefined ? {} : { field: endField }) },
  }
}

const keysOf = (plan: LogicalAggregate, text: ColumnText): readonly KeptPart[] =>
  plan.keys.map(({ name, expression }) => ({
    meaning: `${name}: ${textOf(expression, text)}`,
    columns: [field(name, expression.type, expression.nullable)],
  }))

/** All that shapes the state of sessions: the times of each are first behind its keys. */
export function partsOfSessions(plan: LogicalAggregate, { start, end }: Session, outputMode: OutputMode): KeptParts {
  const text = columnTexts(plan.input)
  const isTime = ({ id }: AggregateCall): boolean => id === start || id === end
  const times = [start, end].map((time) => plan.aggregates.find(({ id }) => id === time)!)
  const calls = [...times, ...plan.aggregates.filter((call) => !isTime(call))]
  const expires = outputMode !== 'complete' && hasSessionsOfEventTime(plan)
  return {
    keys: keysOf(plan, text),
    values: calls.map((call) => partOfAggregate(call, text)),
    rule: expires ? 'until their session is final' : FOR_EVER,
    severalRows: { kind: 'sessions' },
    ...(expires ? { expires: { column: plan.keys.length + 1 } } : {}),
  }
}

/** All that shapes what is kept of the rows of one of two streams that are joined: all of its columns. They are found by keys, and may expire. */
export function partsOfStreamJoin(
  join: LogicalJoin,
  side: 0 | 1,
  keys: readonly Expression[],
  expiry: Expression | undefined,
): KeptParts {
  const text = columnTexts(join)
  const columns = outputOf(side === 0 ? join.left : join.right)
  const isNumbered = knowsMatches(join.type, side)
  const values = columns.map((column): KeptPart => {
    const { name, type, nullable } = column
    return { meaning: `${name}: ${shortened(text(reference(column)))}`, columns: [field(name, type, nullable)] }
  })
  const match = {
    meaning: 'whether it has a match',
    columns: [field('number', BIGINT, false), field('matched', INT, false)],
  }
  return {
    keys: [],
    values: isNumbered ? [...values, match] : values,
    rule: `for the ${join.type} join on ${join.condition ? textOf(join.condition, text) : 'true'}`,
    severalRows: {
      kind: 'joined',
      side: side === 0 ? 'left' : 'right',
      keys: keys.map((key) => valueInRow(key, columns)),
      isNumbered,
    },
    ...(expiry ? { expires: valueInRow(expiry, columns) } : {}),
  }
}

const FOR_EVER = 'for ever'

function partOfAggregate(call: AggregateCall, text: ColumnText): KeptPart {
  const columns = aggregateState(call)
  // Bytes say nothing of the type of the values in them.
  const isPacked = columns.some(({ type }) => type.kind === 'binary')
  const types = isPacked ? ` of (${call.args.map(({ type }) => typeName(type)).join(', ')})` : ''
  return {
    meaning: `${shortened(aggregateText({ ...call, args: call.args.map(withoutWidening) }, text))}${types}`,
    columns,
  }
}

/** All that shapes what is kept of the rows of a stream whose duplicates are dropped. */
export function partsOfDeduplicate({ input, keys, eventTime }: LogicalDeduplicate, keptMicros?: bigint): KeptParts {
  const text = columnTexts(input)
  const columnOf = (id: ExprId): Attribute => outputOf(input).find((a) => a.id === id)!
  const meaningOf = (column: Attribute): string => `${column.name}: ${shortened(text(reference(column)))}`
  const expires: KeptPart = { meaning: 'when it expires', columns: [field('expires', BIGINT, false)] }
  const known = {
    keys: keys.map(columnOf).map((column): KeptPart => {
      const { name, type, nullable } = column
      return { meaning: meaningOf(column), columns: [field(name, type, nullable)] }
    }),
    values: [expires],
  }
  if (keptMicros === undefined) return { ...known, rule: FOR_EVER }
  const rule = `${keptMicros} µs after ${meaningOf(columnOf(eventTime!.column))}`
  return { ...known, rule, expires: { column: keys.length } }
}

const textOf = (e: Expression, text: ColumnText): string => shortened(sqlText(withoutWidening(e), text))

/** Without casts to wider numbers, which are there or not by what type the column has below. */
const withoutWidening = (e: Expression): Expression =>
  transformUp(e, (node) => (node.kind === 'cast' && isWidened(node.child.type, node.type) ? node.child : node))

const shortened = (text: string): string =>
  text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT / 2)}…#${digestOf(text)}`

/** Columns as the texts of what they are computed from. */
function columnTexts(plan: LogicalPlan): ColumnText {
  const definitions = new Map<ExprId, Expression>()
  const texts = new Map<ExprId, string>()
  const collect = (node: LogicalPlan): void => {
    const projections = node.kind === 'project' ? node.projections : []
    for (const { id, expression } of projections) {
      // A plain column keeps its id.
      if (!(expression.kind === 'attribute' && expression.id === id)) definitions.set(id, expression)
    }
    if (node.kind === 'expand')
      node.added.forEach(({ id, type }, i) => {
        const constants = node.copies.map((copy) => literalText(type, copy[i]!))
        texts.set(id, shortened(`one of (${constants.join(', ')})`))
      })
    for (const input of inputsOf(node)) collect(input)
  }
  collect(plan)
  const text: ColumnText = (column) => {
    if (column.kind === 'bound') return column.name
    const known = texts.get(column.id)
    if (known !== undefined) return known
    const definition = definitions.get(column.id)
    texts.set(column.id, column.name)
    const made = definition ? textOf(definition, text) : column.name
    texts.set(column.id, made)
    return made
  }
  return text
}
