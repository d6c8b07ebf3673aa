import { createHash } from 'node:crypto'
import { type BigIntStats, createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { hasCode, unlessMissing } from '../../common/system-errors.js'
import {
  type ArchiveEntry,
  LENGTH_BYTES,
  MAX_ARCHIVE_BYTES,
  MAX_ENTRIES,
  MAX_UNPACKED_BYTES,
  refusedArchive,
} from './archive-format.js'

export interface PackOptions {
  readonly folder: string
  /** Whether the packages in `node_modules` come along. */
  readonly withModules: boolean
  /** Paths of what stays here, as the file of a secret, by whatever path the folder leads to it. */
  readonly left: readonly string[]
  /** A file that is not in the folder. */
  readonly added?: { readonly path: string; readonly text: string } | undefined
}

export interface PackedArchive {
  readonly digest: string
  readonly bytes: number
}

const MODULES = 'node_modules'
/** Of the packages: workers have this package, and nothing needs the others at run time. */
const LEFT_MODULES: ReadonlySet<string> = new Set(['millrace', '.bin', '.cache', '.package-lock.json'])
/** What master, worker and broker keep where they are started, unless told. */
const OWN_FOLDERS: ReadonlySet<string> = new Set(['millrace-master', 'millrace-worker', 'millrace-broker'])

/** With all links on the way to the folder followed, and what stays here as the file system knows it: by its path alone a secret would come along. */
interface Packing extends Omit<PackOptions, 'left'> {
  readonly left: ReadonlySet<string>
}

/** Writes the code in a folder to a file. @throws ARCHIVE_REFUSED */
export async function packFolder(options: PackOptions, file: string): Promise<PackedArchive> {
  const packing = { ...options, folder: await realpath(options.folder), left: await identitiesOf(options.left) }
  const hash = createHash('sha256')
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      hash.update(chunk)
      const isTooLarge = bytes > MAX_ARCHIVE_BYTES
      const refusal = () => tooLarge(packing, `it has more than ${MAX_ARCHIVE_BYTES / 1024 ** 2} MiB, compressed`)
      done(isTooLarge ? refusal() : null, chunk)
    },
  })
  const written = createWriteStream(file, { mode: 0o600 })
  await pipeline(Readable.from(contentOf(packing)), createGzip(), counted, written).catch((error: unknown) => {
    throw refusalOf(error, packing)
  })
  return { digest: hash.digest('hex'), bytes }
}

/** Of a link that stays here also what it leads to. */
async function identitiesOf(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = paths.flatMap((path) => [lstat, stat].map((look) => look(path, { bigint: true }).catch(unlessMissing)))
  return new Set((await Promise.all(found)).flatMap((stats) => (stats ? [identityOf(stats)] : [])))
}

const identityOf = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`

const tooLarge = ({ folder }: Packing, reason: string): Error =>
  refusedArchive(
    `${reason}. All of ${folder} was packed, the folder of the program: keep data out of it, and packages for development out of ${MODULES} (npm ci --omit=dev)`,
  )

const changed = (name: string, cause?: unknown): Error =>
  refusedArchive(`the file ${name} changed while it was packed`, cause)

/** What a system call says of a file of the folder is about the code of the user. */
function refusalOf(error: unknown, { folder }: Packing): unknown {
  const { path, message } = error as NodeJS.ErrnoException
  if (!path?.startsWith(folder)) return error
  const name = relative(folder, path)
  return hasCode(error, 'ENOENT') ? changed(name, error) : refusedArchive(`it cannot be packed: ${message}`, error)
}

async function* contentOf(options: Packing): AsyncGenerator<Buffer> {
  let [entries, unpacked] = [0, 0]
  for await (const entry of entriesIn(options, options.folder)) {
    if (++entries > MAX_ENTRIES) throw tooLarge(options, `it has more than ${MAX_ENTRIES} files`)
    if ('bytes' in entry) unpacked += entry.bytes
    if (unpacked > MAX_UNPACKED_BYTES)
      throw tooLarge(options, `its files have more than ${MAX_UNPACKED_BYTES / 1024 ** 2} MiB`)
    yield headerOf(entry)
    if ('bytes' in entry) yield* bytesOf(join(options.folder, entry.path), entry)
  }
  if (!options.added) return
  const { path, text } = options.added
  yield headerOf({ path, bytes: Buffer.byteLength(text), isExecutable: false })
  yield Buffer.from(text)
}

function headerOf(entry: ArchiveEntry): Buffer {
  const header = Buffer.from(JSON.stringify(entry))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(header.length)
  return Buffer.concat([length, header])
}

/** As many as its header says. */
async function* bytesOf(path: string, { path: name, bytes }: { path: string; bytes: number }): AsyncGenerator<Buffer> {
  if (bytes === 0) return
  let read = 0
  for await (const chunk of createReadStream(path, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
    read += chunk.length
    yield chunk
  }
  if (read !== bytes) throw changed(name)
}

async function* entriesIn(options: Packing, folder: string): AsyncGenerator<ArchiveEntry> {
  const isModules = relative(options.folder, folder) === MODULES
  for (const name of (await readdir(folder)).toSorted()) {
    const path = join(folder, name)
    if (isModules ? LEFT_MODULES.has(name) : staysHere(options, folder, name)) continue
    const stats = await lstat(path, { bigint: true })
    if (options.left.has(identityOf(stats))) continue
    if (stats.isDirectory()) yield* entriesIn(options, path)
    else if (stats.isSymbolicLink()) yield { path: nameOf(options, path), target: await targetOf(options, path) }
    else if (stats.isFile())
      yield { path: nameOf(options, path), bytes: Number(stats.size), isExecutable: (stats.mode & 0o100n) !== 0n }
  }
}

/** Hidden files often hold secrets, and are no code; those of packages are as they were published. */
function staysHere({ folder: root, withModules }: Packing, folder: string, name: string): boolean {
  const parts = relative(root, folder).split(sep)
  if (parts[0] === MODULES) return false
  return name.startsWith('.') || (name === MODULES && !withModules) || (folder === root && OWN_FOLDERS.has(name))
}

const nameOf = ({ folder }: Packing, path: string): string => relative(folder, path).split(sep).join('/')

/** @throws ARCHIVE_REFUSED when it leads out of the folder, where workers have nothing */
async function targetOf({ folder }: Packing, path: string): Promise<string> {
  const target = await readlink(path)
  // It may name the folder by another path; what it leads to needs not be there.
  const parent = resolve(dirname(path), dirname(target))
  const absolute = resolve((await realpath(parent).catch(unlessMissing)) ?? parent, basename(target))
  if (!absolute.startsWith(`${folder}${sep}`))
    throw refusedArchive(`the link ${relative(folder, path)} leads out of the folder of the program, to ${target}`)
  return relative(dirname(path), absolute).split(sep).join('/')
}
