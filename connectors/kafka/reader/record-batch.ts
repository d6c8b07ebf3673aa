/** The head of a record batch (format 2) and where its parts lie in the bytes it was read from. */
export interface BatchHead {
  readonly baseOffset: bigint
  /** Where the batch begins and ends. */
  readonly start: number
  readonly end: number
  readonly magic: number
  readonly attributes: number
  readonly lastOffset: bigint
}

/** Bytes of a batch before its records. */
export const HEAD_BYTES = 61
/** Base offset and length, which the length does not count. */
const LOG_OVERHEAD = 12
const MAGIC_AT = 16

export const CODEC_MASK = 7
export const TIMESTAMP_TYPE_BIT = 8
export const TRANSACTIONAL_BIT = 16
export const CONTROL_BIT = 32

/**
 * The whole batches in a record set, in order; a cut one at the end is left out.
 * @returns undefined when a length makes no sense
 */
export function batchesOf(records: Buffer): readonly BatchHead[] | undefined {
  const heads: BatchHead[] = []
  for (let at = 0; at + LOG_OVERHEAD <= records.length; ) {
    const length = records.readInt32BE(at + 8)
    if (length < 5) return undefined
    const end = at + LOG_OVERHEAD + length
    if (end > records.length) break
    const magic = records.readInt8(at + MAGIC_AT)
    const baseOffset = records.readBigInt64BE(at)
    if (magic !== 2) {
      heads.push({ baseOffset, start: at, end, magic, attributes: 0, lastOffset: baseOffset })
      return heads
    }
    if (length < HEAD_BYTES - LOG_OVERHEAD) return undefined
    const attributes = records.readInt16BE(at + 21)
    const lastOffset = baseOffset + BigInt(records.readInt32BE(at + 23))
    heads.push({ baseOffset, start: at, end, magic, attributes, lastOffset })
    at = end
  }
  return heads
}
