const UNTRUSTED =
  /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(VERIFY|GET)_|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|ERR_TLS_CERT_)/

const OTHER_AUTHORITY = /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)_.*)$/

/** Whether it is not trusted for who signed it. */
export const isOfOtherAuthority = (code: string | undefined): boolean =>
  code !== undefined && OTHER_AUTHORITY.test(code)

/** Whether a connection failed, by the code that Node gives, since the certificate of the other side is not trusted: another try would fail as well. */
export const isUntrustedCertificate = (code: number | string | undefined): boolean =>
  typeof code === 'string' && UNTRUSTED.test(code)
