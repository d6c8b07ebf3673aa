import { shapeOf } from '../../../../columnar/shape.js'
import { type DataType, STRING, type StructType } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { DETAIL_TEXT } from '../../../../planner/plan/expression/routine.js'
import { encodeCsvSpec } from '../../../kernels/csv-spec.js'
import { JSON_SLOT_BYTES, JSON_SLOT_VALIDITY } from '../../../kernels/interface/json-spec.js'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_NULL } from '../../../kernels/interface/text.js'
import { encodeJsonSpec, jsonSlots } from '../../../kernels/json-spec.js'
import type { LoadOp } from '../../wasm/opcodes.js'
import type { Operand } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import type { Scope } from '../scope.js'
import { nullOf, unsupportedType } from '../slots.js'
import { bytes, isAlwaysNull, scalar, type Value } from '../value.js'

/** `from_json`: one kernel call a row extracts every field into a slot of the data area, and the fields are loaded from there. */
export const compileFromJson = (call: Call, scope: Scope): Value =>
  compileExtraction(call, scope, { kernel: 'json_extract', spec: encodeJsonSpec(call.type, call.options) })

/** `from_csv`, in the same way. */
export const compileFromCsv = (call: Call, scope: Scope): Value =>
  compileExtraction(call, scope, { kernel: 'csv_extract', spec: encodeCsvSpec(call.type, call.options) })

interface Extraction {
  readonly kernel: 'json_extract' | 'csv_extract'
  /** What it is told. */
  readonly spec: Uint8Array
}

function compileExtraction(call: Call, scope: Scope, { kernel, spec }: Extraction): Value {
  const { f, context } = scope
  const { type } = call
  const text = scope.value(call.args[0]!)
  if (isAlwaysNull(text)) return nullOf(type)
  const area = context.constants.reserve(jsonSlots(type) * JSON_SLOT_BYTES)
  const { address, length } = asBytes(text)
  scope.pushAddress(context.constants.add(spec))
  // The text under a NULL is not to be read.
  f.get(address)
  if (text.isNull) f.i32(0)
  f.get(length)
  if (text.isNull) f.get(text.isNull).select()
  scope.pushAddress(area)
  f.get(context.constantsBase).call(scope.kernel(kernel))
  const verdict = f.setNew('i32')
  if (call.options?.['mode'] === 'FAILFAST') raiseMalformed(call, { verdict, address }, scope)
  f.get(verdict).i32(ROUTINE_NULL).op('i32.eq')
  if (text.isNull) f.get(text.isNull).op('i32.or')
  const isNull = f.setNew('i32')
  scope.pushAddress(area)
  return extractedValue(type, f.setNew('i32'), isNull, scope)
}

/** The value that a kernel left in slots (executor/kernels/interface/json-spec.ts). */
export function extractedValue(type: DataType, base: Operand, isNull: Operand, scope: Scope): Value {
  const slots = { next: 0, base, isNull }
  return type.kind === 'struct' ? structFrom(type, slots, isNull, scope) : loadValue(type, slots, scope)
}

interface Extracted {
  readonly verdict: Operand
  readonly address: Operand
}

function raiseMalformed({ origin }: Call, { verdict, address }: Extracted, scope: Scope): void {
  const { f } = scope
  f.get(verdict).i32(ROUTINE_ERROR).op('i32.eq')
  f.if(() => {
    const parameters = { badRecord: DETAIL_TEXT, failFastMode: 'FAILFAST' }
    const condition = 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION'
    scope.raise(condition, parameters, origin, loadBytesResult({ type: STRING }, scope, undefined), address)
  })
}

interface Slots {
  next: number
  readonly base: Operand
  /** Whether the whole value is NULL, so that nothing in the slots counts. */
  readonly isNull: Operand
}

function structFrom(type: StructType, slots: Slots, isNull: Operand, scope: Scope): Value {
  const fields = type.fields.map((field) => loadValue(field.type, slots, scope))
  return { kind: 'struct', type, fields, isNull }
}

function loadValue(type: DataType, slots: Slots, scope: Scope): Value {
  const { f } = scope
  const offset = slots.next++ * JSON_SLOT_BYTES
  f.get(slots.base)
    .load('i32.load8_u', offset + JSON_SLOT_VALIDITY)
    .op('i32.eqz')
    .get(slots.isNull)
    .op('i32.or')
  const isNull = f.setNew('i32')
  if (type.kind === 'struct') return structFrom(type, slots, isNull, scope)
  if (type.kind === 'void') return nullOf(type)
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
