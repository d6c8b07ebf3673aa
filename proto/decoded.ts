import { MillraceError } from '../common/errors/millrace-error.js'

/** What other processes say and is none of what there is. Of a peer of the same version that is a bug; but bytes come from outside. */
export const malformed = (what: string, cause?: unknown): MillraceError =>
  new MillraceError('MALFORMED_MESSAGE', { what }, cause === undefined ? {} : { cause })

/** What bytes say; what they do not is told by one condition, whatever noticed it. @throws MALFORMED_MESSAGE, and conditions that `decode` raises */
export function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    if (MillraceError.is(cause)) throw cause
    throw malformed(what, cause)
  }
}
