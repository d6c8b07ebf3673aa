import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import { anyNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import type { Operand } from '../../compiler/wasm/types.js'

/** Emits what is done with the arguments of an aggregate for a row that its filter lets pass; unless it takes NULLs, for one without any. */
export function whenAdded(
  scope: Scope,
  { args, filter }: Pick<AggregateCall, 'args' | 'filter'>,
  takesNull: boolean,
  add: (scope: Scope, values: readonly Value[]) => void,
): void {
  const { f } = scope
  const evaluate = (inner: Scope) => {
    const values = args.map((arg) => compileExpression(arg, inner))
    const isNull = takesNull
      ? undefined
      : anyNull(
          f,
          values.map((value) => value.isNull),
        )
    if (!isNull) add(inner, values)
    else
      f.get(isNull)
        .op('i32.eqz')
        .if(() => add(inner.fork(), values))
  }
  if (!filter) {
    evaluate(scope)
    return
  }
  const condition = compileExpression(filter, scope) as { readonly value: Operand; readonly isNull?: Operand }
  f.get(condition.value)
  if (condition.isNull) f.get(condition.isNull).op('i32.eqz').op('i32.and')
  f.if(() => evaluate(scope.fork()))
}
