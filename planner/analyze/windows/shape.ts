import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression, WindowSpec } from '../../plan/unresolved/expression.js'
import type { ExpressionContext } from '../expression-context.js'
import { resolveExpression, siteOf } from '../expressions.js'
import { AGGREGATES } from '../functions/aggregates/index.js'
import { checkArity } from '../functions/definition.js'
import { scalarFunction } from '../functions/registry.js'
import { aggregateFilter } from '../grouping/aggregate-arguments.js'
import { aggregateSql, aggregateValue } from '../grouping/aggregate-call.js'
import { qualifiedName } from '../names/scope.js'
import { refuseExtras } from '../refuse-extras.js'
import { unresolvedText } from '../unresolved-text.js'
import { OVER_WINDOWS, type WindowShape } from './functions.js'
import { frameText, ownFrame } from './text.js'

type Window = Extract<UnresolvedExpression, { kind: 'window' }>
export type Filtered = WindowShape & { readonly filter?: Expression }

/** A function that only windows have, with its arguments. @throws UNSUPPORTED_EXPR_FOR_WINDOW and the conditions of functions */
export function shapeOf(e: Window, spec: WindowSpec, context: ExpressionContext): WindowShape {
  const { name } = e.function
  if (Object.hasOwn(OVER_WINDOWS, name)) return ownShape(e, spec, context)
  scalarFunction(name, e.origin)
  const sqlExpr = siteOf(e.function, name, context.types).sql
  throw new MillraceError('UNSUPPORTED_EXPR_FOR_WINDOW', { sqlExpr }, { origin: e.origin })
}

function ownShape(e: Window, spec: WindowSpec, context: ExpressionContext): WindowShape {
  const call = e.function
  const definition = OVER_WINDOWS[call.name]!
  refuseExtras(call, 'DISTINCT', 'FILTER CLAUSE', 'WITHIN GROUP (ORDER BY ...)')
  if (!definition.choosesNulls) refuseExtras(call, 'NULLS')
  const args = call.args.map((arg) => resolveExpression(arg, context))
  const site = siteOf(call, call.name, context.types)
  checkArity(definition, args.length, site)
  const shape = definition.build(args, call, site)
  checkWindow(e, spec, context)
  return shape
}

/** Whether the window is ordered where it must be, and has no frame where the function brings its own. */
function checkWindow(e: Window, spec: WindowSpec, context: ExpressionContext): void {
  const { name } = e.function
  const { origin } = e
  if (spec.orderBy.length === 0) {
    const qualified = unresolvedText(e.function, { name: (name) => qualifiedName(context.scope, name) })
    throw new MillraceError('WINDOW_FUNCTION_FRAME_NOT_ORDERED', { wf_name: name, wf_expr: qualified }, { origin })
  }
  if (!spec.frame) return
  if (name === 'lag' || name === 'lead')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1035', { prettyName: name }, { origin })
  const own = ownFrame(name)
  if (!own) return
  const text = (frame: typeof own): string => frameText(frame, unresolvedText, () => false)
  const [wf, required] = [text(spec.frame), text(own)]
  if (wf !== required) throw new MillraceError('_LEGACY_ERROR_TEMP_1036', { wf, required }, { origin })
}

/** What an aggregate over a window resolves to; `of` gives the results of those it is made of. */
export function aggregateOver(e: Window, context: ExpressionContext, of: (shape: Filtered) => Expression): Expression {
  const call = e.function
  if (call.written) {
    const feature = `the aggregate ${call.written.name.join('.')} of the program over a window`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: e.origin })
  }
  if (call.distinct) throw distinctOver(e, context)
  checkSpec(e, context)
  const filter = call.filter && aggregateFilter(call.filter, e.origin, context)
  return aggregateValue(call, context, siteOf(call, call.name, context.types), ({ ignoresNulls, ...built }) =>
    of({ ...built, ignoresNulls: ignoresNulls === true, ...(filter ? { filter } : {}) }),
  )
}

/** @throws INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC */
function checkSpec({ function: call, over, origin }: Window, { types }: ExpressionContext): void {
  if (over.kind === 'named' || !AGGREGATES[call.name]!.isOfPartitions?.(call)) return
  if (over.orderBy.length === 0 && !over.frame) return
  const aggFunc = aggregateSql(call, (e) => siteOf(e, call.name, types).sql)
  throw new MillraceError('INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC', { aggFunc }, { origin })
}

function distinctOver(e: Window, { types }: ExpressionContext): MillraceError {
  const windowExpr = siteOf(e, e.function.name, types).sql
  return new MillraceError('DISTINCT_WINDOW_FUNCTION_UNSUPPORTED', { windowExpr }, { origin: e.origin })
}
