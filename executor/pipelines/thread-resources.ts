import type { LinearMemory } from '../memory/linear-memory.js'
import type { CachedColumns } from './cached-columns.js'
import type { ResidentStates } from './resident-states.js'
import type { ResidentTables } from './resident-tables.js'

/** What a thread has for its tasks, and keeps from one to the next. */
export interface ThreadResources {
  readonly memory: LinearMemory
  readonly residentTables: ResidentTables
  readonly residentStates: ResidentStates
  readonly cachedColumns: CachedColumns
}
