import { MillraceError } from '../../../common/errors/millrace-error.js'

/** The group whose state code of the user sees. */
export class CurrentGroup {
  bytes: Uint8Array | undefined

  /** @throws STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE outside of what handles a group */
  of(operationType: string): Uint8Array {
    if (this.bytes) return this.bytes
    throw new MillraceError('STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE', { operationType })
  }
}
