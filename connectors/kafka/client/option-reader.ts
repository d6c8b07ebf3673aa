import { MillraceError } from '../../../common/errors/millrace-error.js'

/** Of an option of Kafka's client by its name without `kafka.`. */
export type Get = (name: string) => string | undefined

export function invalidOption(option: string, value: string, reason: string): MillraceError {
  return new MillraceError('INVALID_OPTION', { option, provider: 'kafka', value, reason })
}

/** For values that nobody is to read in a log. */
export const HIDDEN = '(not shown)'

export function unsupported(feature: string): MillraceError {
  return new MillraceError('UNSUPPORTED_FEATURE', { feature })
}
