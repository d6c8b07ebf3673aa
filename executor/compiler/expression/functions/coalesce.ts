import type { Call, Expression } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import { assign, newSlots } from '../slots.js'
import type { Value } from '../value.js'
import { inHalves } from '../weight.js'

/** The first operand that is not NULL; those after it are not evaluated. */
export function compileCoalesce(call: Call, scope: Scope): Value {
  const [head, ...others] = inHalves(call).args
  const first = scope.value(head!)
  const candidates = upToNotNull(others)
  if (!first.isNull || candidates.length === 0) return first
  const { f } = scope
  const slots = newSlots(f, call.type, candidates.at(-1)!.nullable)
  assign(f, slots, first)
  f.block((done) => {
    f.get(first.isNull!).op('i32.eqz').brIf(done)
    let inner = scope
    for (const candidate of candidates) {
      inner = inner.fork()
      const value = inner.value(candidate)
      assign(f, slots, value)
      if (!value.isNull) break
      f.get(value.isNull).op('i32.eqz').brIf(done)
    }
  })
  return slots
}

/** Operands up to the first that is never NULL: those behind it are never looked at. */
function upToNotNull(operands: readonly Expression[]): readonly Expression[] {
  const last = operands.findIndex((operand) => !operand.nullable)
  return last < 0 ? operands : operands.slice(0, last + 1)
}
