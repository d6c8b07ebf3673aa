import { createHash, type Hash } from 'node:crypto'
import type { Block } from '../../columnar/blocks/block.js'
import { messageBytes, parseBlock } from '../../columnar/blocks/block-parser.js'
import type { OpenCheckpointFile } from '../../common/checkpoint-files.js'
import type { StateFiles } from '../../common/encryption/state-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { StateVersion } from '../../common/state-path.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import type { CountedMemory } from '../../connectors/api.js'
import type { KnownSnapshot, StateFileKind } from '../pipelines/state-chain.js'
import type { Rebase } from '../pipelines/task.js'

/** The format of the files; those of another one are refused. */
const VERSION = 2
const DIGEST = 'sha256'
const DIGEST_BYTES = 32
const END_OF_LINE = 10
/** What is in memory of a file, unless a block is larger. */
const WINDOW_BYTES = 1 << 20

/** Whose state a file holds, and what it is to be read behind: a line of JSON before its blocks. */
export interface StateFileHeader {
  readonly version: number
  readonly queryId: string
  readonly operatorId: number
  readonly partition: number
  /** Its own name: a copy under another one is not taken for it. */
  readonly file: string
  readonly kind: StateFileKind
  /** Of a delta the version that it changes. */
  readonly base?: StateVersion
  /** Of a delta that a snapshot was done with, which is read in place of an older version from there on. */
  readonly rebase?: Rebase
  /** Of a snapshot those before it that are kept: who reads the state again knows from when on files are wanted. */
  readonly snapshots?: readonly KnownSnapshot[]
  /** Of one that is encrypted: random digits. */
  readonly salt?: string
  /** Up to where the batch has removed what expires. */
  readonly expiredMicros?: bigint
}

export interface StateFile {
  readonly header: StateFileHeader
  /** Reads them, a part of the file at a time. */
  blocks(): AsyncIterable<Block>
  readonly bytes: number
}

/** Makes the bytes of a file, piece by piece: the header, the blocks, and a digest of all. State that was damaged later would give wrong answers for ever. */
export class StateFileBytes {
  readonly #hash: Hash = createHash(DIGEST)
  bytes = 0

  begin(header: Omit<StateFileHeader, 'version'>): Uint8Array {
    return this.#piece(Buffer.from(`${toTaggedJson({ version: VERSION, ...header })}\n`))
  }

  block({ bytes }: Block): Uint8Array {
    return this.#piece(bytes)
  }

  end(): { readonly piece: Uint8Array; readonly digest: string } {
    const piece = this.#hash.digest()
    this.bytes += piece.length
    return { piece, digest: piece.toString('hex') }
  }

  #piece(piece: Uint8Array): Uint8Array {
    this.#hash.update(piece)
    this.bytes += piece.length
    return piece
  }
}

/**
 * Opens a file of a version, all of which is verified before anything of it is believed; its blocks are read when they are wanted.
 * @param held counts what of it is in memory
 * @throws STREAMING_CHECKPOINT_CORRUPT when it was cut, changed, or is not the version that is wanted; STATE_KEY_UNKNOWN, UNABLE_TO_ACQUIRE_MEMORY
 */
export async function openStateFile(
  files: StateFiles,
  path: string,
  version: StateVersion,
  held: CountedMemory,
): Promise<StateFile> {
  const file = await opened(files, path)
  try {
    const { bytes: line, end } = await verifiedHead(path, file, version, held)
    const blocks = (): AsyncGenerator<Block> => blocksOf(files, path, end, held)
    return { header: headerOf(path, line), blocks, bytes: file.size }
  } finally {
    held.hold(0)
    await file.close()
  }
}

/** A file of which nothing can be read is one that was damaged. */
async function opened(files: StateFiles, path: string): Promise<OpenCheckpointFile> {
  const unreadable = (error: unknown): never => {
    if (MillraceError.is(error)) throw error
    throw corrupt(path, error instanceof Error ? error.message : String(error), error)
  }
  const file = await files.open(path).catch(unreadable)
  return {
    size: file.size,
    read: (bytes, at) => file.read(bytes, at).catch(unreadable),
    close: () => file.close(),
  }
}

/** The first line, and where it ends. */
async function verifiedHead(
  path: string,
  file: OpenCheckpointFile,
  { digest }: StateVersion,
  held: CountedMemory,
): Promise<{ readonly bytes: string; readonly end: number }> {
  const contentBytes = Math.max(0, file.size - DIGEST_BYTES)
  const window = new Uint8Array(Math.max(DIGEST_BYTES, Math.min(WINDOW_BYTES, contentBytes)))
  held.hold(window.length)
  const hash = createHash(DIGEST)
  let head: Buffer | undefined
  for (let at = 0; at < contentBytes; at += window.length) {
    const part = window.subarray(0, Math.min(window.length, contentBytes - at))
    if ((await file.read(part, at)) < part.length) throw corrupt(path, 'it is cut short')
    hash.update(part)
    head ??= Buffer.from(part.subarray(0, Math.max(0, part.indexOf(END_OF_LINE))))
  }
  const own = hash.digest('hex')
  const end = Buffer.from(window.subarray(0, await file.read(window.subarray(0, DIGEST_BYTES), contentBytes)))
  if (end.toString('hex') !== own) throw corrupt(path, 'its content does not belong to its digest')
  if (own !== digest) throw corrupt(path, 'it is not the file that was written, whose digest is known')
  return { bytes: (head ?? Buffer.of()).toString('utf8'), end: (head?.length ?? 0) + 1 }
}

function headerOf(path: string, line: string): StateFileHeader {
  let header: Partial<StateFileHeader> | null
  try {
    header = fromTaggedJson(line) as Partial<StateFileHeader> | null
  } catch (cause) {
    throw corrupt(path, 'its header is not JSON', cause)
  }
  if (header?.version !== VERSION) throw corrupt(path, `its format is not the one that can be read, ${VERSION}`)
  return header as StateFileHeader
}

/** A digest says who wrote the file, not that it makes sense. @throws STREAMING_CHECKPOINT_CORRUPT */
async function* blocksOf(files: StateFiles, path: string, from: number, held: CountedMemory): AsyncGenerator<Block> {
  const file = await opened(files, path)
  try {
    const window = new FileWindow(file, file.size - DIGEST_BYTES, held)
    for (let at = from; at < window.end; ) {
      const block = await blockAt(path, window, at)
      yield block
      at += block.bytes.length
    }
  } finally {
    held.hold(0)
    await file.close()
  }
}

async function blockAt(path: string, window: FileWindow, at: number): Promise<Block> {
  try {
    const bytes = await window.bytes(at, await messageBytes((length) => window.bytes(at, length)))
    return { rows: parseBlock(bytes).rows, bytes }
  } catch (error) {
    if (!MillraceError.is(error) || error.condition !== 'BLOCK_CORRUPT') throw error
    throw corrupt(path, String(error.parameters['reason']), error)
  }
}

/** A part of a file that is in memory, and goes on with what is wanted. */
class FileWindow {
  readonly end: number
  readonly #file: OpenCheckpointFile
  readonly #held: CountedMemory
  #from = 0
  #bytes = new Uint8Array(0)

  constructor(file: OpenCheckpointFile, end: number, held: CountedMemory) {
    this.end = end
    this.#file = file
    this.#held = held
  }

  /** Those that there are, where these are fewer. They are right until the next call. */
  async bytes(at: number, length: number): Promise<Uint8Array> {
    const wanted = Math.min(length, this.end - at)
    if (at + wanted > this.#from + this.#bytes.length)
      await this.#move(at, Math.min(Math.max(wanted, WINDOW_BYTES), this.end - at))
    return this.#bytes.subarray(at - this.#from, at - this.#from + wanted)
  }

  async #move(at: number, length: number): Promise<void> {
    this.#bytes = new Uint8Array(0)
    this.#held.hold(length)
    const bytes = new Uint8Array(length)
    this.#bytes = bytes.subarray(0, await this.#file.read(bytes, at))
    this.#from = at
  }
}

export const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })
