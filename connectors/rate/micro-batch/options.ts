import type { Options } from '../../api.js'
import { GivenOptions } from '../given-options.js'

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
  const given = new GivenOptions('rate-micro-batch', options)
  given.refuseOthers(NAMES)
  const rowsPerBatch = given.whole('rowsPerBatch', 1, MOST_ROWS)
  const partitions = given.whole('numPartitions', 1, MOST_PARTITIONS)
  const startMs = given.whole('startTimestamp', 0, MOST_START_MS)
  const advanceMs = given.whole('advanceMillisPerBatch', 0, MOST_ADVANCE_MS)
  if (rowsPerBatch === undefined) throw given.invalid('rowsPerBatch', '', 'it has to be given')
  return { rowsPerBatch, partitions, startMs: startMs ?? 0, advanceMs: advanceMs ?? DEFAULT_ADVANCE_MS }
}

const NAMES: ReadonlySet<string> = new Set(['rowsperbatch', 'numpartitions', 'starttimestamp', 'advancemillisperbatch'])
