import { BOOLEAN, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { call, cast, literal } from '../plan/expression/build.js'
import type { Expression } from '../plan/expression/expression.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { canCast } from './casts.js'
import { unifyAll } from './coercion.js'
import { buildCase } from './functions/conditional.js'
import { type CallSite, checkArity } from './functions/definition.js'
import { isAggregate, scalarFunction } from './functions/registry.js'
import { getField, resolveName, type Scope } from './scope.js'
import { unresolvedText } from './unresolved-text.js'

/** How names and aggregates are resolved where an expression stands. */
export interface ExpressionContext {
  readonly scope: Scope
  /** The clause, for messages: `WHERE`, `GROUP BY`. */
  readonly clause: string
  /** Takes over a node before the usual rules: references to keys and aggregates above a GROUP BY. */
  intercept?(e: UnresolvedExpression): Expression | undefined
}

type Node<K extends UnresolvedExpression['kind']> = Extract<UnresolvedExpression, { kind: K }>

/** Resolves an expression: names to columns, functions to what they compute, operands to the types these need. */
export function resolveExpression(e: UnresolvedExpression, context: ExpressionContext): Expression {
  const taken = context.intercept?.(e)
  if (taken) return taken
  switch (e.kind) {
    case 'literal':
      return literal(e.type, e.value, e.origin)
    case 'attribute':
      return resolveName(context.scope, e.parts, e.origin)
    case 'function':
      return resolveFunction(e, context)
    case 'cast':
      return resolveCast(e, context)
    case 'case':
      return resolveCase(e, context)
    case 'in':
      return resolveIn(e, context)
    case 'extractValue':
      return getField(resolveExpression(e.child, context), e.field, e.origin)
    case 'alias':
      return resolveExpression(e.child, context)
    case 'star':
      throw new MillraceError(
        'INVALID_SQL_SYNTAX',
        { reason: '* stands for columns, not for a value' },
        { origin: e.origin },
      )
    case 'sortOrder':
      throw new MillraceError(
        'INVALID_SQL_SYNTAX',
        { reason: 'a sort order stands outside of ORDER BY' },
        { origin: e.origin },
      )
  }
}

const siteOf = (e: UnresolvedExpression, name: string): CallSite => ({ name, sql: unresolvedText(e), origin: e.origin })

function resolveFunction(e: Node<'function'>, context: ExpressionContext): Expression {
  if (isAggregate(e.name)) {
    throw new MillraceError(
      'AGGREGATE_NOT_ALLOWED',
      { expression: `"${unresolvedText(e)}"`, clause: context.clause },
      { origin: e.origin },
    )
  }
  const definition = scalarFunction(e.name, e.origin)
  const site = siteOf(e, e.name)
  if (e.distinct || e.filter) {
    throw new MillraceError(
      'INVALID_SQL_SYNTAX',
      { reason: `${e.name} is no aggregate: it takes neither DISTINCT nor FILTER` },
      { origin: e.origin },
    )
  }
  checkArity(definition, e.args.length, site)
  return definition.build(
    e.args.map((arg) => resolveExpression(arg, context)),
    site,
  )
}

function resolveCast(e: Node<'cast'>, context: ExpressionContext): Expression {
  const child = resolveExpression(e.child, context)
  if (!canCast(child.type, e.type)) {
    throw new MillraceError(
      'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION',
      { sqlExpr: unresolvedText(e), srcType: quotedTypeName(child.type), targetType: quotedTypeName(e.type) },
      { origin: e.origin },
    )
  }
  return cast(child, e.type, e.mode, e.origin)
}

function resolveCase(e: Node<'case'>, context: ExpressionContext): Expression {
  const branches = e.branches.map(({ when, value }) => ({
    when: resolveExpression(when, context),
    value: resolveExpression(value, context),
  }))
  return buildCase(branches, e.otherwise && resolveExpression(e.otherwise, context), siteOf(e, 'casewhen'))
}

/** A list of literals stays a list; anything else becomes comparisons. */
function resolveIn(e: Node<'in'>, context: ExpressionContext): Expression {
  const resolved = [e.child, ...e.list].map((member) => resolveExpression(member, context))
  const [child, ...list] = unifyAll(resolved, 'in', unresolvedText(e), e.origin)
  const values = list.map(constantOf)
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
  const comparisons = list.map((member) => call('eq', BOOLEAN, [child!, member], { origin: e.origin }))
  return comparisons.length === 1 ? comparisons[0]! : call('or', BOOLEAN, comparisons, { origin: e.origin })
}

/** The value of a literal, seen through the widening that made the list one type; undefined when it is no constant. */
function constantOf(e: Expression): LiteralValue | undefined {
  if (e.kind === 'literal') return e.value
  if (e.kind !== 'cast' || e.child.kind !== 'literal') return undefined
  const { value, type } = e.child
  if (value === null) return null
  if (e.type.kind === 'bigint' && typeof value === 'number') return BigInt(value)
  if (e.type.kind === 'decimal' && (typeof value === 'number' || type.kind === 'bigint') && type.kind !== 'double') {
    return BigInt(value as number | bigint) * 10n ** BigInt(e.type.scale)
  }
  if (e.type.kind === 'decimal' && type.kind === 'decimal' && e.type.scale >= type.scale) {
    return (value as bigint) * 10n ** BigInt(e.type.scale - type.scale)
  }
  const widened = ['smallint', 'int', 'double'].includes(e.type.kind) && typeof value === 'number'
  return widened ? value : undefined
}
