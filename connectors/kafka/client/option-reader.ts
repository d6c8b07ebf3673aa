import { MillraceError } from '../../../common/errors/millrace-error.js'
import { REDACTED, shownValue } from '../../../common/secret-options.js'

/** Of an option of Kafka's client by its name without `kafka.`. */
export type Get = (name: string) => string | undefined

export function invalidOption(option: string, value: string, reason: string): MillraceError {
  return new MillraceError('INVALID_OPTION', { option, provider: 'kafka', value: shownValue(option, value), reason })
}

/** For an option that there is not. Its value is not told: the name may be that of a secret, misspelt. */
export const unknownOption = (option: string): MillraceError =>
  invalidOption(option, REDACTED, 'there is no such option')

export function unsupported(feature: string): MillraceError {
  return new MillraceError('UNSUPPORTED_FEATURE', { feature })
}
