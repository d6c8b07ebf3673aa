import type { Options } from '../../../connectors/api.js'
import { checkedOptions, type OptionRules, type OptionSite } from '../functions/text-options.js'

/** Options of files of any text format; what only says what holds anyway is taken. */
const FILE_OPTIONS: OptionRules = {
  path: { kind: 'text' },
  lineSep: { kind: 'text' },
  multiLine: { kind: 'flag', usual: false },
  encoding: { kind: 'fixed', usual: 'UTF-8' },
  charset: { kind: 'fixed', usual: 'UTF-8' },
}

/** The options of a format by the names of its rules. @throws UNSUPPORTED_FEATURE */
export const sourceOptions = (options: Options, rules: OptionRules, format: string): Options =>
  checkedOptions(Object.entries(options), { ...FILE_OPTIONS, ...rules }, siteOf(format))

/** Whom conditions name. */
export const siteOf = (format: string): OptionSite => ({ name: `the data source ${format}`, origin: undefined })

/** Of options those that are there. */
export const given = (options: Readonly<Record<string, string | undefined>>): Options =>
  Object.fromEntries(Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== undefined))
