import { parseDurationMicros } from '../../../common/config/units.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'
import { flag } from '../file-faults.js'

/** Options of streams of files, in lower case. */
export const STREAM_OPTIONS: readonly string[] = [
  'maxfilespertrigger',
  'maxbytespertrigger',
  'maxfileage',
  'maxcachedfiles',
  'latestfirst',
  'filenameonly',
  'cleansource',
  'sourcearchivedir',
]

/** What becomes of files that were read. */
export type CleanSource = { readonly kind: 'off' | 'delete' } | { readonly kind: 'archive'; readonly folder: string }

export interface FileStreamOptions {
  /** How much a batch reads at most; a file is read whole. */
  readonly mostFiles: number
  readonly mostBytes: number
  /** Files that are so much older than the newest that was read are not looked at, nor remembered. */
  readonly maxAgeMs: number
  /** Of how many files that were listed and are yet to be read it is remembered which they are. */
  readonly mostCached: number
  readonly latestFirst: boolean
  /** Whether files of one name are the same, in whichever folder. */
  readonly byName: boolean
  readonly cleanSource: CleanSource
}

const WEEK = '7d'

/** @throws INVALID_OPTION */
export function fileStreamOptions(options: Options): FileStreamOptions {
  const given = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  const mostFiles = countIn(given, 'maxFilesPerTrigger', 1)
  const mostBytes = countIn(given, 'maxBytesPerTrigger', 1)
  if (mostFiles !== undefined && mostBytes !== undefined)
    throw invalid('maxBytesPerTrigger', String(mostBytes), 'maxFilesPerTrigger is given, too')
  const latestFirst = flag(given, 'latestFirst')
  // The newest first means that older ones come last: they would be too old by then.
  const isOfAnyAge = latestFirst && (mostFiles !== undefined || mostBytes !== undefined)
  const maxAgeMs = ageIn(given)
  return {
    mostFiles: mostFiles ?? Number.POSITIVE_INFINITY,
    mostBytes: mostBytes ?? Number.POSITIVE_INFINITY,
    maxAgeMs: isOfAnyAge ? Number.POSITIVE_INFINITY : maxAgeMs,
    mostCached: countIn(given, 'maxCachedFiles', 0) ?? 10_000,
    latestFirst,
    byName: flag(given, 'fileNameOnly'),
    cleanSource: cleanSourceIn(given),
  }
}

function countIn(given: ReadonlyMap<string, string>, option: string, least: number): number | undefined {
  const value = given.get(option.toLowerCase())
  if (value === undefined) return undefined
  const count = Number(value)
  if (!/^\d+$/.test(value) || count < least || !Number.isSafeInteger(count))
    throw invalid(option, value, `it is a whole number from ${least}`)
  return count
}

function ageIn(given: ReadonlyMap<string, string>): number {
  const value = given.get('maxfileage') ?? WEEK
  const micros = parseDurationMicros(value)
  if (micros === undefined || micros < 0n) throw invalid('maxFileAge', value, 'it is a length of time like 7d')
  return Number(micros / 1000n)
}

function cleanSourceIn(given: ReadonlyMap<string, string>): CleanSource {
  const value = given.get('cleansource') ?? 'off'
  const folder = given.get('sourcearchivedir')
  switch (value.toLowerCase()) {
    case 'off':
    case 'delete':
      return { kind: value.toLowerCase() as 'off' | 'delete' }
    case 'archive':
      if (!folder) throw invalid('sourceArchiveDir', folder ?? '', 'it is needed where cleanSource is archive')
      return { kind: 'archive', folder }
  }
  throw invalid('cleanSource', value, 'it is off, delete or archive')
}

export const invalid = (option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, value, reason })
