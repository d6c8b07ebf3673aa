import { typeName } from '../../columnar/types.js'
import { reference } from '../plan/expression/build.js'
import type { Expression, ExprId } from '../plan/expression/expression.js'
import { literalText } from '../plan/expression/literal-text.js'
import { aggregateText, type ColumnText, sqlText } from '../plan/expression/sql-text.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalAggregate, LogicalDeduplicate, LogicalPlan } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import type { OutputMode } from '../plan/physical/stateful.js'
import { eventTimeKey } from './streaming.js'

/** A longer definition gets a name, so that the text grows with the query and not faster. */
const MOST_INLINE = 200

/**
 * All that shapes the state of an aggregate. Columns are written as what they are computed from, down to the columns of the sources; the line of an aggregate
 * over a window so tells its length.
 */
export function signatureOfAggregate(plan: LogicalAggregate, outputMode: OutputMode): string {
  const columns = new ColumnTexts(plan.input)
  const keys = plan.keys.map(
    ({ name, expression }) => `${name} ${typeName(expression.type)}: ${sqlText(expression, columns.text)}`,
  )
  const aggregates = plan.aggregates.map((call) => {
    const types = call.args.map(({ type }) => typeName(type)).join(', ')
    return `${aggregateText(call, columns.text)} of (${types}) as ${typeName(call.type)}`
  })
  const expiring = outputMode === 'complete' ? undefined : eventTimeKey(plan)
  const kept = expiring ? `until ${plan.keys[expiring.ordinal]!.name} is final` : 'for ever'
  const where = columns.named.length === 0 ? '' : ` where ${columns.named.join(', ')}`
  return `aggregate by [${keys.join(', ')}] of [${aggregates.join(', ')}] kept ${kept}${where}`
}

/** All that shapes what is kept of the rows of a stream whose duplicates are dropped. */
export function signatureOfDeduplicate({ input, keys, eventTime }: LogicalDeduplicate, keptMicros?: bigint): string {
  const columns = new ColumnTexts(input)
  const text = (id: ExprId): string => {
    const column = outputOf(input).find((a) => a.id === id)!
    return `${column.name} ${typeName(column.type)}: ${columns.text(reference(column))}`
  }
  const kept = keptMicros === undefined ? 'for ever' : `${keptMicros} µs after ${text(eventTime!.column)}`
  const texts = keys.map(text).join(', ')
  const where = columns.named.length === 0 ? '' : ` where ${columns.named.join(', ')}`
  return `duplicates by [${texts}] kept ${kept}${where}`
}

/** Columns as the texts of what they are computed from. */
class ColumnTexts {
  /** Definitions that have a name, in the order of their names. */
  readonly named: string[] = []
  readonly #definitions = new Map<ExprId, Expression>()
  readonly #texts = new Map<ExprId, string>()

  constructor(plan: LogicalPlan) {
    this.#collect(plan)
  }

  readonly text: ColumnText = (column) => {
    if (column.kind === 'bound') return column.name
    const known = this.#texts.get(column.id)
    if (known !== undefined) return known
    const definition = this.#definitions.get(column.id)
    this.#texts.set(column.id, column.name)
    const text = definition ? this.#shortened(sqlText(definition, this.text)) : column.name
    this.#texts.set(column.id, text)
    return text
  }

  #shortened(text: string): string {
    if (text.length <= MOST_INLINE) return text
    const name = `#${this.named.length + 1}`
    this.named.push(`${name} = ${text}`)
    return name
  }

  #collect(plan: LogicalPlan): void {
    const projections = plan.kind === 'project' ? plan.projections : []
    for (const { id, expression } of projections) {
      // A plain column keeps its id.
      if (!(expression.kind === 'attribute' && expression.id === id)) this.#definitions.set(id, expression)
    }
    if (plan.kind === 'expand')
      plan.added.forEach(({ id, type }, i) => {
        const constants = plan.copies.map((copy) => literalText(type, copy[i]!))
        this.#texts.set(id, this.#shortened(`one of (${constants.join(', ')})`))
      })
    for (const input of inputsOf(plan)) this.#collect(input)
  }
}
