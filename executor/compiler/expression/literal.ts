import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { Literal } from '../../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import { f32Constant, f64Constant, i32Constant, i64Constant } from '../wasm/types.js'
import { knownBytes } from './known-bytes.js'
import { lateValue } from './late-value.js'
import type { Scope } from './scope.js'
import { nullOf, unsupportedType } from './slots.js'
import type { Value } from './value.js'

export function compileLiteral(literal: Literal, scope: Scope): Value {
  const { type, number } = literal
  return number === undefined ? constantValue(type, literal.value, scope) : lateValue(type, number, scope.context)
}

/** The bytes of a string or binary literal. */
export function literalBytes(value: LiteralValue): Uint8Array {
  return value instanceof Uint8Array ? value : new TextEncoder().encode(String(value))
}

/** A constant as the compiler holds it: in the code itself, or in the data area for strings. */
export function constantValue(type: DataType, value: LiteralValue, scope: Scope): Value {
  if (value === null) return nullOf(type)
  const shape = shapeOf(type)
  const isNull = undefined
  switch (shape) {
    case 'i32':
      return { kind: 'scalar', type, value: i32Constant(Number(value)), isNull }
    case 'i64':
      return { kind: 'scalar', type, value: i64Constant(BigInt(value as bigint)), isNull }
    case 'f32':
      return { kind: 'scalar', type, value: f32Constant(Number(value)), isNull }
    case 'f64':
      return { kind: 'scalar', type, value: f64Constant(Number(value)), isNull }
    case 'bytes': {
      const bytes = literalBytes(value)
      const [address, length] = [scope.constant(bytes), i32Constant(bytes.length)]
      return { kind: 'bytes', type, address, length, constant: knownBytes(bytes), isNull }
    }
    default: {
      if (type.kind !== 'decimal') throw unsupportedType(type)
      const unscaled = BigInt(value as bigint)
      const low = BigInt.asIntN(64, unscaled)
      const narrow = i32Constant(low === unscaled ? 1 : 0)
      return { kind: 'wide', type, low: i64Constant(low), high: i64Constant(unscaled >> 64n), narrow, isNull }
    }
  }
}
