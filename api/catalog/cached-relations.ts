import { toTaggedJson } from '../../common/tagged-json.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

/** What is cached: the plan of a temporary view, or the place of what is stored. */
export type CacheKey = string | UnresolvedRelation

interface Cache {
  readonly id: string
  /** The plan whose rows are kept. */
  readonly of: string
}

/** The tables and views of a session whose rows are kept in memory. */
export class CachedRelations {
  readonly #uncache: (cacheId: string) => void
  readonly #caches = new Map<CacheKey, Cache>()

  /** @param uncache lets go of what is kept */
  constructor(uncache: (cacheId: string) => void) {
    this.#uncache = uncache
  }

  add(key: CacheKey, plan: UnresolvedRelation): void {
    if (!this.#caches.has(key)) this.#caches.set(key, { id: crypto.randomUUID(), of: planText(plan) })
  }

  has(key: CacheKey): boolean {
    return this.#caches.has(key)
  }

  forget(key: CacheKey): void {
    const cache = this.#caches.get(key)
    this.#caches.delete(key)
    if (cache) this.#uncache(cache.id)
  }

  /** Whatever is kept is read again. */
  readAgain(): void {
    for (const [key, { id, of }] of this.#caches) {
      this.#uncache(id)
      this.#caches.set(key, { id: crypto.randomUUID(), of })
    }
  }

  clear(): void {
    for (const { id } of this.#caches.values()) this.#uncache(id)
    this.#caches.clear()
  }

  /** What is read under a key. What is kept is of use as long as it is of this plan: another session may have put another table or view in its place. */
  planOf(key: CacheKey, input: UnresolvedRelation, isTemporary: boolean): UnresolvedRelation {
    let cache = this.#caches.get(key)
    if (cache === undefined) return input
    if (!isTemporary && cache.of !== planText(input)) {
      this.#uncache(cache.id)
      cache = { id: crypto.randomUUID(), of: planText(input) }
      this.#caches.set(key, cache)
    }
    return { kind: 'cached', input, cacheId: cache.id }
  }
}

/** Plans of what is stored are plain data. */
const planText = (plan: UnresolvedRelation): string => toTaggedJson(plan)
