import { readFileSync } from 'node:fs'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { POSTGRES_SERVER } from '../../option-names.js'
import type { OptionReader } from './option-reader.js'

/** Of both formats: one that is given to the other is told so. */
export const SERVER_OPTIONS = [...POSTGRES_SERVER.jdbc, ...POSTGRES_SERVER.postgresql]

export type SslMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
const SSL_MODES: readonly SslMode[] = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full']

/** Which server, and as whom. */
export interface ServerOptions {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly sslMode: SslMode
  readonly tls: TlsOptions
  readonly applicationName: string
  readonly connectTimeoutMs: number
  /** The schema in which names are looked up. */
  readonly currentSchema: string | undefined
  /** How long a statement may take; 0 for any time. */
  readonly statementTimeoutMs: number
  readonly initStatement: string | undefined
}

const DEFAULT_PORT = 5432
const CONNECT_TIMEOUT_S = 10
const JDBC = 'jdbc:'
const DRIVER = 'org.postgresql.Driver'

/** The name of an option by which the server is named. */
const urlOption = ({ format }: OptionReader): 'url' | 'connectionString' =>
  format === 'jdbc' ? 'url' : 'connectionString'

/** What a parameter of the URL means, by the names that JDBC's driver and the programs of PostgreSQL have. */
const PARAMETERS: Readonly<Record<string, string>> = {
  user: 'user',
  password: 'password',
  ssl: 'ssl',
  sslmode: 'sslmode',
  sslrootcert: 'sslrootcert',
  sslcert: 'sslcert',
  sslkey: 'sslkey',
  ApplicationName: 'applicationName',
  application_name: 'applicationName',
  connectTimeout: 'connectTimeout',
  connect_timeout: 'connectTimeout',
  currentSchema: 'currentSchema',
}

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE */
export function serverOptions(options: OptionReader): ServerOptions {
  const option = urlOption(options)
  const url = urlOf(options, option)
  const driver = options.get('driver')
  if (driver !== undefined && driver !== DRIVER) throw options.invalid('driver', `only ${DRIVER} is served`)
  const parameters = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    const known = PARAMETERS[name]
    if (known === undefined) throw options.invalid(option, `its parameter ${name} is not known`)
    parameters.set(known, value)
  }
  const sslMode = sslModeOf(parameters)
  if (!sslMode) throw options.invalid(option, `sslmode is one of ${SSL_MODES.join(', ')}`)
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1') || 'localhost'
  const timeout = Number(parameters.get('connectTimeout') ?? CONNECT_TIMEOUT_S)
  if (!(timeout > 0 && timeout < 2 ** 20)) throw options.invalid(option, 'connectTimeout is a number of seconds')
  return {
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: options.get('user') ?? parameters.get('user') ?? nonEmpty(decodeURIComponent(url.username)),
    password: options.get('password') ?? parameters.get('password') ?? nonEmpty(decodeURIComponent(url.password)),
    sslMode,
    tls: tlsOf(sslMode, parameters, options),
    applicationName: parameters.get('applicationName') ?? 'millrace',
    connectTimeoutMs: timeout * 1000,
    currentSchema: parameters.get('currentSchema'),
    statementTimeoutMs: (options.count('queryTimeout', 0) ?? 0) * 1000,
    initStatement: options.get('sessionInitStatement'),
  }
}

const nonEmpty = (text: string): string | undefined => (text === '' ? undefined : text)

function urlOf(options: OptionReader, option: 'url' | 'connectionString'): URL {
  const other = option === 'url' ? 'connectionString' : 'url'
  if (options.get(other) !== undefined)
    throw options.invalid(other, `the data source ${options.format} takes ${option}`)
  const given = options.get(option)
  if (given === undefined) throw options.invalid(option, 'it is needed')
  const text = option === 'url' && given.startsWith(JDBC) ? given.slice(JDBC.length) : given
  const isKnown = option === 'url' ? given.startsWith('jdbc:postgresql://') : /^postgres(ql)?:\/\//.test(given)
  if (!isKnown)
    throw options.invalid(option, `it begins with ${option === 'url' ? 'jdbc:postgresql://' : 'postgresql://'}`)
  const url = parsed(text.replace(/^postgres(ql)?:/, 'postgresql:'))
  if (!url) throw options.invalid(option, 'it is no URL')
  if (url.pathname.length <= 1) throw options.invalid(option, 'it names no database')
  return url
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function sslModeOf(parameters: ReadonlyMap<string, string>): SslMode | undefined {
  const given = parameters.get('sslmode')
  if (given === undefined) return parameters.get('ssl') === 'true' ? 'verify-full' : 'prefer'
  const mode = SSL_MODES.find((one) => one === given)
  // As for the programs of PostgreSQL: who names a root trusts no other.
  return mode === 'require' && parameters.has('sslrootcert') ? 'verify-ca' : mode
}

/** @throws INVALID_OPTION for a file that cannot be read */
function tlsOf(mode: SslMode, parameters: ReadonlyMap<string, string>, options: OptionReader): TlsOptions {
  const file = (name: string): string | undefined => {
    const path = parameters.get(name)
    if (path === undefined) return undefined
    try {
      return readFileSync(path, 'utf8')
    } catch {
      throw options.invalid(urlOption(options), `the file of ${name} cannot be read`)
    }
  }
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')]
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}
