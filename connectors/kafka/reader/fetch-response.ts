import type { ProtocolResponse } from '../client/kafkajs-internals.js'
import { malformed } from '../client/malformed.js'
import { ProtocolReader } from '../client/protocol-reader.js'

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

/** Reads a Fetch response of one partition in place: no object is made of a record. */
export function fetchResponse(topicId: string | undefined, partition: number): ProtocolResponse<Fetched> {
  return {
    decode: (raw) => Promise.resolve(decode(new ProtocolReader(raw, topicId !== undefined), topicId, partition)),
    parse: ({ value }) => Promise.resolve(value),
  }
}

function decode(
  reader: ProtocolReader,
  topicId: string | undefined,
  partition: number,
): { readonly clientSideThrottleTime: number; readonly value: Fetched } {
  reader.tags() // of the header
  const clientSideThrottleTime = reader.int32()
  const errorCode = reader.int16()
  reader.int32() // session
  const found = reader.array(() => {
    const id = topicId === undefined ? void reader.string() : reader.uuid()
    if (id !== topicId) throw malformed('it is about another topic')
    const partitions = reader.array(() => partitionOf(reader, partition))
    reader.tags()
    return partitions
  })
  const [fetched, ...rest] = found.flat()
  if (rest.length > 0) throw malformed('it is about several partitions')
  if (errorCode !== 0 || fetched === undefined) {
    const none = { endOffset: -1n, logStartOffset: -1n, aborted: [], records: Buffer.alloc(0) }
    return { clientSideThrottleTime, value: { errorCode, ...none } }
  }
  return { clientSideThrottleTime, value: fetched }
}

function partitionOf(reader: ProtocolReader, asked: number): Fetched {
  const partition = reader.int32()
  if (partition !== asked) throw malformed('it is about another partition')
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  const lastStableOffset = reader.int64()
  const logStartOffset = reader.int64()
  const aborted = reader.array(() => {
    const transaction = { producerId: reader.int64(), firstOffset: reader.int64() }
    reader.tags()
    return transaction
  })
  reader.int32() // preferred read replica
  const records = reader.bytes()
  reader.tags()
  const endOffset = lastStableOffset >= 0n ? lastStableOffset : highWatermark
  return { errorCode, endOffset, logStartOffset, aborted, records }
}
