const UNTRUSTED =
  /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(VERIFY|GET)_|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|ERR_TLS_CERT_)/

/** Whether a connection failed, by the code that Node gives, since the certificate of the other side is not trusted: another try would fail as well. */
export const isUntrustedCertificate = (code: number | string | undefined): boolean =>
  typeof code === 'string' && UNTRUSTED.test(code)
