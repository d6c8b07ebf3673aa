import { failedRead } from '../file-errors.js'
import type { ByteRange, PlannedFile } from '../systems/open-file.js'

export const PARTIAL = 206
export const NO_SUCH_RANGE = 416

/** What a part of a file says of itself: where it lies, unless there is no such part, and how large the file is, unless nobody knows. */
export interface ContentRange {
  readonly first: number | undefined
  readonly last: number | undefined
  readonly size: number | undefined
}

/** `bytes 0-9/100`, also with `*` for the range or the size. */
export function contentRange({ headers }: Response): ContentRange | undefined {
  const found = /^bytes (?:(\d+)-(\d+)|\*)\/(?:(\d+)|\*)$/.exec(headers.get('content-range')?.trim() ?? '')
  if (!found) return undefined
  const [first, last, size] = [1, 2, 3].map((group) => (found[group] === undefined ? undefined : Number(found[group])))
  return { first, last, size }
}

/** What changes when the file does: a strong tag, or else the time of its last change, either as a condition of a request takes it; empty without both. */
export function versionIn({ headers }: Response): string {
  const tag = headers.get('etag') ?? ''
  return tag.startsWith('"') ? tag : (headers.get('last-modified') ?? '')
}

/** The time that a file was changed last, in milliseconds since 1970; 0 where it is not told. */
export const changedIn = ({ headers }: Response): number => Date.parse(headers.get('last-modified') ?? '') || 0

/** Whether a reply is of the file as it was planned, as far as its server tells. */
export function isOfPlanned(response: Response, { version }: PlannedFile): boolean {
  const now = versionIn(response)
  return version === '' || now === '' || now === version
}

/** All of a body, which has at most so many bytes. @throws FAILED_READ_FILE */
export async function bodyOf(response: Response, path: string, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > most)
      throw failedRead(path, `its server sends more than the ${most} bytes that are taken of it at once`)
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)
}

/** How ranges are asked for. */
export const rangeHeader = ({ position, bytes }: ByteRange): string => `bytes=${position}-${position + bytes - 1}`
