import type { KernelExports } from '../../api.js'

/** The kernels the writer calls, of executor/kernels/assembly/kafka-produce.ts and lz-compress.ts. */
export interface KafkaWriterKernels {
  kafkaAppend(state: number): number
  kafkaSeal(
    at: number,
    bytes: number,
    count: number,
    attributes: number,
    millis: bigint,
    producer: bigint,
    epoch: number,
    sequence: number,
  ): void
  kafkaTextRun(offsets: number, bytes: number, first: number, rows: number): number
  lzScratchBytes(): number
  lzBound(length: number): number
  lz4FrameCompress(source: number, length: number, target: number, scratch: number): number
  snappyFrameCompress(source: number, length: number, target: number, scratch: number): number
}

export function writerKernels(exports: KernelExports): KafkaWriterKernels {
  return exports as unknown as KafkaWriterKernels
}
