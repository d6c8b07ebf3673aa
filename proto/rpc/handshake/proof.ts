import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { PROOF_BYTES } from './frames.js'

const BINDING_LABEL = 'EXPORTER-millrace-handshake'

type Side = 'client' | 'server'

/** What was said until then, on which connection: a proof counts for nothing else. */
export interface Transcript {
  readonly client: Buffer
  readonly server: Buffer
  /** Of a connection with TLS what only its two ends know, so that nobody between two connections can pass proofs on. */
  readonly binding: Buffer
}

export const bindingOf = (socket: Socket): Buffer =>
  socket instanceof TLSSocket
    ? socket.exportKeyingMaterial(PROOF_BYTES, BINDING_LABEL, Buffer.alloc(0))
    : Buffer.alloc(0)

/** Shows that a side has the secret, without telling it. */
export function proofOf(side: Side, secret: string, { client, server, binding }: Transcript): Buffer {
  const mac = createHmac('sha256', secret).update(`millrace ${side}\n`)
  return mac.update(client).update(server).update(binding).digest()
}

/** Takes as long whatever is given. */
export const isProof = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)
