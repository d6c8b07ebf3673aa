import { MillraceError } from '../../common/errors/millrace-error.js'
import { shownValue } from '../../common/secret-options.js'
import type { Options } from '../api.js'
import { flag } from './file-faults.js'
import { fileName } from './http/url.js'
import { globMatcher } from './systems/glob.js'

/** Which of the files that paths name are read, for all formats; in lower case. */
const SELECTION = [
  'pathglobfilter',
  'recursivefilelookup',
  'basepath',
  'modifiedbefore',
  'modifiedafter',
  'ignorecorruptfiles',
  'ignoremissingfiles',
] as const

/** Those that a session may set for all formats. */
export const SESSION_OPTIONS: readonly string[] = ['ignoreCorruptFiles', 'ignoreMissingFiles']

export interface FileSelection {
  /** Files in folders below are read whatever these are called, and folders are no partitions. */
  readonly isRecursive: boolean
  /** The folder below which folders are partitions, above the paths that are named; undefined where these are. */
  readonly basePath: string | undefined
  isWanted(path: string): boolean
  /** Whether files are wanted that were changed at a time, in milliseconds since 1970; undefined where that does not count. */
  readonly isOfTime: ((modifiedMs: number) => boolean) | undefined
}

export const isSelectionOption = (key: string): boolean => (SELECTION as readonly string[]).includes(key.toLowerCase())

/** An option that a source of files does not have. */
export const unknownOption = (provider: string, key: string, value: string): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', {
    feature: `the option ${key}=${shownValue(key, value)} of the data source ${provider}`,
  })

/** @throws INVALID_OPTION, FAILED_READ_FILE for a pattern that is too long */
export function fileSelection(options: Options): FileSelection {
  const given = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  const pattern = given.get('pathglobfilter')
  const isMatch = pattern === undefined ? () => true : globMatcher(pattern)
  const [before, after] = [timeIn(given, 'modifiedBefore'), timeIn(given, 'modifiedAfter')]
  const isOfTime = (ms: number): boolean => (before === undefined || ms < before) && (after === undefined || ms > after)
  return {
    isRecursive: flag(given, 'recursiveFileLookup'),
    basePath: given.get('basepath'),
    isWanted: (path) => isMatch(fileName(path)),
    isOfTime: before === undefined && after === undefined ? undefined : (ms) => isOfTime(Math.floor(ms)),
  }
}

/** A moment in milliseconds, which the session made of what was written. */
function timeIn(given: ReadonlyMap<string, string>, option: string): number | undefined {
  const value = given.get(option.toLowerCase())
  const time = value === undefined ? undefined : Date.parse(value)
  if (!Number.isNaN(time)) return time
  throw new MillraceError('INVALID_OPTION', { option, value: value!, reason: 'it is no moment' })
}
