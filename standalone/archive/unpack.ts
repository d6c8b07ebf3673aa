import { createReadStream } from 'node:fs'
import { realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, posix, resolve, sep } from 'node:path'
import { createGunzip } from 'node:zlib'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { makeFolders } from '../../common/make-folders.js'
import {
  type ArchiveEntry,
  LENGTH_BYTES,
  MAX_ENTRIES,
  MAX_HEADER_BYTES,
  MAX_UNPACKED_BYTES,
  refusedArchive,
} from './archive-format.js'

/** Makes a folder of an archive. @throws ARCHIVE_REFUSED */
export async function unpackArchive(file: string, folder: string): Promise<void> {
  try {
    await makeFolders(folder)
    await unpackInto(await realpath(folder), file)
  } catch (error) {
    if (MillraceError.is(error)) throw error
    throw refusedArchive(`it is damaged, or cannot be unpacked: ${(error as Error).message}`, error)
  }
}

async function unpackInto(folder: string, file: string): Promise<void> {
  const unzipped = createReadStream(file)
    .on('error', (error) => unzipped.destroy(error))
    .pipe(createGunzip())
  try {
    await unpack(new Bytes(unzipped), folder)
  } finally {
    unzipped.destroy()
  }
}

async function unpack(bytes: Bytes, folder: string): Promise<void> {
  const links: (readonly [path: string, target: string])[] = []
  for (let entries = 0, unpacked = 0; ; ) {
    const length = await bytes.take(LENGTH_BYTES, true)
    if (!length) break
    if (++entries > MAX_ENTRIES) throw refusedArchive(`it has more than ${MAX_ENTRIES} files`)
    const headerBytes = length.readUInt32BE()
    if (headerBytes > MAX_HEADER_BYTES) throw damaged('a header is too long')
    const entry = entryOf(await bytes.take(headerBytes))
    const path = placeIn(folder, entry.path)
    if ('target' in entry) {
      // Steps up are at its beginning alone, or they could be steps out of where another link leads.
      if (posix.normalize(entry.target) !== entry.target) throw damaged(`it has a link to ${entry.target}`)
      placeIn(dirname(path), entry.target, folder)
      links.push([path, entry.target])
      continue
    }
    unpacked += entry.bytes
    if (unpacked > MAX_UNPACKED_BYTES)
      throw refusedArchive(`unpacked it has more than ${MAX_UNPACKED_BYTES / 1024 ** 2} MiB`)
    await makeFolders(dirname(path))
    await writeFile(path, bytes.parts(entry.bytes), { flag: 'wx', mode: entry.isExecutable ? 0o755 : 0o644 })
  }
  // After all files, so that none is written through one.
  for (const [path, target] of links) {
    const parent = dirname(path)
    await makeFolders(parent)
    if ((await realpath(parent)) !== parent) throw damaged('it has a link behind another one')
    await symlink(target, path)
  }
}

/** Where a path leads from one. @throws ARCHIVE_REFUSED when that is out of the folder */
function placeIn(from: string, name: string, folder = from): string {
  const path = resolve(from, name)
  if (name.includes('\0') || !path.startsWith(`${folder}${sep}`)) throw damaged(`it has a path ${name}`)
  return path
}

function entryOf(header: Buffer): ArchiveEntry {
  const { path, bytes, target, isExecutable } = JSON.parse(header.toString()) as Readonly<Record<string, unknown>>
  if (typeof path !== 'string') throw damaged('an entry has no path')
  if (typeof target === 'string') return { path, target }
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 0) throw damaged(`the entry ${path} has no size`)
  return { path, bytes: bytes as number, isExecutable: isExecutable === true }
}

const damaged = (reason: string): MillraceError => refusedArchive(`it is damaged: ${reason}`)

const PART_BYTES = 1024 ** 2

/** Takes bytes off a stream. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer[] = []
  #restBytes = 0

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  take(bytes: number, mayEnd: true): Promise<Buffer | undefined>
  take(bytes: number): Promise<Buffer>
  async take(bytes: number, mayEnd = false): Promise<Buffer | undefined> {
    while (this.#restBytes < bytes) {
      const { done, value } = await this.#chunks.next()
      if (done) {
        if (mayEnd && this.#restBytes === 0) return undefined
        throw damaged('it ends early')
      }
      this.#rest.push(value)
      this.#restBytes += value.length
    }
    const all = Buffer.concat(this.#rest)
    this.#rest = [all.subarray(bytes)]
    this.#restBytes = all.length - bytes
    return all.subarray(0, bytes)
  }
  /** So many bytes, of which no more are in memory at once than a part has. */
  async *parts(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; left -= PART_BYTES) yield await this.take(Math.min(left, PART_BYTES))
  }
}
