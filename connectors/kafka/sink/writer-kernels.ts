import type { KernelExports } from '../../api.js'

/** The kernels the writer calls, of executor/kernels/assembly/kafka-produce.ts. */
export interface KafkaWriterKernels {
  kafkaAppend(state: number): number
  kafkaSeal(builder: number, millis: bigint): void
  kafkaTextRun(offsets: number, bytes: number, first: number, rows: number): number
}

export function writerKernels(exports: KernelExports): KafkaWriterKernels {
  return exports as unknown as KafkaWriterKernels
}
