import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Call, Expression, GetField } from '../../../planner/plan/expression/expression.js'
import { canonicalText } from '../../../planner/plan/expression/same.js'
import { attempted } from './attempt.js'
import { compileCase } from './case.js'
import { compileCast } from './cast/cast.js'
import { FUNCTION_COMPILERS } from './functions/index.js'
import { compileIn } from './in.js'
import { compileLiteral } from './literal.js'
import { anyNull } from './nulls.js'
import { outlined } from './outline.js'
import type { Scope } from './scope.js'
import { nullOf } from './slots.js'
import { isAlwaysNull, type Value, withNull } from './value.js'
import { isOutlined } from './weight.js'

/**
 * Emits the evaluation of a bound expression for the current row and returns where its value is. A structure that was evaluated
 * before in the scope is not evaluated again.
 * @throws UNSUPPORTED_FEATURE for types or functions that cannot be compiled
 */
export function compileExpression(expression: Expression, scope: Scope): Value {
  const value = compileAny(expression, scope)
  // What has no type has no value: functions, which take it for any type, see that it is NULL, whatever it is computed of.
  return expression.type.kind === 'void' && !isAlwaysNull(value) ? nullOf(expression.type) : value
}

function compileAny(expression: Expression, scope: Scope): Value {
  if (expression.kind === 'bound') return scope.column(expression.ordinal)
  if (expression.kind === 'literal') return compileLiteral(expression, scope)
  if (expression.kind === 'variable') return scope.variable(expression.level)
  const key = canonicalText(expression)
  const known = scope.recall(key)
  if (known) return known
  const value = isOutlined(expression)
    ? outlined(scope, (inner) => compileNode(expression, inner))
    : compileNode(expression, scope)
  scope.remember(key, value)
  return value
}

function compileNode(expression: Exclude<Expression, { kind: 'bound' | 'literal' | 'variable' }>, scope: Scope): Value {
  switch (expression.kind) {
    case 'attribute':
      throw new MillraceError('INTERNAL_ERROR', { message: `the column ${expression.name} was not bound` })
    case 'lambda':
      throw new MillraceError('INTERNAL_ERROR', { message: 'a lambda stands where a value should' })
    case 'call':
      return compileCall(expression, scope)
    case 'cast':
      return compileCast(expression, scope)
    case 'case':
      return compileCase(expression, scope)
    case 'in':
      return compileIn(expression, scope)
    case 'getField':
      return compileGetField(expression, scope)
  }
}

function compileCall(call: Call, scope: Scope): Value {
  const compile = FUNCTION_COMPILERS[call.fn]
  if (call.failure !== 'null' || call.routine?.by === 'kernel') return compile(call, scope)
  // What operands raise is not the function's: they are computed before, and known to the scope within.
  for (const arg of call.args) if (arg.kind !== 'lambda') scope.value(arg)
  return attempted(scope, (inner) => compile(call, inner))
}

function compileGetField(expression: GetField, scope: Scope): Value {
  const parent = compileExpression(expression.child, scope)
  const value = parent.kind === 'struct' ? parent.fields[expression.ordinal] : undefined
  if (!value) throw new MillraceError('INTERNAL_ERROR', { message: `there is no field ${expression.ordinal}` })
  return withNull(value, anyNull(scope.f, [parent.isNull, value.isNull]))
}
