import type { Options, ShownRows } from '../api.js'
import { invalidOption, refuseOptions } from './options.js'

const DEFAULT_ROWS = 20

/** How the console sink shows a batch, as Spark's does. */
interface ConsoleOptions extends Pick<ShownRows, 'truncate'> {
  readonly numRows: number
}

/** @throws INVALID_OPTION */
export function consoleOptions(options: Options): ConsoleOptions {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  const numRows = given.get('numrows') ?? String(DEFAULT_ROWS)
  const truncate = given.get('truncate')?.toLowerCase() ?? 'true'
  if (!/^\d{1,9}$/.test(numRows)) throw invalidOption('console', 'numRows', numRows, 'it is a whole number from 0')
  if (!/^(true|false|\d{1,9})$/.test(truncate)) {
    throw invalidOption('console', 'truncate', truncate, 'it is true, false or a number of characters')
  }
  refuseOptions(options, 'console', ['numrows', 'truncate'])
  const isFlag = truncate === 'true' || truncate === 'false'
  return { numRows: Number(numRows), truncate: isFlag ? truncate === 'true' : Number(truncate) }
}
