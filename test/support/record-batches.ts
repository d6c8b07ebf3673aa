import { crc32c } from '../../connectors/kafka/broker/log/crc32c.js'

const HEADER_BYTES = 61

interface BatchOptions {
  readonly values: readonly string[]
  readonly baseOffset?: bigint
  readonly timestampMs?: number
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly attributes?: number
}

/** A record batch (format 2) of small records without keys, uncompressed, as a producer sends it. */
export function recordBatch(options: BatchOptions): Buffer {
  const { values, baseOffset = 0n, timestampMs = 0, attributes = 0 } = options
  const { producerId = -1n, producerEpoch = -1, baseSequence = -1 } = options
  const records = Buffer.concat(values.map(record))
  const batch = Buffer.concat([Buffer.alloc(HEADER_BYTES), records])
  batch.writeBigInt64BE(baseOffset, 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt8(2, 16)
  batch.writeInt16BE(attributes, 21)
  batch.writeInt32BE(values.length - 1, 23)
  batch.writeBigInt64BE(BigInt(timestampMs), 27)
  batch.writeBigInt64BE(BigInt(timestampMs), 35)
  batch.writeBigInt64BE(producerId, 43)
  batch.writeInt16BE(producerEpoch, 51)
  batch.writeInt32BE(baseSequence, 53)
  batch.writeInt32BE(values.length, 57)
  return sealed(batch)
}

/** The batch with the checksum of what it holds now. */
export function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17)
  return batch
}

function record(value: string, offsetDelta: number): Buffer {
  const bytes = Buffer.from(value)
  const body = Buffer.concat([
    Buffer.from([0]),
    zigzag(0),
    zigzag(offsetDelta),
    zigzag(-1),
    zigzag(bytes.length),
    bytes,
    zigzag(0),
  ])
  return Buffer.concat([zigzag(body.length), body])
}

function zigzag(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}
