import { BOOLEAN } from '../../../columnar/types.js'
import type { In } from '../../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import { i32Constant } from '../wasm/types.js'
import { compileExpression } from './compile.js'
import { pushComparison } from './functions/comparison.js'
import { constantValue } from './literal.js'
import { anyNull } from './nulls.js'
import type { Scope } from './scope.js'
import { nullOf } from './slots.js'
import { isAlwaysNull, scalar, shapeOf, type Value } from './value.js'

/** `child in (…)`: true when one is equal, else NULL when the child or a member of the list is NULL, else false. */
export function compileIn(expression: In, scope: Scope): Value {
  const { f } = scope
  const child = compileExpression(expression.child, scope)
  const members = expression.list.filter((value) => value !== null)
  const hasNull = members.length < expression.list.length
  if (isAlwaysNull(child)) return nullOf(BOOLEAN)
  if (members.length === 0) return hasNull ? nullOf(BOOLEAN) : scalar(BOOLEAN, i32Constant(0), child.isNull)
  if (shapeOf(expression.child.type) === 'bytes') pushChain(child, members, scope)
  else pushMembership(child, members, scope)
  const value = f.setNew('i32')
  if (!hasNull) return scalar(BOOLEAN, value, child.isNull)
  f.get(value).op('i32.eqz')
  return scalar(BOOLEAN, value, anyNull(f, [child.isNull, f.setNew('i32')]))
}

/** Without branches: the comparisons are cheap and their outcome hard to predict. */
function pushMembership(child: Value, members: readonly LiteralValue[], scope: Scope): void {
  members.forEach((member, index) => {
    pushComparison(scope, 'eq', child, constantValue(child.type, member, scope))
    if (index > 0) scope.f.op('i32.or')
  })
}

/** With branches: strings of another length or beginning are told apart early. */
function pushChain(child: Value, members: readonly LiteralValue[], scope: Scope): void {
  const { f } = scope
  const found = f.local('i32')
  f.block((done) => {
    f.i32(1).set(found)
    for (const member of members) {
      pushComparison(scope, 'eq', child, constantValue(child.type, member, scope))
      f.brIf(done)
    }
    f.i32(0).set(found)
  })
  f.get(found)
}
