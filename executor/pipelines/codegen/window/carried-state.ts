import { RowCells } from '../cells.js'
import type { HeldLocal } from './held-cells.js'
import type { PartitionSite, WindowCode } from './partition-site.js'

const CELL_BYTES = 8

/**
 * What functions know of the rows of a partition that were passed on before its end, in the data area from one call to the next. A partition goes on
 * where the first row does not begin one.
 */
export class CarriedState {
  readonly #site: PartitionSite
  readonly #locals: readonly HeldLocal[]
  readonly #kept: RowCells

  constructor(site: PartitionSite, codes: readonly WindowCode[]) {
    const counts = [site.before, site.peers.number].map((local): HeldLocal => ({ local, type: 'i32' }))
    this.#site = site
    this.#locals = [...counts, ...codes.flatMap((code) => code.carried?.() ?? [])]
    const { constants, constantsBase } = site.context
    const place = constants.reserve(this.#locals.length * CELL_BYTES)
    const types = this.#locals.map(({ type }) => type)
    this.#kept = new RowCells(site.f, types, constantsBase, place)
  }

  load(): void {
    const { f, rows, first, finder } = this.#site
    rows.pushPartitionBegins(f, finder.push(first).setNew('i32')).op('i32.eqz')
    f.if(() => {
      for (const [i, { local }] of this.#locals.entries()) this.#kept.push(i).set(local)
    })
  }

  save(): void {
    const { f, first, end, before } = this.#site
    f.get(before).get(end).op('i32.add').get(first).op('i32.sub').set(before)
    for (const [i, { local }] of this.#locals.entries()) {
      f.get(local)
      this.#kept.set(i)
    }
  }
}
