import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { hasCode } from '../../common/system-errors.js'
import { ASIDE } from '../files/commit/durable.js'
import { addExclusivelyNow, makeDirectoryNow, removeNow } from '../files/commit/durable-now.js'
import { failedRead, failedWrite, reasonOf } from '../files/file-errors.js'

/*
 * Entries by name in a folder, for several processes. The entry of a name is the file `<name>.<N>` with the greatest N; whoever changes it adds
 * `<name>.<N+1>` (made whole elsewhere and linked, which fails when another was first). What is dropped has such a file, too, without an entry.
 * Files before the greatest stay for a while: whoever was slow then finds the name of his file taken, and not free again.
 *
 * An entry that moves is first added under the new name, which counts only once the old one is dropped: that is one moment.
 */

/** A name that is given away stays away for so long, until nobody can still act on what he read before. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000
/** A change takes some milliseconds; one that is older was killed, or slept. */
const CHANGES_WITHIN_MS = 60_000
/** Whoever took so long for a change looks again whether he was too late. */
const LATE_AFTER_MS = CHANGES_WITHIN_MS / 2
/** How often a folder is looked at again when entries vanish while they are read, because they were changed. */
const MOST_TRIES = 50
/** Names that were given away are looked through when there are so many. */
const MANY_DROPPED = 64

const FORMAT = 1

interface Written<T> {
  readonly format: typeof FORMAT
  /** None once it is dropped. */
  readonly entry: T | null
  /** Where it was before; it counts once it is not there any more. */
  readonly from?: { readonly name: string; readonly version: number }
}

interface Found<T> extends Written<T> {
  readonly version: number
}

/** What the names of a folder are, by kind. */
interface Listing {
  /** The greatest version of each name. */
  readonly versions: ReadonlyMap<string, number>
  /** Files of versions before. */
  readonly old: readonly string[]
  /** Files that were being written. */
  readonly aside: readonly string[]
}

export class VersionedEntries<T extends object> {
  readonly #folder: string
  readonly #what: string
  /** The version that an entry was read as. */
  readonly #versions = new WeakMap<T, number>()

  /** @param what of the entries, for messages */
  constructor(folder: string, what: string) {
    this.#folder = folder
    this.#what = what
  }

  /** All there are, in order of names. @throws FAILED_READ_FILE */
  all(): readonly T[] {
    return this.#settled((listing) => {
      const names = [...listing.versions.keys()].toSorted()
      return names.flatMap((name) => this.#counting(name, listing)?.entry ?? [])
    })
  }

  /** @throws FAILED_READ_FILE */
  get(name: string): T | undefined {
    return this.#settled((listing) => this.#counting(name, listing)?.entry ?? undefined)
  }

  /** @returns false when there is an entry of the name. @throws CONCURRENT_CATALOG_CHANGE, FAILED_WRITE_FILE */
  add(name: string, entry: T): boolean {
    const version = this.#free(name)
    if (version === undefined) return false
    makeDirectoryNow(this.#folder)
    this.#write(name, version, { format: FORMAT, entry })
    return true
  }

  /** Puts another entry in the place of one, or none. @throws CONCURRENT_CATALOG_CHANGE, FAILED_WRITE_FILE */
  replace(name: string, before: T, entry: T | null): void {
    this.#write(name, this.#versionOf(before) + 1, { format: FORMAT, entry })
  }

  /** @returns false when there is an entry of the new name. @throws CONCURRENT_CATALOG_CHANGE, FAILED_WRITE_FILE */
  move(name: string, before: T, newName: string, entry: T): boolean {
    const version = this.#versionOf(before)
    const newVersion = this.#free(newName)
    if (newVersion === undefined) return false
    this.#write(newName, newVersion, { format: FORMAT, entry, from: { name, version } })
    try {
      this.#write(name, version + 1, { format: FORMAT, entry: null })
    } catch (error) {
      this.#remove(newName, newVersion)
      throw error
    }
    this.#write(newName, newVersion + 1, { format: FORMAT, entry })
    return true
  }

  /** The version that an entry of a name would have; undefined when there is one. */
  #free(name: string): number | undefined {
    return this.#settled((listing) => {
      const version = listing.versions.get(name)
      if (version === undefined) return 1
      const found = this.#read(name, version)
      if (found === undefined) return RETRY
      if (found.entry === null) return version + 1
      if (this.#hasMoved(found, listing)) return undefined
      if (this.#ageOf(name, version) < CHANGES_WITHIN_MS) throw this.#conflict(name)
      return version + 1
    })
  }

  /** What counts under a name now. */
  #counting(name: string, listing: Listing): Found<T> | undefined {
    const version = listing.versions.get(name)
    if (version === undefined) return undefined
    const found = this.#read(name, version)
    if (found === undefined) throw RETRY
    if (found.entry === null || !this.#hasMoved(found, listing)) return undefined
    this.#versions.set(found.entry, version)
    return found
  }

  readonly #hasMoved = ({ from }: Written<T>, { versions }: Listing): boolean =>
    from === undefined || versions.get(from.name) !== from.version

  /** Looks at the folder as it was at one moment, as far as that matters: what was changed meanwhile is looked at again. */
  #settled<R>(look: (listing: Listing) => R | typeof RETRY): R {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        const found = look(this.#listing())
        if (found !== RETRY) return found
      } catch (error) {
        if (error !== RETRY) throw error
      }
    }
    throw failedRead(this.#folder, 'it changes faster than it can be read')
  }

  #listing(): Listing {
    const versions = new Map<string, number>()
    const old: string[] = []
    const aside: string[] = []
    for (const file of this.#files()) {
      const match = /^([^.]+)\.(\d{1,15})$/.exec(file)
      if (match) {
        const [name, version] = [decodeURIComponent(match[1]!), Number(match[2])]
        const known = versions.get(name)
        if (known !== undefined) old.push(fileName(name, Math.min(known, version)))
        if (known === undefined || known < version) versions.set(name, version)
      } else if (ASIDE.test(file)) aside.push(file)
    }
    return { versions, old, aside }
  }

  #files(): readonly string[] {
    try {
      return readdirSync(this.#folder)
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return []
      throw failedRead(this.#folder, reasonOf(error), error)
    }
  }

  /** Undefined when the file is gone. */
  #read(name: string, version: number): Found<T> | undefined {
    const path = join(this.#folder, fileName(name, version))
    try {
      const written = JSON.parse(readFileSync(path, 'utf8')) as Written<T>
      if (written.format === FORMAT) return { ...written, version }
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw failedRead(path, reasonOf(error), error)
    }
    throw failedRead(path, 'it is no entry of a catalog that this version knows')
  }

  #write(name: string, version: number, written: Written<T>): void {
    const path = join(this.#folder, fileName(name, version))
    const begun = Date.now()
    const listing = this.#listing()
    if ((listing.versions.get(name) ?? 0) !== version - 1) throw this.#conflict(name)
    this.#sweep(listing)
    let isFirst: boolean
    try {
      isFirst = addExclusivelyNow(path, JSON.stringify(written))
    } catch (error) {
      // The database was dropped at the same moment.
      if (hasCode(error, 'ENOENT')) throw this.#conflict(name)
      throw failedWrite(path, error)
    }
    if (!isFirst) throw this.#conflict(name)
    if (Date.now() - begun < LATE_AFTER_MS || this.#listing().versions.get(name) === version) return
    this.#remove(name, version)
    throw this.#conflict(name)
  }

  #remove(name: string, version: number): void {
    removeNow(join(this.#folder, fileName(name, version)))
  }

  /** Removes files of versions before, what was left by those who were killed, and names that were given away long ago. */
  #sweep({ versions, old, aside }: Listing): void {
    const isOlder = (file: string, ms: number): boolean => this.#ageOfFile(file) > ms
    for (const file of aside) if (isOlder(file, FORGOTTEN_AFTER_MS)) removeNow(join(this.#folder, file))
    const expired = old.filter((file) => isOlder(file, CHANGES_WITHIN_MS))
    for (const file of expired) removeNow(join(this.#folder, file))
    if (versions.size < MANY_DROPPED || expired.length < old.length) return
    for (const [name, version] of versions)
      if (this.#ageOf(name, version) > FORGOTTEN_AFTER_MS && this.#read(name, version)?.entry === null)
        this.#remove(name, version)
  }

  readonly #ageOf = (name: string, version: number): number => this.#ageOfFile(fileName(name, version))

  /** In milliseconds; of a file that is gone, none. */
  #ageOfFile(file: string): number {
    try {
      return Date.now() - statSync(join(this.#folder, file)).mtimeMs
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return 0
      throw failedRead(join(this.#folder, file), reasonOf(error), error)
    }
  }

  #versionOf(entry: T): number {
    const version = this.#versions.get(entry)
    if (version === undefined) throw new MillraceError('INTERNAL_ERROR', { message: `no version of a ${this.#what}` })
    return version
  }

  #conflict(name: string): MillraceError {
    return new MillraceError('CONCURRENT_CATALOG_CHANGE', { what: this.#what, name: quotedName(name) })
  }
}

/** Something was changed while it was read. */
const RETRY = Symbol('retry')

/** Names may hold anything; a point ends them. */
const fileName = (name: string, version: number): string =>
  `${encodeURIComponent(name).replaceAll('.', '%2E')}.${version}`
