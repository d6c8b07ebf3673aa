import { BATCH_HEADER_BYTES, type ControlHeader, writeControlHeader } from './record-batch.js'

/** How a transaction ends. */
export type Outcome = 'commit' | 'abort'

/** What a partition is told of the end of a transaction (Kafka documentation, "Control Batches"). */
export interface Marker extends ControlHeader {
  readonly outcome: Outcome
}

const CODES: Readonly<Record<Outcome, number>> = { abort: 0, commit: 1 }
/*
 * The one record of a control batch: its length, attributes, deltas of time and offset (0), a key of a version and the code of the outcome,
 * a value of a version and the epoch of the coordinator, no headers. Lengths are zigzag numbers.
 */
const RECORD = Buffer.from([0x20, 0, 0, 0, 0x08, 0, 0, 0, 0, 0x0c, 0, 0, 0, 0, 0, 0, 0])
const CODE_AT = 7

/** A control batch, which gets its offset when it is placed. */
export function controlBatch(marker: Marker): Buffer {
  const batch = Buffer.concat([Buffer.alloc(BATCH_HEADER_BYTES), RECORD])
  batch.writeInt16BE(CODES[marker.outcome], BATCH_HEADER_BYTES + CODE_AT)
  writeControlHeader(batch, marker)
  return batch
}

/** What a whole control batch says; undefined when it is about something else. */
export function outcomeOf(batch: Buffer): Outcome | undefined {
  if (batch.length < BATCH_HEADER_BYTES + RECORD.length) return undefined
  const code = batch.readInt16BE(BATCH_HEADER_BYTES + CODE_AT)
  return code === CODES.commit ? 'commit' : code === CODES.abort ? 'abort' : undefined
}
