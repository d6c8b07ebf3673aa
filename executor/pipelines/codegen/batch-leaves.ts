import { leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Field } from '../../../columnar/types.js'
import { type LeafAddress, loadCode, loadColumn } from '../../compiler/batch-access.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { ColumnCode } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { pushSlot } from './consumer.js'

const ADDRESSES_BYTES = 8

/** What is told of a leaf that may have codes (u32 each): where they lie, the number of the dictionary, and how many codes there are. Zeros while it has none. */
const CODED_BYTES = 16
export const CODED_ADDRESS = 0
export const CODED_DICTIONARY = 4
export const CODED_CODES = 8

interface Column {
  readonly first: number
  readonly nullable: readonly boolean[]
}

/** Where the leaves of a batch's columns are: their addresses lie in the data area, and are loaded where a function that reads them begins. */
export class BatchLeaves {
  /** Offset in the data area of the addresses, data and validity of each leaf. */
  readonly offset: number
  /** The leaves that may have codes, and offsets of what is told of these. */
  readonly coded = new Map<number, number>()
  readonly #context: CompilerContext
  readonly #fields: readonly Field[]
  readonly #columns: readonly Column[]
  readonly #mayBeCoded: boolean
  readonly #loaded = new WeakMap<FunctionBuilder, Map<number, readonly LeafAddress[]>>()
  /** Columns that functions read in which rows have no codes, but for those of which they ask for codes. */
  readonly #plain = new Set<number>()
  /** Whether functions that are emitted now are for batches in which some leaf has codes. */
  isCoded = false

  /** @param mayBeCoded whether the source can give codes */
  constructor(context: CompilerContext, fields: readonly Field[], mayBeCoded: boolean) {
    this.#context = context
    this.#fields = fields
    this.#mayBeCoded = mayBeCoded
    const leaves = leavesOf({ fields })
    this.offset = context.constants.reserve(Math.max(leaves.length, 1) * ADDRESSES_BYTES)
    let next = 0
    this.#columns = fields.map(({ type }) => {
      const first = next
      next += leafCount(type)
      return { first, nullable: leaves.slice(first, next).map((leaf) => leaf.nullable) }
    })
  }

  /** Emits the load of a column's value in a row. */
  value(f: FunctionBuilder, ordinal: number, row: Operand): Value {
    return loadColumn(f, this.#fields[ordinal]!.type, this.#of(f, ordinal), row)
  }

  /** The one leaf of a column whose values lie row by row, in locals of a function. */
  plain(f: FunctionBuilder, ordinal: number): LeafAddress | undefined {
    const leaf = this.#of(f, ordinal)[0]!
    return leaf.codes ? undefined : leaf
  }

  /** The code of a column in a row; undefined also in functions for batches without codes, which then ask for no others. */
  code(f: FunctionBuilder, ordinal: number, row: Operand): ColumnCode | undefined {
    const { first, nullable } = this.#columns[ordinal]!
    if (!this.#mayBeCoded || nullable.length !== 1 || this.#plain.has(ordinal)) return undefined
    if (!this.coded.has(first)) this.coded.set(first, this.#context.constants.reserve(CODED_BYTES))
    if (!this.isCoded) return undefined
    const leaf = this.#of(f, ordinal)[0]!
    const at = this.coded.get(first)!
    const load = (offset: number): Local => f.atEntry('i32', () => pushSlot(this.#context, f, at + offset))
    const codes = load(CODED_CODES)
    const nullCode = f.atEntry('i32', () => f.get(codes).i32(1).op('i32.sub'))
    const loadCodeOf = () => loadCode(f, leaf, leaf.codes!, nullCode, row)
    return { dictionary: load(CODED_DICTIONARY), codes, load: loadCodeOf }
  }

  #of(f: FunctionBuilder, ordinal: number): readonly LeafAddress[] {
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
    const coded = this.coded.get(first)
    if (coded === undefined) this.#plain.add(ordinal)
    return nullable.map((mayBeNull, i) => {
      const at = this.offset + (first + i) * ADDRESSES_BYTES
      const address = { data: load(at), validity: mayBeNull ? load(at + 4) : undefined }
      return coded === undefined || !this.isCoded ? address : { ...address, codes: load(coded + CODED_ADDRESS) }
    })
  }
}
