/** A range of bytes within a block, from the start of its message. */
export interface BufferRange {
  readonly offset: number
  readonly length: number
}
