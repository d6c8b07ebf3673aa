import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { ProtocolResponse } from '../client/kafkajs-internals.js'

/** Records of a producer from this offset on, up to its next control batch, were given up. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** What a Fetch of one partition brought; `records` are whole or cut record batches. */
export interface Fetched {
  readonly errorCode: number
  /** The end of what may be read under the isolation level asked for. */
  readonly endOffset: bigint
  readonly logStartOffset: bigint
  readonly aborted: readonly AbortedTransaction[]
  readonly records: Buffer
}

/** Reads a Fetch response (version 11) of one partition in place: no object is made of a record. */
export const fetchResponse: ProtocolResponse<Fetched> = {
  decode(raw) {
    return Promise.resolve({ clientSideThrottleTime: raw.readInt32BE(0), value: parseFetched(raw) })
  },
  parse({ value }) {
    return Promise.resolve(value)
  },
}

const EMPTY = Buffer.alloc(0)

function parseFetched(raw: Buffer): Fetched {
  try {
    const errorCode = raw.readInt16BE(4)
    let at = 10
    const topics = raw.readInt32BE(at)
    at += 4
    if (errorCode !== 0 || topics === 0) {
      return { errorCode, endOffset: -1n, logStartOffset: -1n, aborted: [], records: EMPTY }
    }
    at += 2 + raw.readInt16BE(at) + 4 // topic, count of partitions
    const partitionError = raw.readInt16BE(at + 4)
    const highWatermark = raw.readBigInt64BE(at + 6)
    const lastStableOffset = raw.readBigInt64BE(at + 14)
    const logStartOffset = raw.readBigInt64BE(at + 22)
    const transactions = raw.readInt32BE(at + 30)
    at += 34
    const aborted: AbortedTransaction[] = []
    for (let i = 0; i < transactions; i++, at += 16) {
      aborted.push({ producerId: raw.readBigInt64BE(at), firstOffset: raw.readBigInt64BE(at + 8) })
    }
    at += 4 // preferred read replica
    const length = Math.max(0, raw.readInt32BE(at))
    at += 4
    return {
      errorCode: partitionError,
      endOffset: lastStableOffset >= 0n ? lastStableOffset : highWatermark,
      logStartOffset,
      aborted,
      records: raw.subarray(at, at + length),
    }
  } catch (error) {
    throw new MillraceError(
      'CORRUPT_RECORD',
      { provider: 'kafka', position: 'the head of a Fetch response', reason: (error as Error).message },
      { cause: error },
    )
  }
}
