import type { Options } from '../../api.js'
import { brokerAddress } from './broker-address.js'
import type { SaslOptions, SslOptions } from './kafkajs-internals.js'
import { type Get, invalidOption, unknownOption, unsupported } from './option-reader.js'
import { SASL_OPTIONS, saslOptions } from './sasl-options.js'
import { SSL_OPTIONS, sslOptions } from './ssl-options.js'

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
/** Options of the Kafka client that we know. */
const KNOWN: ReadonlySet<string> = new Set([
  'bootstrap.servers',
  'client.id',
  'security.protocol',
  ...SASL_OPTIONS,
  ...SSL_OPTIONS,
  'request.timeout.ms',
  'socket.connection.setup.timeout.ms',
])
/** Options of Kafka's own clients that we do not have: all others of security, and the usual ones of consumers and producers. */
const ELSEWHERE = /^(sasl|ssl|security|metrics|reconnect|retry|metadata)\.[a-z0-9.]+$/
const ALSO_ELSEWHERE: ReadonlySet<string> = new Set(
  `acks linger.ms batch.size buffer.memory retries max.request.size max.block.ms delivery.timeout.ms enable.idempotence
  max.in.flight.requests.per.connection key.serializer value.serializer partitioner.class transactional.id transaction.timeout.ms
  compression.type compression.gzip.level compression.lz4.level compression.zstd.level
  key.deserializer value.deserializer auto.offset.reset enable.auto.commit auto.commit.interval.ms interceptor.classes
  fetch.min.bytes fetch.max.bytes fetch.max.wait.ms max.partition.fetch.bytes max.poll.records max.poll.interval.ms check.crcs
  group.id group.instance.id group.protocol heartbeat.interval.ms session.timeout.ms partition.assignment.strategy
  isolation.level allow.auto.create.topics client.rack client.dns.lookup connections.max.idle.ms default.api.timeout.ms
  receive.buffer.bytes send.buffer.bytes socket.connection.setup.timeout.max.ms`.split(/\s+/),
)

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
  for (const name of given.keys()) {
    if (name.startsWith(PREFIX)) checkName(name, [KNOWN, further, new Set([patience.option])])
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

function checkName(name: string, known: readonly ReadonlySet<string>[]): void {
  const bare = name.slice(PREFIX.length)
  if (known.some((names) => names.has(bare))) return
  if (ELSEWHERE.test(bare) || ALSO_ELSEWHERE.has(bare)) throw unsupported(`the option ${name} here`)
  throw unknownOption(name)
}

/** 1 for read_committed, the default being as in Kafka read_uncommitted. @throws INVALID_OPTION */
export function isolationLevel(options: Options): 0 | 1 {
  const value = lowerCaseNames(options).get('kafka.isolation.level') ?? 'read_uncommitted'
  if (value === 'read_committed') return 1
  if (value === 'read_uncommitted') return 0
  throw invalidOption('kafka.isolation.level', value, 'known ones are read_committed and read_uncommitted')
}

function brokersOf(list: string | undefined): readonly string[] {
  const brokers = (list ?? '').split(',').map((part) => part.trim())
  if (list === undefined) throw invalidOption('kafka.bootstrap.servers', '', 'it must be given')
  for (const broker of brokers) {
    if (!brokerAddress(broker))
      throw invalidOption('kafka.bootstrap.servers', list, 'it is a list of host:port, or [IPv6]:port')
  }
  return brokers
}

/** @param name without `kafka.`. @throws INVALID_OPTION */
export function milliseconds(name: string, get: Get, otherwise: number): number {
  const text = get(name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value <= 0 || value > 0x7fff_ffff) {
    throw invalidOption(PREFIX + name, text, 'it is a positive number of milliseconds')
  }
  return value
}
