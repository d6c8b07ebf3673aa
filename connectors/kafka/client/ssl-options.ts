import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureVersion } from 'node:tls'
import { REDACTED } from '../../../common/secret-options.js'
import type { SslOptions } from './kafkajs-internals.js'
import { type Get, invalidOption, unsupported } from './option-reader.js'

export const SSL_OPTIONS = [
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.key.password',
  'ssl.enabled.protocols',
  'ssl.endpoint.identification.algorithm',
] as const

/** @throws INVALID_OPTION; UNSUPPORTED_FEATURE for stores that Node cannot read */
export function sslOptions(get: Get): SslOptions {
  const ca = trusted(get)
  const own = keys(get)
  if (ca !== undefined) check('kafka.ssl.truststore', () => checkTrusted(ca))
  check('kafka.ssl.keystore', () => createSecureContext(contextOf(own)))
  const algorithm = get('ssl.endpoint.identification.algorithm') ?? 'https'
  if (algorithm !== '' && algorithm.toLowerCase() !== 'https') {
    throw invalidOption('kafka.ssl.endpoint.identification.algorithm', algorithm, 'it is https or empty')
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...own,
    ...versions(get('ssl.enabled.protocols')),
    // An empty algorithm switches the check of the host name off, as in Kafka.
    ...(algorithm === '' ? { checkServerIdentity: () => undefined } : {}),
  }
}

/** Certificates of whom to trust, as PEM; undefined for those the system trusts. */
function trusted(get: Get): string | undefined {
  const store = storeOf(get, 'truststore')
  const certificates = get('ssl.truststore.certificates')
  if (store === undefined) return certificates
  if (certificates !== undefined) throw twice('truststore.certificates', 'truststore.location')
  if (store.type !== 'PEM') throw unsupported(`a Kafka truststore of type ${store.type}; PEM can be read`)
  if (store.password !== undefined) {
    throw invalidOption('kafka.ssl.truststore.password', REDACTED, 'a truststore in PEM has none')
  }
  return store.data.toString()
}

/** What this client shows of itself. */
function keys(get: Get): Pick<SslOptions, 'cert' | 'key' | 'pfx' | 'passphrase'> {
  const store = storeOf(get, 'keystore')
  const cert = get('ssl.keystore.certificate.chain')
  const key = get('ssl.keystore.key')
  const keyPassword = get('ssl.key.password')
  const passphrase = (password: string | undefined): Pick<SslOptions, 'passphrase'> =>
    password === undefined ? {} : { passphrase: password }
  if (store === undefined) {
    if ((cert === undefined) !== (key === undefined)) {
      throw invalidOption(
        'kafka.ssl.keystore.key',
        REDACTED,
        'it goes together with kafka.ssl.keystore.certificate.chain',
      )
    }
    return cert === undefined || key === undefined ? {} : { cert, key, ...passphrase(keyPassword) }
  }
  if (cert !== undefined || key !== undefined) throw twice('keystore.certificate.chain', 'keystore.location')
  switch (store.type) {
    case 'PEM': {
      const text = store.data.toString()
      return { cert: text, key: text, ...passphrase(keyPassword) }
    }
    case 'PKCS12':
      return { pfx: store.data.toString('base64'), ...passphrase(store.password) }
    default:
      throw unsupported(`a Kafka keystore of type ${store.type}; PEM and PKCS12 can be read`)
  }
}

interface Store {
  readonly type: string
  readonly data: Buffer
  readonly password: string | undefined
}

/** A store in a file. Without a type it is what the file looks like. */
function storeOf(get: Get, kind: 'truststore' | 'keystore'): Store | undefined {
  const given = get(`ssl.${kind}.type`)?.toUpperCase()
  if (given !== undefined && !['PEM', 'PKCS12', 'JKS'].includes(given)) {
    throw invalidOption(`kafka.ssl.${kind}.type`, given, 'known ones are PEM, PKCS12 and JKS')
  }
  const location = get(`ssl.${kind}.location`)
  if (location === undefined) return undefined
  let data: Buffer
  try {
    data = readFileSync(location)
  } catch (error) {
    throw invalidOption(`kafka.ssl.${kind}.location`, location, (error as Error).message)
  }
  return { type: given ?? typeOf(data), data, password: get(`ssl.${kind}.password`) }
}

const JKS_MAGIC = 0xfeedfeed
const DER_SEQUENCE = 0x30

function typeOf(data: Buffer): string {
  if (data.length >= 4 && data.readUInt32BE(0) === JKS_MAGIC) return 'JKS'
  return data[0] === DER_SEQUENCE ? 'PKCS12' : 'PEM'
}

const VERSIONS: Readonly<Record<string, SecureVersion>> = { 'TLSv1.2': 'TLSv1.2', 'TLSv1.3': 'TLSv1.3' }

function versions(list: string | undefined): Pick<SslOptions, 'minVersion' | 'maxVersion'> {
  if (list === undefined) return {}
  const found = list.split(',').map((name) => VERSIONS[name.trim()])
  if (found.includes(undefined)) {
    throw invalidOption('kafka.ssl.enabled.protocols', list, 'known ones are TLSv1.2 and TLSv1.3')
  }
  const sorted = found.toSorted()
  return { minVersion: sorted[0]!, maxVersion: sorted.at(-1)! }
}

/** Looks at keys and certificates now, so that bad ones are told as such and not as a connection that fails. */
function check(store: string, use: () => void): void {
  try {
    use()
  } catch (error) {
    throw invalidOption(store, REDACTED, `it cannot be used: ${(error as Error).message}`)
  }
}

/** Node passes over what it cannot read among the certificates to be trusted. */
function checkTrusted(pem: string): void {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? ['']
  for (const block of blocks) new X509Certificate(block)
}

/** Kafka's clients are made of plain data, TLS wants bytes. */
export function contextOf({ pfx, ...rest }: SslOptions): object {
  return pfx === undefined ? rest : { ...rest, pfx: Buffer.from(pfx, 'base64') }
}

const twice = (one: string, other: string): Error =>
  invalidOption(`kafka.ssl.${one}`, REDACTED, `it does not go together with kafka.ssl.${other}`)
