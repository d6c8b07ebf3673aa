import { createHash, randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { makeFoldersNow } from '../../common/make-folders.js'
import { syncFolder } from '../../common/sync-folder.js'
import { hasCode } from '../../common/system-errors.js'
import { isDigest, MAX_ARCHIVE_BYTES, PART_BYTES, refusedArchive } from '../archive/archive-format.js'

/** What all archives together may take; those that no driver needs go first. */
const MAX_STORED_BYTES = 16 * MAX_ARCHIVE_BYTES
export const ARCHIVES_FOLDER = 'archives'
const DRAFT = '.part'

/** The archives of drivers, in the folder of a master, by their digests. */
export class ArchiveStore {
  readonly #folder: string

  constructor(directory: string) {
    this.#folder = join(directory, ARCHIVES_FOLDER)
    makeFoldersNow(this.#folder, { mode: 0o700 })
    for (const name of readdirSync(this.#folder)) if (name.endsWith(DRAFT)) rmSync(join(this.#folder, name))
  }

  has(digest: string): boolean {
    return isDigest(digest) && statSync(this.#path(digest), { throwIfNoEntry: false }) !== undefined
  }

  /** Without bytes when there is none, or nothing behind the offset. */
  part(digest: string, offset: number): Uint8Array {
    if (!isDigest(digest) || !Number.isSafeInteger(offset)) return new Uint8Array(0)
    let file: number
    try {
      file = openSync(this.#path(digest), 'r')
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return new Uint8Array(0)
      throw error
    }
    try {
      const part = Buffer.alloc(PART_BYTES)
      return part.subarray(0, readSync(file, part, 0, PART_BYTES, offset))
    } finally {
      closeSync(file)
    }
  }

  /** @throws ARCHIVE_REFUSED when it is too large or there is no room, FAILED_WRITE_FILE */
  begin(digest: string, bytes: number, needed: ReadonlySet<string>): ArchiveUpload {
    if (!isDigest(digest)) throw refusedArchive('it has no digest')
    if (!(bytes > 0 && bytes <= MAX_ARCHIVE_BYTES))
      throw refusedArchive(`it has ${bytes} bytes, and may have ${MAX_ARCHIVE_BYTES}`)
    this.#makeRoom(bytes, needed)
    return new ArchiveUpload(join(this.#folder, `${randomUUID()}${DRAFT}`), this.#path(digest), digest, bytes)
  }

  #makeRoom(bytes: number, needed: ReadonlySet<string>): void {
    const stored = readdirSync(this.#folder).filter(isDigest)
    const all = stored.map((digest) => ({ digest, ...sizeAndTime(this.#path(digest)) }))
    let total = all.reduce((sum, one) => sum + one.size, bytes)
    for (const { digest, size } of all.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= MAX_STORED_BYTES) return
      if (needed.has(digest)) continue
      rmSync(this.#path(digest))
      total -= size
    }
    if (total > MAX_STORED_BYTES)
      throw refusedArchive(
        `those of the drivers that are there take all that the master keeps, ${MAX_STORED_BYTES} bytes`,
      )
  }

  #path(digest: string): string {
    return join(this.#folder, digest)
  }
}

const sizeAndTime = (path: string): { readonly size: number; readonly mtimeMs: number } => statSync(path)

/** An archive on its way from a client. */
export class ArchiveUpload {
  readonly digest: string
  readonly #draft: string
  readonly #path: string
  readonly #bytes: number
  readonly #hash = createHash('sha256')
  readonly #file: number
  offset = 0

  constructor(draft: string, path: string, digest: string, bytes: number) {
    this.#draft = draft
    this.#path = path
    this.digest = digest
    this.#bytes = bytes
    this.#file = openSync(draft, 'w', 0o600)
  }

  /** @returns whether it is whole now. @throws ARCHIVE_REFUSED when it is not what was announced, FAILED_WRITE_FILE */
  take(offset: number, part: Uint8Array): boolean {
    if (offset !== this.offset || part.length === 0) throw refusedArchive('its parts do not follow each other')
    this.offset += part.length
    if (this.offset > this.#bytes) throw refusedArchive(`it has more than the ${this.#bytes} bytes that were announced`)
    this.#hash.update(part)
    this.#writing(() => {
      for (let written = 0; written < part.length; ) written += writeSync(this.#file, part, written)
    })
    if (this.offset < this.#bytes) return false
    if (this.#hash.digest('hex') !== this.digest) throw refusedArchive('it is damaged: its bytes have another digest')
    this.#writing(() => {
      // One that is cut after a crash would be taken for there, and refused by every worker.
      fsyncSync(this.#file)
      renameSync(this.#draft, this.#path)
      syncFolder(dirname(this.#path))
    })
    return true
  }

  /** What is not whole goes. */
  close(): void {
    closeSync(this.#file)
    rmSync(this.#draft, { force: true })
  }

  #writing(step: () => void): void {
    try {
      step()
    } catch (cause) {
      throw new MillraceError('FAILED_WRITE_FILE', { path: this.#draft, reason: (cause as Error).message }, { cause })
    }
  }
}
