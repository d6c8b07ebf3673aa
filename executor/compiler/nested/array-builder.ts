import type { ArrayType, DataType, MapType } from '../../../columnar/types.js'
import { SLOT_ADDRESS, SLOT_LENGTH } from '../../kernels/interface/packed.js'
import { loadBytesResult } from '../expression/bytes-result.js'
import type { Scope } from '../expression/scope.js'
import type { BytesValue, Value } from '../expression/value.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import { i32Constant, type Local, type Operand } from '../wasm/types.js'
import { isOfFixedWidth, PackedValues } from './packed-values.js'
import { type SlotNode, slotOf } from './slot-layout.js'
import { describeType } from './type-description.js'

/** Pushes the address of the description of a type, for kernels. */
export function pushType(scope: Scope, type: ArrayType | MapType): void {
  scope.pushAddress(scope.context.constants.add(describeType(type)))
}

/** The values that an element consists of: one, or the key and value of an entry. */
const elementTypes = (type: ArrayType | MapType): readonly DataType[] =>
  type.kind === 'array' ? [type.element] : [type.key, type.value]

/** Makes an array or map in generated code: elements are appended, in a loop or not. What an element refers to (the bytes of a string) must stay until the end. */
export interface ArrayBuilder {
  /** Appends an element: of an array its value, of a map key and value. */
  append(scope: Scope, ...values: readonly Value[]): void
  /** The array or map, which is not NULL. */
  finish(scope: Scope): BytesValue
}

/** @param most how many elements there will be, or at most with `mayBeFewer` */
export function newArray(
  scope: Scope,
  type: ArrayType | MapType,
  most: Operand,
  mayBeFewer: 'mayBeFewer' | 'exactly' = 'exactly',
): ArrayBuilder {
  return type.kind === 'array' && isOfFixedWidth(type)
    ? new PackedValues(scope, type, most, mayBeFewer === 'mayBeFewer')
    : new SlotBuilder(scope, type, most)
}

/** Appends to slots in the arena, which a kernel packs at the end. */
class SlotBuilder implements ArrayBuilder {
  readonly #type: ArrayType | MapType
  readonly #slotBytes: number
  readonly #nodes: readonly SlotNode[]
  readonly #slots: Local
  readonly #next: Local
  readonly #count: Local

  constructor(scope: Scope, type: ArrayType | MapType, most: Operand) {
    const { f } = scope
    const { bytes, nodes } = slotOf(elementTypes(type))
    this.#type = type
    this.#slotBytes = bytes
    this.#nodes = nodes
    f.get(most).i32(bytes).call(scope.kernel('slotsAllocate'))
    this.#slots = f.setNew('i32')
    this.#next = f.get(this.#slots).setNew('i32')
    this.#count = f.i32(0).setNew('i32')
  }

  append(scope: Scope, ...values: readonly Value[]): void {
    const { f } = scope
    for (const [i, value] of values.entries()) storeInSlot(f, this.#next, this.#nodes[i]!, value)
    f.get(this.#next).i32(this.#slotBytes).op('i32.add').set(this.#next)
    f.get(this.#count).i32(1).op('i32.add').set(this.#count)
  }

  finish(scope: Scope): BytesValue {
    pushType(scope, this.#type)
    scope.f.get(this.#slots).get(this.#count).i32(this.#slotBytes).get(scope.context.constantsBase)
    scope.f.call(scope.kernel('slotsPack'))
    return loadBytesResult({ type: this.#type }, scope, undefined)
  }
}

function storeInSlot(f: FunctionBuilder, slot: Operand, node: SlotNode, value: Value): void {
  f.get(slot)
    .get(value.isNull ?? i32Constant(0))
    .store('i32.store8', node.flag)
  switch (value.kind) {
    case 'struct':
      for (const [i, field] of value.fields.entries()) storeInSlot(f, slot, node.fields[i]!, field)
      return
    case 'bytes':
      f.get(slot)
        .get(value.address)
        .store('i32.store', node.value + SLOT_ADDRESS)
      f.get(slot)
        .get(value.length)
        .store('i32.store', node.value + SLOT_LENGTH)
      return
    case 'wide':
      f.get(slot).get(value.low).store('i64.store', node.value)
      f.get(slot)
        .get(value.high)
        .store('i64.store', node.value + 8)
      return
    case 'scalar': {
      const type = value.value.type as 'i32' | 'i64' | 'f32' | 'f64'
      f.get(slot).get(value.value).store(`${type}.store`, node.value)
    }
  }
}
