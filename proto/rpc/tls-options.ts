import type { SecureContextOptions } from 'node:tls'
import type { TlsIdentity } from './credentials.js'
import { ALPN_PROTOCOL, TLS_VERSION } from './limits.js'

/** What both sides of a connection with TLS ask of it. */
export const tlsOptions = ({
  authority,
  certificate,
  key,
}: TlsIdentity): SecureContextOptions & { readonly ALPNProtocols: string[] } => ({
  ca: authority,
  cert: certificate,
  key,
  minVersion: TLS_VERSION,
  ALPNProtocols: [ALPN_PROTOCOL],
})
