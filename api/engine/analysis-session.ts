import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import type { ConfigEntry } from '../../common/config/entry.js'
import { onceEach } from '../../common/once-each.js'
import { userName } from '../../common/user-name.js'
import type { AnalysisSession } from '../../planner/analyze/session.js'
import type { FunctionSettings, QuerySettings } from '../../planner/plan/query-settings.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'

/** What a query that begins now takes from its session. The batches of a stream each begin at a time of their own. */
export const sessionOf = (
  config: Config,
  { currentDatabase, path }: SessionCatalog,
  isStream = false,
): AnalysisSession => ({
  timeZone: config.get(CONFIG.timeZone),
  database: currentDatabase,
  path: path.schemas(currentDatabase),
  user: userName(),
  nowMicros: isStream ? undefined : BigInt(Date.now()) * 1000n,
  ...querySettings(config),
})

/** What the settings of a session say of the meaning of its queries: the same object for the same settings. */
export const querySettings: (config: Config) => QuerySettings = onceEach((config) => {
  const isAnsi = config.get(CONFIG.ansiEnabled)
  return Object.freeze({
    isAnsi,
    allowsPrecisionLoss: config.get(CONFIG.allowPrecisionLoss),
    timestampType: config.get(CONFIG.timestampType),
    joinsIntervals: config.get(CONFIG.legacyInterval),
    isCaseSensitive: config.get(CONFIG.caseSensitive),
    equalKeys: config.get(CONFIG.mapKeyDedupPolicy),
    quotesNames: isAnsi && config.get(CONFIG.doubleQuotedIdentifiers),
    pipesWithBar: config.get(CONFIG.singleCharacterPipeOperator),
    groupsByPosition: config.get(CONFIG.groupByOrdinal),
    groupsByAlias: config.get(CONFIG.groupByAliases),
    ordersByPosition: config.get(CONFIG.orderByOrdinal),
  })
})

/** What the settings of a session say of the functions in SQL that it makes. */
export const functionSettings = (config: Config): FunctionSettings => ({
  ...querySettings(config),
  timeZone: config.get(CONFIG.timeZone),
})

/** The settings that differ from their defaults, of those that say what a query means: what a view keeps. */
export const keptSettings = (config: Config): Readonly<Record<string, string>> => changedOf(config, MEANINGS)

/** What a function in SQL keeps. As in Spark that is the time zone, too, which a view takes from whoever reads it. */
export const settingsOfFunction = (config: Config): Readonly<Record<string, string>> =>
  changedOf(config, [...MEANINGS, CONFIG.timeZone])

const changedOf = (config: Config, entries: readonly ConfigEntry<unknown>[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entries.flatMap((entry) => {
      const text = config.textOf(entry.key)!
      return entry.read(text) === entry.read(entry.defaultText) ? [] : [[entry.key, text]]
    }),
  )

const MEANINGS: readonly ConfigEntry<unknown>[] = [
  CONFIG.ansiEnabled,
  CONFIG.allowPrecisionLoss,
  CONFIG.timestampType,
  CONFIG.legacyInterval,
  CONFIG.caseSensitive,
  CONFIG.mapKeyDedupPolicy,
  CONFIG.doubleQuotedIdentifiers,
  CONFIG.singleCharacterPipeOperator,
  CONFIG.groupByOrdinal,
  CONFIG.groupByAliases,
  CONFIG.orderByOrdinal,
]
