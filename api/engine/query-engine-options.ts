import type { Config } from '../../common/config/config.js'
import type { Logger } from '../../common/log.js'
import type { RelationCatalog } from '../../connectors/catalog.js'
import type { Driver, DriverConnectors } from '../../driver/index.js'
import type { Stage } from '../../planner/plan/physical/plan.js'

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
  /** Where the session serves metrics, if it does. */
  readonly metricsUrl: string | undefined
  /** Ends executors and whatever else was started for the session. */
  readonly close: () => Promise<void>
}
