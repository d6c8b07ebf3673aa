import { fixedBytes } from '../../../columnar/leaves.js'
import { type DataType, type Field, isShortDecimal } from '../../../columnar/types.js'
import * as layout from '../../../executor/kernels/interface/postgres.js'
import type { BatchColumn, ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'

const REF_BYTES = 8

/** Where the values of columns go, and the description of these places for the kernel. */
export class Columns {
  readonly #places: readonly { readonly region: Region; readonly address: number }[]
  readonly #description: Region
  readonly #rows: number

  constructor(fields: readonly Field[], rows: number, { memory }: ReadContext) {
    this.#rows = rows
    this.#places = fields.map(({ type }) => {
      const region = new Region(memory)
      return { region, address: region.reserve(rows * (1 + (fixedBytes(type) ?? REF_BYTES))) }
    })
    this.#description = new Region(memory)
    const at = this.#description.reserve(fields.length * layout.POSTGRES_COLUMN_BYTES)
    const { view } = memory
    for (const [i, { type }] of fields.entries()) {
      const column = at + i * layout.POSTGRES_COLUMN_BYTES
      const { address } = this.#places[i]!
      view.setUint32(column + layout.POSTGRES_KIND, kindOf(type), true)
      // Values lie first, where they are aligned.
      view.setUint32(column + layout.POSTGRES_DATA, address, true)
      view.setUint32(column + layout.POSTGRES_VALIDITY, this.#validityOf(address, type), true)
      view.setUint32(column + layout.POSTGRES_PRECISION, type.kind === 'decimal' ? type.precision : 0, true)
      view.setUint32(column + layout.POSTGRES_SCALE, type.kind === 'decimal' ? type.scale : 0, true)
    }
    this.batch = fields.map(({ type }, i) => {
      const { address } = this.#places[i]!
      return { data: address, validity: this.#validityOf(address, type) }
    })
  }

  readonly batch: readonly BatchColumn[]

  get address(): number {
    return this.#description.address
  }

  release(): void {
    for (const { region } of this.#places) region.release()
    this.#description.release()
  }

  #validityOf(address: number, type: DataType): number {
    return address + this.#rows * (fixedBytes(type) ?? REF_BYTES)
  }
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
    default:
      return layout.POSTGRES_BYTES
  }
}
