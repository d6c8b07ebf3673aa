/** Where rows are kept, in Spark's terms. */
export interface StorageLevel {
  readonly useDisk: boolean
  readonly useMemory: boolean
  readonly useOffHeap: boolean
  readonly deserialized: boolean
  readonly replication: number
}

export const NOWHERE: StorageLevel = Object.freeze({
  useDisk: false,
  useMemory: false,
  useOffHeap: false,
  deserialized: false,
  replication: 1,
})

/** In the memory of executors; what is lost is computed again. */
export const IN_MEMORY: StorageLevel = Object.freeze({ ...NOWHERE, useMemory: true })
