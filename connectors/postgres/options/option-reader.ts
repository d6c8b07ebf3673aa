import { MillraceError } from '../../../common/errors/millrace-error.js'
import { REDACTED, shownValue } from '../../../common/secret-options.js'
import type { Options } from '../../api.js'
import type { PostgresFormat } from './format.js'

/** Options of Spark's JDBC source that nothing here would do. */
const REFUSED: ReadonlySet<string> = new Set([
  'customschema',
  'createtablecolumntypes',
  'createtableoptions',
  'cascadetruncate',
  'preparequery',
  'preferTimestampNTZ'.toLowerCase(),
  'pushdownaggregate',
  'pushdownlimit',
  'pushdownoffset',
  'pushdowntablesample',
  'keytab',
  'principal',
  'refreshkrb5config',
  'connectionprovider',
  'hint',
])

/** The options of a table, by names in which letters count without regard to case. */
export class OptionReader {
  readonly format: PostgresFormat
  readonly #given: ReadonlyMap<string, string>

  /** @throws INVALID_OPTION for one that is not known, UNSUPPORTED_FEATURE for one that only Spark has */
  constructor(format: PostgresFormat, options: Options, known: readonly string[]) {
    this.format = format
    const names = new Set(known.map((name) => name.toLowerCase()))
    for (const name of Object.keys(options)) {
      if (names.has(name.toLowerCase())) continue
      if (REFUSED.has(name.toLowerCase()))
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the option ${name} of the data source ${format}` })
      throw this.#invalid(name, REDACTED, 'there is no such option')
    }
    this.#given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  }

  get(name: string): string | undefined {
    return this.#given.get(name.toLowerCase())
  }

  invalid(name: string, reason: string): MillraceError {
    return this.#invalid(name, this.get(name) ?? '', reason)
  }

  /** @throws INVALID_OPTION */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.get(name)?.toLowerCase()
    if (value === undefined) return otherwise
    if (value !== 'true' && value !== 'false') throw this.invalid(name, 'it is true or false')
    return value === 'true'
  }

  /** A whole number of at least `least`. @throws INVALID_OPTION */
  count(name: string, least: number): number | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const count = Number(value)
    if (!/^\d+$/.test(value) || count < least || count > 2 ** 31 - 1)
      throw this.invalid(name, `it is a whole number of at least ${least}`)
    return count
  }

  #invalid(option: string, value: string, reason: string): MillraceError {
    return new MillraceError('INVALID_OPTION', {
      option,
      provider: this.format,
      value: shownValue(option, value),
      reason,
    })
  }
}
