import { createHash, type Hash } from 'node:crypto'
import type { Block } from '../../columnar/block.js'
import { messageBytes, parseBlock } from '../../columnar/block-parser.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { StateVersion } from '../../common/state-path.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import type { StateFileKind } from '../pipelines/task.js'

/** The format of the files; those of another one are refused. */
const VERSION = 1
const DIGEST = 'sha256'
const DIGEST_BYTES = 32
const END_OF_LINE = 10

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
  /** Of a snapshot the batches of those before it that are kept: who reads the state again knows from when on files are wanted. */
  readonly snapshots?: readonly number[]
  /** Up to where the batch has removed what expires. */
  readonly expiredMicros?: bigint
}

export interface StateFile {
  readonly header: StateFileHeader
  readonly blocks: Iterable<Block>
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

/** @throws STREAMING_CHECKPOINT_CORRUPT when the file was cut, changed, or is not the version that is wanted */
export function parseStateFile(path: string, file: Uint8Array, { digest }: StateVersion): StateFile {
  const content = file.subarray(0, Math.max(0, file.length - DIGEST_BYTES))
  const own = createHash(DIGEST).update(content).digest('hex')
  if (Buffer.from(file.subarray(content.length)).toString('hex') !== own)
    throw corrupt(path, 'its content does not belong to its digest')
  if (own !== digest) throw corrupt(path, 'it is not the file that was written, whose digest is known')
  const end = content.indexOf(END_OF_LINE)
  const header = headerOf(path, Buffer.from(content.subarray(0, Math.max(0, end))).toString('utf8'))
  return { header, blocks: blocksOf(path, content, end + 1), bytes: file.length }
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
function* blocksOf(path: string, content: Uint8Array, from: number): Generator<Block> {
  for (let at = from; at < content.length; ) {
    const block = blockAt(path, content, at)
    yield block
    at += block.bytes.length
  }
}

function blockAt(path: string, content: Uint8Array, at: number): Block {
  try {
    const bytes = content.subarray(at, at + messageBytes(content.subarray(at)))
    return { rows: parseBlock(bytes).rows, bytes }
  } catch (error) {
    if (!MillraceError.is(error) || error.condition !== 'BLOCK_CORRUPT') throw error
    throw corrupt(path, String(error.parameters['reason']), error)
  }
}

export const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })
