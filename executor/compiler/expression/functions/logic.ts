import { BOOLEAN } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call, Expression } from '../../../../planner/plan/expression/expression.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import { i32Constant, type Local, type Operand } from '../../wasm/types.js'
import { isCheap } from '../cost.js'
import type { Scope } from '../scope.js'
import { type ScalarValue, scalar, type Value } from '../value.js'
import { inHalves } from '../weight.js'

const ZERO = i32Constant(0)

export function compileBoolean(expression: Expression, scope: Scope): ScalarValue {
  const value = scope.value(expression)
  if (value.kind !== 'scalar') throw new MillraceError('INTERNAL_ERROR', { message: 'a boolean was expected' })
  return value
}

/**
 * `and` and `or` in three-valued logic. What decides (false for `and`, true for `or`) makes the rest not be evaluated, so that
 * `x <> 0 and y / x > 1` never divides by zero; cheap operands are evaluated together, without branches.
 */
export function compileConnective(whole: Call, scope: Scope): Value {
  const { f } = scope
  const call = inHalves(whole)
  const decisive = call.fn === 'or' ? 1 : 0
  let current = compileBoolean(call.args[0]!, scope)
  for (const arg of call.args.slice(1)) {
    if (isCheap(arg)) {
      current = combine(f, decisive, current, compileBoolean(arg, scope))
      continue
    }
    const value = f.local('i32')
    const isNull = arg.nullable || current.isNull ? f.local('i32') : undefined
    f.get(current.value).set(value)
    if (isNull) f.get(current.isNull ?? ZERO).set(isNull)
    pushUndecided(f, decisive, current)
    const previous = current
    f.if(() => {
      const next = compileBoolean(arg, scope.fork())
      const combined = combine(f, decisive, previous, next)
      f.get(combined.value).set(value)
      if (isNull) f.get(combined.isNull ?? ZERO).set(isNull)
    })
    current = scalar(BOOLEAN, value, isNull)
  }
  return current
}

/** Pushes 1 unless the value decides by itself. A NULL does not decide. */
function pushUndecided(f: FunctionBuilder, decisive: 0 | 1, { value, isNull }: ScalarValue): void {
  f.get(value)
  if (decisive === 1) f.op('i32.eqz')
  if (isNull) f.get(isNull).op('i32.or')
}

/**
 * Without NULLs just the bits. With them: the result is NULL when an operand is and none decides.
 */
function combine(f: FunctionBuilder, decisive: 0 | 1, a: ScalarValue, b: ScalarValue): ScalarValue {
  const op = decisive === 1 ? 'i32.or' : 'i32.and'
  if (!a.isNull && !b.isNull) {
    f.get(a.value).get(b.value).op(op)
    return scalar(BOOLEAN, f.setNew('i32'), undefined)
  }
  const [undecidedA, undecidedB] = [undecided(f, decisive, a), undecided(f, decisive, b)]
  f.get(undecidedA).get(undecidedB).op('i32.and')
  const open = f.setNew('i32')
  f.get(a.isNull ?? ZERO)
    .get(b.isNull ?? ZERO)
    .op('i32.or')
    .get(open)
    .op('i32.and')
  const isNull = f.setNew('i32')
  // Where nothing decides and nothing is NULL, the value is the neutral one.
  f.get(open)
  if (decisive === 1) f.op('i32.eqz')
  return scalar(BOOLEAN, f.setNew('i32'), isNull)
}

function undecided(f: FunctionBuilder, decisive: 0 | 1, value: ScalarValue): Local {
  pushUndecided(f, decisive, value)
  return f.setNew('i32')
}

export function compileNot(call: Call, scope: Scope): Value {
  const { value, isNull } = compileBoolean(call.args[0]!, scope)
  scope.f.get(value).op('i32.eqz')
  return scalar(BOOLEAN, scope.f.setNew('i32'), isNull)
}

export function compileNullTest(call: Call, scope: Scope): Value {
  const { isNull } = scope.value(call.args[0]!)
  const test = call.fn === 'is_null'
  if (!isNull) return scalar(BOOLEAN, i32Constant(test ? 0 : 1), undefined)
  return scalar(BOOLEAN, test ? isNull : inverse(scope.f, isNull), undefined)
}

function inverse(f: FunctionBuilder, flag: Operand): Local {
  f.get(flag).op('i32.eqz')
  return f.setNew('i32')
}
