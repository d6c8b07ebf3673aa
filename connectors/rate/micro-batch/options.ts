import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'

/** How many numbers each batch has, in how many parts, and the times of the first batch and between one and the next. */
export interface MicroBatchOptions {
  readonly rowsPerBatch: number
  readonly partitions: number | undefined
  readonly startMs: number
  readonly advanceMs: number
}

/** At the greatest rate numbers are exact for as long as ten million batches. */
const MOST_ROWS = 900_000_000
const MOST_PARTITIONS = 10_000
/** In the year 2255: times of batches are told exactly in microseconds, which numbers hold up to 2^53. */
const MOST_START_MS = 9_000_000_000_000
/** As in Spark. */
const MOST_ADVANCE_MS = 2 ** 31 - 1
const DEFAULT_ADVANCE_MS = 1000

/** @throws INVALID_OPTION */
export function microBatchOptions(options: Options): MicroBatchOptions {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  const [other] = [...given].filter(([name]) => !NAMES.has(name))
  if (other) throw invalid(...other, 'there is no such option')
  const rowsPerBatch = whole(given, 'rowsPerBatch', 1, MOST_ROWS)
  const partitions = whole(given, 'numPartitions', 1, MOST_PARTITIONS)
  const startMs = whole(given, 'startTimestamp', 0, MOST_START_MS)
  const advanceMs = whole(given, 'advanceMillisPerBatch', 0, MOST_ADVANCE_MS)
  if (rowsPerBatch === undefined) throw invalid('rowsPerBatch', '', 'it has to be given')
  return { rowsPerBatch, partitions, startMs: startMs ?? 0, advanceMs: advanceMs ?? DEFAULT_ADVANCE_MS }
}

const NAMES: ReadonlySet<string> = new Set(['rowsperbatch', 'numpartitions', 'starttimestamp', 'advancemillisperbatch'])

function whole(given: ReadonlyMap<string, string>, name: string, least: number, most: number): number | undefined {
  const value = given.get(name.toLowerCase())
  if (value === undefined) return undefined
  if (/^\d{1,13}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw invalid(name, value, `it is a whole number from ${least} to ${most}`)
}

const invalid = (option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { provider: 'rate-micro-batch', option, value, reason })
