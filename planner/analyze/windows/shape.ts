import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression, WindowSpec } from '../../plan/unresolved/expression.js'
import { aggregateArguments, aggregateFilter } from '../aggregate-arguments.js'
import { type ExpressionContext, resolveExpression, siteOf } from '../expressions.js'
import { AGGREGATES } from '../functions/aggregate.js'
import { checkArity } from '../functions/definition.js'
import { isAggregate, scalarFunction } from '../functions/registry.js'
import { refuseExtras } from '../refuse-extras.js'
import { qualifiedName } from '../scope.js'
import { unresolvedText } from '../unresolved-text.js'
import { OVER_WINDOWS, type WindowShape } from './functions.js'
import { frameText, ownFrame } from './text.js'

type Window = Extract<UnresolvedExpression, { kind: 'window' }>
type Filtered = WindowShape & { readonly filter?: Expression }

/** The function of a window with its arguments. @throws UNSUPPORTED_EXPR_FOR_WINDOW and the conditions of functions */
export function shapeOf(e: Window, spec: WindowSpec, context: ExpressionContext): Filtered {
  const { name } = e.function
  if (Object.hasOwn(OVER_WINDOWS, name)) return ownShape(e, spec, context)
  if (isAggregate(name)) return aggregateShape(e, context)
  scalarFunction(name, e.origin)
  const sqlExpr = siteOf(e.function, name, context.types).sql
  throw new MillraceError('UNSUPPORTED_EXPR_FOR_WINDOW', { sqlExpr }, { origin: e.origin })
}

function ownShape(e: Window, spec: WindowSpec, context: ExpressionContext): WindowShape {
  const call = e.function
  const definition = OVER_WINDOWS[call.name]!
  refuseExtras(call, 'DISTINCT', 'FILTER CLAUSE')
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
    const qualified = unresolvedText(e.function, { name: (parts, at) => qualifiedName(context.scope, parts, at) })
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

function aggregateShape(e: Window, context: ExpressionContext): Filtered {
  const call = e.function
  const definition = AGGREGATES[call.name]!
  if (call.distinct) throw distinctOver(e, context)
  if (!definition.choosesNulls) refuseExtras(call, 'NULLS')
  const args = aggregateArguments(call, context)
  const site = siteOf(call, call.name, context.types)
  checkArity(definition, args.length, site)
  const built = definition.build(args, site, call)
  const shape = { ...built, ignoresNulls: built.ignoresNulls === true }
  return call.filter ? { ...shape, filter: aggregateFilter(call.filter, e.origin, context) } : shape
}

function distinctOver(e: Window, { types }: ExpressionContext): MillraceError {
  const windowExpr = siteOf(e, e.function.name, types).sql
  return new MillraceError('DISTINCT_WINDOW_FUNCTION_UNSUPPORTED', { windowExpr }, { origin: e.origin })
}
