import type { WriteDescription } from '../../api.js'
import type { Connection } from '../client/connection.js'
import type { WriteOptions } from '../options/write-options.js'
import type { Target } from './target.js'

/** A job that runs. */
export interface PostgresJob {
  readonly write: WriteDescription
  readonly options: WriteOptions
  /** Holds the job's lock. */
  readonly connection: Connection
  readonly target: Target
  /** Of a table that is made. */
  readonly columns: readonly string[]
  /** Where the rows go, by the names in the table. */
  readonly names: readonly string[]
  /** Whether the table is made anew. */
  readonly creates: boolean
}
