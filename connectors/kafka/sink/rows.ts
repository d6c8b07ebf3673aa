/** Where the buffers of a column lie in linear memory; 0 for a column or validity that is not there. */
export interface ColumnBuffers {
  readonly validity: number
  readonly data: number
  readonly bytes: number
}

/** The columns of a batch of rows that are written. */
export interface Rows {
  readonly key: ColumnBuffers
  readonly value: ColumnBuffers
  readonly partition: ColumnBuffers
}
