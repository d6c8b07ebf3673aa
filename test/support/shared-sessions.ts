import { QueryEngine } from '../../api/engine/query-engine.js'
import type { QueryEngineOptions } from '../../api/engine/query-engine-options.js'
import { Session } from '../../api/index.js'
import { startParts } from '../../api/local.js'
import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { Warehouse } from '../../connectors/warehouse/warehouse.js'

interface Shared {
  users: number
  readonly parts: Promise<QueryEngineOptions>
}

/** By master and settings. */
const running = new Map<string, Shared>()

/**
 * As `withSession`, for tests that ask nothing about the start, the end, the memory and the events of executors: those that run at the same time
 * share a driver and its threads, as to start a thread takes more than most queries of tests do. Views, settings, variables and the warehouse are
 * each session's own. The session must not be stopped by the test, and is not the active one.
 */
export async function withSharedSession<T>(
  master: string,
  body: (session: Session) => Promise<T>,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<T> {
  const texts = Object.entries(settings).map(([name, value]) => [name, String(value)] as const)
  const config = new Config({ ...Object.fromEntries(texts), 'log.level': 'error' })
  const key = JSON.stringify([master, ...texts.filter(([name]) => name !== CONFIG.warehouseDir.key).toSorted()])
  const shared = running.get(key) ?? { users: 0, parts: startParts(master, config) }
  running.set(key, shared)
  shared.users++
  let engine: QueryEngine | undefined
  try {
    const stored = new Warehouse(config.get(CONFIG.warehouseDir))
    engine = new QueryEngine({ ...(await shared.parts), config, stored })
    return await body(new Session(engine, config))
  } finally {
    await engine?.streams.stop()
    shared.users--
    if (shared.users === 0) {
      running.delete(key)
      // It ends the driver and the threads that all had.
      await engine?.stop()
    }
  }
}
