import { MillraceError } from '../common/errors/millrace-error.js'

/** What bytes say; what they do not is told by one condition, whatever noticed it. @throws INTERNAL_ERROR, and conditions that `decode` raises */
export function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    if (MillraceError.is(cause)) throw cause
    throw new MillraceError('INTERNAL_ERROR', { message: `a malformed ${what}` }, { cause })
  }
}
