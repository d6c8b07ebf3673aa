import type { Block } from '../columnar/blocks/block.js'
import { blockChecksum, checkBlock } from '../columnar/blocks/block-checksum.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import { decoded, malformed } from './decoded.js'
import type { FetchedBlock, FetchRequest } from './protocol.js'
import { MAX_BLOCK_BYTES } from './rpc/limits.js'
import { type BlockFrame, millrace } from './wire.js'

const WHAT = 'request for blocks'

export const frameOf = (block: FetchedBlock): BlockFrame => {
  const { rows, bytes, partition = 0 } = block
  return { rows, bytes, checksum: blockChecksum(block), partition }
}

/** A block of its own bytes, aligned and shareable between threads; those of a network message are neither. @throws BLOCK_CORRUPT */
export const blockOf = (frame: BlockFrame, place: string): Block => {
  checkBlock(frame, frame.checksum, place)
  const { rows, bytes } = frame
  const own = new Uint8Array(new SharedArrayBuffer(bytes.length))
  own.set(bytes)
  return { rows, bytes: own }
}

/** @throws BLOCK_TOO_LARGE */
export function encodeBlock(block: FetchedBlock): Buffer {
  const { length } = block.bytes
  if (length > MAX_BLOCK_BYTES) throw new MillraceError('BLOCK_TOO_LARGE', { bytes: length, limit: MAX_BLOCK_BYTES })
  return millrace.BlockFrame.encode(frameOf(block)).finish()
}

/** `place` says where the bytes came from. @throws BLOCK_CORRUPT */
export function decodeBlock(bytes: Uint8Array, place: string): FetchedBlock {
  const frame = decodeFrame(bytes, place)
  return { ...blockOf(frame, place), partition: frame.partition }
}

function decodeFrame(bytes: Uint8Array, place: string): BlockFrame {
  try {
    return millrace.BlockFrame.decode(bytes)
  } catch (cause) {
    throw new MillraceError('BLOCK_CORRUPT', { place, reason: 'it is not a frame of a block' }, { cause })
  }
}

export function encodeFetchRequest(request: FetchRequest): Buffer {
  switch (request.kind) {
    case 'local':
      return millrace.FetchRequest.encode({ local: request }).finish()
    case 'output':
      return millrace.FetchRequest.encode({ output: { attemptId: request.attemptId } }).finish()
    case 'attempts': {
      const { attemptIds, partition } = request
      const allPartitions = partition === 'all'
      const attempts = { attemptIds, partition: allPartitions ? 0 : partition, allPartitions }
      return millrace.FetchRequest.encode({ attempts }).finish()
    }
  }
}

/** @throws MALFORMED_MESSAGE for what is none */
export const decodeFetchRequest = (bytes: Uint8Array): FetchRequest => decoded(WHAT, () => fetchRequestOf(bytes))

function fetchRequestOf(bytes: Uint8Array): FetchRequest {
  const { attempts, local, output } = millrace.FetchRequest.decode(bytes)
  if (local) return { kind: 'local', id: local.id, from: local.from, until: local.until }
  if (output) return { kind: 'output', attemptId: output.attemptId }
  if (!attempts) throw malformed(WHAT)
  const { attemptIds, partition, allPartitions } = attempts
  return { kind: 'attempts', attemptIds, partition: allPartitions ? 'all' : partition }
}
