import { describeList, slotOf } from '../../../columnar/leaf-places.js'
import { fixedBytes } from '../../../columnar/leaves.js'
import { type ArrayType, type DataType, type Field, isShortDecimal } from '../../../columnar/types.js'
import * as layout from '../../../executor/kernels/interface/postgres.js'
import type { BatchColumn, Memory, ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'

const REF_BYTES = 8

interface Place {
  readonly type: DataType
  readonly region: Region
  readonly address: number
  /** Where arrays are moved to once all rows are read, and what tells the kernel of them. */
  readonly lists: Region | undefined
  readonly element: Region | undefined
}

/** Where the values of columns go, and the description of these places for the kernel. */
export class Columns {
  readonly #places: readonly Place[]
  readonly #description: Region
  readonly #rows: number
  readonly #context: ReadContext
  readonly batch: readonly BatchColumn[]

  constructor(fields: readonly Field[], rows: number, context: ReadContext) {
    const { memory } = context
    this.#rows = rows
    this.#context = context
    this.#places = fields.map(({ type }): Place => {
      const region = new Region(memory)
      const isList = type.kind === 'array'
      const [lists, element] = isList ? [new Region(memory), new Region(memory)] : []
      return { type, region, address: region.reserve(rows * (1 + (fixedBytes(type) ?? REF_BYTES))), lists, element }
    })
    this.#description = new Region(memory)
    const at = this.#description.reserve(fields.length * layout.POSTGRES_COLUMN_BYTES)
    for (const [i, place] of this.#places.entries()) {
      const column = at + i * layout.POSTGRES_COLUMN_BYTES
      // Values lie first, where they are aligned.
      describe(memory, column, place.type, place.address, this.#validityOf(place))
      if (place.type.kind === 'array') describeElements(memory, column, place.type, place.element!)
    }
    this.batch = this.#places.map((place) => ({ data: place.address, validity: this.#validityOf(place) }))
  }

  get address(): number {
    return this.#description.address
  }

  /** Moves the arrays of so many rows out of the kernels' arena. */
  keepLists(rows: number): void {
    const { kernels } = this.#context
    if (this.#places.every(({ lists }) => lists === undefined)) return
    for (const { address, lists } of this.#places)
      if (lists) kernels.refsMoved(address, rows, lists.reserve(kernels.refsBytes(address, rows)))
    kernels.arenaReset()
  }

  release(): void {
    for (const { region, lists, element } of this.#places) for (const one of [region, lists, element]) one?.release()
    this.#description.release()
  }

  #validityOf({ address, type }: Place): number {
    return address + this.#rows * (fixedBytes(type) ?? REF_BYTES)
  }
}

function describe({ view }: Memory, column: number, type: DataType, data: number, validity: number): void {
  view.setUint32(column + layout.POSTGRES_KIND, kindOf(type), true)
  view.setUint32(column + layout.POSTGRES_DATA, data, true)
  view.setUint32(column + layout.POSTGRES_VALIDITY, validity, true)
  view.setUint32(column + layout.POSTGRES_PRECISION, type.kind === 'decimal' ? type.precision : 0, true)
  view.setUint32(column + layout.POSTGRES_SCALE, type.kind === 'decimal' ? type.scale : 0, true)
}

/** The entry of the elements of a column, and the type behind it. */
function describeElements(memory: Memory, column: number, type: ArrayType, region: Region): void {
  const slot = slotOf([type.element])
  const description = describeList(type, slot)
  const entry = region.reserve(layout.POSTGRES_COLUMN_BYTES + description.length)
  const typeAt = entry + layout.POSTGRES_COLUMN_BYTES
  describe(memory, entry, type.element, 0, 0)
  memory.bytes.set(description, typeAt)
  const { view } = memory
  view.setUint32(column + layout.POSTGRES_ELEMENT, entry, true)
  view.setUint32(column + layout.POSTGRES_TYPE, typeAt, true)
  view.setUint32(column + layout.POSTGRES_SLOT_BYTES, slot.bytes, true)
  view.setUint32(column + layout.POSTGRES_SLOT_VALUE, slot.targets[0]!.place.value, true)
}

/** How values come from the server, by the type that they become. */
function kindOf(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
      return layout.POSTGRES_BOOLEAN
    case 'smallint':
      return layout.POSTGRES_WORD2
    case 'int':
    case 'float':
      return layout.POSTGRES_WORD4
    case 'bigint':
    case 'double':
      return layout.POSTGRES_WORD8
    case 'decimal':
      return isShortDecimal(type) ? layout.POSTGRES_DECIMAL64 : layout.POSTGRES_DECIMAL128
    case 'date':
      return layout.POSTGRES_DATE
    case 'time':
      return layout.POSTGRES_TIME
    case 'timestamp':
    case 'timestamp_ntz':
      return layout.POSTGRES_TIMESTAMP
    case 'array':
      return layout.POSTGRES_LIST
    default:
      return layout.POSTGRES_BYTES
  }
}
