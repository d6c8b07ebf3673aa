import { MillraceError } from '../../common/errors/millrace-error.js'
import type { WriteDescription } from '../api.js'

const OPTION = 'maxRecordsPerFile'

/** A write as formats see it, and how many rows its files have at most: formats do not know the option that says so. */
export interface LimitedWrite {
  readonly write: WriteDescription
  readonly mostRows: number
}

/** @throws INVALID_OPTION */
export function limitedWrite(write: WriteDescription): LimitedWrite {
  const isOwn = ([key]: readonly [string, string]): boolean => key.toLowerCase() === OPTION.toLowerCase()
  const entries = Object.entries(write.options)
  const given = entries.find(isOwn)
  if (!given) return { write, mostRows: Number.POSITIVE_INFINITY }
  const [, value] = given
  const rows = Number(value)
  if (value.trim() === '' || !Number.isSafeInteger(rows)) {
    const reason = 'it is no whole number'
    throw new MillraceError('INVALID_OPTION', { option: OPTION, provider: write.provider, value, reason })
  }
  const options = Object.fromEntries(entries.filter((entry) => !isOwn(entry)))
  // As in Spark, 0 and less set no bound.
  return { write: { ...write, options }, mostRows: rows > 0 ? rows : Number.POSITIVE_INFINITY }
}
