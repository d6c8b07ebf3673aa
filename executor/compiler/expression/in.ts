import { shapeOf } from '../../../columnar/shape.js'
import { BOOLEAN } from '../../../columnar/types.js'
import type { In } from '../../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import { i32Constant } from '../wasm/types.js'
import { packTexts } from './constant-pool.js'
import { pushComparison } from './functions/comparison.js'
import { constantValue, literalBytes } from './literal.js'
import { anyNull } from './nulls.js'
import type { Scope } from './scope.js'
import { nullOf } from './slots.js'
import { type BytesValue, isAlwaysNull, partsOf, scalar, type Value } from './value.js'

/** `child in (…)`: true when one is equal, else NULL when the child or a member of the list is NULL, else false. */
export function compileIn(expression: In, scope: Scope): Value {
  const { f } = scope
  const child = scope.value(expression.child)
  const members = expression.list.filter((value) => value !== null)
  const hasNull = members.length < expression.list.length
  if (isAlwaysNull(child)) return nullOf(BOOLEAN)
  if (members.length === 0) return hasNull ? nullOf(BOOLEAN) : scalar(BOOLEAN, i32Constant(0), child.isNull)
  pushMembership(child, members, scope)
  const value = f.setNew('i32')
  if (!hasNull) return scalar(BOOLEAN, value, child.isNull)
  f.get(value).op('i32.eqz')
  return scalar(BOOLEAN, value, anyNull(f, [child.isNull, f.setNew('i32')]))
}

/** Lists longer than this are searched by a kernel. */
const LONGEST_INLINE_LIST = 12

function pushMembership(child: Value, members: readonly LiteralValue[], scope: Scope): void {
  const shape = shapeOf(child.type)
  if (members.length > LONGEST_INLINE_LIST && (shape === 'i32' || shape === 'i64')) pushSearch(child, members, scope)
  else if (members.length > LONGEST_INLINE_LIST && child.kind === 'bytes') pushTextSearch(child, members, scope)
  else if (shape === 'bytes') pushChain(child, members, scope)
  else pushEveryComparison(child, members, scope)
}

/** Without branches: the comparisons are cheap and their outcome hard to predict. */
function pushEveryComparison(child: Value, members: readonly LiteralValue[], scope: Scope): void {
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

function pushSearch(child: Value, members: readonly LiteralValue[], scope: Scope): void {
  const { f } = scope
  const sorted = BigInt64Array.from(members.map((x) => BigInt(x as number | bigint | boolean))).sort()
  const [value] = partsOf(child)
  f.get(value!)
  if (value!.type === 'i32') f.op('i64.extend_i32_s')
  scope.pushAddress(scope.context.constants.add(new Uint8Array(sorted.buffer)))
  f.i32(sorted.length).call(scope.kernel('inLongs'))
}

function pushTextSearch(child: BytesValue, members: readonly LiteralValue[], scope: Scope): void {
  const sorted = members.map((x) => Buffer.from(literalBytes(x))).sort(Buffer.compare)
  const list = packTexts(sorted)
  scope.f.get(child.address).get(child.length)
  scope.pushAddress(scope.context.constants.add(list))
  scope.f.i32(sorted.length).call(scope.kernel('inStrings'))
}
