/** What one side of a connection has, and asks the other to have. */
export interface Credentials {
  /** Both prove that they have the same one; neither sends it. */
  readonly secret: string
  /** The name of the token that it is the secret of, which is told first. */
  readonly token?: string | undefined
  /** With it both speak TLS, and show certificates of the same authority. */
  readonly tls?: TlsIdentity | undefined
}

/** In PEM. */
export interface TlsIdentity {
  /** Whose certificates are trusted. */
  readonly authority: string
  /** What the other side is shown. */
  readonly certificate: string
  readonly key: string
}
