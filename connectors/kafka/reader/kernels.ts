import type { KernelExports } from '../../api.js'

/** The kernels the reader calls; what each does is said where it is written, in executor/kernels/assembly/. */
export interface KafkaReaderKernels {
  crc32c(at: number, length: number): number
  kafkaRecords(state: number): number
  snappyDecompress(source: number, length: number, target: number, size: number): number
  lz4FrameBound(source: number, length: number): number
  lz4FrameDecompress(source: number, length: number, target: number, capacity: number): number
  zstdBound(source: number, length: number): number
  zstdScratchBytes(): number
  zstdDecompressUpTo(source: number, length: number, target: number, capacity: number, scratch: number): number
}

export function readerKernels(exports: KernelExports): KafkaReaderKernels {
  return exports as unknown as KafkaReaderKernels
}

/** Where the fields of a decoder's state lie, as executor/kernels/assembly/kafka-records.ts reads them. */
export const STATE = {
  position: 0,
  end: 4,
  remaining: 8,
  rows: 12,
  from: 16,
  until: 24,
  baseOffset: 32,
  baseTimestamp: 40,
  appendTimestamp: 48,
  timestampType: 56,
  maxRows: 60,
  key: 64,
  keyValidity: 68,
  value: 72,
  valueValidity: 76,
  offset: 80,
  timestamp: 84,
  type: 88,
  bytes: 96,
} as const
