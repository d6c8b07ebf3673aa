import { Config } from '../../common/config/config.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** What a running session's settings are kept by. */
interface Settings {
  readonly config: Config
  readonly initialConfig: Config
  configure(config: Config): void
}

/** The settings of a running session, by their keys or Spark's names of them. */
export class RuntimeConfig {
  readonly #settings: () => Settings

  constructor(settings: () => Settings) {
    this.#settings = settings
  }

  /** What a setting is, or its default. @throws SQL_CONF_NOT_FOUND unless there is one or a value instead */
  get(key: string, otherwise?: string): string {
    const text = this.#settings().config.textOf(key) ?? otherwise
    if (text === undefined) throw new MillraceError('SQL_CONF_NOT_FOUND', { sqlConf: `"${key}"` })
    return text
  }

  /** The settings that were set. */
  get getAll(): Readonly<Record<string, string>> {
    return this.#settings().config.toRecord()
  }

  /** @throws INVALID_CONF_KEY, INVALID_CONF_VALUE, CANNOT_MODIFY_STATIC_CONFIG, UNSUPPORTED_FEATURE */
  set(key: string, value: string | number | boolean): void {
    const { config, configure } = this.#settings()
    configure(changedConfig(config, key, String(value)))
  }

  /** Gives a setting the value that it had when the session began. @throws CANNOT_MODIFY_STATIC_CONFIG */
  unset(key: string): void {
    const { config, initialConfig, configure } = this.#settings()
    if (Config.entry(key)) configure(changedConfig(config, key, initialConfig.textOf(key)!))
  }

  /** Whether it may change while the session runs. */
  isModifiable(key: string): boolean {
    return Config.entry(key)?.isChangeable === true
  }
}

function changedConfig(config: Config, key: string, value: string): Config {
  const entry = Config.entry(key)
  if (entry && !entry.isChangeable) throw new MillraceError('CANNOT_MODIFY_STATIC_CONFIG', { key: `"${key}"` })
  return config.with({ [key]: value })
}
