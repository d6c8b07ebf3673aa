import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../../connectors/api.js'
import { checkedOptions, type OptionRules, type OptionSite } from '../functions/text-options.js'
import type { FileOutput } from './text-writing.js'

/** Which of the files that paths name are read; sources decide that themselves. */
const SELECTION: OptionRules = {
  pathGlobFilter: { kind: 'text' },
  recursiveFileLookup: { kind: 'flag', usual: false },
  basePath: { kind: 'text' },
  modifiedBefore: { kind: 'text' },
  modifiedAfter: { kind: 'text' },
  ignoreCorruptFiles: { kind: 'flag', usual: false },
  ignoreMissingFiles: { kind: 'flag', usual: false },
}

/** Of checked options those of the source that do not tell of its lines. */
export const selectionOf = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([name]) => name in SELECTION))

/** Options without those of some rules. */
export const without = (options: Options, rules: OptionRules): Options =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !(name in rules)))

/** Options of files of any text format; what only says what holds anyway is taken. */
export const FILE_OPTIONS: OptionRules = {
  path: { kind: 'text' },
  ...SELECTION,
  lineSep: { kind: 'text' },
  multiLine: { kind: 'flag', usual: false },
  encoding: { kind: 'text' },
  charset: { kind: 'text' },
}

/** Those of files that are written. */
export const FILE_WRITING: OptionRules = {
  path: { kind: 'text' },
  lineSep: { kind: 'text', usual: '\n' },
  compression: { kind: 'text' },
  maxRecordsPerFile: { kind: 'text' },
  /** Files are written as UTF-8. */
  encoding: { kind: 'fixed', usual: 'UTF-8' },
  charset: { kind: 'fixed', usual: 'UTF-8' },
}

/** The options of a format by the names of its rules. @throws UNSUPPORTED_FEATURE */
export const sourceOptions = (options: Options, rules: OptionRules, format: string): Options =>
  checkedOptions(Object.entries(options), rules, siteOf(format))

/** Of a format that is written, what is told of its files and of its lines. @throws UNSUPPORTED_FEATURE, INVALID_OPTION */
export function writtenOptions(
  options: Options,
  rules: OptionRules,
  format: string,
): { readonly file: FileOutput; readonly texts: Options } {
  const checked = checkedOptions(Object.entries(options), rules, siteOf(format))
  const { path, lineSep, compression, maxRecordsPerFile, ...texts } = checked
  if (lineSep === '') {
    const reason = 'it may not be empty'
    throw new MillraceError('INVALID_OPTION', { option: 'lineSep', provider: format, value: '', reason })
  }
  return { file: given({ path, lineSep, compression, maxRecordsPerFile }), texts }
}

/** Whom conditions name. */
export const siteOf = (format: string): OptionSite => ({ name: `the data source ${format}`, origin: undefined })

/** Of options those that are there. */
export const given = (options: Readonly<Record<string, string | undefined>>): Options =>
  Object.fromEntries(Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== undefined))
