import { BOOLEAN } from '../../../columnar/types.js'
import { append } from '../../../common/append.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import { mayRaise } from '../../../planner/plan/expression/may-raise.js'
import type { Label } from '../wasm/types.js'
import { isCheap } from './cost.js'
import { compileBoolean } from './functions/logic.js'
import { outlined } from './outline.js'
import { pushRangeTest, rangeTestOf } from './range-test.js'
import type { Scope } from './scope.js'
import { type ScalarValue, scalar } from './value.js'
import { inPieces, isOutlined, weightInLine } from './weight.js'

const conjunctsOf = (expression: Expression): readonly Expression[] =>
  expression.kind === 'call' && expression.fn === 'and' ? expression.args.flatMap(conjunctsOf) : [expression]

/** Cheap conjuncts that are tested together: loads and comparisons of all of them, then one branch, or none. */
const LARGEST_GROUP = 6

/** A filter as it is tested: first, in groups, what cannot raise; then the rest in its order. */
export interface ConditionParts {
  readonly groups: readonly (readonly Expression[])[]
  readonly rest: readonly Expression[]
}

/** Divides a filter's condition. What is cheap goes before what is not, but never before what may raise: its errors stay those of the order written. */
export function conditionParts(expression: Expression): ConditionParts {
  const conjuncts = inTestOrder(expression)
  const groups: Expression[][] = []
  for (const [i, conjunct] of conjuncts.entries()) {
    if (mayRaise(conjunct)) return { groups, rest: conjuncts.slice(i) }
    const last = groups.at(-1)
    if (last && isCheap(conjunct) && isCheap(last[0]!) && last.length < LARGEST_GROUP) last.push(conjunct)
    else groups.push([conjunct])
  }
  return { groups, rest: [] }
}

function inTestOrder(expression: Expression): readonly Expression[] {
  const ordered: Expression[] = []
  let movable: Expression[] = []
  const settle = () => {
    append(ordered, movable.filter(isCheap))
    append(
      ordered,
      movable.filter((x) => !isCheap(x)),
    )
    movable = []
  }
  for (const conjunct of conjunctsOf(expression)) {
    if (!mayRaise(conjunct)) movable.push(conjunct)
    else {
      settle()
      ordered.push(conjunct)
    }
  }
  settle()
  return ordered
}

/**
 * Emits the test of a filter: goes to `onFalse` as soon as a conjunct is false or NULL. An error of a conjunct needs all those
 * written before it to hold. What was computed stays known to the scope: only rows that pass run on.
 */
export function compileCondition(expression: Expression, scope: Scope, onFalse: Label): void {
  compileConjuncts(inTestOrder(expression), scope, onFalse)
}

/** As `compileCondition`, for conjuncts in the order they are tested. */
export function compileConjuncts(conjuncts: readonly Expression[], scope: Scope, onFalse: Label): void {
  const pieces = inPieces(conjuncts, weightInLine)
  if (pieces.length === 1) return compileInLine(conjuncts, scope, onFalse)
  for (const piece of pieces) {
    const passed = outlined(scope, (inner) => {
      const { f } = inner
      const holds = f.i32(0).setNew('i32')
      f.block((failed) => {
        compileInLine(piece, inner, failed)
        f.i32(1).set(holds)
      })
      return scalar(BOOLEAN, holds, undefined)
    })
    scope.f
      .get((passed as ScalarValue).value)
      .op('i32.eqz')
      .brIf(onFalse)
  }
}

function compileInLine(conjuncts: readonly Expression[], scope: Scope, onFalse: Label): void {
  for (let i = 0; i < conjuncts.length; ) {
    const group: Expression[] = []
    while (i < conjuncts.length && group.length < LARGEST_GROUP && isCheap(conjuncts[i]!)) group.push(conjuncts[i++]!)
    if (group.length > 0) {
      pushGroup(group, scope)
      scope.f.op('i32.eqz').brIf(onFalse)
    } else compileConjunct(conjuncts[i++]!, scope, onFalse)
  }
}

/** Pushes 1 when all conjuncts of a group hold, else 0, without a branch. */
export function pushGroup(group: readonly Expression[], scope: Scope): void {
  const { f } = scope
  let pushed = 0
  const and = () => {
    if (pushed++ > 0) f.op('i32.and')
  }
  for (let i = 0; i < group.length; i++) {
    const range = rangeTestOf(group[i]!, group[i + 1], scope.context)
    if (range) {
      pushRangeTest(range, scope)
      and()
      i++
      continue
    }
    const { value, isNull } = compileBoolean(group[i]!, scope)
    f.get(value)
    and()
    if (isNull) {
      f.get(isNull).op('i32.eqz')
      and()
    }
  }
}

function compileConjunct(expression: Expression, scope: Scope, onFalse: Label): void {
  const { f } = scope
  if (expression.kind === 'call' && expression.fn === 'or' && !isOutlined(expression)) {
    f.block((passed) => {
      expression.args.forEach((disjunct, index) => {
        if (index === expression.args.length - 1) compileCondition(disjunct, scope.fork(), onFalse)
        else {
          f.block((next) => {
            compileCondition(disjunct, scope.fork(), next)
            f.br(passed)
          })
        }
      })
    })
    return
  }
  const { value, isNull } = compileBoolean(expression, scope)
  f.get(value).op('i32.eqz')
  if (isNull) f.get(isNull).op('i32.or')
  f.brIf(onFalse)
}
