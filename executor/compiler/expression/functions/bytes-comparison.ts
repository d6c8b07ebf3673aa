import type { FunctionBuilder } from '../../wasm/function-builder.js'
import type { LoadOp } from '../../wasm/opcodes.js'
import type { Operand } from '../../wasm/types.js'
import type { KnownBytes } from '../known-bytes.js'
import type { Scope } from '../scope.js'
import type { BytesValue } from '../value.js'
import type { Comparison } from './comparisons.js'

/** Compares strings by their bytes, which for UTF-8 is the order of code points. */
export function pushBytesComparison(scope: Scope, comparison: Comparison, a: BytesValue, b: BytesValue): void {
  const { f } = scope
  if (comparison === 'eq' || comparison === 'ne') {
    pushBytesEqual(scope, a, b)
    if (comparison === 'ne') f.op('i32.eqz')
    return
  }
  f.get(a.address).get(a.length).get(b.address).get(b.length).call(scope.kernel('bytesCompare'))
  f.i32(0).op(`i32.${comparison}_s`)
}

/** Pushes 1 when two strings have the same bytes. */
export function pushBytesEqual(scope: Scope, a: BytesValue, b: BytesValue): void {
  if (b.constant) pushEqualsConstant(scope, a, b, b.constant)
  else if (a.constant) pushEqualsConstant(scope, b, a, a.constant)
  else {
    const { f } = scope
    f.get(a.length).get(b.length).op('i32.eq')
    f.if(
      () => f.get(a.address).get(b.address).get(a.length).call(scope.kernel('bytesEqual')),
      () => f.i32(0),
      'i32',
    )
  }
}

const LONGEST_INLINE_BYTES = 16

function pushEqualsConstant(scope: Scope, value: BytesValue, other: BytesValue, constant: KnownBytes): void {
  const { f } = scope
  f.get(value.length).i32(constant.length).op('i32.eq')
  if (constant.length === 0) return
  f.if(
    () => pushBytesMatch(scope, value.address, other.address, constant),
    () => f.i32(0),
    'i32',
  )
}

/** Pushes 1 when the bytes at `address`, known to be long enough, begin with those `at` an address, which are known. Short ones without a call. */
export function pushBytesMatch(scope: Scope, address: Operand, at: Operand, constant: KnownBytes): void {
  const { f } = scope
  const { length } = constant
  if (length === 0) {
    f.i32(1)
    return
  }
  if (length > LONGEST_INLINE_BYTES) {
    f.get(address).get(at).i32(length).call(scope.kernel('bytesEqual'))
    return
  }
  chunksOf(length).forEach(({ offset, size }, index) => {
    pushDifference(f, address, constant, offset, size)
    if (index > 0) f.op('i64.or')
  })
  f.op('i64.eqz')
}

/** Loads that cover `length` bytes exactly; the last overlaps the one before where that saves a load. */
function chunksOf(length: number): { readonly offset: number; readonly size: 1 | 2 | 4 | 8 }[] {
  if (length >= 8) return length === 8 ? [{ offset: 0, size: 8 }] : [{ offset: 0, size: 8 }, tail(length, 8)]
  if (length >= 4) return length === 4 ? [{ offset: 0, size: 4 }] : [{ offset: 0, size: 4 }, tail(length, 4)]
  if (length === 3) return [{ offset: 0, size: 2 }, tail(3, 1)]
  return [{ offset: 0, size: length === 2 ? 2 : 1 }]
}

const tail = (length: number, size: 1 | 4 | 8) => ({ offset: length - size, size })

const LOADS: Readonly<Record<1 | 2 | 4 | 8, LoadOp>> = {
  1: 'i64.load8_u',
  2: 'i64.load16_u',
  4: 'i64.load32_u',
  8: 'i64.load',
}

function pushDifference(
  f: FunctionBuilder,
  address: Operand,
  constant: KnownBytes,
  offset: number,
  size: 1 | 2 | 4 | 8,
): void {
  f.get(address).load(LOADS[size], offset).get(constant.word(offset, size)).op('i64.xor')
}
