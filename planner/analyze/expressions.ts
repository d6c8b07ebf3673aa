import { BOOLEAN, quotedTypeName } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { call, literal } from '../plan/expression/build.js'
import type { Expression } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { buildCollated } from './collations/collated-call.js'
import { noteLiterals } from './collations/shown-literals.js'
import { constantExpression } from './constants/constant-expression.js'
import { constantMember } from './constants/constant-member.js'
import type { ExpressionContext } from './expression-context.js'
import { filledAlike } from './filled-texts.js'
import { buildCase } from './functions/conditional.js'
import { type CallSite, checkArity, type FunctionDefinition } from './functions/definition.js'
import { isWindowFunction, scalarFunction } from './functions/registry.js'
import { aliasesOfOne, misplacedGenerator } from './generators/misplaced.js'
import { isGenerator } from './generators/registry.js'
import { asksForSet, isAggregateCall, isGroupingFunction } from './grouping/of-group.js'
import { isLambda, misplacedLambda, resolveWithLambdas, variableCalled } from './lambdas.js'
import { misplacedAggregate, misplacedStar, misplacedWindow, refuseStarIn, refuseStars } from './misplaced.js'
import { misplacedSubquery } from './misplaced-subquery.js'
import {
  getField,
  isBelowGroups,
  lookUp,
  lookUpAround,
  resolveName,
  type Scope,
  type WrittenName,
} from './names/scope.js'
import { expandStar } from './names/star.js'
import { refuseExtras } from './refuse-extras.js'
import { castMode, literalValue } from './session.js'
import { resolveScalarCall } from './sql-functions/scalar-call.js'
import { resolveMembership, resolveNegated } from './subqueries/member-values.js'
import { outerAggregate } from './subqueries/outer-aggregate.js'
import { explicitCast } from './types/casts.js'
import { unexpectedType, unifyAll } from './types/coercion.js'
import { refuseUnordered } from './types/orderable.js'
import { chainOf, namesIn } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'
import { resolveUserCall } from './user-calls/resolve.js'

type Node<K extends UnresolvedExpression['kind']> = Extract<UnresolvedExpression, { kind: K }>

/** Resolves an expression: names to columns, functions to what they compute, operands to the types these need. */
export function resolveExpression(e: UnresolvedExpression, context: ExpressionContext): Expression {
  const resolved = variableCalled(e, context.variables) ?? context.intercept?.(e) ?? resolveNode(e, context)
  context.types?.set(e, resolved.type)
  return resolved
}

function resolveNode(e: UnresolvedExpression, context: ExpressionContext): Expression {
  switch (e.kind) {
    case 'literal':
      return literal(e.type, literalValue(e), e.origin)
    case 'attribute':
      return resolveAttribute(e, context)
    case 'function':
      return resolveNegated(e, context, resolveExpression) ?? resolveFunction(e, context)
    case 'window':
      if (!context.windows) throw misplacedWindow(e, context)
      return context.windows.value(e, context)
    case 'cast':
      return resolveCast(e, context)
    case 'case':
      return resolveCase(e, context)
    case 'in':
      return resolveIn(e, context)
    case 'scalarSubquery':
    case 'exists':
      if (!context.subqueries) throw misplacedSubquery(e, `in ${context.clause}`)
      return context.subqueries.value(e)
    case 'inSubquery':
      return resolveMembership(e, false, context, resolveExpression)
    case 'extractValue':
      return getField(resolveExpression(e.child, context), e.field, e.origin, unresolvedText(e.child))
    case 'lambda':
      throw misplacedLambda(e, 'lambda')
    case 'namedArgument':
    case 'alias':
      return resolveExpression(e.child, context)
    case 'aliases':
      throw aliasesOfOne(e)
    case 'star':
      refuseStarIn(e, context.clause)
      throw misplacedStar(e, context.clause)
    case 'sortOrder':
      throw new MillraceError(
        'INVALID_SQL_SYNTAX',
        { reason: 'a sort order stands outside of ORDER BY' },
        { origin: e.origin },
      )
  }
}

const unsupportedGrouping = (origin: Origin | undefined): MillraceError =>
  new MillraceError('UNSUPPORTED_GROUPING_EXPRESSION', {}, { origin })

/** Functions that are called by a name alone, where no column has it. */
const BARE_FUNCTIONS: ReadonlyMap<string, string> = new Map(
  'current_date current_timestamp current_time localtimestamp current_path current_user user session_user'
    .split(' ')
    .map((name) => [name, name.endsWith('user') ? 'current_user' : name]),
)

/** The function that a name calls. */
export function bareFunction(scope: Scope, written: WrittenName): string | undefined {
  const { parts, of } = written
  const name = parts.length === 1 && of === undefined ? BARE_FUNCTIONS.get(parts[0]!.toLowerCase()) : undefined
  return name && !lookUp(scope, written) ? name : undefined
}

function resolveAttribute(e: Node<'attribute'>, { scope, suggestFrom }: ExpressionContext): Expression {
  const name = bareFunction(scope, e)
  if (name !== undefined) return scalarFunction(name, e.origin).build([], siteOf(e, name, undefined))
  if (e.variable && !lookUpAround(scope, e)) {
    const { type, value } = e.variable
    const child = constantExpression(type, value, e.origin)
    return (e.within ?? []).reduce((whole, field) => getField(whole, field, e.origin), child)
  }
  if (asksForSet(e) && !lookUp(scope, e)) throw unsupportedGrouping(e.origin)
  return resolveName(scope, e, suggestFrom)
}

/** What messages and function definitions need to know of a call. The texts are made when they are asked for, as they grow with the expression. */
export function siteOf(
  e: UnresolvedExpression,
  name: string,
  types: ExpressionContext['types'],
  argumentNames: readonly (string | undefined)[] = [],
): CallSite {
  const quoted = (part: UnresolvedExpression): string =>
    `"${unresolvedText(part, { typeOf: (operand) => types?.get(operand) })}"`
  return {
    name,
    get sql() {
      return quoted(e)
    },
    argumentSql(position) {
      const written = e.kind === 'function' ? e.args[position] : undefined
      return written && quoted(written)
    },
    origin: e.origin,
    argumentNames,
  }
}

function resolveFunction(e: Node<'function'>, context: ExpressionContext): Expression {
  if (e.written?.kind === 'user') return resolveUserCall(e, e.written, context, resolveExpression)
  if (isAggregateCall(e)) {
    const outer = outerAggregate(e, context.scope)
    if (outer) return outer
    // As in Spark, a name that is not known is told first.
    for (const name of namesIn([e])) if (!isBelowGroups(context.scope, name)) resolveAttribute(name, context)
    throw misplacedAggregate(e, context)
  }
  if (e.written) return resolveScalarCall(e, e.written, context, resolveExpression)
  if (isGroupingFunction(e)) throw unsupportedGrouping(e.origin)
  if (isWindowFunction(e.name)) {
    const funcName = siteOf(e, e.name, context.types).sql
    throw new MillraceError('WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', { funcName }, { origin: e.origin })
  }
  if (isGenerator(e.name)) throw misplacedGenerator(e, context)
  const definition = scalarFunction(e.name, e.origin, e.path)
  refuseExtras(e, 'DISTINCT', 'FILTER CLAUSE', 'NULLS', 'WITHIN GROUP (ORDER BY ...)')
  refuseStars(e)
  const written = e.name === 'and' || e.name === 'or' ? chainOf(e) : e.args
  if (written.some(isLambda)) return resolveHigherOrder(e, definition, context)
  const args = resolveArguments(written, context)
  const site = siteOf(
    e,
    e.name,
    context.types,
    args.map(({ name }) => name),
  )
  checkArity(definition, args.length, site)
  const values = args.map(({ expression }) => expression)
  noteLiterals(definition, written, values, context.types)
  return buildCollated(definition, values, site)
}

function resolveHigherOrder(
  e: Node<'function'>,
  definition: FunctionDefinition,
  context: ExpressionContext,
): Expression {
  const site = siteOf(e, e.name, context.types)
  checkArity(definition, e.args.length, site)
  const args = resolveWithLambdas(definition, e.args, site, context.variables ?? [], (body, variables) =>
    resolveExpression(body, { ...context, variables }),
  )
  return buildCollated(definition, args, site)
}

interface Argument {
  readonly name: string | undefined
  readonly expression: Expression
}

export const resolveArguments = (
  args: readonly UnresolvedExpression[],
  context: ExpressionContext,
): readonly Argument[] =>
  args.some(({ kind }) => kind === 'star')
    ? args.flatMap((arg) => (arg.kind === 'star' ? starArguments(arg, context) : [resolveArgument(arg, context)]))
    : args.map((arg) => resolveArgument(arg, context))

/** An argument under the name that `struct` gives its field. */
function resolveArgument(arg: UnresolvedExpression, context: ExpressionContext): Argument {
  const name = arg.kind === 'alias' ? arg.name : arg.kind === 'attribute' ? arg.parts.at(-1) : undefined
  return { name, expression: resolveExpression(arg, context) }
}

/** A star is all of its columns. */
function starArguments(star: Node<'star'>, context: ExpressionContext): readonly Argument[] {
  refuseStarIn(star, context.clause)
  return expandStar(context.scope, star).map((column) => ({
    name: column.name,
    expression: context.column ? context.column(column, star.origin) : column.expression,
  }))
}

function resolveCast(e: Node<'cast'>, context: ExpressionContext): Expression {
  if (e.child.kind === 'star') throw misplacedStar(e.child, 'expression `cast`')
  const child = resolveExpression(e.child, context)
  const mode = e.mode === 'session' ? castMode() : e.mode
  return explicitCast(child, e.type, mode, siteOf(e, 'cast', context.types))
}

function resolveCase(e: Node<'case'>, context: ExpressionContext): Expression {
  const branches = e.branches.map(({ when, value }) => ({
    when: resolveExpression(when, context),
    value: resolveExpression(value, context),
  }))
  const otherwise = e.otherwise && resolveExpression(e.otherwise, context)
  const written = [...e.branches.map(({ value }) => value), ...(e.otherwise ? [e.otherwise] : [])]
  const values = [...branches.map(({ value }) => value), ...(otherwise ? [otherwise] : [])]
  noteLiterals({}, written, values, context.types)
  const site = siteOf(e, 'casewhen', context.types)
  // Unlike the condition of `if`, one of CASE may not be a NULL without a type, as in Spark.
  const untyped = branches.findIndex(({ when }) => when.type.kind === 'void')
  if (untyped >= 0) throw unexpectedType(branches[untyped]!.when, quotedTypeName(BOOLEAN), untyped, site)
  return buildCase(branches, otherwise, site)
}

/** A list of literals stays a list; anything else becomes comparisons. */
function resolveIn(e: Node<'in'>, context: ExpressionContext): Expression {
  const members = [e.child, ...e.list]
  const list = resolveArguments(e.list, context).map(({ expression }) => expression)
  const resolved = filledAlike([resolveExpression(e.child, context), ...list])
  // Literals are noted by their places, which a star moves.
  if (resolved.length === members.length) noteLiterals({}, members, resolved, context.types)
  const site = siteOf(e, 'in', context.types)
  const [child, ...alike] = unifyAll(resolved, 'in', site)
  refuseUnordered(child!.type, site)
  const values = alike.map(constantMember)
  if (values.every((value) => value !== undefined)) {
    const nullable = child!.nullable || values.includes(null)
    return Object.freeze({
      kind: 'in',
      type: BOOLEAN,
      nullable,
      child: child!,
      list: values,
      ...(e.origin ? { origin: e.origin } : {}),
    })
  }
  const comparisons = alike.map((member) => call('eq', BOOLEAN, [child!, member], { origin: e.origin }))
  return comparisons.length === 1 ? comparisons[0]! : call('or', BOOLEAN, comparisons, { origin: e.origin })
}
