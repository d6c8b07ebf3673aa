/**
 * What is done with the rows of a stream, one by one. An object is made for each partition of a batch, in the thread that has it; the same partition of the same batch comes
 * again after a failure.
 */
export interface ForeachWriter<R extends object> {
  /** Called before the rows; none come when it gives false. */
  open?(partitionId: number, batchId: number): unknown
  process(row: R): unknown
  /** Called after the rows, with what the task failed with if it did. */
  close?(error: unknown): unknown
}

export type ForeachWriterClass<R extends object> = new () => ForeachWriter<R>
