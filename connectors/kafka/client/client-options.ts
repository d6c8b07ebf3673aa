import { readFileSync } from 'node:fs'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'
import type { SaslOptions, SslOptions } from './kafkajs-internals.js'

export interface ClientOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly ssl?: SslOptions
  readonly sasl?: SaslOptions
  readonly connectionTimeoutMs: number
  readonly requestTimeoutMs: number
  /** How long what fails for a passing reason is tried again. */
  readonly giveUpMs: number
}

/** The option that says how long to try, and what it is when it is not given. */
export interface Patience {
  readonly option: string
  readonly defaultMs: number
}

const PREFIX = 'kafka.'
/** Options of the Kafka client that we know. Those for files hold PEM, as Kafka's `ssl.*.type=PEM`. */
const KNOWN: ReadonlySet<string> = new Set([
  'bootstrap.servers',
  'client.id',
  'security.protocol',
  'sasl.mechanism',
  'sasl.jaas.config',
  'sasl.username',
  'sasl.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.certificates',
  'ssl.keystore.type',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
  'request.timeout.ms',
  'socket.connection.setup.timeout.ms',
])

export function invalidOption(option: string, value: string, reason: string): MillraceError {
  return new MillraceError('INVALID_OPTION', { option, provider: 'kafka', value, reason })
}

/** The options without regard to the case of their names, as in Spark. */
export function lowerCaseNames(options: Options): ReadonlyMap<string, string> {
  return new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
}

/**
 * @param further names, without `kafka.`, that the caller reads itself
 * @throws INVALID_OPTION naming the option that is unknown, missing or malformed
 */
export function clientOptions(options: Options, further: ReadonlySet<string>, patience: Patience): ClientOptions {
  const given = lowerCaseNames(options)
  for (const [name, value] of given) {
    const bare = name.slice(PREFIX.length)
    if (name.startsWith(PREFIX) && !KNOWN.has(bare) && !further.has(bare) && bare !== patience.option) {
      throw invalidOption(name, value, 'there is no such option')
    }
  }
  const get = (name: string): string | undefined => given.get(PREFIX + name)
  const protocol = (get('security.protocol') ?? 'PLAINTEXT').toUpperCase()
  if (!['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'].includes(protocol)) {
    throw invalidOption(
      'kafka.security.protocol',
      protocol,
      'known ones are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL',
    )
  }
  const ssl = protocol.endsWith('SSL') ? { ssl: sslOptions(get) } : {}
  const sasl = protocol.startsWith('SASL') ? { sasl: saslOptions(get) } : {}
  return {
    brokers: brokersOf(get('bootstrap.servers')),
    clientId: get('client.id') ?? 'millrace',
    connectionTimeoutMs: milliseconds('socket.connection.setup.timeout.ms', get, 10_000),
    requestTimeoutMs: milliseconds('request.timeout.ms', get, 30_000),
    giveUpMs: milliseconds(patience.option, get, patience.defaultMs),
    ...ssl,
    ...sasl,
  }
}

/** 1 for read_committed, the default being as in Kafka read_uncommitted. @throws INVALID_OPTION */
export function isolationLevel(options: Options): 0 | 1 {
  const value = lowerCaseNames(options).get('kafka.isolation.level') ?? 'read_uncommitted'
  if (value === 'read_committed') return 1
  if (value === 'read_uncommitted') return 0
  throw invalidOption('kafka.isolation.level', value, 'known ones are read_committed and read_uncommitted')
}

type Get = (name: string) => string | undefined

function brokersOf(list: string | undefined): readonly string[] {
  const brokers = (list ?? '').split(',').map((part) => part.trim())
  if (list === undefined) throw invalidOption('kafka.bootstrap.servers', '', 'it must be given')
  for (const broker of brokers) {
    const port = Number(/^[^:]+:(\d{1,5})$/.exec(broker)?.[1])
    if (!(port > 0 && port < 65_536)) throw invalidOption('kafka.bootstrap.servers', list, 'it is a list of host:port')
  }
  return brokers
}

function milliseconds(name: string, get: Get, otherwise: number): number {
  const text = get(name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value <= 0 || value > 0x7fff_ffff) {
    throw invalidOption(PREFIX + name, text, 'it is a positive number of milliseconds')
  }
  return value
}

function saslOptions(get: Get): SaslOptions {
  const given = (get('sasl.mechanism') ?? 'PLAIN').toLowerCase()
  if (given !== 'plain' && given !== 'scram-sha-256' && given !== 'scram-sha-512') {
    throw invalidOption('kafka.sasl.mechanism', given, 'known ones are PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512')
  }
  const jaas = get('sasl.jaas.config') ?? ''
  const username = get('sasl.username') ?? /username="([^"]*)"/.exec(jaas)?.[1]
  const password = get('sasl.password') ?? /password="([^"]*)"/.exec(jaas)?.[1]
  if (username === undefined || password === undefined) {
    throw invalidOption('kafka.sasl.jaas.config', '(not shown)', 'it must give username="…" and password="…"')
  }
  return { mechanism: given, username, password }
}

function sslOptions(get: Get): SslOptions {
  for (const name of ['ssl.truststore.type', 'ssl.keystore.type']) {
    const type = get(name)
    if (type !== undefined && type !== 'PEM') throw invalidOption(PREFIX + name, type, 'only PEM can be read')
  }
  const location = get('ssl.truststore.location')
  const ca = location === undefined ? get('ssl.truststore.certificates') : readPem(location)
  const cert = get('ssl.keystore.certificate.chain')
  const key = get('ssl.keystore.key')
  const passphrase = get('ssl.key.password')
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    // An empty algorithm switches the check of the host name off, as in Kafka.
    ...(get('ssl.endpoint.identification.algorithm') === '' ? { checkServerIdentity: () => undefined } : {}),
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalidOption('kafka.ssl.truststore.location', path, (error as Error).message)
  }
}
