import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { failedWrite } from '../files/file-errors.js'
import { VersionedEntries } from './versioned-entries.js'

/** Entries of one kind, which lie in a folder for each database. */
export class EntriesByDatabase<T extends object> {
  readonly #root: string
  readonly #what: string
  readonly #known = new Map<string, VersionedEntries<T>>()

  /** @param what of the entries, for messages */
  constructor(root: string, what: string) {
    this.#root = root
    this.#what = what
  }

  in(databaseId: string): VersionedEntries<T> {
    const known = this.#known.get(databaseId)
    if (known !== undefined) return known
    const entries = new VersionedEntries<T>(join(this.#root, databaseId), this.#what)
    this.#known.set(databaseId, entries)
    return entries
  }

  /** Removes all entries of a database. @throws FAILED_WRITE_FILE */
  removeAll(databaseId: string): void {
    this.#known.delete(databaseId)
    removeFolder(join(this.#root, databaseId))
  }
}

/** @throws FAILED_WRITE_FILE */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    throw failedWrite(folder, error)
  }
}
