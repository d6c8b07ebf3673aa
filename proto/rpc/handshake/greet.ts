import { isIP, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { isOfOtherAuthority, isUntrustedCertificate } from '../../../common/untrusted-certificate.js'
import { commonVersion, PROTOCOL_VERSIONS, versionsText } from '../../version.js'
import type { Credentials, TlsIdentity } from '../credentials.js'
import { tlsOptions } from '../tls-options.js'
import { ExactReader, written } from './exact-reader.js'
import { claimOf, heardHello, heardVerdict, newHello, type Refusal } from './frames.js'
import { bindingOf, isProof, proofOf } from './proof.js'

/**
 * The connecting side: the socket on which gRPC can go on, with TLS where it is asked for, or why the two cannot work together. Rejects when the
 * connection breaks.
 */
export async function greet(
  socket: Socket,
  host: string,
  { secret, token, tls }: Credentials,
): Promise<{ readonly socket: Socket } | Refusal> {
  const secured = tls ? await secure(socket, host, tls) : socket
  if ('kind' in secured) return secured
  // Broken connections are noticed by reading.
  secured.on('error', () => undefined)
  const reader = new ExactReader(secured)
  const hello = newHello()
  secured.write(hello)
  const theirs = await heardHello(reader)
  if ('kind' in theirs) return theirs
  if (commonVersion(PROTOCOL_VERSIONS, theirs) === undefined) return { kind: 'version', reason: versionsText(theirs) }
  const transcript = { client: hello, server: theirs.bytes, binding: bindingOf(secured) }
  await written(secured, Buffer.concat([claimOf(token), proofOf('client', secret, transcript)]))
  const verdict = await heardVerdict(reader)
  if ('kind' in verdict) return verdict.kind === 'certificate' ? ownCertificate(verdict.reason) : verdict
  const isOurs = isProof(verdict, proofOf('server', secret, transcript))
  return isOurs ? { socket: secured } : { kind: 'secret', reason: '' }
}

const ownCertificate = (reason: string): Refusal => ({
  kind: 'certificate',
  reason: `it refuses that of this process: ${reason}`,
})

function secure(socket: Socket, host: string, identity: TlsIdentity): Promise<Socket | Refusal> {
  return new Promise((resolve, reject) => {
    const secured = connect(
      {
        socket,
        host,
        // Addresses are no names that can be asked for.
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...tlsOptions(identity),
      },
      () => resolve(secured),
    )
    secured.once('error', (error: NodeJS.ErrnoException) => {
      const refusal = refusalOf(error)
      if (refusal) resolve(refusal)
      else reject(error)
    })
    secured.once('close', () => reject(new Error('it closed the connection')))
  })
}

function refusalOf({ code, message }: NodeJS.ErrnoException): Refusal | undefined {
  if (isOfOtherAuthority(code))
    return { kind: 'certificate', reason: `its own is of an authority that this process does not trust (${message})` }
  if (isUntrustedCertificate(code)) return { kind: 'certificate', reason: message }
  if (!code?.startsWith('ERR_SSL_')) return undefined
  return code.includes('ALERT') ? { kind: 'certificate', reason: message } : { kind: 'tls', reason: '' }
}
