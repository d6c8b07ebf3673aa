import { closest } from '../closest.js'
import { MillraceError } from '../errors/millrace-error.js'
import { CONFIG } from './entries.js'
import type { ConfigEntry } from './entry.js'
import { FIXED_ENTRIES } from './fixed-entries.js'

const ENTRIES: ReadonlyMap<string, ConfigEntry<unknown>> = new Map(
  [...Object.values<ConfigEntry<unknown>>(CONFIG), ...FIXED_ENTRIES].map((entry) => [entry.key, entry]),
)

const KEYS: ReadonlyMap<string, string> = new Map(
  [...ENTRIES.values()].flatMap(
    ({ key, sparkKey }) => [[key, key], ...(sparkKey ? [[sparkKey, key] as const] : [])] as const,
  ),
)

/** The settings of a session, checked when made; what was not set has its default. */
export class Config {
  readonly #texts: ReadonlyMap<string, string>
  /** What was read of it. */
  readonly #values = new Map<ConfigEntry<unknown>, unknown>()

  /** @throws INVALID_CONF_KEY, INVALID_CONF_VALUE */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#texts = new Map(Object.entries(settings).map(([written, text]) => [keyOf(written), text]))
    for (const [key, text] of this.#texts) ENTRIES.get(key)!.read(text)
    if (this.get(CONFIG.executorTimeout) <= this.get(CONFIG.heartbeatInterval)) {
      const { key } = CONFIG.executorTimeout
      const reason = `it must be longer than ${CONFIG.heartbeatInterval.key}`
      throw new MillraceError('INVALID_CONF_VALUE', {
        key,
        value: settings[key] ?? CONFIG.executorTimeout.defaultText,
        reason,
      })
    }
  }

  /** The entry of a key, which may be Spark's name of it; undefined when there is none. */
  static entry(written: string): ConfigEntry<unknown> | undefined {
    return ENTRIES.get(KEYS.get(written) ?? '')
  }

  static entries(): readonly ConfigEntry<unknown>[] {
    return [...ENTRIES.values()]
  }

  /** What a key is set to, or its default; undefined when there is no such key. */
  textOf(written: string): string | undefined {
    const entry = Config.entry(written)
    return entry && (this.#texts.get(entry.key) ?? entry.defaultText)
  }

  get<T>(entry: ConfigEntry<T>): T {
    if (!this.#values.has(entry)) this.#values.set(entry, entry.read(this.#texts.get(entry.key) ?? entry.defaultText))
    return this.#values.get(entry) as T
  }

  /** Whether somebody has said what it is to be. */
  isSet(entry: ConfigEntry<unknown>): boolean {
    return this.#texts.has(entry.key)
  }

  /** A copy with some settings changed. @throws INVALID_CONF_KEY, INVALID_CONF_VALUE */
  with(settings: Readonly<Record<string, string>>): Config {
    return new Config({ ...Object.fromEntries(this.#texts), ...settings })
  }

  /** A copy with those of the settings that may change while a session runs, and which of the others would change something. */
  changed(settings: Readonly<Record<string, string>>): {
    readonly config: Config
    readonly ignored: readonly string[]
  } {
    const named = new Set(Object.keys(settings).map(keyOf))
    const wanted = Object.entries(this.with(settings).toRecord()).filter(([key]) => named.has(key))
    const isChangeable = ([key]: readonly [string, string]): boolean => ENTRIES.get(key)!.isChangeable === true
    const differs = ([key, text]: readonly [string, string]): boolean => {
      const entry = ENTRIES.get(key)!
      return entry.read(text) !== this.get(entry)
    }
    return {
      config: this.with(Object.fromEntries(wanted.filter(isChangeable))),
      ignored: wanted.filter((one) => !isChangeable(one) && differs(one)).map(([key]) => key),
    }
  }

  /** What was set, to be handed to another process. */
  toRecord(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#texts)
  }
}

/** @throws INVALID_CONF_KEY */
function keyOf(written: string): string {
  const key = KEYS.get(written)
  if (key === undefined) throw unknownKey(written)
  return key
}

function unknownKey(key: string): MillraceError {
  const near = closest(key, [...KEYS.keys()], 1)[0]
  return new MillraceError('INVALID_CONF_KEY', { key, suggestion: near === undefined ? '' : ` Did you mean ${near}?` })
}
