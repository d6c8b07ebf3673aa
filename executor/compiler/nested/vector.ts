import { storageOf } from '../../../columnar/leaves.js'
import { shapeOf } from '../../../columnar/shape.js'
import type { ArrayType, DataType, MapType, StructType } from '../../../columnar/types.js'
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES } from '../../kernels/interface/packed.js'
import type { Scope } from '../expression/scope.js'
import type { BytesValue, Value } from '../expression/value.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import type { LoadOp } from '../wasm/opcodes.js'
import type { Local, Operand } from '../wasm/types.js'

/*
 * Elements of packed arrays and maps (see columnar/packed-writer.ts) in generated code. A vector is opened once, before a loop over its
 * elements, which computes where its parts lie; an element is then a few loads.
 */

/** The elements of an array, or the keys or values of a map. */
export interface Vector {
  readonly type: DataType
  readonly validity: Operand
  /** Where values of a fixed width lie, or the offsets of others. */
  readonly values: Operand
  /** Where the bytes lie that offsets are of. */
  readonly bytes: Operand | undefined
  /** Of structs. */
  readonly fields: readonly Vector[]
}

/** An array, its elements ready to be loaded. */
export interface OpenArray {
  /** An i32. */
  readonly count: Local
  readonly elements: Vector
}

/** A map likewise. */
export interface OpenMap {
  readonly count: Local
  readonly keys: Vector
  readonly values: Vector
}

/** Emits what finds the elements of an array. Under a NULL there are none. */
export function openArray(scope: Scope, array: BytesValue): OpenArray {
  const { count, first } = begin(scope, array)
  const { vector } = openVector(scope.f, (array.type as ArrayType).element, count, first)
  return { count, elements: vector }
}

export function openMap(scope: Scope, map: BytesValue): OpenMap {
  const { count, first } = begin(scope, map)
  const type = map.type as MapType
  const keys = openVector(scope.f, type.key, count, first)
  const values = openVector(scope.f, type.value, count, keys.end())
  return { count, keys: keys.vector, values: values.vector }
}

/** How many elements an array or map has; 0 under a NULL, whose address is that of no value. */
export function elementCount(scope: Scope, { address, length, isNull }: BytesValue): Local {
  const { f } = scope
  const isEmpty = (): void => {
    f.get(length).op('i32.eqz')
    if (isNull) f.get(isNull).op('i32.or')
  }
  isEmpty()
  return f
    .if(
      () => f.i32(0),
      () => f.get(address).load('i32.load'),
      'i32',
    )
    .setNew('i32')
}

function begin(scope: Scope, value: BytesValue): { readonly count: Local; readonly first: Local } {
  const { f } = scope
  const count = elementCount(scope, value)
  return { count, first: f.get(value.address).i32(PACKED_COUNT_BYTES).op('i32.add').setNew('i32') }
}

interface Opened {
  readonly vector: Vector
  /** Emits where it ends. */
  end(): Local
}

function openVector(f: FunctionBuilder, type: DataType, count: Local, at: Local): Opened {
  const values = f.get(at)
  pushBitmapBytes(f, count)
  values.op('i32.add')
  const start = f.setNew('i32')
  const vector = { type, validity: at, values: start, bytes: undefined, fields: [] }
  if (type.kind === 'struct') return openStructs(f, type, count, vector)
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return { vector, end: () => start }
    case 'boolean':
      return {
        vector,
        end: () => {
          f.get(start)
          pushBitmapBytes(f, count)
          return f.op('i32.add').setNew('i32')
        },
      }
    case 'fixed':
      return { vector, end: () => f.get(start).get(count).i32(storage.bytes).op('i32.mul').op('i32.add').setNew('i32') }
    case 'variable': {
      f.get(start).get(count).i32(1).op('i32.add').i32(PACKED_OFFSET_BYTES).op('i32.mul').op('i32.add')
      const bytes = f.setNew('i32')
      // The last offset lies before the bytes.
      const end = (): Local =>
        f.get(bytes).get(bytes).i32(PACKED_OFFSET_BYTES).op('i32.sub').load('i32.load').op('i32.add').setNew('i32')
      return { vector: { ...vector, bytes }, end }
    }
  }
}

/** The vectors of fields lie one behind the other. */
function openStructs(f: FunctionBuilder, type: StructType, count: Local, vector: Vector): Opened {
  let end = (): Local => vector.values as Local
  const fields = type.fields.map((field) => {
    const opened = openVector(f, field.type, count, end())
    end = opened.end
    return opened.vector
  })
  return { vector: { ...vector, fields }, end }
}

function pushBitmapBytes(f: FunctionBuilder, count: Operand): void {
  f.get(count).i32(7).op('i32.add').i32(3).op('i32.shr_u')
}

/** Pushes a bit of a bitmap, 0 or 1. */
function pushBit(f: FunctionBuilder, bitmap: Operand, index: Operand): void {
  f.get(bitmap).get(index).i32(3).op('i32.shr_u').op('i32.add').load('i32.load8_u')
  f.get(index).i32(7).op('i32.and').op('i32.shr_u').i32(1).op('i32.and')
}

/** Emits the load of an element, which there must be. */
export function elementAt(f: FunctionBuilder, vector: Vector, index: Operand): Value {
  pushBit(f, vector.validity, index)
  const isNull = f.op('i32.eqz').setNew('i32')
  return { ...valueAt(f, vector, index), isNull }
}

const LOADS: Readonly<Record<number, LoadOp>> = { 1: 'i32.load8_s', 2: 'i32.load16_s', 4: 'i32.load', 8: 'i64.load' }

function valueAt(f: FunctionBuilder, { type, values, bytes, fields }: Vector, index: Operand): Value {
  const isNull = undefined
  if (type.kind === 'struct') {
    return { kind: 'struct', type, fields: fields.map((field) => elementAt(f, field, index)), isNull }
  }
  const storage = storageOf(type)
  const pushAddress = (width: number): FunctionBuilder =>
    f.get(values).get(index).i32(Math.log2(width)).op('i32.shl').op('i32.add')
  switch (storage.kind) {
    case 'none':
      return { kind: 'scalar', type, value: f.i32(0).setNew('i32'), isNull }
    case 'boolean':
      pushBit(f, values, index)
      return { kind: 'scalar', type, value: f.setNew('i32'), isNull }
    case 'variable': {
      const offset = pushAddress(PACKED_OFFSET_BYTES).setNew('i32')
      const from = f.get(offset).load('i32.load').setNew('i32')
      const address = f.get(bytes!).get(from).op('i32.add').setNew('i32')
      const length = f.get(offset).load('i32.load', PACKED_OFFSET_BYTES).get(from).op('i32.sub').setNew('i32')
      return { kind: 'bytes', type, address, length, isNull }
    }
    case 'fixed': {
      pushAddress(storage.bytes)
      if (type.kind === 'decimal' && storage.bytes === 16) {
        const at = f.setNew('i32')
        const low = f.get(at).load('i64.load').setNew('i64')
        return { kind: 'wide', type, low, high: f.get(at).load('i64.load', 8).setNew('i64'), narrow: undefined, isNull }
      }
      const shape = shapeOf(type)
      const isFloat = shape === 'f32' || shape === 'f64'
      const load = isFloat ? (`${shape}.load` as const) : LOADS[storage.bytes]!
      return { kind: 'scalar', type, value: f.load(load).setNew(load.slice(0, 3) as 'i32'), isNull }
    }
  }
}

/** Emits a loop over the numbers from 0 up to `count`. `emit` may leave it by its label. */
export function forEachIndex(
  f: FunctionBuilder,
  count: Operand,
  emit: (index: Local, leave: () => void) => void,
): void {
  const index = f.i32(0).setNew('i32')
  f.block((done) => {
    f.loop((again) => {
      f.get(index).get(count).op('i32.ge_s').brIf(done)
      emit(index, () => f.br(done))
      f.get(index).i32(1).op('i32.add').set(index).br(again)
    })
  })
}
