import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { Label } from '../wasm/types.js'
import { isCheap } from './cost.js'
import { compileBoolean } from './functions/logic.js'
import { pushRangeTest, rangeTestOf } from './range-test.js'
import type { Scope } from './scope.js'

const conjunctsOf = (expression: Expression): readonly Expression[] =>
  expression.kind === 'call' && expression.fn === 'and' ? expression.args.flatMap(conjunctsOf) : [expression]

/** Cheap conjuncts in a row that are tested together: loads and comparisons of all of them, then one branch. */
const LARGEST_GROUP = 6

/**
 * Emits the test of a filter: goes to `onFalse` as soon as a conjunct is false or NULL. Conjuncts run in their order, so an
 * error of a later one needs all earlier ones to hold. What was computed stays known to the scope: only rows that pass run on.
 */
export function compileCondition(expression: Expression, scope: Scope, onFalse: Label): void {
  const conjuncts = conjunctsOf(expression)
  for (let i = 0; i < conjuncts.length; ) {
    const group: Expression[] = []
    while (i < conjuncts.length && group.length < LARGEST_GROUP && isCheap(conjuncts[i]!)) group.push(conjuncts[i++]!)
    if (group.length > 0) compileGroup(group, scope, onFalse)
    else compileConjunct(conjuncts[i++]!, scope, onFalse)
  }
}

function compileGroup(group: readonly Expression[], scope: Scope, onFalse: Label): void {
  const { f } = scope
  let pushed = 0
  const and = () => {
    if (pushed++ > 0) f.op('i32.and')
  }
  for (let i = 0; i < group.length; i++) {
    const range = rangeTestOf(group[i]!, group[i + 1])
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
  f.op('i32.eqz').brIf(onFalse)
}

function compileConjunct(expression: Expression, scope: Scope, onFalse: Label): void {
  const { f } = scope
  if (expression.kind === 'call' && expression.fn === 'or') {
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
