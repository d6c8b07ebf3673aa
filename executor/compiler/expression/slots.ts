import { shapeOf } from '../../../columnar/shape.js'
import { type DataType, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import { type Constant, f32Constant, f64Constant, i32Constant, i64Constant, type Local } from '../wasm/types.js'
import { ALWAYS_NULL, type Value } from './value.js'

export function unsupportedType(type: DataType): MillraceError {
  return new MillraceError('UNSUPPORTED_FEATURE', { feature: `values of type ${typeName(type)} in expressions` })
}

function zeroOf(type: 'i32' | 'i64' | 'f32' | 'f64'): Constant {
  switch (type) {
    case 'i32':
      return i32Constant(0)
    case 'i64':
      return i64Constant(0n)
    case 'f32':
      return f32Constant(0)
    case 'f64':
      return f64Constant(0)
  }
}

/** A value of the type that is always NULL. */
export function nullOf(type: DataType): Value {
  return emptyOf(type, ALWAYS_NULL)
}

function emptyOf(type: DataType, isNull: Constant): Value {
  const shape = shapeOf(type)
  if (type.kind === 'struct') return { kind: 'struct', type, fields: type.fields.map((x) => nullOf(x.type)), isNull }
  switch (shape) {
    case 'bytes':
      return { kind: 'bytes', type, address: i32Constant(0), length: i32Constant(0), isNull }
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
      return { kind: 'scalar', type, value: zeroOf(shape), isNull }
    default:
      if (type.kind !== 'decimal') throw unsupportedType(type)
      return { kind: 'wide', type, low: i64Constant(0n), high: i64Constant(0n), narrow: i32Constant(1), isNull }
  }
}

/** A value whose parts are fresh locals, to be assigned in the arms of a conditional. */
export function newSlots(f: FunctionBuilder, type: DataType, nullable: boolean): Value {
  const isNull = nullable ? f.local('i32') : undefined
  const shape = shapeOf(type)
  if (type.kind === 'struct') {
    return { kind: 'struct', type, fields: type.fields.map((x) => newSlots(f, x.type, x.nullable || nullable)), isNull }
  }
  switch (shape) {
    case 'bytes':
      return { kind: 'bytes', type, address: f.local('i32'), length: f.local('i32'), isNull }
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
      return { kind: 'scalar', type, value: f.local(shape), isNull }
    default:
      if (type.kind !== 'decimal') throw unsupportedType(type)
      return { kind: 'wide', type, low: f.local('i64'), high: f.local('i64'), narrow: undefined, isNull }
  }
}

/** Copies a value into slots of the same type. A slot without a null flag takes only values that are not NULL. */
export function assign(f: FunctionBuilder, slots: Value, value: Value): void {
  switch (slots.kind) {
    case 'scalar':
      if (value.kind === 'scalar') f.get(value.value).set(slots.value as Local)
      break
    case 'wide':
      if (value.kind === 'wide')
        f.get(value.low)
          .set(slots.low as Local)
          .get(value.high)
          .set(slots.high as Local)
      break
    case 'bytes':
      if (value.kind === 'bytes') {
        f.get(value.address).set(slots.address as Local)
        f.get(value.length).set(slots.length as Local)
      }
      break
    case 'struct':
      if (value.kind === 'struct') for (const [i, slot] of slots.fields.entries()) assign(f, slot, value.fields[i]!)
      break
  }
  if (slots.isNull) f.get(value.isNull ?? i32Constant(0)).set(slots.isNull as Local)
}
