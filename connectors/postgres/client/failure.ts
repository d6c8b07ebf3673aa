import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isUntrustedCertificate } from '../../../common/untrusted-certificate.js'

/** Classes of SQLSTATE and codes of systems that say that another try may succeed. */
const PASSING = /^(08...|53...|57P0[1-5]|ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const BROKEN = /^(Connection terminated|timeout expired|Client has encountered a connection error|The server ended)/
const LOGIN = /^28|^SASL/

/** What failed at a server, as a condition that tells neither the password nor the statement. */
export function failureOf(server: string, error: unknown): MillraceError {
  if (MillraceError.is(error)) return error
  const { code, message, detail, hint } = error as { code?: string; message: string; detail?: string; hint?: string }
  const known = code ?? ''
  const state = /^[\dA-Z]{5}$/.test(known) && !known.startsWith('E') ? ` (SQLSTATE ${known})` : ''
  const more = [detail, hint].filter((text) => text !== undefined).map((text) => `. ${text.replace(/\.$/, '')}`)
  const reason = `${(message || known).replace(/\.$/, '')}${more.join('')}${state}`
  const raised = (
    condition:
      | 'POSTGRES_UNAVAILABLE'
      | 'POSTGRES_AUTHENTICATION_FAILED'
      | 'POSTGRES_CERTIFICATE_NOT_TRUSTED'
      | 'POSTGRES_REQUEST_REFUSED',
  ): MillraceError => new MillraceError(condition, { server, reason }, { cause: error })
  if (isUntrustedCertificate(known)) return raised('POSTGRES_CERTIFICATE_NOT_TRUSTED')
  if (LOGIN.test(known) || LOGIN.test(message)) return raised('POSTGRES_AUTHENTICATION_FAILED')
  if (PASSING.test(known) || BROKEN.test(message)) return raised('POSTGRES_UNAVAILABLE')
  return raised('POSTGRES_REQUEST_REFUSED')
}
