import { MillraceError } from '../../common/errors/millrace-error.js'
import * as words from '../../common/time/calendar-words.js'
import type { HostRoutine } from './routine.js'

export const timeUnit: HostRoutine = ([text]) => words.timeUnit(text as string) ?? null
export const dateUnit: HostRoutine = ([text]) => words.dateUnit(text as string) ?? null

/** @throws ILLEGAL_DAY_OF_WEEK */
export const weekday: HostRoutine = ([text]) => {
  const found = words.weekdayNumber(text as string)
  if (found !== undefined) return found
  throw new MillraceError('ILLEGAL_DAY_OF_WEEK', { string: text as string })
}
