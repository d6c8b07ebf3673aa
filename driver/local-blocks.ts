import type { Block } from '../columnar/block.js'
import { MillraceError } from '../common/errors/millrace-error.js'

/** The blocks that the session itself holds, by the id their relation has in plans. */
export class LocalBlocks {
  readonly #blocks = new Map<string, readonly Block[]>()

  register(id: string, blocks: readonly Block[]): void {
    this.#blocks.set(id, blocks)
  }

  get(id: string): readonly Block[] {
    const blocks = this.#blocks.get(id)
    if (!blocks) throw new MillraceError('INTERNAL_ERROR', { message: `no local relation ${id}` })
    return blocks
  }

  drop(id: string): void {
    this.#blocks.delete(id)
  }

  clear(): void {
    this.#blocks.clear()
  }
}
