import { shapeOf } from '../../../../columnar/shape.js'
import type { Field, StructType } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import {
  JSON_BLANK,
  JSON_EXTRACTED,
  JSON_SLOT_BYTES,
  JSON_SLOT_VALIDITY,
} from '../../../kernels/interface/json-spec.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../../kernels/interface/text.js'
import type { LoadOp } from '../../wasm/opcodes.js'
import type { Operand } from '../../wasm/types.js'
import { asBytes } from '../bytes-result.js'
import type { Scope } from '../scope.js'
import { nullOf, unsupportedType } from '../slots.js'
import { bytes, isAlwaysNull, scalar, type Value } from '../value.js'

/**
 * `from_json`: one kernel call a row extracts every field into a slot of the data area, and the fields are loaded from there.
 * Malformed text gives a struct of NULLs (PERMISSIVE), NULL and a blank text a NULL.
 */
export function compileFromJson(call: Call, scope: Scope): Value {
  const { f, context } = scope
  const text = scope.value(call.args[0]!)
  if (call.type.kind !== 'struct') throw unsupportedType(call.type)
  if (isAlwaysNull(text)) return nullOf(call.type)
  const { buildJsonSpec } = context
  if (!buildJsonSpec) {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'from_json' }, { origin: call.origin })
  }
  const area = context.constants.reserve(countSlots(call.type) * JSON_SLOT_BYTES)
  const { address, length } = asBytes(text)
  scope.pushAddress(context.constants.add(buildJsonSpec(call.type.fields)))
  f.get(address).get(length)
  scope.pushAddress(area)
  f.call(scope.kernel('json_extract'))
  const verdict = f.setNew('i32')
  f.get(verdict).i32(JSON_EXTRACTED).op('i32.ne')
  if (text.isNull) f.get(text.isNull).op('i32.or')
  const malformed = f.setNew('i32')
  f.get(verdict).i32(JSON_BLANK).op('i32.eq')
  if (text.isNull) f.get(text.isNull).op('i32.or')
  const isNull = f.setNew('i32')
  scope.pushAddress(area)
  const base = f.setNew('i32')
  return structFrom(call.type, { next: 0, base, malformed }, isNull, scope)
}

interface Slots {
  next: number
  readonly base: Operand
  /** Whether all fields are NULL. */
  readonly malformed: Operand
}

/** Of the fields, a struct's own slot before those of its fields. */
const countSlots = (type: StructType): number =>
  type.fields.reduce((sum, field) => sum + 1 + (field.type.kind === 'struct' ? countSlots(field.type) : 0), 0)

function structFrom(type: StructType, slots: Slots, isNull: Operand, scope: Scope): Value {
  const fields = type.fields.map((field) => loadField(field, slots, scope))
  return { kind: 'struct', type, fields, isNull }
}

function loadField({ type }: Field, slots: Slots, scope: Scope): Value {
  const { f } = scope
  const offset = slots.next++ * JSON_SLOT_BYTES
  f.get(slots.base)
    .load('i32.load8_u', offset + JSON_SLOT_VALIDITY)
    .op('i32.eqz')
    .get(slots.malformed)
    .op('i32.or')
  const isNull = f.setNew('i32')
  if (type.kind === 'struct') return structFrom(type, slots, isNull, scope)
  const load = (op: LoadOp, at = offset) => {
    f.get(slots.base).load(op, at)
    return f.setNew(op.slice(0, 3) as 'i32')
  }
  switch (shapeOf(type)) {
    case 'i32':
      return scalar(type, load('i32.load'), isNull)
    case 'i64':
      return scalar(type, load('i64.load'), isNull)
    case 'f32':
      return scalar(type, load('f32.load'), isNull)
    case 'f64':
      return scalar(type, load('f64.load'), isNull)
    case 'bytes':
      return bytes(
        type,
        load('i32.load', offset + RESULT_ADDRESS),
        lengthUnlessNull(load('i32.load', offset + RESULT_LENGTH), isNull, f),
        isNull,
      )
    default:
      if (type.kind !== 'decimal') throw unsupportedType(type)
      return {
        kind: 'wide',
        type,
        low: load('i64.load'),
        high: load('i64.load', offset + 8),
        narrow: undefined,
        isNull,
      }
  }
}

/** What is left in a slot of an earlier row must not be read under a NULL: its text may be gone. */
function lengthUnlessNull(length: Operand, isNull: Operand, f: Scope['f']): Operand {
  f.i32(0).get(length).get(isNull).select()
  return f.setNew('i32')
}
