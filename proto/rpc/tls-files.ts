import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TLS_FOLDER } from '../../common/cluster-secret.js'
import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { submission } from '../../common/submission.js'
import type { TlsIdentity } from './credentials.js'

/** Files in PEM. */
type TlsPaths = TlsIdentity

/** What they are called in the folder of a machine, as `millrace certs` makes it. */
export const TLS_FILES: TlsPaths = { authority: 'ca.pem', certificate: 'cert.pem', key: 'key.pem' }

/**
 * The certificates that the user chose: those of the folder, or of the one that the environment names by MILLRACE_TLS_DIR; undefined without any.
 * @throws FAILED_READ_FILE, INVALID_CONF_VALUE
 */
export function chosenTls(folder = process.env[TLS_FOLDER]): TlsIdentity | undefined {
  if (folder === undefined) return undefined
  const { authority, certificate, key } = TLS_FILES
  return readTls({
    authority: join(folder, authority),
    certificate: join(folder, certificate),
    key: join(folder, key),
  })
}

/** Those of a session: what its settings name, what its program was submitted with, or the environment. @throws FAILED_READ_FILE, INVALID_CONF_VALUE */
export function sessionTls(config: Config): TlsIdentity | undefined {
  const settings = [CONFIG.tlsTrustStore, CONFIG.tlsCertChain, CONFIG.tlsPrivateKey] as const
  const [authority, certificate, key] = settings.map((entry) => config.get(entry)) as [string, string, string]
  const missing = settings.filter((entry) => config.get(entry) === '')
  const submitted = submission()?.credentials
  if (missing.length === settings.length) return submitted ? submitted.tls : chosenTls()
  if (missing.length > 0) {
    const reason = `TLS needs ${settings.map((entry) => entry.key).join(', ')}`
    throw new MillraceError('INVALID_CONF_VALUE', { key: missing[0]!.key, value: '', reason })
  }
  return readTls({ authority, certificate, key })
}

function readTls(paths: TlsPaths): TlsIdentity {
  const authority = parsed(paths.authority, certificateOf)
  const certificate = parsed(paths.certificate, certificateOf)
  const key = parsed(paths.key, (text) => createPrivateKey(text))
  if (!certificate.value.checkPrivateKey(key.value)) {
    throw refused(paths.key, `it is not that of the certificate ${paths.certificate}`)
  }
  for (const [path, { validTo }] of [
    [paths.authority, authority.value],
    [paths.certificate, certificate.value],
  ] as const) {
    if (Date.parse(validTo) <= Date.now()) throw refused(path, `it expired on ${validTo}`)
  }
  return { authority: authority.text, certificate: certificate.text, key: key.text }
}

/** The first of a chain. */
const certificateOf = (text: string): X509Certificate => new X509Certificate(text)

function parsed<T>(path: string, parse: (text: string) => T): { readonly text: string; readonly value: T } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MillraceError('FAILED_READ_FILE', { path, reason: (cause as Error).message }, { cause })
  }
  try {
    return { text, value: parse(text) }
  } catch {
    // What the library says may hold parts of a key.
    throw refused(path, 'it is no certificate or key in PEM')
  }
}

const refused = (path: string, reason: string): MillraceError =>
  new MillraceError('INVALID_CONF_VALUE', { key: 'TLS', value: path, reason })
