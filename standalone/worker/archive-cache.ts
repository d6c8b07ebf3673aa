import { createHash } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { open, readFile, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolders } from '../../common/make-folders.js'
import type { ArchivePart } from '../../proto/cluster.js'
import { isDigest, MAX_ARCHIVE_BYTES, refusedArchive } from '../archive/archive-format.js'
import { unpackArchive } from '../archive/unpack.js'

export interface ArchiveCacheOptions {
  readonly folder: string
  /** This package, for programs that do not bring it. */
  readonly packageFolder: string
  /** Asks the master for the part from an offset on; what it answers comes to `received`. */
  ask(digest: string, offset: number): void
}

interface Cached {
  readonly file: Promise<string>
  users: number
  lastUsed: number
}

/** A part that was awaited for so long is asked for again, as the line to the master may have broken; so often. */
const PART_PATIENCE_MS = 5_000
const MOST_ASKED = 24
/** Of those that no driver uses so many stay. */
const MOST_UNUSED = 8

/** The archives with the code of drivers on a worker, by their digests. */
export class ArchiveCache {
  readonly #options: ArchiveCacheOptions
  readonly #cached = new Map<string, Cached>()
  readonly #awaited = new Map<string, { readonly offset: number; take(bytes: Uint8Array): void }>()
  #uses = 0

  constructor(options: ArchiveCacheOptions) {
    this.#options = options
  }

  /**
   * Unpacks the code into a folder of one driver alone, as a program may write beside itself. Packages are looked for in the folders above a
   * program, so that ours lies above those that it brings. Returns the folder of the code. @throws ARCHIVE_REFUSED
   */
  async unpack(digest: string, bytes: number, folder: string): Promise<string> {
    const file = await this.#use(digest, bytes)
    try {
      const [app, packages] = [join(folder, 'app'), join(folder, 'node_modules')]
      await makeFolders(packages, { mode: 0o700 })
      await symlink(this.#options.packageFolder, join(packages, 'millrace'))
      await unpackArchive(file, app)
      return app
    } finally {
      await this.#letGo(digest)
    }
  }

  /** The file stays until it was let go as often. */
  async #use(digest: string, bytes: number): Promise<string> {
    const known = this.#cached.get(digest)
    // Looked at again unless somebody uses it: what is on disk may have changed since.
    const cached = known && known.users > 0 ? known : { file: this.#whole(digest, bytes), users: 0, lastUsed: 0 }
    this.#cached.set(digest, cached)
    cached.users++
    cached.lastUsed = this.#uses++
    try {
      return await cached.file
    } catch (error) {
      this.#cached.delete(digest)
      throw error
    }
  }

  /** Removes those that were used longest ago when there are too many. */
  async #letGo(digest: string): Promise<void> {
    const cached = this.#cached.get(digest)
    if (!cached) return
    cached.users--
    const unused = [...this.#cached].filter(([, { users }]) => users === 0)
    const oldest = unused.toSorted(([, a], [, b]) => b.lastUsed - a.lastUsed).slice(MOST_UNUSED)
    // At once out of the way of whoever fetches the same again.
    const gone = oldest.flatMap(([one]) => {
      this.#cached.delete(one)
      const path = join(this.#options.folder, one)
      // Somebody else may have removed it.
      if (!existsSync(path)) return []
      const away = `${path}.gone-${this.#uses++}`
      renameSync(path, away)
      return [away]
    })
    for (const path of gone) await rm(path, { force: true })
  }

  received({ digest, offset, bytes }: ArchivePart): void {
    const awaited = this.#awaited.get(digest)
    if (awaited?.offset === offset) awaited.take(bytes)
  }

  /** What is here, or fetched where that is nothing or damaged. */
  async #whole(digest: string, bytes: number): Promise<string> {
    if (!isDigest(digest) || !(bytes <= MAX_ARCHIVE_BYTES)) throw refusedArchive('it has no digest, or is too large')
    const path = join(this.#options.folder, digest)
    const found = await digestOf(path).catch(() => undefined)
    if (found !== digest) await this.#fetch(digest, bytes, path)
    return path
  }

  async #fetch(digest: string, bytes: number, path: string): Promise<void> {
    const draft = `${path}.new`
    await makeFolders(this.#options.folder, { mode: 0o700 })
    try {
      await this.#download(digest, bytes, draft)
      if ((await digestOf(draft)) !== digest)
        throw refusedArchive(
          `it is damaged: what the master has of it has another digest; remove ${digest} from the archives in its folder, and submit the program again`,
        )
      await rename(draft, path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  async #download(digest: string, bytes: number, path: string): Promise<void> {
    const file = await open(path, 'w', 0o600)
    try {
      for (let offset = 0; offset < bytes; ) {
        const part = await this.#part(digest, offset)
        if (part.length === 0) throw refusedArchive('the master does not have it any more; submit the program again')
        if (offset + part.length > bytes) throw refusedArchive('it is damaged: it is longer than it was')
        await file.writeFile(part)
        offset += part.length
      }
    } finally {
      await file.close()
    }
  }

  async #part(digest: string, offset: number): Promise<Uint8Array> {
    const { ask } = this.#options
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        let asked = 1
        this.#awaited.set(digest, { offset, take: resolve })
        timer = setInterval(() => {
          if (asked++ < MOST_ASKED) ask(digest, offset)
          else reject(refusedArchive('the master does not send it'))
        }, PART_PATIENCE_MS).unref()
        ask(digest, offset)
      })
    } finally {
      clearInterval(timer)
      this.#awaited.delete(digest)
    }
  }
}

const digestOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
