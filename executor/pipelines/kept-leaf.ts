import type { Leaf } from '../../columnar/leaves.js'
import type { BatchColumn, LeafRange, RowSelection } from '../../connectors/api.js'
import { RANGE_BYTES, RANGE_GREATEST, RANGE_LEAST } from '../kernels/interface/narrow.js'
import { Area, type BlockBatches, type DetachedMemory } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { IntegerCoder } from './coded-integers.js'
import { TextCoder } from './coded-texts.js'
import type { KeptDictionary } from './kept-dictionary.js'

/** A leaf of a batch that stays in memory: as pipelines read it, integers as differences from the least of them, in fewer bytes, or texts as codes. */
export type KeptLeaf = { readonly kind: 'plain'; readonly column: BatchColumn } | NarrowedLeaf | CodedLeaf

/** Texts of which few differ: u16 each. */
interface CodedLeaf {
  readonly kind: 'coded'
  readonly codes: number
  readonly dictionary: KeptDictionary
  readonly validity: number
}

interface NarrowedLeaf {
  readonly kind: 'narrowed'
  readonly differences: number
  readonly least: bigint
  readonly narrow: 1 | 2 | 4
  readonly width: 4 | 8
  readonly validity: number
  /** Numbers the values of the whole column. */
  readonly coder: IntegerCoder
}

/** The dictionary of a leaf that can be read as codes. */
export function dictionaryOf(leaf: KeptLeaf | undefined): KeptDictionary | undefined {
  if (leaf === undefined || leaf.kind === 'plain') return undefined
  const { dictionary } = leaf.kind === 'coded' ? leaf : leaf.coder
  return dictionary.entries > 0 ? dictionary : undefined
}

/** Makes codes of the values of a column, batch by batch. */
export type LeafCoder = TextCoder | IntegerCoder

/** What can make codes of a leaf. */
export function leafCoder(memory: LinearMemory, leaf: Leaf): LeafCoder | undefined {
  if (leaf.type.kind === 'string') return new TextCoder(memory)
  const width = integerWidth(leaf)
  return width && new IntegerCoder(memory, width)
}

/** What is kept, and the memory it lies in. */
export interface Kept {
  readonly leaf: KeptLeaf
  readonly memory: DetachedMemory
}

/** Widening every row, several at a time, is as fast as picking this share of them. */
const WORTH_SELECTING = 4

/** Codes as they are kept, and as pipelines read them. */
const KEPT_CODE_BYTES = 2
const CODE_BYTES = 4
const REF_BYTES = 8

/** Bytes behind a column that kernels may touch. */
const SLACK_BYTES = 64

/**
 * Takes over a leaf of the last batch of `batches`. Integers are narrowed where that saves half, texts become codes where a coder takes them: what a query
 * waits for is the memory.
 */
export function keepLeaf(
  memory: LinearMemory,
  batches: BlockBatches,
  at: number,
  leaf: Leaf,
  column: BatchColumn,
  rows: number,
  coder: LeafCoder | undefined,
): Kept {
  const plain = (): Kept => ({ leaf: { kind: 'plain', column }, memory: batches.detach(at) })
  if (coder instanceof TextCoder) return codedLeaf(memory, column, rows, coder) ?? plain()
  const width = integerWidth(leaf)
  if (width === undefined || coder === undefined) return plain()
  const range = rangeOf(memory, column.data, rows, width)
  const narrow = narrowWidth(range.greatest - range.least)
  if (narrow === undefined || narrow >= width) {
    coder.giveUp()
    return plain()
  }
  coder.add(range.least, range.greatest)
  const bytes = rows * narrow + SLACK_BYTES
  const differences = memory.allocate(bytes)
  memory.kernels.narrowColumn(column.data, rows, width, range.least, narrow, differences)
  const own = batches.detach(at)
  memory.release(column.data)
  const { validity } = column
  const validityBytes = validity === 0 ? 0 : rows
  return {
    leaf: { kind: 'narrowed', differences, least: range.least, narrow, width, validity, coder },
    memory: {
      addresses: [differences, ...own.addresses.filter((address) => address !== column.data)],
      bytes: bytes + validityBytes,
    },
  }
}

function codedLeaf(memory: LinearMemory, column: BatchColumn, rows: number, coder: TextCoder): Kept | undefined {
  const codes = coder.code(column.data, rows)
  if (!codes) return undefined
  const { address, bytes } = codes
  const validity = column.validity === 0 ? 0 : address + rows * KEPT_CODE_BYTES
  if (validity !== 0) memory.bytes.copyWithin(validity, column.validity, column.validity + rows)
  return {
    leaf: { kind: 'coded', codes: address, dictionary: coder.dictionary, validity },
    memory: { addresses: [address], bytes },
  }
}

function integerWidth({ type, storage }: Leaf): 4 | 8 | undefined {
  if (type.kind === 'float' || type.kind === 'double' || storage.kind !== 'fixed') return undefined
  return storage.bytes === 4 || storage.bytes === 8 ? storage.bytes : undefined
}

function rangeOf(memory: LinearMemory, data: number, rows: number, width: number): { least: bigint; greatest: bigint } {
  const out = memory.allocate(RANGE_BYTES)
  memory.kernels.narrowRange(data, rows, width, out)
  const { view } = memory
  const range = {
    least: view.getBigInt64(out + RANGE_LEAST, true),
    greatest: view.getBigInt64(out + RANGE_GREATEST, true),
  }
  memory.release(out)
  return range
}

function narrowWidth(spread: bigint): 1 | 2 | 4 | undefined {
  if (spread < 1n << 8n) return 1
  if (spread < 1n << 16n) return 2
  return spread < 1n << 32n ? 4 : undefined
}

const codedColumn = (dictionary: KeptDictionary, codes: number, validity: number): BatchColumn => ({
  data: dictionary.address,
  validity,
  codes: { address: codes, dictionary: dictionary.number, entries: dictionary.entries },
})

const isWorthSelecting = (selected: RowSelection | undefined, rows: number): selected is RowSelection =>
  selected !== undefined && selected.count * WORTH_SELECTING < rows

/** Gives kept leaves the form pipelines read; each leaf's is valid until the next of the same position is asked for. */
export class LeafWidener {
  readonly #memory: LinearMemory
  readonly #areas = new Map<number, Area>()
  /** A bit for each row of a batch, while rows are selected. */
  readonly #bits: Area

  constructor(memory: LinearMemory) {
    this.#memory = memory
    this.#bits = new Area(memory)
  }

  /**
   * @param selected the rows that are wanted, where not all are
   * @param givesCodes whether values may be told by their codes
   */
  columnOf(position: number, kept: KeptLeaf, rows: number, selected?: RowSelection, givesCodes = false): BatchColumn {
    if (kept.kind === 'plain') return kept.column
    if (kept.kind === 'coded') return this.#ofCodes(position, kept, rows, selected, givesCodes)
    const { differences, least, narrow, width, validity, coder } = kept
    const { kernels } = this.#memory
    if (givesCodes && coder.dictionary.entries > 0) {
      const address = this.#area(position, rows * CODE_BYTES)
      kernels.widenColumn(differences, rows, narrow, least - coder.least, CODE_BYTES, address)
      return codedColumn(coder.dictionary, address, validity)
    }
    const data = this.#area(position, rows * width)
    if (isWorthSelecting(selected, rows)) {
      kernels.widenRows(differences, selected.address, selected.count, narrow, least, width, data)
    } else kernels.widenColumn(differences, rows, narrow, least, width, data)
    return { data, validity }
  }

  #ofCodes(
    position: number,
    { codes, dictionary, validity }: CodedLeaf,
    rows: number,
    selected: RowSelection | undefined,
    givesCodes: boolean,
  ): BatchColumn {
    const { kernels } = this.#memory
    if (givesCodes) {
      const address = this.#area(position, rows * CODE_BYTES)
      kernels.widenColumn(codes, rows, KEPT_CODE_BYTES, 0n, CODE_BYTES, address)
      return codedColumn(dictionary, address, validity)
    }
    const data = this.#area(position, rows * REF_BYTES)
    if (isWorthSelecting(selected, rows))
      kernels.textsOfCodesAt(codes, selected.address, selected.count, dictionary.address, data)
    else kernels.textsOfCodes(codes, rows, dictionary.address, data)
    return { data, validity }
  }

  #area(position: number, bytes: number): number {
    let area = this.#areas.get(position)
    if (!area) {
      area = new Area(this.#memory)
      this.#areas.set(position, area)
    }
    return area.atLeast(bytes + SLACK_BYTES)
  }

  /** Writes the numbers of the rows whose values are in all ranges, of leaves that are narrowed, to a list; returns how many there are. */
  select(kept: readonly (KeptLeaf | undefined)[], ranges: readonly LeafRange[], rows: number, list: number): number {
    const { kernels } = this.#memory
    const bits = this.#bits.atLeast((rows >> 3) + SLACK_BYTES)
    let isFirst = 1
    for (const range of ranges) {
      const { differences, validity, narrow, least } = kept[range.leaf] as NarrowedLeaf
      if (!kernels.rangeBits(differences, validity, rows, narrow, least, range.least, range.greatest, isFirst, bits))
        return 0
      isFirst = 0
    }
    return kernels.listBits(bits, rows, list) >>> 0
  }

  release(): void {
    this.#bits.release()
    for (const area of this.#areas.values()) area.release()
  }
}
