import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { ValuesSource } from '../split.js'
import type { PageBuffers } from './page-buffers.js'

/** Bytes in linear memory. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface Tools {
  readonly memory: Memory
  readonly kernels: Kernels
  readonly buffers: PageBuffers
}

type DeltaEncoding = 'DELTA_BINARY_PACKED' | 'DELTA_LENGTH_BYTE_ARRAY' | 'DELTA_BYTE_ARRAY' | 'BYTE_STREAM_SPLIT'

const MAX_PLAIN_BYTES = 1024 * 1024 * 1024

/**
 * Rewrites values in one of the rarer encodings as a PLAIN page, which then is decoded like any other. Returns what is wrong
 * with the page when it is malformed, and undefined when the format does not allow the encoding for the column's type.
 */
export function toPlain(
  encoding: DeltaEncoding,
  source: ValuesSource,
  values: Range,
  limit: number,
  tools: Tools,
): Range | string | undefined {
  const { physical } = source
  switch (encoding) {
    case 'DELTA_BINARY_PACKED':
      return physical === 'INT32' || physical === 'INT64' ? integers(source, values, limit, tools) : undefined
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return physical === 'BYTE_ARRAY' ? strings(false, source, values, limit, tools) : undefined
    case 'DELTA_BYTE_ARRAY':
      return physical.endsWith('BYTE_ARRAY') ? strings(true, source, values, limit, tools) : undefined
    case 'BYTE_STREAM_SPLIT':
      return source.sourceBytes > 0 ? streams(source, values, limit, tools) : undefined
  }
}

function integers({ sourceBytes }: ValuesSource, { start, end }: Range, limit: number, tools: Tools): Range | string {
  const count = tools.kernels.parquetDeltaCount(start, end)
  if (count < 0 || count > limit || count * sourceBytes > MAX_PLAIN_BYTES) return 'its number of values is wrong'
  const target = tools.buffers.take(count * sourceBytes)
  if (!tools.kernels.parquetDelta(start, end, count, sourceBytes, target)) return 'malformed DELTA_BINARY_PACKED data'
  return { start: target, end: target + count * sourceBytes }
}

function strings(
  hasPrefixes: boolean,
  { physical, sourceBytes }: ValuesSource,
  { start, end }: Range,
  limit: number,
  { memory, kernels, buffers }: Tools,
): Range | string {
  const scratch = [new Region(memory), new Region(memory)] as const
  try {
    let at = start
    const lists: number[] = []
    let count = 0
    for (const region of hasPrefixes ? scratch : scratch.slice(1)) {
      count = kernels.parquetDeltaCount(at, end)
      if (count < 0 || count > limit || count * 4 > MAX_PLAIN_BYTES) return 'its number of values is wrong'
      lists.push(region.reserve(count * 4))
      at = kernels.parquetDelta(at, end, count, 4, region.address) >>> 0
      if (at === 0) return 'malformed lengths'
    }
    const lengths = lists.at(-1)!
    const prefixes = hasPrefixes ? lists[0]! : 0
    if (hasPrefixes && kernels.parquetDeltaCount(start, end) !== count) return 'prefixes and suffixes differ in number'
    const bytes = kernels.parquetDeltaStringsSize(prefixes, lengths, count, end - at)
    if (bytes < 0 || bytes > MAX_PLAIN_BYTES) return 'malformed lengths'
    const target = buffers.take(bytes)
    const fixed = physical === 'BYTE_ARRAY' ? 0 : sourceBytes
    if (!kernels.parquetDeltaStrings(prefixes, lengths, count, at, fixed, target)) return 'values of a wrong length'
    return { start: target, end: fixed > 0 ? target + count * fixed : target + bytes }
  } finally {
    for (const region of scratch) region.release()
  }
}

function streams({ sourceBytes }: ValuesSource, { start, end }: Range, limit: number, tools: Tools): Range | string {
  const bytes = end - start
  if (bytes % sourceBytes !== 0 || bytes / sourceBytes > limit) return 'its number of values is wrong'
  const target = tools.buffers.take(bytes)
  tools.kernels.parquetJoinStreams(start, bytes / sourceBytes, sourceBytes, target)
  return { start: target, end: target + bytes }
}
