import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { createLogger } from '../../common/log.js'
import { checkPlatform } from '../../common/platform.js'
import { submission } from '../../common/submission.js'
import { tellingCaller } from '../call-site.js'
import type { Engine } from '../engine/engine.js'
import { type Active, currentActive, setActive } from './active-session.js'
import { Session } from './session.js'

/** Starts the machinery for a master. */
export type EngineFactory = (master: string, config: Config) => Promise<Engine>

/** Gathers what a session needs: `Session.builder()` of the package gives one. */
export class SessionBuilder {
  readonly #factory: EngineFactory
  readonly #settings: Readonly<Record<string, string>>
  readonly #master: string | undefined

  constructor(factory: EngineFactory, master?: string, settings: Readonly<Record<string, string>> = {}) {
    this.#factory = factory
    this.#master = master
    this.#settings = settings
  }

  /** `local`, `local[N]`, `local[*]`, `local-cluster[E,C,MiB]` or `millrace://host:port`. */
  master(master: string): SessionBuilder {
    return new SessionBuilder(this.#factory, master, this.#settings)
  }

  appName(name: string): SessionBuilder {
    return this.config('app.name', name)
  }

  config(key: string, value: string | number | boolean): SessionBuilder {
    return new SessionBuilder(this.#factory, this.#master, { ...this.#settings, [key]: String(value) })
  }

  /**
   * The session that this process runs, or a new one. Of the settings a running session takes those that may change; it keeps its master.
   * @throws INVALID_CONF_KEY, INVALID_CONF_VALUE, INVALID_MASTER
   */
  async getOrCreate(): Promise<Session> {
    for (let active = currentActive(); active !== undefined && active.session?.isStopped !== true; ) {
      const { master, starting } = active
      // Why it could not start is told to who started it.
      const session = await starting.catch(() => undefined)
      if (session?.isStopped === false) return this.#configured(session, master)
      active = currentActive()
    }
    return this.create()
  }

  /**
   * A new session, even if one runs. What the program does not say of it is as `millrace submit` was told.
   * @throws UNSUPPORTED_PLATFORM, INVALID_CONF_KEY, INVALID_CONF_VALUE, INVALID_MASTER
   */
  create(): Promise<Session> {
    const master = this.#master ?? submission()?.master ?? 'local[*]'
    const created: Active = { master, starting: tellingCaller(this.create, () => this.#start(master)) }
    const active = currentActive()
    if (active === undefined || active.session?.isStopped === true) setActive(created)
    created.starting.then(
      (session) => {
        created.session = session
      },
      () => {
        if (currentActive() === created) setActive(undefined)
      },
    )
    return created.starting
  }

  async #start(master: string): Promise<Session> {
    checkPlatform()
    const config = new Config(submission()?.settings).with(this.#settings)
    return new Session(await this.#factory(master, config), config)
  }

  #configured(session: Session, master: string): Session {
    const otherMaster = this.#master !== undefined && this.#master !== master
    const ignored = [...session.configure(this.#settings), ...(otherMaster ? ['master'] : [])]
    if (ignored.length > 0) {
      createLogger('session', session.config.get(CONFIG.logLevel)).warn(
        { ignored },
        'a session runs already: it keeps these settings as they are',
      )
    }
    return session
  }
}
