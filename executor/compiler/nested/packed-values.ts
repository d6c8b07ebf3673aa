import { storageOf } from '../../../columnar/leaves.js'
import type { ArrayType } from '../../../columnar/types.js'
import { PACKED_COUNT_BYTES } from '../../kernels/interface/packed.js'
import { loadBytesResult } from '../expression/bytes-result.js'
import type { Scope } from '../expression/scope.js'
import { type BytesValue, bytes, isConstant, partsOf, type Value } from '../expression/value.js'
import type { StoreOp } from '../wasm/opcodes.js'
import type { Local, Operand } from '../wasm/types.js'

const STORES: Readonly<Record<number, StoreOp>> = { 1: 'i32.store8', 2: 'i32.store16', 4: 'i32.store', 8: 'i64.store' }

/** Whether the elements of an array have a width. */
export const isOfFixedWidth = ({ element }: ArrayType): boolean => storageOf(element).kind === 'fixed'

/** Elements of a fixed width, which are appended where they are to lie. The bitmap before them has ones only, until there is a NULL. */
export class PackedValues {
  readonly #type: ArrayType
  readonly #width: number
  readonly #most: Operand
  readonly #mayBeFewer: boolean
  readonly #values: Local
  readonly #count: Local

  /** @param mayBeFewer whether less than `most` may be appended */
  constructor(scope: Scope, type: ArrayType, most: Operand, mayBeFewer: boolean) {
    const { f } = scope
    const storage = storageOf(type.element)
    this.#type = type
    this.#width = storage.kind === 'fixed' ? storage.bytes : 0
    this.#mayBeFewer = mayBeFewer
    this.#most = isConstant(most) ? most : f.get(most).setNew('i32')
    f.get(this.#most).i32(this.#width).call(scope.kernel('valuesAllocate'))
    this.#values = f.setNew('i32')
    this.#count = f.i32(0).setNew('i32')
  }

  append(scope: Scope, value: Value): void {
    const { f } = scope
    const at = f.get(this.#values).get(this.#count).i32(this.#width).op('i32.mul').op('i32.add').setNew('i32')
    for (const [i, part] of partsOf(value).entries()) {
      f.get(at).get(part)
      const type = part.type as 'i32' | 'i64' | 'f32' | 'f64'
      f.store(type === 'f32' || type === 'f64' ? `${type}.store` : STORES[Math.min(this.#width, 8)]!, i * 8)
    }
    if (value.isNull) {
      f.get(value.isNull).if(() => {
        f.get(this.#values).get(this.#count).get(this.#most).i32(this.#width).call(scope.kernel('valuesSetNull'))
      })
    }
    f.get(this.#count).i32(1).op('i32.add').set(this.#count)
  }

  finish(scope: Scope): BytesValue {
    const { f, context } = scope
    if (!this.#mayBeFewer) return this.#whole(scope)
    f.get(this.#values).get(this.#count).get(this.#most).i32(this.#width).get(context.constantsBase)
    f.call(scope.kernel('valuesPack'))
    return loadBytesResult({ type: this.#type }, scope, undefined)
  }

  /** What was made room for as it stands: the count, the bitmap and the values. */
  #whole({ f }: Scope): BytesValue {
    f.get(this.#most).i32(7).op('i32.add').i32(3).op('i32.shr_u').i32(PACKED_COUNT_BYTES).op('i32.add')
    const head = f.setNew('i32')
    const address = f.get(this.#values).get(head).op('i32.sub').setNew('i32')
    const length = f.get(head).get(this.#most).i32(this.#width).op('i32.mul').op('i32.add').setNew('i32')
    return bytes(this.#type, address, length, undefined)
  }
}
