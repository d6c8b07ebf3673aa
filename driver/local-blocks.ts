import type { Block } from '../columnar/blocks/block.js'
import { BlockGarbage } from '../common/collect-garbage.js'
import { MillraceError } from '../common/errors/millrace-error.js'

/** Registered bytes after which garbage is collected: only then is it known which relations nothing refers to any more. */
const GARBAGE_BYTES = 256 * 1024 ** 2

interface Relation {
  readonly blocks: readonly Block[]
  /** Jobs, caches and streams that read it. */
  holders: number
  /** No plan names it any more: it goes with its last holder. */
  isReleased: boolean
}

/** The blocks that the session itself holds, by the id their relation has in plans. */
export class LocalBlocks {
  readonly #relations = new Map<string, Relation>()
  readonly #garbage = new BlockGarbage(GARBAGE_BYTES)

  get size(): number {
    return this.#relations.size
  }

  register(id: string, blocks: readonly Block[]): void {
    this.#relations.set(id, { blocks, holders: 0, isReleased: false })
    this.#garbage.released(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0))
  }

  get(id: string): readonly Block[] {
    return this.#relation(id).blocks
  }

  /** For executors, which may ask for what was released meanwhile. */
  find(id: string): readonly Block[] | undefined {
    return this.#relations.get(id)?.blocks
  }

  /** Keeps relations, also when they are released meanwhile, until the function that this gives is called. */
  hold(ids: readonly string[]): () => void {
    const held = ids.map((id) => [id, this.#relation(id)] as const)
    for (const [, relation] of held) relation.holders++
    return () => {
      for (const [id, relation] of held.splice(0)) {
        relation.holders--
        this.#dropUnused(id, relation)
      }
    }
  }

  /** No plan names it any more: its blocks are freed as soon as nobody holds them. */
  release(id: string): void {
    const relation = this.#relations.get(id)
    if (!relation) return
    relation.isReleased = true
    this.#dropUnused(id, relation)
  }

  clear(): void {
    this.#relations.clear()
  }

  #relation(id: string): Relation {
    const relation = this.#relations.get(id)
    if (!relation) throw new MillraceError('INTERNAL_ERROR', { message: `no local relation ${id}` })
    return relation
  }

  #dropUnused(id: string, relation: Relation): void {
    if (relation.isReleased && relation.holders === 0) this.#relations.delete(id)
  }
}
