import type { FilePlace } from '../../../common/errors/condition.js'
import { Region } from '../../files/region.js'
import type { LineRules } from '../options.js'
import type { FileShare } from '../split.js'
import type { Decoding } from './decoding.js'
import { openBytes } from './file-bytes.js'

/** Lines are counted to so many bytes: a file may be far longer, and whoever waits for the error wants it soon. */
const MOST_COUNTED_BYTES = 2 ** 30
const PIECE_BYTES = 256 * 1024
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13]

/** Lines of a batch that are of one share of a file. */
interface Part {
  readonly firstRow: number
  readonly share: FileShare
  /** The position in the file of the window's first byte, which may be before it. */
  readonly position: number
}

/** Which files the lines of a batch are of: small files share one. */
export class LinePlaces {
  readonly #parts: Part[] = []

  begin(): void {
    this.#parts.length = 0
  }

  add(part: Part): void {
    this.#parts.push(part)
  }

  /** The place of a row, whose text is so many bytes behind the beginning of the window. */
  async placeOf(row: number, offset: number, rules: LineRules, decoding: Decoding): Promise<FilePlace | undefined> {
    const part = this.#parts.findLast(({ firstRow }) => firstRow <= row)
    if (!part) return undefined
    const { path } = part.share
    const line = rules.isWhole ? undefined : await lineAt(part.share, part.position + offset, rules, decoding)
    return line === undefined ? { path } : { path, line }
  }
}

/** The number of the line that begins at a position, from 1; undefined when the file cannot be read up to there, or is too long. */
async function lineAt(
  share: FileShare,
  position: number,
  rules: LineRules,
  decoding: Decoding,
): Promise<number | undefined> {
  if (position > MOST_COUNTED_BYTES) return undefined
  const { memory } = decoding
  const region = new Region(memory)
  const ends = lineEnds(rules.separator)
  let line = 1
  try {
    const bytes = openBytes(share, 0, rules, decoding)
    try {
      for (let at = 0; at < position; ) {
        const address = region.reserve(PIECE_BYTES)
        const count = await bytes.read(memory, address, Math.min(PIECE_BYTES, position - at))
        if (count === 0) return undefined
        line += ends(Buffer.from(memory.bytes.buffer, address, count))
        at += count
      }
      return line
    } finally {
      bytes.close()
    }
  } catch {
    // The error that is to be told of is another one.
    return undefined
  } finally {
    region.release()
  }
}

/** Counts the ends of lines in pieces of a file that come one after the other. */
function lineEnds(separator: string | undefined): (piece: Buffer) => number {
  if (separator !== undefined) return separators(Buffer.from(separator))
  let last = 0
  return (piece) => {
    let count = 0
    for (const byte of piece) {
      if (byte === CARRIAGE_RETURN || (byte === LINE_FEED && last !== CARRIAGE_RETURN)) count++
      last = byte
    }
    return count
  }
}

/** One may begin in a piece and end in the next. */
function separators(separator: Buffer): (piece: Buffer) => number {
  let rest: Buffer = Buffer.alloc(0)
  return (piece) => {
    const all = Buffer.concat([rest, piece])
    let [count, at] = [0, 0]
    for (let found = all.indexOf(separator); found >= 0; found = all.indexOf(separator, at)) {
      count++
      at = found + separator.length
    }
    rest = all.subarray(Math.max(at, all.length - separator.length + 1))
    return count
  }
}
