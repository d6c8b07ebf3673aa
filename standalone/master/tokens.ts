import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../common/log.js'
import { hasCode } from '../../common/system-errors.js'
import { tokenName } from '../../common/user-token.js'

/** In the folder of a master; a line is a name of a token, or of a user. */
export const REVOKED_TOKENS = 'revoked-tokens'

/** Which tokens a master takes: those of its cluster that have neither expired nor are on the list in its folder. */
export class Tokens {
  readonly #path: string
  readonly #logger: Logger
  /** As it was read last. */
  #revoked: ReadonlySet<string> | undefined
  #isReadable = true

  constructor(directory: string, logger: Logger) {
    this.#path = join(directory, REVOKED_TOKENS)
    this.#logger = logger
    this.readList()
  }

  /** A list that cannot be read now is as it was: who was let in once is not sent away for it, nor who was revoked let in. */
  readList(): void {
    try {
      this.#revoked = new Set(textOf(this.#path).split('\n'))
      this.#isReadable = true
    } catch (error) {
      if (this.#isReadable) this.#logger.error({ err: error }, 'the list of revoked tokens cannot be read')
      this.#isReadable = false
    }
  }

  /** Why a token is not taken, whose owner has proved to have it. */
  refusalOf(token: string, nowMs: number): string | undefined {
    const { user, expiresMs } = tokenName(token)
    if (expiresMs !== undefined && nowMs >= expiresMs) return `it expired at ${new Date(expiresMs).toISOString()}`
    if (this.#revoked === undefined) return 'the list of revoked tokens cannot be read'
    return this.#revoked.has(token) || this.#revoked.has(user) ? `it was revoked, or all of ${user}` : undefined
  }

  /** The names of tokens, and of users, that are on the list. */
  get revoked(): ReadonlySet<string> {
    return this.#revoked ?? new Set()
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  }
}
