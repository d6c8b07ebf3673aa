import type { ByteRange } from '../systems/open-file.js'

/** Reading so many bytes that nobody wants takes less than another request. */
const MOST_GAP_BYTES = 64 * 1024
/** Long ranges are fetched in pieces of so many bytes, at the same time. */
const MOST_PIECE_BYTES = 8 * 1024 ** 2

const endOf = ({ position, bytes }: ByteRange): number => position + bytes

/** The requests that bring some ranges of a file, in order: neighbours are one, and none is very long. */
export function requestedRanges(ranges: readonly ByteRange[], size: number): readonly ByteRange[] {
  const merged: ByteRange[] = []
  for (const range of ranges.toSorted((a, b) => a.position - b.position)) {
    const end = Math.min(endOf(range), size)
    if (end <= range.position) continue
    const last = merged.at(-1)
    if (last && range.position <= endOf(last) + MOST_GAP_BYTES)
      merged[merged.length - 1] = { ...last, bytes: Math.max(endOf(last), end) - last.position }
    else merged.push({ position: range.position, bytes: end - range.position })
  }
  return merged.flatMap(inPieces)
}

function inPieces(range: ByteRange): readonly ByteRange[] {
  const pieces: ByteRange[] = []
  for (let position = range.position; position < endOf(range); position += MOST_PIECE_BYTES)
    pieces.push({ position, bytes: Math.min(MOST_PIECE_BYTES, endOf(range) - position) })
  return pieces
}
