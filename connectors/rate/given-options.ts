import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'

/** The options that a source of numbers was given, by their names without regard to case. */
export class GivenOptions {
  readonly #provider: string
  readonly #given: ReadonlyMap<string, string>

  constructor(provider: string, options: Options) {
    this.#provider = provider
    this.#given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  }

  text(name: string): string | undefined {
    return this.#given.get(name.toLowerCase())
  }

  /** A whole number; undefined where it is not given. @throws INVALID_OPTION */
  whole(name: string, least: number, most: number): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (/^\d{1,13}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
    throw this.invalid(name, value, `it is a whole number from ${least} to ${most}`)
  }

  /** @param names in lower case @throws INVALID_OPTION for one that is not among them */
  refuseOthers(names: ReadonlySet<string>): void {
    const [other] = [...this.#given].filter(([name]) => !names.has(name))
    if (other) throw this.invalid(...other, 'there is no such option')
  }

  invalid(option: string, value: string, reason: string): MillraceError {
    return new MillraceError('INVALID_OPTION', { provider: this.#provider, option, value, reason })
  }
}
