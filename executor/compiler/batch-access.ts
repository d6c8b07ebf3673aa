import { leafCount } from '../../columnar/leaves.js'
import { shapeOf } from '../../columnar/shape.js'
import type { DataType } from '../../columnar/types.js'
import { unsupportedType } from './expression/slots.js'
import { partsOf, type Value } from './expression/value.js'
import type { FunctionBuilder } from './wasm/function-builder.js'
import type { LoadOp, StoreOp } from './wasm/opcodes.js'
import { i32Constant, type Local, type Operand } from './wasm/types.js'

/** Where a leaf of a batch in pipeline layout lies: addresses in locals or globals. `validity` is undefined for a leaf that is never NULL. */
export interface LeafAddress {
  readonly data: Operand
  readonly validity: Operand | undefined
  /** Where rows have codes: `data` has the values of a dictionary then. 0 while values come row by row after all. */
  readonly codes?: Operand
}

interface Access {
  readonly load: LoadOp
  readonly store: StoreOp
  /** log2 of the width in bytes. */
  readonly shift: number
}

const CODE_SHIFT = 2
const BYTE: Access = { load: 'i32.load8_s', store: 'i32.store8', shift: 0 }
const SHORT: Access = { load: 'i32.load16_s', store: 'i32.store16', shift: 1 }
const WORD: Access = { load: 'i32.load', store: 'i32.store', shift: 2 }
const LONG: Access = { load: 'i64.load', store: 'i64.store', shift: 3 }
const FLOAT: Access = { load: 'f32.load', store: 'f32.store', shift: 2 }
const DOUBLE: Access = { load: 'f64.load', store: 'f64.store', shift: 3 }

/** How a scalar lies in a column. */
function accessOf(type: DataType): Access {
  if (type.kind === 'boolean' || type.kind === 'tinyint') return BYTE
  if (type.kind === 'smallint') return SHORT
  switch (shapeOf(type)) {
    case 'i32':
      return WORD
    case 'i64':
      return LONG
    case 'f32':
      return FLOAT
    case 'f64':
      return DOUBLE
    default:
      throw unsupportedType(type)
  }
}

function pushElement(f: FunctionBuilder, data: Operand, row: Operand, shift: number): FunctionBuilder {
  f.get(data).get(row)
  if (shift > 0) f.i32(shift).op('i32.shl')
  return f.op('i32.add')
}

/** Loads the value of a column in a row, whose leaves (see columnar/leaves.ts) are given in order. */
export function loadColumn(f: FunctionBuilder, type: DataType, leaves: readonly LeafAddress[], row: Operand): Value {
  const leaf = leaves[0]!
  const isNull = leaf.validity ? loadNullFlag(f, leaf.validity, row) : undefined
  const at = leaf.codes ? placeOf(f, leaf.codes, row) : row
  if (type.kind === 'struct') {
    let at = 1
    const fields = type.fields.map((x) => {
      const own = leaves.slice(at, at + leafCount(x.type))
      at += own.length
      return loadColumn(f, x.type, own, row)
    })
    return { kind: 'struct', type, fields, isNull }
  }
  switch (shapeOf(type)) {
    case 'bytes': {
      pushElement(f, leaf.data, at, 3).load('i64.load')
      // The entry that a NULL has is a text; it must be an empty one.
      if (leaf.codes && isNull) f.i64(0n).get(isNull).op('i32.eqz').select()
      const ref = f.setNew('i64')
      f.get(ref).op('i32.wrap_i64')
      const address = f.setNew('i32')
      f.get(ref).i64(32n).op('i64.shr_u').op('i32.wrap_i64')
      return { kind: 'bytes', type, address, length: f.setNew('i32'), isNull }
    }
    case 'wide': {
      if (type.kind !== 'decimal') throw unsupportedType(type)
      pushElement(f, leaf.data, at, 4)
      const value = f.setNew('i32')
      f.get(value).load('i64.load')
      const low = f.setNew('i64')
      f.get(value).load('i64.load', 8)
      return { kind: 'wide', type, low, high: f.setNew('i64'), narrow: undefined, isNull }
    }
    default: {
      const { load, shift } = accessOf(type)
      pushElement(f, leaf.data, at, shift).load(load)
      return { kind: 'scalar', type, value: f.setNew(load.slice(0, 3) as 'i32'), isNull }
    }
  }
}

/** Which element has the value of a row. */
function placeOf(f: FunctionBuilder, codes: Operand, row: Operand): Operand {
  f.get(codes)
  f.if(
    () => pushElement(f, codes, row, CODE_SHIFT).load('i32.load'),
    () => f.get(row),
    'i32',
  )
  return f.setNew('i32')
}

/** A code that tells the value of a row, NULL as well: as that which a dictionary has no entry for. For rows that have codes only. */
export function loadCode(
  f: FunctionBuilder,
  leaf: LeafAddress,
  codes: Operand,
  nullCode: Operand,
  row: Operand,
): Local {
  pushElement(f, codes, row, CODE_SHIFT).load('i32.load')
  if (leaf.validity)
    f.get(nullCode)
      .get(loadNullFlag(f, leaf.validity, row))
      .op('i32.eqz')
      .select()
  return f.setNew('i32')
}

function loadNullFlag(f: FunctionBuilder, validity: Operand, row: Operand): Operand {
  pushElement(f, validity, row, 0).load('i32.load8_u').op('i32.eqz')
  return f.setNew('i32')
}

/** Stores a value in a row of a column's leaves. Strings are stored as refs to where they are. Under a NULL the length is 0. */
export function storeColumn(f: FunctionBuilder, value: Value, leaves: readonly LeafAddress[], row: Operand): void {
  const leaf = leaves[0]!
  if (leaf.validity) {
    pushElement(f, leaf.validity, row, 0)
      .get(value.isNull ?? i32Constant(0))
      .op('i32.eqz')
      .store('i32.store8')
  }
  switch (value.kind) {
    case 'struct': {
      let at = 1
      for (const x of value.fields) {
        const count = leafCount(x.type)
        storeColumn(f, x, leaves.slice(at, at + count), row)
        at += count
      }
      return
    }
    case 'bytes':
      pushElement(f, leaf.data, row, 3)
      f.get(value.length).op('i64.extend_i32_u').i64(32n).op('i64.shl')
      f.get(value.address).op('i64.extend_i32_u').op('i64.or')
      if (value.isNull) f.i64(0n).get(value.isNull).op('i32.eqz').select()
      f.store('i64.store')
      return
    case 'wide':
      pushElement(f, leaf.data, row, 4).get(value.low).store('i64.store')
      pushElement(f, leaf.data, row, 4).get(value.high).store('i64.store', 8)
      return
    case 'scalar': {
      const { store, shift } = accessOf(value.type)
      pushElement(f, leaf.data, row, shift).get(partsOf(value)[0]!).store(store)
    }
  }
}
