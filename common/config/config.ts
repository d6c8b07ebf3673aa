import { closest } from '../closest.js'
import { MillraceError } from '../errors/millrace-error.js'
import { CONFIG } from './entries.js'
import type { ConfigEntry } from './entry.js'

const ENTRIES: ReadonlyMap<string, ConfigEntry<unknown>> = new Map(
  Object.values<ConfigEntry<unknown>>(CONFIG).map((entry) => [entry.key, entry]),
)

/** The settings of a session, checked when made; what was not set has its default. */
export class Config {
  readonly #texts: ReadonlyMap<string, string>

  /** @throws INVALID_CONF_KEY, INVALID_CONF_VALUE */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    for (const [key, text] of Object.entries(settings)) {
      const entry = ENTRIES.get(key)
      if (!entry) throw unknownKey(key)
      entry.read(text)
    }
    this.#texts = new Map(Object.entries(settings))
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

  static has(key: string): boolean {
    return ENTRIES.has(key)
  }

  /** What a key is set to, or its default; undefined when there is no such key. */
  textOf(key: string): string | undefined {
    return this.#texts.get(key) ?? ENTRIES.get(key)?.defaultText
  }

  get<T>(entry: ConfigEntry<T>): T {
    return entry.read(this.#texts.get(entry.key) ?? entry.defaultText)
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
    const wanted = Object.entries(this.with(settings).toRecord()).filter(([key]) => Object.hasOwn(settings, key))
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

function unknownKey(key: string): MillraceError {
  const near = closest(key, [...ENTRIES.keys()], 1)[0]
  return new MillraceError('INVALID_CONF_KEY', { key, suggestion: near === undefined ? '' : ` Did you mean ${near}?` })
}
