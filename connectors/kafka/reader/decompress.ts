import { gunzipSync } from 'node:zlib'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'

/** The most a record batch may grow to; brokers hold batches far below it. */
const MAX_BYTES = 128 * 1024 * 1024
/** What decompressors may touch behind their buffers. */
const SLACK_BYTES = 64
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const XERIAL_HEAD_BYTES = 16
/** The most that a byte of snappy stands for, rounded up; to see through sizes that cannot be true. */
const SNAPPY_RATIO = 32

/** A piece of linear memory. */
export interface Piece {
  readonly address: number
  readonly bytes: number
}

/**
 * Decompresses the records of a batch into memory of its own, which the caller releases. Behind `data` there must be slack.
 * @returns undefined when the data is malformed or grows beyond all measure
 * @throws UNSUPPORTED_FEATURE for a codec that there is not
 */
export function decompressRecords(codec: number, data: Piece, memory: Memory, kernels: Kernels): Piece | undefined {
  switch (codec) {
    case 1:
      return gunzip(data, memory)
    case 2:
      return unsnappy(data, memory, kernels)
    case 3:
      return into(kernels.lz4FrameBound(data.address, data.bytes), memory, (target, capacity) =>
        kernels.lz4FrameDecompress(data.address, data.bytes, target, capacity),
      )
    case 4:
      return into(kernels.zstdBound(data.address, data.bytes), memory, (target, capacity) =>
        unzstd(data, target, capacity, memory, kernels),
      )
    default:
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the Kafka compression codec number ${codec}` })
  }
}

/** Memory for at most `bound` bytes, filled by `fill`, which returns how many there are or -1. */
function into(bound: number, memory: Memory, fill: (target: number, capacity: number) => number): Piece | undefined {
  if (!(bound >= 0 && bound <= MAX_BYTES)) return undefined
  const address = memory.allocate(bound + SLACK_BYTES)
  let bytes = -1
  try {
    bytes = fill(address, bound)
  } finally {
    if (bytes < 0) memory.release(address)
  }
  return bytes < 0 ? undefined : { address, bytes }
}

function gunzip({ address, bytes }: Piece, memory: Memory): Piece | undefined {
  let made: Uint8Array
  try {
    made = gunzipSync(memory.bytes.subarray(address, address + bytes), { maxOutputLength: MAX_BYTES })
  } catch {
    return undefined
  }
  return into(made.length, memory, (target, size) => {
    memory.bytes.set(made, target)
    return size
  })
}

function unzstd({ address, bytes }: Piece, target: number, capacity: number, memory: Memory, kernels: Kernels): number {
  const scratch = memory.allocate(kernels.zstdScratchBytes())
  try {
    return kernels.zstdDecompressUpTo(address, bytes, target, capacity, scratch)
  } finally {
    memory.release(scratch)
  }
}

/** Java clients frame snappy as the xerial library does (blocks, each with its length); others send one plain block. */
function unsnappy(data: Piece, memory: Memory, kernels: Kernels): Piece | undefined {
  const input = Buffer.from(memory.bytes.buffer, data.address, data.bytes)
  const blocks = input.subarray(0, 8).equals(XERIAL_MAGIC) ? xerialBlocks(input) : [{ address: 0, bytes: data.bytes }]
  const sizes = blocks?.map(({ address, bytes }) => snappySize(input.subarray(address, address + bytes)))
  if (blocks === undefined || sizes === undefined) return undefined
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return into(total, memory, (target) => {
    let out = target
    for (const [i, { address, bytes }] of blocks.entries()) {
      if (kernels.snappyDecompress(data.address + address, bytes, out, sizes[i]!) === 0) return -1
      out += sizes[i]!
    }
    return total
  })
}

/** The blocks, their addresses counted from the begin of `data`; undefined when a length makes no sense. */
function xerialBlocks(data: Buffer): readonly Piece[] | undefined {
  const blocks: Piece[] = []
  for (let at = XERIAL_HEAD_BYTES; at < data.length; ) {
    if (at + 4 > data.length) return undefined
    const bytes = data.readInt32BE(at)
    at += 4
    if (bytes < 0 || at + bytes > data.length) return undefined
    blocks.push({ address: at, bytes })
    at += bytes
  }
  return blocks
}

/** The size a snappy block begins with; NaN when there is none that can be true. */
function snappySize(block: Buffer): number {
  let size = 0
  for (let i = 0; i < 5 && i < block.length; i++) {
    size += (block[i]! & 127) * 2 ** (7 * i)
    if (block[i]! < 128) return size <= block.length * SNAPPY_RATIO ? size : Number.NaN
  }
  return Number.NaN
}
