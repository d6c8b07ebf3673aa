import type { Config } from '../../common/config/config.js'
import type { Logger } from '../../common/log.js'
import type { RelationCatalog } from '../../connectors/catalog.js'
import type { Driver, DriverConnectors, StreamEvents } from '../../driver/index.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { ProgressLine } from '../session/progress-line.js'

/** What the engine of a session is made of. */
export interface QueryEngineOptions {
  readonly driver: Driver
  readonly connectors: DriverConnectors
  readonly isFormat: (name: string) => boolean
  /** What a stage is compiled to, as text. */
  readonly codeOf: (stage: Stage) => Promise<string>
  /** The tables and views that outlive the session. */
  readonly stored: RelationCatalog
  readonly config: Config
  readonly logger: Logger
  /** Where queries that take long tell how far they are; nowhere when there is none. */
  readonly progress?: ProgressLine
  /** Where the session serves metrics, and what of it is told what streams do. */
  readonly metrics?: { readonly url: string; readonly streams: StreamEvents } | undefined
  /** Ends executors and whatever else was started for the session. */
  readonly close: () => Promise<void>
}
