import type { KernelExports } from '../../api.js'

/** The kernels this connector calls; what each does is said where it is written, in executor/kernels/assembly/. */
export interface ParquetKernels {
  snappyDecompress(source: number, length: number, target: number, size: number): number
  lz4Decompress(source: number, length: number, target: number, size: number): number
  zstdDecompress(source: number, length: number, target: number, size: number, scratch: number): number
  zstdScratchBytes(): number
  parquetHybridStart(cursor: number, position: number, end: number, width: number): void
  parquetPackedStart(cursor: number, position: number, end: number, width: number): void
  parquetGather1: Gather
  parquetGather2: Gather
  parquetGather4: Gather
  parquetGather8: Gather
  parquetGather16: Gather
  parquetGatherAt1: GatherAt
  parquetGatherAt2: GatherAt
  parquetGatherAt4: GatherAt
  parquetGatherAt8: GatherAt
  parquetGatherAt16: GatherAt
  parquetSkip(cursor: number, count: number): number
  parquetBytes(cursor: number, count: number, most: number, target: number): number
  parquetPlain(conversion: number, source: number, end: number, length: number, count: number, target: number): number
  parquetSpread(width: number, data: number, levels: number, count: number, values: number, most: number): void
  parquetValidity(levels: number, count: number, least: number, target: number): void
  parquetDeltaCount(source: number, end: number): number
  parquetDelta(source: number, end: number, limit: number, width: number, target: number): number
  parquetDeltaStringsSize(prefixes: number, lengths: number, count: number, available: number): number
  parquetDeltaStrings(
    prefixes: number,
    lengths: number,
    count: number,
    source: number,
    fixed: number,
    target: number,
  ): number
  parquetJoinStreams(source: number, count: number, width: number, target: number): void
}

export type Gather = (
  cursor: number,
  count: number,
  dictionary: number,
  entries: number,
  capacity: number,
  target: number,
) => number

export type GatherAt = (
  cursor: number,
  count: number,
  dictionary: number,
  entries: number,
  target: number,
  first: number,
  at: number,
  end: number,
) => number

/** The size of the cursor that `parquetHybridStart` fills. */
export const CURSOR_BYTES = 32

export function parquetKernels(exports: KernelExports): ParquetKernels {
  return exports as unknown as ParquetKernels
}

export function gatherOf(kernels: ParquetKernels, targetBytes: number): Gather {
  switch (targetBytes) {
    case 1:
      return kernels.parquetGather1
    case 2:
      return kernels.parquetGather2
    case 4:
      return kernels.parquetGather4
    case 16:
      return kernels.parquetGather16
    default:
      return kernels.parquetGather8
  }
}

export function gatherAtOf(kernels: ParquetKernels, targetBytes: number): GatherAt {
  switch (targetBytes) {
    case 1:
      return kernels.parquetGatherAt1
    case 2:
      return kernels.parquetGatherAt2
    case 4:
      return kernels.parquetGatherAt4
    case 16:
      return kernels.parquetGatherAt16
    default:
      return kernels.parquetGatherAt8
  }
}
