/**
 * A block: a batch of rows as one encapsulated Arrow IPC RecordBatch message (continuation marker, metadata, body). The same bytes
 * sit in the cache, in shuffle, spill and IPC files, on the wire and between threads. They never change once made. The schema is known from
 * the context (the stage's) and is not repeated. `bytes` lie on a SharedArrayBuffer when made by a worker thread, at offset 0
 * of the message; buffers of the body start at multiples of 64 from there.
 */
export interface Block {
  readonly rows: number
  readonly bytes: Uint8Array
}
