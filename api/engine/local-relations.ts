import type { Block } from '../../columnar/blocks/block.js'
import type { Schema } from '../../columnar/types.js'
import type { Driver } from '../../driver/index.js'
import type { LocalRows, MadeRows } from './engine.js'

/** Rows of the session's own, which the driver holds until no DataFrame, view or stream reaches them. */
export class LocalRelations {
  readonly #driver: Pick<Driver, 'registerLocalBlocks' | 'releaseLocalBlocks'>
  readonly #unreachable: FinalizationRegistry<string>

  constructor(driver: Pick<Driver, 'registerLocalBlocks' | 'releaseLocalBlocks'>) {
    this.#driver = driver
    this.#unreachable = new FinalizationRegistry((id) => driver.releaseLocalBlocks(id))
  }

  add(blocks: readonly Block[] | Promise<readonly Block[]>, held: LocalRows['held'] = {}): LocalRows {
    const id = crypto.randomUUID()
    const register = (made: readonly Block[]): void => this.#driver.registerLocalBlocks(id, made)
    const arrival = blocks instanceof Promise ? blocks.then(register) : register(blocks)
    this.#unreachable.register(held, id)
    return { id, held, ...(arrival ? { arrival } : {}) }
  }

  /** The same of rows whose columns come with them. */
  addMade(made: Promise<MadeRows>): LocalRows {
    const held: { schema?: Schema } = {}
    const blocks = made.then((rows) => {
      held.schema = rows.schema
      return rows.blocks
    })
    return this.add(blocks, held)
  }
}
