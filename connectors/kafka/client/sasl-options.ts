import { REDACTED } from '../../../common/secret-options.js'
import type { SaslOptions } from './kafkajs-internals.js'
import { type Get, invalidOption, unsupported } from './option-reader.js'

export const SASL_OPTIONS = ['sasl.mechanism', 'sasl.jaas.config'] as const

const MECHANISM = 'kafka.sasl.mechanism'
const JAAS = 'kafka.sasl.jaas.config'
/** The login modules of Kafka by mechanism; shaded copies of the client have their package name prefixed. */
const MODULES: Readonly<Record<SaslOptions['mechanism'], string>> = {
  plain: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'scram-sha-256': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  'scram-sha-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
}
const ELSEWHERE: ReadonlySet<string> = new Set(['gssapi', 'oauthbearer', 'aws_msk_iam'])

/** @throws INVALID_OPTION; UNSUPPORTED_FEATURE for mechanisms that Kafka's own client has and we do not */
export function saslOptions(get: Get): SaslOptions {
  const given = get('sasl.mechanism')
  if (given === undefined) {
    throw invalidOption(MECHANISM, '', 'it must be given, since GSSAPI, which Kafka takes otherwise, is not supported')
  }
  const mechanism = given.toLowerCase()
  if (ELSEWHERE.has(mechanism)) throw unsupported(`the SASL mechanism ${given} of Kafka`)
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512') {
    throw invalidOption(MECHANISM, given, 'known ones are PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512')
  }
  const { module, values } = parseJaas(get('sasl.jaas.config') ?? '')
  if (!module.endsWith(MODULES[mechanism])) {
    throw invalidOption(JAAS, REDACTED, `${given} needs the login module ${MODULES[mechanism]}`)
  }
  const username = values.get('username')
  const password = values.get('password')
  const odd = [...values.keys()].find((name) => name !== 'username' && name !== 'password')
  if (odd !== undefined) throw unsupported(`${odd} in ${JAAS}`)
  if (username === undefined || password === undefined) {
    throw invalidOption(JAAS, REDACTED, 'it must give username="…" and password="…"')
  }
  return { mechanism, username, password }
}

interface Jaas {
  readonly module: string
  readonly values: ReadonlyMap<string, string>
}

const VALUE = /\s*([\w.]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))/y

/** `module required name="value" …;`, as Java's login configurations are written. */
function parseJaas(text: string): Jaas {
  const head = /^\s*([\w.]+)\s+(?:required|requisite|sufficient|optional)\b/i.exec(text)
  if (head === null) throw invalidOption(JAAS, REDACTED, 'it reads <login module> required name="value" …;')
  const values = new Map<string, string>()
  let at = head[0].length
  for (;;) {
    VALUE.lastIndex = at
    const found = VALUE.exec(text)
    if (found === null) break
    const [whole, name, double, single, bare] = found
    values.set(name!, unescaped(double ?? single) ?? bare!)
    at += whole.length
  }
  if (!/^\s*;\s*$/.test(text.slice(at)))
    throw invalidOption(JAAS, REDACTED, 'it must end with a semicolon after its values')
  return { module: head[1]!, values }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

function unescaped(quoted: string | undefined): string | undefined {
  return quoted?.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped)
}
