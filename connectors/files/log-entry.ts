import { crc32 } from 'node:zlib'
import { failedRead } from './file-errors.js'

/** A batch that a streaming query made visible. */
export interface CommittedBatch {
  readonly queryId: string
  readonly batchId: number
  /** The batch before it in the log; null for the first. A reader follows these, so a missing entry is noticed. */
  readonly previous: number | null
  /** Names of files of the directory. */
  readonly files: readonly string[]
}

const VERSION = 'v2'
const HEAD = /^v2 ([0-9a-f]{8})$/

/** Batches as a file of the log holds them: version and checksum, then a line of JSON for each. */
export function formatBatches(batches: readonly CommittedBatch[]): string {
  const body = batches.map((batch) => `${JSON.stringify(batch)}\n`).join('')
  return `${VERSION} ${checksum(body)}\n${body}`
}

/** @throws FAILED_READ_FILE when the text is damaged or names a file outside of the directory */
export function parseBatches(path: string, text: string): readonly CommittedBatch[] {
  const end = text.indexOf('\n')
  const sum = HEAD.exec(text.slice(0, Math.max(end, 0)))?.[1]
  if (sum === undefined) throw failedRead(path, `the log of committed files has a version other than ${VERSION}`)
  const body = text.slice(end + 1)
  if (checksum(body) !== sum) throw failedRead(path, 'the log of committed files is damaged: its checksum is wrong')
  try {
    const batches: unknown[] = body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown)
    if (batches.length > 0 && batches.every(isBatch) && isChain(batches)) return batches
  } catch (error) {
    throw failedRead(path, 'the log of committed files is damaged', error)
  }
  throw failedRead(path, 'the log of committed files is damaged, or names a file outside of its directory')
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')

function isBatch(value: unknown): value is CommittedBatch {
  if (typeof value !== 'object' || value === null) return false
  const { queryId, batchId, previous, files } = value as Partial<Record<keyof CommittedBatch, unknown>>
  return (
    typeof queryId === 'string' &&
    isId(batchId) &&
    (previous === null || (isId(previous) && previous < batchId)) &&
    Array.isArray(files) &&
    files.every(isPlainName)
  )
}

const isChain = (batches: readonly CommittedBatch[]): boolean =>
  batches.every((batch, i) => i === 0 || batch.previous === batches[i - 1]!.batchId)

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether it names an entry of a directory, not a path that leads elsewhere. */
function isPlainName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

/** Whether it names what lies in a directory or in folders of it. */
export const isPlainPath = (path: unknown): path is string =>
  typeof path === 'string' && path.split('/').every(isPlainName)
