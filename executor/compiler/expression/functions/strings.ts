import { BOOLEAN, STRING } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Operand } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { anyNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { type BytesValue, bytes, isAlwaysNull, partsOf, scalar, type Value } from '../value.js'
import { pushBytesMatch } from './bytes-comparison.js'

/** The operands of a call; undefined when the result is NULL in every row. */
function operandsOf(call: Call, scope: Scope): readonly Value[] | undefined {
  const values = call.args.map((arg) => scope.value(arg))
  return values.some(isAlwaysNull) ? undefined : values
}

/** Code points of a string, bytes of a binary. */
export function compileLength(call: Call, scope: Scope): Value {
  const [value] = operandsOf(call, scope) ?? []
  if (!value) return nullOf(call.type)
  const { address, length, type, isNull } = asBytes(value)
  if (type.kind === 'binary') return scalar(call.type, length, isNull)
  pushPoints(scope, address, length)
  return scalar(call.type, scope.f.setNew('i32'), isNull)
}

/** How many bytes a text may have to be looked at here; a longer one goes to a kernel. */
const LOOKED_AT = 32

/** Pushes how many code points a text has. Most texts are short and have a byte for each, which is seen at once: behind any text 16 bytes can be read. */
function pushPoints(scope: Scope, address: Operand, length: Operand): void {
  const { f } = scope
  const kernel = scope.kernel('utf8Length')
  const byKernel = () => f.get(address).get(length).call(kernel)
  const pushOthers = () => {
    f.get(length).i32(16).op('i32.gt_u')
    f.if(
      () => {
        f.get(address).load('v128.load', 0)
        f.get(address).get(length).op('i32.add').i32(16).op('i32.sub').load('v128.load', 0)
        f.op('v128.or').op('i8x16.bitmask')
      },
      () => {
        f.get(address).load('v128.load', 0).op('i8x16.bitmask')
        f.i32(1).get(length).op('i32.shl').i32(1).op('i32.sub').op('i32.and')
      },
      'i32',
    )
  }
  f.get(length).i32(LOOKED_AT).op('i32.le_u')
  f.if(
    () => {
      pushOthers()
      f.if(byKernel, () => f.get(length), 'i32')
    },
    byKernel,
    'i32',
  )
}

export function compileSubstring(call: Call, scope: Scope): Value {
  const [text, position, count] = operandsOf(call, scope) ?? []
  if (!text || !position || !count) return nullOf(call.type)
  const { f } = scope
  const { address, length } = asBytes(text)
  f.get(address).get(length).get(partsOf(position)[0]!).get(partsOf(count)[0]!).get(scope.context.constantsBase)
  f.call(scope.kernel(text.type.kind === 'binary' ? 'bytesSubstring' : 'utf8Substring'))
  return loadBytesResult(call, scope, anyNull(f, [text.isNull, position.isNull, count.isNull]))
}

export function compileConcat(call: Call, scope: Scope): Value {
  const operands = operandsOf(call, scope)?.map(asBytes)
  if (!operands) return nullOf(call.type)
  const { f } = scope
  const isNull = anyNull(
    f,
    operands.map((x) => x.isNull),
  )
  return { ...joinedBytes(scope, operands), type: call.type, isNull }
}

/** One text after another, in the arena. */
export function joinedBytes(scope: Scope, operands: readonly BytesValue[]): BytesValue {
  const { f } = scope
  f.i32(0)
  for (const { length } of operands) f.get(length).op('i32.add')
  const total = f.setNew('i32')
  f.get(total).call(scope.kernel('arenaAllocate'))
  const address = f.setNew('i32')
  f.get(address)
  const end = f.setNew('i32')
  for (const operand of operands) {
    f.get(end).get(operand.address).get(operand.length).memoryCopy()
    f.get(end).get(operand.length).op('i32.add').set(end)
  }
  return bytes(STRING, address, total, undefined)
}

/** upper and lower. */
export function compileChangeCase(call: Call, scope: Scope): Value {
  const [value] = operandsOf(call, scope) ?? []
  if (!value) return nullOf(call.type)
  const { address, length, isNull } = asBytes(value)
  scope.f
    .get(address)
    .get(length)
    .i32(call.fn === 'upper' ? 1 : 0)
    .get(scope.context.constantsBase)
  scope.f.call(scope.kernel('changeCase'))
  return loadBytesResult(call, scope, isNull)
}

/** trim, ltrim and rtrim of spaces: another view of the same bytes. */
export function compileTrim(call: Call, scope: Scope): Value {
  const [value] = operandsOf(call, scope) ?? []
  if (!value) return nullOf(call.type)
  const { f } = scope
  let { address, length } = asBytes(value)
  if (call.fn !== 'rtrim') {
    f.get(address).get(length).call(scope.kernel('leadingSpaces'))
    const spaces = f.setNew('i32')
    f.get(address).get(spaces).op('i32.add')
    address = f.setNew('i32')
    f.get(length).get(spaces).op('i32.sub')
    length = f.setNew('i32')
  }
  if (call.fn !== 'ltrim') {
    f.get(address).get(length).call(scope.kernel('lengthWithoutTrailingSpaces'))
    length = f.setNew('i32')
  }
  return bytes(call.type, address, length, value.isNull)
}

/** starts_with, ends_with and contains. */
export function compileOccurrence(call: Call, scope: Scope): Value {
  const [text, part] = operandsOf(call, scope)?.map(asBytes) ?? []
  if (!text || !part) return nullOf(call.type)
  const isNull = anyNull(scope.f, [text.isNull, part.isNull])
  pushOccurrence(call.fn as Occurrence, scope, text, part)
  return scalar(BOOLEAN, scope.f.setNew('i32'), isNull)
}

export type Occurrence = 'starts_with' | 'ends_with' | 'contains'

/** Pushes 1 when a string has another at its beginning, its end or anywhere. */
export function pushOccurrence(place: Occurrence, scope: Scope, text: BytesValue, part: BytesValue): void {
  const { f } = scope
  if (place === 'contains') {
    f.get(text.address).get(text.length).get(part.address).get(part.length).call(scope.kernel('bytesFind'))
    f.i32(0).op('i32.ge_s')
    return
  }
  f.get(text.length).get(part.length).op('i32.ge_u')
  f.if(
    () => {
      f.get(text.address)
      if (place === 'ends_with') f.get(text.length).op('i32.add').get(part.length).op('i32.sub')
      const start = f.setNew('i32')
      if (part.constant) pushBytesMatch(scope, start, part.address, part.constant)
      else f.get(start).get(part.address).get(part.length).call(scope.kernel('bytesEqual'))
    },
    () => f.i32(0),
    'i32',
  )
}
