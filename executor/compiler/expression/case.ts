import type { Case } from '../../../planner/plan/expression/expression.js'
import type { Label } from '../wasm/types.js'
import { compileExpression } from './compile.js'
import { compileCondition } from './condition.js'
import { isCheap } from './cost.js'
import { compileBoolean } from './functions/logic.js'
import type { Scope } from './scope.js'
import { assign, newSlots, nullOf } from './slots.js'
import { isConstant, type ScalarValue, scalar, type Value } from './value.js'

/** `case when … then … else … end`: only the conditions up to the first that holds, and its value, are evaluated. */
export function compileCase(expression: Case, scope: Scope): Value {
  const selected = compileSelect(expression, scope)
  if (selected) return selected
  const { f } = scope
  const slots = newSlots(f, expression.type, isNullable(expression))
  f.block((done) => compileBranches(expression, 0, slots, scope, done))
  return slots
}

function isNullable({ branches, otherwise }: Case): boolean {
  return !otherwise || otherwise.nullable || branches.some(({ value }) => value.nullable)
}

/** Conditions nest: each is evaluated where all before it failed, with what they computed forgotten. */
function compileBranches(expression: Case, index: number, slots: Value, scope: Scope, done: Label): void {
  const { f } = scope
  const branch = expression.branches[index]
  if (!branch) {
    const { otherwise } = expression
    assign(f, slots, otherwise ? compileExpression(otherwise, scope.fork()) : nullOf(expression.type))
    return
  }
  f.block((next) => {
    const inner = scope.fork()
    compileCondition(branch.when, inner, next)
    assign(f, slots, compileExpression(branch.value, inner))
    f.br(done)
  })
  compileBranches(expression, index + 1, slots, scope, done)
}

/** One condition that chooses between two values ready at hand: a select instead of branches. */
function compileSelect(expression: Case, scope: Scope): ScalarValue | undefined {
  const [branch, second] = expression.branches
  const { otherwise } = expression
  if (!branch || second || !otherwise || !isCheap(branch.value) || !isCheap(otherwise)) return undefined
  const [a, b] = [compileExpression(branch.value, scope), compileExpression(otherwise, scope)]
  if (a.kind !== 'scalar' || b.kind !== 'scalar' || a.isNull || b.isNull) return undefined
  const { f } = scope
  const { value, isNull } = compileBoolean(branch.when, scope)
  const pushHolds = () => {
    f.get(value)
    if (isNull) f.get(isNull).op('i32.eqz').op('i32.and')
  }
  const isFlag = a.value.type === 'i32' || a.value.type === 'i64'
  if (
    isFlag &&
    isConstant(a.value) &&
    isConstant(b.value) &&
    Number(a.value.value) === 1 &&
    Number(b.value.value) === 0
  ) {
    pushHolds()
    if (a.value.type === 'i64') f.op('i64.extend_i32_u')
  } else {
    f.get(a.value).get(b.value)
    pushHolds()
    f.select()
  }
  return scalar(expression.type, f.setNew(a.value.type), undefined)
}
