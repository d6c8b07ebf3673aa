import { randomBytes } from 'node:crypto'
import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import type { Logger } from '../common/log.js'
import { shownValue } from '../common/secret-options.js'
import { userName } from '../common/user-name.js'
import { EventBus, eventTimeMs, loadEventLog } from '../driver/index.js'
import { ProgressLine } from './session/progress-line.js'

/** What tells of a session from its start to its end. */
export interface SessionEvents {
  readonly bus: EventBus
  /** Nothing happens any more. */
  end(): Promise<void>
}

/** Begins to tell of a session, to those whom its settings name. @throws CANNOT_WRITE_EVENT_LOG */
export async function startEvents(master: string, config: Config, logger: Logger): Promise<SessionEvents> {
  const bus = new EventBus(logger)
  const appId = newAppId()
  const log = config.get(CONFIG.eventLogEnabled) ? await openLog(appId, config, logger) : undefined
  if (log) bus.add(log)
  if (process.stderr.isTTY && config.get(CONFIG.showConsoleProgress))
    bus.add(new ProgressLine(process.stderr, eventTimeMs))
  const settings = Object.entries(config.toRecord()).map(([key, text]) => [key, shownValue(key, text)] as const)
  bus.emit({
    ...{ kind: 'applicationStart', timeMs: eventTimeMs(), appId, appName: config.get(CONFIG.appName) },
    ...{ user: userName(), master, settings: Object.fromEntries(settings) },
  })
  return {
    bus,
    end: async () => {
      bus.emit({ kind: 'applicationEnd', timeMs: eventTimeMs(), appId })
      await log?.close()
    },
  }
}

async function openLog(appId: string, config: Config, logger: Logger) {
  const { EventLog } = await loadEventLog()
  return await EventLog.open({
    dir: config.get(CONFIG.eventLogDir),
    appId,
    maxFileBytes: config.get(CONFIG.eventLogMaxFileSize),
    maxFiles: config.get(CONFIG.eventLogMaxFiles),
    logger,
  })
}

/** Such as `app-20261128054712-9f3c21ab`: by name in the order of time. */
const newAppId = (): string =>
  `app-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${randomBytes(4).toString('hex')}`
