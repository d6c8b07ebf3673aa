import { MillraceError } from '../../../common/errors/millrace-error.js'

/** For bytes that are not the response they should be: the connection they came by is given up and the question asked again. */
export const malformed = (reason: string): MillraceError => new MillraceError('KAFKA_MALFORMED_RESPONSE', { reason })

/** Why a response cannot be read, in few words. */
export function reasonOf(error: unknown): string {
  if (MillraceError.is(error)) return error.parameters['reason'] ?? error.message
  return error instanceof Error ? error.message : String(error)
}
