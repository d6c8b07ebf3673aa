import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import type { AnalysisSession } from '../planner/analyze/session.js'

/** What a query that begins now takes from its session. The batches of a stream each begin at a time of their own. */
export const sessionOf = (config: Config, isStream = false): AnalysisSession => ({
  timeZone: config.get(CONFIG.timeZone),
  nowMicros: isStream ? undefined : BigInt(Date.now()) * 1000n,
  isAnsi: config.get(CONFIG.ansiEnabled),
  allowsPrecisionLoss: config.get(CONFIG.allowPrecisionLoss),
})
