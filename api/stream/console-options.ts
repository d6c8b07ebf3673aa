import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../../connectors/api.js'

const DEFAULT_ROWS = 20

/** How the console sink shows a batch, as Spark's does. */
export interface ConsoleOptions {
  readonly numRows: number
  /** Whether, or after how many characters, values are cut. */
  readonly truncate: boolean | number
}

/** @throws INVALID_OPTION */
export function consoleOptions(options: Options): ConsoleOptions {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  const numRows = given.get('numrows') ?? String(DEFAULT_ROWS)
  const truncate = given.get('truncate')?.toLowerCase() ?? 'true'
  if (!/^\d{1,9}$/.test(numRows)) throw invalid('console', 'numRows', numRows, 'it is a whole number from 0')
  if (!/^(true|false|\d{1,9})$/.test(truncate)) {
    throw invalid('console', 'truncate', truncate, 'it is true, false or a number of characters')
  }
  refuseOptions(options, 'console', ['numrows', 'truncate'])
  const isFlag = truncate === 'true' || truncate === 'false'
  return { numRows: Number(numRows), truncate: isFlag ? truncate === 'true' : Number(truncate) }
}

/** Refuses options but those known, which are given in small letters. @throws INVALID_OPTION */
export function refuseOptions(options: Options, provider: string, known: readonly string[] = []): void {
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name.toLowerCase())) throw invalid(provider, name, value, 'there is no such option')
  }
}

const invalid = (provider: string, option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { provider, option, value, reason })
