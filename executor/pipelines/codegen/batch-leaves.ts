import { leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Field } from '../../../columnar/types.js'
import type { LeafAddress } from '../../compiler/batch-access.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'

const ADDRESSES_BYTES = 8

/** Where the leaves of a batch's columns are: their addresses lie in the data area, and are loaded where a function that reads them begins. */
export class BatchLeaves {
  /** Offset in the data area of the addresses, data and validity of each leaf. */
  readonly offset: number
  readonly #context: CompilerContext
  readonly #columns: readonly { readonly first: number; readonly nullable: readonly boolean[] }[]
  readonly #loaded = new WeakMap<FunctionBuilder, Map<number, readonly LeafAddress[]>>()

  constructor(context: CompilerContext, fields: readonly Field[]) {
    this.#context = context
    const leaves = leavesOf({ fields })
    this.offset = context.constants.reserve(Math.max(leaves.length, 1) * ADDRESSES_BYTES)
    let next = 0
    this.#columns = fields.map(({ type }) => {
      const first = next
      next += leafCount(type)
      return { first, nullable: leaves.slice(first, next).map((leaf) => leaf.nullable) }
    })
  }

  /** The leaves of a column, in locals of a function. */
  of(f: FunctionBuilder, ordinal: number): readonly LeafAddress[] {
    let loaded = this.#loaded.get(f)
    if (!loaded) {
      loaded = new Map()
      this.#loaded.set(f, loaded)
    }
    let leaves = loaded.get(ordinal)
    if (!leaves) {
      leaves = this.#load(f, ordinal)
      loaded.set(ordinal, leaves)
    }
    return leaves
  }

  #load(f: FunctionBuilder, ordinal: number): readonly LeafAddress[] {
    const { first, nullable } = this.#columns[ordinal]!
    const load = (at: number): Local => f.atEntry('i32', () => f.get(this.#context.constantsBase).load('i32.load', at))
    return nullable.map((mayBeNull, i) => {
      const at = this.offset + (first + i) * ADDRESSES_BYTES
      return { data: load(at), validity: mayBeNull ? load(at + 4) : undefined }
    })
  }
}
