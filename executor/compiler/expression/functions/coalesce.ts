import type { Call } from '../../../../planner/plan/expression/expression.js'
import { compileExpression } from '../compile.js'
import type { Scope } from '../scope.js'
import { assign, newSlots } from '../slots.js'
import type { Value } from '../value.js'

/** The first operand that is not NULL; those after it are not evaluated. */
export function compileCoalesce(call: Call, scope: Scope): Value {
  const first = compileExpression(call.args[0]!, scope)
  if (!first.isNull || call.args.length === 1) return first
  const { f } = scope
  const slots = newSlots(f, call.type, call.args.at(-1)!.nullable)
  assign(f, slots, first)
  const tryNext = (index: number, isNull: NonNullable<Value['isNull']>, outer: Scope): void => {
    f.get(isNull).if(() => {
      const inner = outer.fork()
      const value = compileExpression(call.args[index]!, inner)
      assign(f, slots, value)
      if (value.isNull && index + 1 < call.args.length) tryNext(index + 1, value.isNull, inner)
    })
  }
  tryNext(1, first.isNull, scope)
  return slots
}
