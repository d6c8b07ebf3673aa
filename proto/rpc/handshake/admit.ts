import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { tokenSecret } from '../../../common/user-token.js'
import { commonVersion, PROTOCOL_VERSIONS, versionsText } from '../../version.js'
import { ExactReader, written } from './exact-reader.js'
import { heardClaim, heardHello, newHello, PROOF_BYTES, type Refusal, refused, welcome } from './frames.js'
import { bindingOf, isProof, proofOf } from './proof.js'

/** What is asked of whoever connects. */
export interface Guard {
  readonly secret: string
  /** Why a token is not taken, whose owner has proved to have it. Without this nobody comes in by a token. */
  readonly tokenRefusal?: ((token: string) => string | undefined) | undefined
}

/** Who came in: the name of a token, or nothing for who has the secret itself. */
interface Admitted {
  readonly kind: 'admitted'
  readonly token: string
}

/** The listening side: whether whoever connected may stay; if not, it is told why. Rejects when the connection breaks. */
export async function admit(socket: Socket, { secret, tokenRefusal }: Guard): Promise<Refusal | Admitted> {
  const reader = new ExactReader(socket)
  const theirs = await heardHello(reader)
  const hello = newHello()
  socket.write(hello)
  const refusal = 'kind' in theirs ? theirs : (refusalOf(socket) ?? versionRefusal(theirs))
  if (refusal || 'kind' in theirs) return refuse(socket, refusal!)
  const token = await heardClaim(reader)
  const transcript = { client: theirs.bytes, server: hello, binding: bindingOf(socket) }
  const proof = await reader.read(PROOF_BYTES)
  const own = token === '' ? secret : tokenSecret(secret, token)
  const isKnown = token === '' || tokenRefusal !== undefined
  if (!isKnown || !isProof(proof, proofOf('client', own, transcript)))
    return refuse(socket, { kind: 'secret', reason: '' })
  const reason = token === '' ? undefined : tokenRefusal?.(token)
  if (reason !== undefined) return refuse(socket, { kind: 'token', reason })
  await written(socket, welcome(proofOf('server', own, transcript)))
  return { kind: 'admitted', token }
}

/** What the other side still says is not kept, and it can read the refusal before the connection is closed. */
export function refuse(socket: Socket, refusal: Refusal): Refusal {
  socket.end(refused(refusal)).resume()
  return refusal
}

/** Certificates are looked at here, not by TLS, so that the other side is told what is wrong with its own. */
function refusalOf(socket: Socket): Refusal | undefined {
  if (!(socket instanceof TLSSocket) || socket.authorized) return undefined
  if (Object.keys(socket.getPeerCertificate()).length === 0) return { kind: 'certificate', reason: 'it shows none' }
  const code = String(socket.authorizationError)
  return { kind: 'certificate', reason: code.toLowerCase().replaceAll('_', ' ') }
}

function versionRefusal(theirs: Parameters<typeof versionsText>[0]): Refusal | undefined {
  if (commonVersion(PROTOCOL_VERSIONS, theirs) !== undefined) return undefined
  return { kind: 'version', reason: versionsText(theirs) }
}
