import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { CELL_GROUP, CELL_GROUP_LENGTH } from '../../../../planner/plan/state-cells.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { type BytesValue, bytes, isAlwaysNull, scalar, type Value } from '../value.js'

/** Bytes of state, undefined where they are always NULL. */
function operand(call: Call, scope: Scope): BytesValue | undefined {
  const value = scope.value(call.args[0]!)
  if (isAlwaysNull(value)) return undefined
  if (value.kind === 'bytes') return value
  throw new MillraceError('INTERNAL_ERROR', { message: `cells of ${value.type.kind}` })
}

/** `cell_kind`: the first two bytes of a key. */
export function compileCellKind(call: Call, scope: Scope): Value {
  const key = operand(call, scope)
  if (!key) return nullOf(call.type)
  const { f } = scope
  f.get(key.address).load('i32.load16_u')
  return scalar(call.type, f.setNew('i32'), key.isNull)
}

/** `cell_group` and `cell_member`, which are there without a copy. */
export function compileCellPart(call: Call, scope: Scope): Value {
  const key = operand(call, scope)
  if (!key) return nullOf(call.type)
  const { f } = scope
  const { address, length, isNull } = key
  f.get(address).load('i32.load', CELL_GROUP_LENGTH)
  const groupLength = f.setNew('i32')
  f.get(address).i32(CELL_GROUP).op('i32.add')
  const group = f.setNew('i32')
  if (call.fn === 'cell_group') return bytes(call.type, group, groupLength, isNull)
  f.get(group).get(groupLength).op('i32.add')
  const member = f.setNew('i32')
  if (call.type.kind === 'bigint') {
    f.get(member).load('i64.load')
    return scalar(call.type, f.setNew('i64'), isNull)
  }
  f.get(length).get(groupLength).op('i32.sub').i32(CELL_GROUP).op('i32.sub')
  return bytes(call.type, member, f.setNew('i32'), isNull)
}

export function compileUnpacked(call: Call, scope: Scope): Value {
  const value = operand(call, scope)
  if (!value) return nullOf(call.type)
  const [, from] = call.args
  if (from?.kind !== 'literal' || typeof from.value !== 'number')
    throw new MillraceError('INTERNAL_ERROR', { message: 'bytes of state begin nowhere' })
  const { f } = scope
  f.get(value.address).i32(from.value).op('i32.add')
  const address = f.setNew('i32')
  f.get(value.length).i32(from.value).op('i32.sub')
  return bytes(call.type, address, f.setNew('i32'), value.isNull)
}
