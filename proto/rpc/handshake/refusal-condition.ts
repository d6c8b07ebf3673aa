import { MillraceError } from '../../../common/errors/millrace-error.js'
import { PROTOCOL_VERSIONS, versionsText } from '../../version.js'
import type { Refusal } from './frames.js'

/** What the connecting side raises when the two cannot work together. */
export function conditionOfRefusal({ kind, reason }: Refusal, address: string, usesTls: boolean): MillraceError {
  switch (kind) {
    case 'secret':
      return new MillraceError('SECRET_MISMATCH', { address })
    case 'token':
      return new MillraceError('TOKEN_REFUSED', { address, reason })
    case 'certificate':
      return new MillraceError('CERTIFICATE_REFUSED', { address, reason })
    case 'version':
      return new MillraceError('PROTOCOL_VERSION_MISMATCH', {
        address,
        actual: reason,
        expected: versionsText(PROTOCOL_VERSIONS),
      })
    case 'tls':
      return new MillraceError('TLS_MISMATCH', { address, which: usesTls ? 'this process does' : 'the other does' })
    case 'protocol':
      return new MillraceError('NOT_A_PEER', { address, reason })
  }
}
