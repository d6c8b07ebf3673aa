import { floorDivide } from '../../columnar/times/calendar.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../../connectors/api.js'
import type { AnalysisSession } from '../../planner/analyze/session.js'
import { parseTimestampMicros } from '../../planner/sql/date-time.js'

/** The options `modifiedBefore` and `modifiedAfter` as moments, as Spark reads them: sources do not know the zone of the session. @throws INVALID_OPTION */
export function withMoments(options: Options, { timeZone }: Pick<AnalysisSession, 'timeZone'>): Options {
  const entries = Object.entries(options)
  const zone = entries.find(([key]) => key.toLowerCase() === 'timezone')?.[1] ?? timeZone
  return Object.fromEntries(
    entries.map(([key, value]) => [key, /^modified(before|after)$/i.test(key) ? momentOf(key, value, zone) : value]),
  )
}

function momentOf(option: string, value: string, zone: string): string {
  const micros = parseTimestampMicros(value, zone)
  if (micros !== undefined) return new Date(Number(floorDivide(micros, 1000n))).toISOString()
  throw new MillraceError('INVALID_OPTION', { option, value, reason: 'it is a time like 2026-11-27T12:00:00' })
}
