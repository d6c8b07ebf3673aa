import type { ArrayType, DataType, MapType } from '../../../columnar/types.js'
import { SLOT_ADDRESS, SLOT_LENGTH } from '../../kernels/interface/packed.js'
import { loadBytesResult } from '../expression/bytes-result.js'
import type { Scope } from '../expression/scope.js'
import type { BytesValue, Value } from '../expression/value.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import { i32Constant, type Local, type Operand } from '../wasm/types.js'
import { type SlotNode, slotOf } from './slot-layout.js'
import { describeType } from './type-description.js'

const SMALLEST_CAPACITY = 16

/** Pushes the address of the description of a type, for kernels. */
export function pushType(scope: Scope, type: ArrayType | MapType): void {
  scope.pushAddress(scope.context.constants.add(describeType(type)))
}

/** The values that an element consists of: one, or the key and value of an entry. */
const elementTypes = (type: ArrayType | MapType): readonly DataType[] =>
  type.kind === 'array' ? [type.element] : [type.key, type.value]

/**
 * Makes an array or map in generated code: elements are appended, in a loop or not, to slots in the arena, and packed by a kernel at the end. What an
 * element refers to (the bytes of a string) must stay until then.
 */
export class ArrayBuilder {
  readonly #type: ArrayType | MapType
  readonly #slotBytes: number
  readonly #nodes: readonly SlotNode[]
  readonly #slots: Local
  readonly #next: Local
  /** Undefined where the capacity is never exceeded. */
  readonly #capacity: Local | undefined
  readonly #count: Local

  /** @param most the most elements there will be; without it the slots grow */
  constructor(scope: Scope, type: ArrayType | MapType, most?: Operand) {
    const { f } = scope
    const { bytes, nodes } = slotOf(elementTypes(type))
    this.#type = type
    this.#slotBytes = bytes
    this.#nodes = nodes
    this.#capacity = most ? undefined : f.i32(SMALLEST_CAPACITY).setNew('i32')
    f.get(most ?? i32Constant(SMALLEST_CAPACITY))
      .i32(bytes)
      .call(scope.kernel('slotsAllocate'))
    this.#slots = f.setNew('i32')
    this.#next = f.get(this.#slots).setNew('i32')
    this.#count = f.i32(0).setNew('i32')
  }

  /** An i32: how many there are. */
  get count(): Operand {
    return this.#count
  }

  /** Appends an element: of an array its value, of a map key and value. */
  append(scope: Scope, ...values: readonly Value[]): void {
    const { f } = scope
    if (this.#capacity) this.#grow(scope, this.#capacity)
    for (const [i, value] of values.entries()) storeInSlot(f, this.#next, this.#nodes[i]!, value)
    f.get(this.#next).i32(this.#slotBytes).op('i32.add').set(this.#next)
    f.get(this.#count).i32(1).op('i32.add').set(this.#count)
  }

  #grow(scope: Scope, capacity: Local): void {
    const { f } = scope
    f.get(this.#count).get(capacity).op('i32.eq')
    f.if(() => {
      f.get(this.#slots).get(this.#count).i32(this.#slotBytes).call(scope.kernel('slotsDoubled')).set(this.#slots)
      f.get(capacity).i32(1).op('i32.shl').set(capacity)
      f.get(this.#slots).get(this.#count).i32(this.#slotBytes).op('i32.mul').op('i32.add').set(this.#next)
    })
  }

  /** The array or map, which is not NULL. */
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
