import { ERROR } from '../protocol/error-codes.js'
import { crc32c } from './crc32c.js'

/* The header of a record batch, format 2 (Kafka documentation, "Message Format"): all that a broker looks at. */
export const BATCH_HEADER_BYTES = 61
/** What comes before the bytes that the length counts. */
const LENGTH_END = 12
const OFFSET = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
}
const CONTROL_BATCH = 0x20
const TRANSACTIONAL = 0x10

/** What the broker knows of a batch. Timestamps in milliseconds since 1970. */
export interface BatchHeader {
  readonly baseOffset: bigint
  readonly totalBytes: number
  readonly magic: number
  readonly isTransactional: boolean
  /** A marker of the broker's, no records of a producer. */
  readonly isControl: boolean
  readonly lastOffsetDelta: number
  readonly maxTimestampMs: bigint
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
}

/** What tells one control batch from another, besides its record. */
export interface ControlHeader {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly timestampMs: bigint
}

/** Reads the header at `at`; undefined when there are not enough bytes for a whole batch. */
export function readBatchHeader(bytes: Buffer, at: number): BatchHeader | undefined {
  if (at + BATCH_HEADER_BYTES > bytes.length) return undefined
  const totalBytes = LENGTH_END + bytes.readInt32BE(at + OFFSET.length)
  if (totalBytes < BATCH_HEADER_BYTES) return undefined
  const attributes = bytes.readInt16BE(at + OFFSET.attributes)
  return {
    baseOffset: bytes.readBigInt64BE(at + OFFSET.baseOffset),
    totalBytes,
    magic: bytes.readInt8(at + OFFSET.magic),
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL_BATCH) !== 0,
    lastOffsetDelta: bytes.readInt32BE(at + OFFSET.lastOffsetDelta),
    maxTimestampMs: bytes.readBigInt64BE(at + OFFSET.maxTimestamp),
    producerId: bytes.readBigInt64BE(at + OFFSET.producerId),
    producerEpoch: bytes.readInt16BE(at + OFFSET.producerEpoch),
    baseSequence: bytes.readInt32BE(at + OFFSET.baseSequence),
  }
}

/** Gives a batch its place in the log. The CRC does not cover these fields, so nothing else changes. */
export function placeBatch(bytes: Buffer, at: number, baseOffset: bigint): void {
  bytes.writeBigInt64BE(baseOffset, at + OFFSET.baseOffset)
  bytes.writeInt32BE(0, at + OFFSET.leaderEpoch)
}

/** What is wrong with a whole batch that a producer sent, as an error code; `ERROR.none` for a good one. */
export function batchFault(bytes: Buffer, at: number, { magic, lastOffsetDelta, isControl }: BatchHeader): number {
  if (magic !== 2) return ERROR.unsupportedForMessageFormat
  if (!hasRightCrc(bytes, at)) return ERROR.corruptMessage
  // Offsets are given out by this number: with a wrong one the log would go back or leave a gap.
  if (lastOffsetDelta < 0 || bytes.readInt32BE(at + OFFSET.count) !== lastOffsetDelta + 1) return ERROR.invalidRecord
  // Markers of transactions are the broker's to write.
  return isControl ? ERROR.invalidRecord : ERROR.none
}

/** Writes the header of a control batch whose one record is in place. */
export function writeControlHeader(batch: Buffer, { producerId, producerEpoch, timestampMs }: ControlHeader): void {
  batch.writeInt32BE(batch.length - LENGTH_END, OFFSET.length)
  batch.writeInt8(2, OFFSET.magic)
  batch.writeInt16BE(CONTROL_BATCH | TRANSACTIONAL, OFFSET.attributes)
  batch.writeBigInt64BE(timestampMs, OFFSET.baseTimestamp)
  batch.writeBigInt64BE(timestampMs, OFFSET.maxTimestamp)
  batch.writeBigInt64BE(producerId, OFFSET.producerId)
  batch.writeInt16BE(producerEpoch, OFFSET.producerEpoch)
  batch.writeInt32BE(-1, OFFSET.baseSequence)
  batch.writeInt32BE(1, OFFSET.count)
  batch.writeUInt32BE(crc32c(batch, OFFSET.attributes, batch.length), OFFSET.crc)
}

/** Whether the checksum of a whole batch, which begins behind it, is that of its bytes. */
export function hasRightCrc(bytes: Buffer, at: number): boolean {
  const end = at + LENGTH_END + bytes.readInt32BE(at + OFFSET.length)
  return crc32c(bytes, at + OFFSET.attributes, end) === bytes.readUInt32BE(at + OFFSET.crc)
}
