import { BOOLEAN, field, struct } from '../../../columnar/types.js'
import type { Case } from '../../../planner/plan/expression/expression.js'
import type { Operand } from '../wasm/types.js'
import { compileCondition } from './condition.js'
import { isCheap } from './cost.js'
import { compileBoolean } from './functions/logic.js'
import { outlined } from './outline.js'
import type { Scope } from './scope.js'
import { assign, newSlots, nullOf } from './slots.js'
import { isConstant, type ScalarValue, type StructValue, scalar, type Value } from './value.js'
import { isOutlined } from './weight.js'

/** `case when … then … else … end`: only the conditions up to the first that holds, and its value, are evaluated. */
export function compileCase(expression: Case, scope: Scope): Value {
  const selected = compileSelect(expression, scope)
  if (selected) return selected
  const { f } = scope
  const slots = newSlots(f, expression.type, isNullable(expression))
  if (isTooLong(expression)) {
    const [first, second] = halves(expression)
    const { value, matched } = compileHalf(first, scope)
    f.get(matched).if(
      () => assign(f, slots, value),
      () => assign(f, slots, scope.fork().value(second)),
    )
    return slots
  }
  f.block((done) => {
    compileBranches(expression, slots, scope, () => f.br(done))
    const { otherwise } = expression
    assign(f, slots, otherwise ? scope.fork().value(otherwise) : nullOf(expression.type))
  })
  return slots
}

const isTooLong = (expression: Case): boolean => isOutlined(expression) && expression.branches.length > 1

/** The branches in two parts, of which the second also has what holds otherwise. */
function halves({ otherwise, ...rest }: Case): readonly [Case, Case] {
  const middle = rest.branches.length >> 1
  const first = Object.freeze({ ...rest, nullable: true, branches: rest.branches.slice(0, middle) })
  const second = { ...rest, branches: rest.branches.slice(middle), ...(otherwise ? { otherwise } : {}) }
  return [first, Object.freeze(second)]
}

/** The value of the branch that holds, and whether one does. */
interface Half {
  readonly value: Value
  readonly matched: Operand
}

/** Branches in a function of their own. */
function compileHalf(expression: Case, scope: Scope): Half {
  const type = struct([field('value', expression.type), field('matched', BOOLEAN)])
  const both = outlined(scope, (inner) => {
    const { value, matched } = compileMatched(expression, inner)
    return { kind: 'struct', type, fields: [value, scalar(BOOLEAN, matched, undefined)], isNull: undefined }
  })
  const [value, matched] = (both as StructValue).fields
  return { value: value!, matched: (matched as ScalarValue).value }
}

function compileMatched(expression: Case, scope: Scope): Half {
  const { f } = scope
  const slots = newSlots(f, expression.type, isNullable(expression))
  const matched = f.i32(0).setNew('i32')
  if (!isTooLong(expression)) {
    f.block((done) => compileBranches(expression, slots, scope, () => f.i32(1).set(matched).br(done)))
    return { value: slots, matched }
  }
  const take = (half: Half): void => {
    assign(f, slots, half.value)
    f.get(half.matched).set(matched)
  }
  const [first, second] = halves(expression)
  take(compileHalf(first, scope))
  f.get(matched).op('i32.eqz')
  f.if(() => take(compileHalf(second, scope.fork())))
  return { value: slots, matched }
}

function isNullable({ branches, otherwise }: Case): boolean {
  return !otherwise || otherwise.nullable || branches.some(({ value }) => value.nullable)
}

/** Each condition is evaluated where all before it failed, with what they computed forgotten. */
function compileBranches({ branches }: Case, slots: Value, scope: Scope, leave: () => void): void {
  const { f } = scope
  for (const { when, value } of branches) {
    f.block((next) => {
      const inner = scope.fork()
      compileCondition(when, inner, next)
      assign(f, slots, inner.value(value))
      leave()
    })
  }
}

/** One condition that chooses between two values ready at hand: a select instead of branches. */
function compileSelect(expression: Case, scope: Scope): ScalarValue | undefined {
  const [branch, second] = expression.branches
  const { otherwise } = expression
  if (!branch || second || !otherwise || !isCheap(branch.value) || !isCheap(otherwise)) return undefined
  const [a, b] = [scope.value(branch.value), scope.value(otherwise)]
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
