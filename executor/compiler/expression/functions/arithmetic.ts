import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'
import { compileDecimalDivision, compileDecimalIntegerDivision, compileDecimalRemainder } from './decimal-division.js'
import { compileDecimalProduct } from './decimal-product.js'
import { compileDecimalSign, compileDecimalSum } from './decimal-sum.js'
import { compileFloatArithmetic, compileFloatSign } from './float-arithmetic.js'
import { compileIntegerArithmetic, compileIntegerSign } from './integer-arithmetic.js'
import { compileIntegerDivision, compileIntegerRemainder } from './integer-division.js'

type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'int_divide' | 'remainder'
type Family = 'integer' | 'float' | 'decimal'

/** add, subtract, multiply, divide, int_divide and remainder. */
export function compileArithmetic(call: Call, scope: Scope): Value {
  const a = scope.value(call.args[0]!)
  const b = scope.value(call.args[1]!)
  if (isAlwaysNull(a) || isAlwaysNull(b)) return nullOf(call.type)
  const operation = call.fn as Binary
  if (familyOf(call, a) === 'decimal') return compileDecimal(operation, call, a, b, scope)
  if (a.kind !== 'scalar' || b.kind !== 'scalar') throw wrongOperands(call)
  if (familyOf(call, a) === 'float') return compileFloatArithmetic(call, a, b, scope)
  switch (operation) {
    case 'add':
    case 'subtract':
    case 'multiply':
      return compileIntegerArithmetic(call, a, b, scope)
    case 'int_divide':
      return compileIntegerDivision(call, a, b, scope)
    case 'remainder':
      return compileIntegerRemainder(call, a, b, scope)
    case 'divide':
      throw wrongOperands(call)
  }
}

function compileDecimal(operation: Binary, call: Call, a: Value, b: Value, scope: Scope): Value {
  switch (operation) {
    case 'add':
    case 'subtract':
      return compileDecimalSum(call, a, b, scope)
    case 'multiply':
      return compileDecimalProduct(call, a, b, scope)
    case 'divide':
      return compileDecimalDivision(call, a, b, scope)
    case 'remainder':
      return compileDecimalRemainder(call, a, b, scope)
    case 'int_divide':
      return compileDecimalIntegerDivision(call, a, b, scope)
  }
}

/** negate and abs. */
export function compileSign(call: Call, scope: Scope): Value {
  const a = scope.value(call.args[0]!)
  if (isAlwaysNull(a)) return nullOf(call.type)
  if (familyOf(call, a) === 'decimal') return compileDecimalSign(call, a, scope)
  if (a.kind !== 'scalar') throw wrongOperands(call)
  return familyOf(call, a) === 'float' ? compileFloatSign(call, a, scope) : compileIntegerSign(call, a, scope)
}

function familyOf(call: Call, { type }: Value): Family {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'interval_ym':
    case 'interval_dt':
      return 'integer'
    case 'float':
    case 'double':
      return 'float'
    case 'decimal':
      return 'decimal'
    default:
      throw wrongOperands(call)
  }
}

function wrongOperands(call: Call): MillraceError {
  const types = call.args.map((arg) => arg.type.kind).join(', ')
  return new MillraceError('INTERNAL_ERROR', { message: `${call.fn} was not coerced: ${types}` })
}
