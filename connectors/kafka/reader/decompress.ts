import { gunzipSync } from 'node:zlib'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Memory } from '../../api.js'
import type { KafkaReaderKernels } from './kernels.js'

/** The most a record batch may grow to; brokers hold batches far below it. */
const MAX_BYTES = 128 * 1024 * 1024
/** What decompressors may touch behind their buffers. */
const SLACK_BYTES = 64
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const XERIAL_HEAD_BYTES = 16

export interface Decompressed {
  readonly address: number
  readonly bytes: number
}

/**
 * Decompresses the records of a batch into memory of its own, which the caller releases.
 * @returns undefined when the data is malformed
 * @throws UNSUPPORTED_FEATURE for the codecs lz4 and zstd
 */
export function decompressRecords(
  codec: number,
  data: Buffer,
  memory: Memory,
  kernels: KafkaReaderKernels,
): Decompressed | undefined {
  if (codec === 1) return gunzip(data, memory)
  if (codec === 2) return unsnappy(data, memory, kernels)
  const name = codec === 3 ? 'lz4' : codec === 4 ? 'zstd' : `number ${codec}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the Kafka compression codec ${name}` })
}

function gunzip(data: Buffer, memory: Memory): Decompressed | undefined {
  let bytes: Uint8Array
  try {
    bytes = gunzipSync(data, { maxOutputLength: MAX_BYTES })
  } catch {
    return undefined
  }
  const address = memory.allocate(bytes.length + SLACK_BYTES)
  memory.bytes.set(bytes, address)
  return { address, bytes: bytes.length }
}

/** Java clients frame snappy as the xerial library does (blocks, each with its length); others send one plain block. */
function unsnappy(data: Buffer, memory: Memory, kernels: KafkaReaderKernels): Decompressed | undefined {
  const blocks = data.subarray(0, 8).equals(XERIAL_MAGIC) ? xerialBlocks(data) : [data]
  const sizes = blocks?.map(snappySize)
  const total = sizes?.reduce((sum, size) => sum + size, 0) ?? Number.NaN
  if (blocks === undefined || sizes === undefined || !(total <= MAX_BYTES)) return undefined
  const address = memory.allocate(total + SLACK_BYTES)
  const source = memory.allocate(Math.max(0, ...blocks.map((block) => block.length)) + SLACK_BYTES)
  let done = 0
  const isWhole = blocks.every((block, i) => {
    memory.bytes.set(block, source)
    const size = sizes[i]!
    const fits = kernels.snappyDecompress(source, block.length, address + done, size) !== 0
    done += size
    return fits
  })
  memory.release(source)
  if (isWhole) return { address, bytes: total }
  memory.release(address)
  return undefined
}

function xerialBlocks(data: Buffer): readonly Buffer[] | undefined {
  const blocks: Buffer[] = []
  for (let at = XERIAL_HEAD_BYTES; at < data.length; ) {
    if (at + 4 > data.length) return undefined
    const length = data.readInt32BE(at)
    at += 4
    if (length < 0 || at + length > data.length) return undefined
    blocks.push(data.subarray(at, at + length))
    at += length
  }
  return blocks
}

/** The size a snappy block begins with; NaN when there is none. */
function snappySize(block: Buffer): number {
  let size = 0
  for (let i = 0; i < 5 && i < block.length; i++) {
    size += (block[i]! & 127) * 2 ** (7 * i)
    if (block[i]! < 128) return size
  }
  return Number.NaN
}
