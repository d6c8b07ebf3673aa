import { storageOf } from '../../../columnar/leaves.js'
import type { DataType } from '../../../columnar/types.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import {
  LEAF_BYTES,
  NESTED_BOOLEAN,
  NESTED_BYTES,
  NESTED_CHILDREN,
  NESTED_FIXED,
  NESTED_KIND,
  NESTED_LEAF,
  NESTED_LEVEL,
  NESTED_LIST,
  NESTED_NODE_BYTES,
  NESTED_NULL_KEY,
  NESTED_REPEATED,
  NESTED_REPETITION,
  NESTED_STRUCT,
  NESTED_WIDTH,
} from '../../../executor/kernels/interface/parquet-nested.js'
import { type BatchColumn, MAX_BATCH_ROWS, type Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { LeafSource, NestedNode, SplitRowGroup, ValuesSource } from '../split.js'
import type { PageFile } from './page-file.js'
import { RepeatedReader } from './repeated-reader.js'

export type NestedSource = Extract<LeafSource, { kind: 'nested' }>

/** A batch has so many entries of a leaf and so many bytes of its chunk, if those of all rows are about the same. */
const BATCH_ENTRIES = 128 * 1024
const BATCH_CHUNK_BYTES = 2 * 1024 * 1024

/** More than there are, which are refused. */
const MOST_BYTES = 0xfff0_0000

/** Reads an array or map column of a file: the entries of its leaves, of which a kernel assembles packed values. */
export class NestedColumn {
  readonly #source: NestedSource
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #readers: readonly RepeatedReader[]
  /** The nodes for the kernel, with the states of the leaves behind them. */
  readonly #description: Region
  readonly #packed: Region
  readonly #refs: Region
  readonly #levels: Region
  #rowsAtOnce = MAX_BATCH_ROWS

  constructor(source: NestedSource, memory: Memory, kernels: Kernels) {
    this.#source = source
    this.#memory = memory
    this.#kernels = kernels
    this.#readers = valuesOf(source.root).map((values) => new RepeatedReader(values, memory, kernels))
    this.#description = new Region(memory)
    this.#packed = new Region(memory)
    this.#refs = new Region(memory)
    this.#levels = new Region(memory)
  }

  /** How many rows a batch of the row group should have at most. */
  get rowsAtOnce(): number {
    return this.#rowsAtOnce
  }

  /** Definition levels of the rows of the last batch, a byte each. */
  get levels(): number {
    return this.#levels.address
  }

  /** Begins with the chunks of the next row group. */
  open(file: PageFile, { rows, chunks }: SplitRowGroup): void {
    if (this.#description.address === 0) this.#describe()
    this.#rowsAtOnce = MAX_BATCH_ROWS
    for (const reader of this.#readers) {
      const chunk = chunks[reader.source.chunk]!
      const [, bytes, entries] = chunk
      const share = Math.min(BATCH_ENTRIES / Math.max(entries, 1), BATCH_CHUNK_BYTES / Math.max(bytes, 1))
      this.#rowsAtOnce = Math.max(1, Math.min(this.#rowsAtOnce, Math.floor(rows * share)))
      reader.open(file, chunk)
    }
  }

  /** Reads the next `rows` values. `validity` is where the levels are when some value is NULL, otherwise 0. */
  read(rows: number): BatchColumn {
    const column = this.#description.address
    const states = column + nodeBytes(this.#source.root)
    for (const [i, reader] of this.#readers.entries()) reader.read(rows, states + i * LEAF_BYTES)
    const kernels = this.#kernels
    const to = this.#packed.reserve(Math.min(kernels.parquetNestedBytes(column, rows), MOST_BYTES))
    const data = this.#refs.reserve(MAX_BATCH_ROWS * 8)
    const levels = this.#levels.reserve(MAX_BATCH_ROWS)
    const present = kernels.parquetNested(column, rows, levels, data, to)
    if (present < 0) {
      const reason =
        present === NESTED_NULL_KEY ? 'a map has a NULL key' : 'its levels and those of other columns disagree'
      throw this.#readers[0]!.corrupt(reason)
    }
    return { data, validity: present < rows ? levels : 0 }
  }

  release(): void {
    for (const region of [this.#description, this.#packed, this.#refs, this.#levels]) region.release()
    for (const reader of this.#readers) reader.release()
  }

  #describe(): void {
    const { root } = this.#source
    const end = nodeBytes(root)
    const start = this.#description.reserve(end + this.#readers.length * LEAF_BYTES)
    const { view } = this.#memory
    let next = start
    let leaf = start + end
    /** @returns the address of the node and the state of its first leaf */
    const write = (node: NestedNode): { readonly at: number; readonly first: number } => {
      const children = childrenOf(node)
      const at = next
      next += NESTED_NODE_BYTES + children.length * 4
      const set = (field: number, value: number): void => view.setUint32(at + field, value, true)
      const written = children.map(write)
      for (const [i, child] of written.entries()) set(NESTED_NODE_BYTES + i * 4, child.at)
      let first = written.find((child) => child.first !== 0)?.first ?? 0
      if (node.kind === 'values') {
        first = leaf
        leaf += LEAF_BYTES
      }
      set(NESTED_KIND, kindOf(node))
      set(NESTED_LEVEL, node.kind === 'struct' || node.kind === 'list' ? node.level : 0)
      set(NESTED_WIDTH, node.kind === 'values' || node.kind === 'missing' ? widthOf(node.type) : 0)
      set(NESTED_LEAF, first)
      set(NESTED_REPEATED, node.kind === 'list' ? node.repeated : 0)
      set(NESTED_REPETITION, node.kind === 'list' ? node.repetition : 0)
      set(NESTED_CHILDREN, children.length)
      return { at, first }
    }
    write(root)
  }
}

/** The leaves with values, in the order in which they are met. */
function valuesOf(node: NestedNode): readonly ValuesSource[] {
  return node.kind === 'values' ? [node.source] : childrenOf(node).flatMap(valuesOf)
}

function childrenOf(node: NestedNode): readonly NestedNode[] {
  switch (node.kind) {
    case 'values':
      return []
    case 'struct':
    case 'list':
      return node.children
    case 'missing':
      return node.type.kind === 'struct' ? node.type.fields.map(({ type }) => ({ kind: 'missing', type })) : []
  }
}

function nodeBytes(node: NestedNode): number {
  return childrenOf(node).reduce((sum, child) => sum + 4 + nodeBytes(child), NESTED_NODE_BYTES)
}

function kindOf(node: NestedNode): number {
  if (node.kind === 'list') return NESTED_LIST
  if (node.kind === 'struct' || node.type.kind === 'struct') return NESTED_STRUCT
  const storage = storageOf(node.type)
  if (storage.kind === 'variable') return NESTED_BYTES
  return storage.kind === 'boolean' ? NESTED_BOOLEAN : NESTED_FIXED
}

function widthOf(type: DataType): number {
  const storage = storageOf(type)
  return storage.kind === 'fixed' ? storage.bytes : 0
}
