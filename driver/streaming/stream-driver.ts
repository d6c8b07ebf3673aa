import type { Driver } from '../driver.js'
import { DEFAULT_POOL } from '../pools/pool-options.js'

/** What a stream needs of the driver. */
export interface StreamDriver
  extends Pick<Driver, 'logger' | 'slots' | 'submit' | 'dropState' | 'registerLocalBlocks' | 'releaseLocalBlocks'> {
  /** The pool that its jobs are in, where one was chosen. */
  readonly pool?: string
}

/** A driver that has all jobs of a stream in a pool. */
export const inPool = (driver: Driver, pool: string): StreamDriver => ({
  logger: driver.logger,
  get slots() {
    return driver.slots
  },
  ...(pool === DEFAULT_POOL ? {} : { pool }),
  submit: (graph, options) => driver.submit(graph, { ...options, pool }),
  dropState: (queryId) => driver.dropState(queryId),
  registerLocalBlocks: (id, blocks) => driver.registerLocalBlocks(id, blocks),
  releaseLocalBlocks: (id) => driver.releaseLocalBlocks(id),
})
