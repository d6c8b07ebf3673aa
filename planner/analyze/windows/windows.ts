import { isOrderable } from '../../../columnar/orderable-types.js'
import { quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { isStreaming } from '../../physical/streaming.js'
import { reference } from '../../plan/expression/build.js'
import type {
  Expression,
  ExprId,
  NamedExpression,
  SortOrder,
  WindowCall,
  WindowFrame,
} from '../../plan/expression/expression.js'
import { canonicalText, foldText } from '../../plan/expression/same.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression, WindowSpec } from '../../plan/unresolved/expression.js'
import type { ExpressionContext, WindowResolver } from '../expression-context.js'
import { resolveExpression } from '../expressions.js'
import { isAggregateCall } from '../grouping/of-group.js'
import { withLayer } from '../names/visible.js'
import { partsOf, sortOrders } from '../sort-order.js'
import { unresolvedText } from '../unresolved-text.js'
import { inSharedOrder, type WindowGroup } from './arrange.js'
import { FrameResolver } from './frame.js'
import { missingWindow } from './missing.js'
import { aggregateOver, type Filtered, shapeOf } from './shape.js'
import { defaultFrame, ownFrame, windowText } from './text.js'

type Window = Extract<UnresolvedExpression, { kind: 'window' }>

interface Keys {
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortOrder[]
}

/** What is computed in one go: windows over nothing but the input and the windows of lower levels. */
interface Level {
  /** Keys and arguments that are no columns, which are made columns first. */
  readonly columns: Map<string, NamedExpression>
  readonly groups: Map<string, WindowGroup & { readonly calls: WindowCall[] }>
}

/**
 * The functions over windows of a select: each is computed once however often it is written, those with the same keys and order together.
 * Functions over the results of others come above them.
 */
export class Windows implements WindowResolver {
  readonly #nextId: () => ExprId
  readonly #levels: Level[] = []
  readonly #levelOf = new Map<ExprId, number>()
  readonly #known = new Map<string, WindowCall>()
  readonly #written = new Map<ExprId, Window>()

  constructor(nextId: () => ExprId) {
    this.#nextId = nextId
  }

  get isEmpty(): boolean {
    return this.#levels.length === 0
  }

  /** Whether an expression is computed over a window. */
  isUsedBy(e: Expression): boolean {
    return [...referencesOf(e)].some((id) => this.#written.has(id))
  }

  /** @throws MISSING_WINDOW_SPECIFICATION, WINDOW_FUNCTION_FRAME_NOT_ORDERED and the conditions of functions and frames */
  value(e: Window, context: ExpressionContext): Expression {
    const spec = e.over
    if (spec.kind === 'named') throw missingWindow(spec.name, e.origin)
    const within = { ...context, windows: this }
    const resolved = spec.partitionBy.flatMap((key) => partsOf(partitionKey(key, within)))
    const orders = spec.orderBy.flatMap((order) => sortOrders(order, (child) => resolveExpression(child, within)))
    const of = (shape: Filtered): Expression =>
      this.#result(e, shape, { partitionBy: resolved, orderBy: orders }, within)
    return isAggregateCall(e.function) ? aggregateOver(e, within, of) : of(shapeOf(e, spec, within))
  }

  /** The column of a function over a window. */
  #result(e: Window, shape: Filtered, { partitionBy, orderBy }: Keys, context: ExpressionContext): Expression {
    const used = [...partitionBy, ...orderBy.map(({ expression }) => expression), ...shape.args]
    const level = this.#levelFor(shape.filter ? [...used, shape.filter] : used)
    const keys = partitionBy.map((key) => this.#column(level, key))
    const orders = orderBy.map((order) =>
      Object.freeze({ ...order, expression: this.#column(level, order.expression) }),
    )
    const frame = frameOf(e, e.over as WindowSpec, shape.offset, orders, context)
    const { offset: _inFrame, ...rest } = shape
    const call: WindowCall = Object.freeze({
      ...rest,
      id: this.#nextId(),
      name: unresolvedText(e, { typeOf: (operand) => context.types?.get(operand) }),
      args: shape.args.map((arg) => this.#column(level, arg)),
      ...(shape.filter ? { filter: this.#column(level, shape.filter) } : {}),
      frame,
      ...(e.origin ? { origin: e.origin } : {}),
    })
    return reference(this.#added(level, { partitionBy: keys, orderBy: orders }, call, e), e.origin)
  }

  /** The relation with a column for each function over a window. @param shown what the select gives, for messages */
  attach(input: LogicalPlan, shown: readonly NamedExpression[]): LogicalPlan {
    if (!this.isEmpty && isStreaming(input)) throw this.#onStream(shown)
    return this.#levels.reduce((plan, { columns, groups }) => {
      const below = columns.size > 0 ? withLayer(plan, [...columns.values()]) : plan
      return inSharedOrder([...groups.values()]).reduce<LogicalPlan>(
        (over, { partitionBy, orderBy, calls }) =>
          Object.freeze({ kind: 'window', input: over, partitionBy, orderBy, calls }),
        below,
      )
    }, input)
  }

  /** The level above those of the windows that expressions use. */
  #levelFor(expressions: readonly Expression[]): Level {
    const used = expressions.flatMap((e) => [...referencesOf(e)])
    const level = used.reduce((highest, id) => Math.max(highest, (this.#levelOf.get(id) ?? -1) + 1), 0)
    while (this.#levels.length <= level) this.#levels.push({ columns: new Map(), groups: new Map() })
    return this.#levels[level]!
  }

  /** The expression as a column or constant. */
  #column(level: Level, e: Expression): Expression {
    if (e.kind === 'attribute' || e.kind === 'literal') return e
    const text = canonicalText(e)
    const known = level.columns.get(text) ?? Object.freeze({ id: this.#nextId(), name: '_window', expression: e })
    level.columns.set(text, known)
    return reference(attributeOf(known), e.origin)
  }

  #added(level: Level, keys: Keys, call: WindowCall, written: Window): WindowCall {
    const group = `${keys.partitionBy.map(canonicalText).join()}|${keys.orderBy.map(orderText).join()}`
    const text = `${this.#levels.indexOf(level)}|${group}|${callText(call)}`
    const known = this.#known.get(text)
    if (known) return known
    this.#known.set(text, call)
    this.#levelOf.set(call.id, this.#levels.indexOf(level))
    this.#written.set(call.id, written)
    const existing = level.groups.get(group)
    if (existing) existing.calls.push(call)
    else level.groups.set(group, { ...keys, calls: [call] })
    return call
  }

  #onStream(shown: readonly NamedExpression[]): MillraceError {
    const [id, written] = [...this.#written][0]!
    const column = shown.find(({ expression }) => referencesOf(expression).has(id))
    const text = (e: UnresolvedExpression): string => unresolvedText(e)
    const spec = written.over as WindowSpec
    const frame = spec.frame ?? ownFrame(written.function.name) ?? defaultFrame(spec)
    const parameters = {
      windowFunc: text(written.function).toUpperCase(),
      columnName: quotedName(column?.name ?? text(written)),
      windowSpec: windowText({ ...spec, frame }, text, undefined).toUpperCase(),
    }
    return new MillraceError('NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING', parameters, { origin: written.origin })
  }
}

function partitionKey(e: UnresolvedExpression, context: ExpressionContext): Expression {
  const key = resolveExpression(e, context)
  if (!isOrderable(key.type)) {
    const parameters = { expr: `"${unresolvedText(e)}"`, exprType: quotedTypeName(key.type) }
    throw new MillraceError('EXPRESSION_TYPE_IS_NOT_ORDERABLE', parameters, { origin: e.origin })
  }
  return key
}

/** The frame as written, or as the function or the window has it. */
function frameOf(
  e: Window,
  spec: WindowSpec,
  offset: number | undefined,
  orderBy: readonly SortOrder[],
  context: ExpressionContext,
): WindowFrame {
  if (offset !== undefined) {
    const bound = { kind: 'offset', offset } as const
    return { unit: 'rows', lower: bound, upper: bound }
  }
  const frame = spec.frame ?? ownFrame(e.function.name) ?? defaultFrame(spec)
  return new FrameResolver(spec, frame, orderBy, context).resolve()
}

const orderText = ({ expression, direction, nulls }: SortOrder): string =>
  `${canonicalText(expression)} ${direction} ${nulls}`

function callText({ fn, fold, finish, args, filter, ignoresNulls, n, frame }: WindowCall): string {
  const bound = (b: WindowFrame['lower']): unknown => (b.kind === 'value' ? canonicalText(b.value) : b)
  return JSON.stringify([
    fold ? foldText(fold) : finish ? canonicalText(finish) : fn,
    args.map(canonicalText),
    filter && canonicalText(filter),
    ignoresNulls,
    n,
    frame.unit,
    bound(frame.lower),
    bound(frame.upper),
  ])
}
