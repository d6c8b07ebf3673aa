import type { HeldLocal } from './held-cells.js'
import type { PartitionSite, WindowCode } from './partition-site.js'

const CELL_BYTES = 8

/**
 * What functions know of the rows of a partition that were passed on before its end, in the data area from one call to the next. A partition goes on
 * where the first row does not begin one.
 */
export class CarriedState {
  readonly #site: PartitionSite
  readonly #cells: readonly HeldLocal[]
  readonly #place: number

  constructor(site: PartitionSite, codes: readonly WindowCode[]) {
    const counts = [site.before, site.peers.number].map((local): HeldLocal => ({ local, type: 'i32' }))
    this.#site = site
    this.#cells = [...counts, ...codes.flatMap((code) => code.carried?.() ?? [])]
    this.#place = site.context.constants.reserve(this.#cells.length * CELL_BYTES)
  }

  load(): void {
    const { context, f, rows, first, finder } = this.#site
    rows.pushPartitionBegins(f, finder.push(first).setNew('i32')).op('i32.eqz')
    f.if(() => {
      this.#cells.forEach(({ local, type }, i) => {
        f.get(context.constantsBase)
          .load(`${type}.load`, this.#place + i * CELL_BYTES)
          .set(local)
      })
    })
  }

  save(): void {
    const { context, f, first, end, before } = this.#site
    f.get(before).get(end).op('i32.add').get(first).op('i32.sub').set(before)
    this.#cells.forEach(({ local, type }, i) => {
      f.get(context.constantsBase)
        .get(local)
        .store(`${type}.store`, this.#place + i * CELL_BYTES)
    })
  }
}
