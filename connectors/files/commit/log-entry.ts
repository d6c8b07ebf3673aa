import { checkedLines, checkedText } from '../checked-lines.js'
import { failedRead } from '../file-errors.js'

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

/** Batches as a file of the log holds them. */
export const formatBatches = (batches: readonly CommittedBatch[]): string => checkedText(VERSION, batches)

/** @throws FAILED_READ_FILE when the text is damaged or names a file outside of the directory */
export function parseBatches(path: string, text: string): readonly CommittedBatch[] {
  const fault = (reason: string, cause?: unknown): Error =>
    failedRead(path, `the log of committed files ${reason}`, cause)
  const batches = checkedLines(VERSION, text, fault)
  if (batches.length > 0 && batches.every(isBatch) && isChain(batches)) return batches
  throw fault('is damaged, or names a file outside of its directory')
}

function isBatch(value: unknown): value is CommittedBatch {
  if (typeof value !== 'object' || value === null) return false
  const { queryId, batchId, previous, files } = value as Partial<Record<keyof CommittedBatch, unknown>>
  return (
    typeof queryId === 'string' &&
    isId(batchId) &&
    (previous === null || (isId(previous) && previous < batchId)) &&
    Array.isArray(files) &&
    files.every(isDataPath)
  )
}

const isChain = (batches: readonly CommittedBatch[]): boolean =>
  batches.every((batch, i) => i === 0 || batch.previous === batches[i - 1]!.batchId)

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether it names an entry of a directory, not a path that leads elsewhere. */
function isPlainName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

/** Whether it names a file of a directory, or of folders of partitions in it. */
const isDataPath = (path: unknown): path is string =>
  isPlainPath(path) &&
  path
    .split('/')
    .slice(0, -1)
    .every((folder) => folder.includes('='))

/** Whether it names what lies in a directory or in folders of it. */
export const isPlainPath = (path: unknown): path is string =>
  typeof path === 'string' && path.split('/').every(isPlainName)
