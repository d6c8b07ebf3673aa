import { BIGINT, BOOLEAN, INT, INTERVAL_DT } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { call, conjunction, fieldOf, literal, reference } from '../plan/expression/build.js'
import type { Attribute, Call, Expression, ExprId } from '../plan/expression/expression.js'
import { isTimeWindow } from '../plan/expression/foldable.js'
import { canonicalText } from '../plan/expression/same.js'
import { childrenOf } from '../plan/expression/transform.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { isOverOne, mapExpressions, transformPlanUp, withInput } from '../plan/logical/transform.js'
import { type Computing, computedBelow } from './computed-below.js'
import { keepAll } from './names/visible.js'

/**
 * Gives relations the windows of time that their expressions ask for: rows come once for each window that they lie in, so those whose time is NULL not
 * at all, as in Spark wherever such a window stands.
 * @throws _LEGACY_ERROR_TEMP_1039, UNSUPPORTED_FEATURE
 */
export const withTimeWindows = (plan: LogicalPlan, nextId: () => ExprId): LogicalPlan =>
  transformPlanUp(plan, (node) => {
    const tumbling = withTimes(node)
    return computedBelow(tumbling, windowsOf(nextId), nextId)
  })

/** The windows that expressions of a relation stand for, each once, with the times they are of. */
function windowsIn(node: LogicalPlan): ReadonlyMap<string, { readonly at: Expression; readonly origin?: Origin }> {
  const windows = new Map<string, { readonly at: Expression; readonly origin?: Origin }>()
  const visit = (e: Expression): void => {
    const isTumbling = e.kind === 'call' && e.fn === 'window_start'
    const isSliding = isTimeWindow(e) && e.routine!.name === 'sliding'
    if (isTumbling || isTimeWindow(e)) {
      const at = e.args[isSliding ? 1 : 0]!
      windows.set(canonicalText(e), { at, ...(e.origin ? { origin: e.origin } : {}) })
    }
    // The first operand of a sliding window is when the last one begins that a row lies in.
    childrenOf(e).forEach((child, i) => {
      if (!isSliding || i > 0) visit(child)
    })
  }
  mapExpressions(node, (e) => {
    visit(e)
    return e
  })
  return windows
}

/** A relation over rows that have a time. */
function withTimes(node: LogicalPlan): LogicalPlan {
  if (!isOverOne(node)) return node
  const windows = [...windowsIn(node).values()]
  if (windows.length > 1) throw new MillraceError('_LEGACY_ERROR_TEMP_1039', {}, { origin: windows[0]!.origin })
  const condition = conjunction(
    windows.filter(({ at }) => at.nullable).map(({ at }) => call('is_not_null', BOOLEAN, [at])),
  )
  if (!condition) return node
  const input: LogicalPlan = Object.freeze({ kind: 'filter', input: node.input, condition })
  return withInput(node, input)
}

const windowsOf = (nextId: () => ExprId): Computing => ({
  isComputed: isTimeWindow,
  columnOf: ({ routine, type }, id) => Object.freeze({ id, name: routine!.label, type, nullable: false }),
  check() {},
  attach: (input, calls) =>
    calls.reduce(
      (below, { call: window, column }) =>
        window.routine!.name === 'sliding'
          ? withSliding(below, window, column, nextId)
          : withSession(below, window, column),
      input,
    ),
  refused: (_, { routine, origin }) =>
    new MillraceError('UNSUPPORTED_FEATURE', { feature: `${routine!.label} over more than one relation` }, { origin }),
})

function withWindow(input: LogicalPlan, column: Attribute, start: Expression, end: Expression): LogicalPlan {
  const expression = call('named_struct', column.type, [start, end])
  const { id, name } = column
  const projections = [...keepAll(outputOf(input)), Object.freeze({ id, name, expression })]
  return Object.freeze({ kind: 'project', input, projections })
}

/** A gap that is not positive, or none, leaves a row in no session. */
function withSession(input: LogicalPlan, { args: [at, end] }: Call, column: Attribute): LogicalPlan {
  const condition = call('gt', BOOLEAN, [end!, at!])
  return withWindow(Object.freeze({ kind: 'filter', input, condition }), column, at!, end!)
}

const MAX_WINDOWS = 2n ** 31n - 1n

/** Rows once for each window, from the last one that they lie in back. */
function withSliding(
  input: LogicalPlan,
  { args: [last, at, ...durations], origin }: Call,
  column: Attribute,
  nextId: () => ExprId,
): LogicalPlan {
  const [length, slide] = durations.map((e) => (e.kind === 'literal' ? (e.value as bigint) : 0n)) as [bigint, bigint]
  const count = (length + slide - 1n) / slide
  if (count > MAX_WINDOWS)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${count} windows of one row` }, { origin })
  const number: Attribute = Object.freeze({ id: nextId(), name: 'window_number', type: INT, nullable: false })
  const copies: LogicalPlan = Object.freeze({ kind: 'replicate', input, times: literal(BIGINT, count), number })
  const back = call('interval_multiply', INTERVAL_DT, [literal(INTERVAL_DT, -slide), reference(number)])
  const start = call('timestamp_add', at!.type, [last!, back])
  const end = call('timestamp_add', at!.type, [start, literal(INTERVAL_DT, length)])
  const windows = withWindow(copies, column, start, end)
  // Where the length is no multiple of the slide, a row lies in one window less between two.
  if (length % slide === 0n || column.type.kind !== 'struct') return windows
  const isWithin = call('lt', BOOLEAN, [at!, fieldOf(reference(column), column.type.fields, 1)])
  return Object.freeze({ kind: 'filter', input: windows, condition: isWithin })
}
