import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import * as words from '../../common/time/calendar-words.js'
import type { HostRoutine } from './routine.js'

export const timeUnit: HostRoutine = ([text]) => words.timeUnit(text as string) ?? null
export const dateUnit: HostRoutine = ([text]) => words.dateUnit(text as string) ?? null

/** Of a function by its name. @throws INVALID_PARAMETER_VALUE.TIME_UNIT */
export const clockUnitNanos: HostRoutine = ([text, name]) => {
  const nanos = words.clockUnitNanos(text as string)
  if (nanos !== undefined) return nanos
  const parameters = {
    functionName: quotedName(name as string),
    parameter: '`unit`',
    invalidValue: `'${text as string}'`,
  }
  throw new MillraceError('INVALID_PARAMETER_VALUE.TIME_UNIT', parameters)
}

/** @throws ILLEGAL_DAY_OF_WEEK */
export const weekday: HostRoutine = ([text]) => {
  const found = words.weekdayNumber(text as string)
  if (found !== undefined) return found
  throw new MillraceError('ILLEGAL_DAY_OF_WEEK', { string: text as string })
}
