import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { brokerAddress } from '../../connectors/kafka/client/broker-address.js'
import { clientOptions } from '../../connectors/kafka/client/client-options.js'

const directory = mkdtempSync(join(tmpdir(), 'millrace-options-'))
test.after.always(() => rmSync(directory, { recursive: true, force: true }))

const read = (given: Readonly<Record<string, string>>) =>
  clientOptions({ 'kafka.bootstrap.servers': 'a:1', ...given }, new Set(['group.id']), {
    option: 'default.api.timeout.ms',
    defaultMs: 1,
  })

const sasl = (mechanism: string, jaas: string) => ({
  'kafka.security.protocol': 'SASL_PLAINTEXT',
  'kafka.sasl.mechanism': mechanism,
  'kafka.sasl.jaas.config': jaas,
})
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule'

test('user and password are read out of a login configuration as Java reads it', (t) => {
  for (const [jaas, username, password] of [
    [`${PLAIN} required username="u" password="p";`, 'u', 'p'],
    [`${PLAIN} required\n  username='u'\n  password = "a \\"b\\\\ =;" ;`, 'u', 'a "b\\ =;'],
    [`kafkashaded.${PLAIN} required username=u password=p-1;`, 'u', 'p-1'],
  ] as const) {
    t.deepEqual(read(sasl('PLAIN', jaas)).sasl, { mechanism: 'plain', username, password })
  }
  t.is(read(sasl('SCRAM-SHA-512', `${SCRAM} required username="u" password="p";`)).sasl?.mechanism, 'scram-sha-512')
})

test('times and names are taken over, and what is left out has its default', (t) => {
  const options = read({
    'KAFKA.Client.Id': 'me',
    'kafka.request.timeout.ms': '7',
    'kafka.default.api.timeout.ms': '8',
  })
  t.like(options, { clientId: 'me', requestTimeoutMs: 7, giveUpMs: 8, connectionTimeoutMs: 10_000, brokers: ['a:1'] })
  t.is(options.ssl, undefined)
})

test('brokers are named by host and port, of an IPv6 address in brackets', (t) => {
  const brokersOf = (servers: string) => read({ 'kafka.bootstrap.servers': servers }).brokers
  t.deepEqual(brokersOf('a:1, [::1]:9092,[2001:db8::7]:65535'), ['a:1', '[::1]:9092', '[2001:db8::7]:65535'])
  t.deepEqual(brokerAddress('[2001:db8::7]:9092'), { host: '2001:db8::7', port: 9092 })
  t.deepEqual(brokerAddress('kafka-1.example:9092'), { host: 'kafka-1.example', port: 9092 })
  for (const servers of ['::1:9092', '[::1]', '[::1]:0', '[::1]:65536', '[]:1', '[a:1', 'a', ':1'])
    t.throws(() => brokersOf(servers), { message: /INVALID_OPTION/ }, servers)
})

writeFileSync(join(directory, 'store.jks'), Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]))
writeFileSync(join(directory, 'store.p12'), Buffer.from([0x30, 0x82, 0, 0]))
writeFileSync(join(directory, 'store.pem'), '-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n')
const ssl = (more: Readonly<Record<string, string>>) => ({ 'kafka.security.protocol': 'SSL', ...more })
const file = (name: string): string => join(directory, name)
const SECRET = 'hush-hush'

test('hosts are checked by their names unless that is switched off, and versions of TLS are a range in any order', (t) => {
  const sslOf = (more: Readonly<Record<string, string>>) => read(ssl(more)).ssl!
  t.deepEqual(sslOf({}), {})
  t.deepEqual(sslOf({ 'kafka.ssl.endpoint.identification.algorithm': 'HTTPS' }), {})
  t.is(sslOf({ 'kafka.ssl.endpoint.identification.algorithm': '' }).checkServerIdentity?.(), undefined)
  t.deepEqual(Object.keys(sslOf({ 'kafka.ssl.endpoint.identification.algorithm': '' })), ['checkServerIdentity'])
  for (const [list, minVersion, maxVersion] of [
    ['TLSv1.3, TLSv1.2', 'TLSv1.2', 'TLSv1.3'],
    ['TLSv1.2', 'TLSv1.2', 'TLSv1.2'],
    ['TLSv1.3', 'TLSv1.3', 'TLSv1.3'],
  ] as const)
    t.deepEqual(sslOf({ 'kafka.ssl.enabled.protocols': list }), { minVersion, maxVersion })
})

for (const [what, condition, given] of [
  ['another protocol', 'INVALID_OPTION', { 'kafka.security.protocol': 'TLS' }],
  ['no mechanism', 'INVALID_OPTION', { 'kafka.security.protocol': 'SASL_SSL' }],
  ['the mechanism GSSAPI', 'UNSUPPORTED_FEATURE', sasl('GSSAPI', '')],
  ['the mechanism OAUTHBEARER', 'UNSUPPORTED_FEATURE', sasl('OAUTHBEARER', '')],
  ['a mechanism there is not', 'INVALID_OPTION', sasl('SCRAM-MD5', '')],
  ['no login configuration', 'INVALID_OPTION', sasl('PLAIN', '')],
  [
    'a login module of another mechanism',
    'INVALID_OPTION',
    sasl('PLAIN', `${SCRAM} required username="u" password="${SECRET}";`),
  ],
  ['a login configuration without its end', 'INVALID_OPTION', sasl('PLAIN', `${PLAIN} required username="${SECRET}"`)],
  ['a login configuration without a password', 'INVALID_OPTION', sasl('PLAIN', `${PLAIN} required username="u";`)],
  [
    'a delegation token',
    'UNSUPPORTED_FEATURE',
    sasl('SCRAM-SHA-256', `${SCRAM} required username="u" password="${SECRET}" tokenauth="true";`),
  ],
  ['a truststore in JKS', 'UNSUPPORTED_FEATURE', ssl({ 'kafka.ssl.truststore.location': file('store.jks') })],
  ['a truststore in PKCS12', 'UNSUPPORTED_FEATURE', ssl({ 'kafka.ssl.truststore.location': file('store.p12') })],
  ['a keystore in JKS', 'UNSUPPORTED_FEATURE', ssl({ 'kafka.ssl.keystore.location': file('store.jks') })],
  [
    'a keystore that is no PKCS12',
    'INVALID_OPTION',
    ssl({ 'kafka.ssl.keystore.location': file('store.p12'), 'kafka.ssl.keystore.password': SECRET }),
  ],
  ['a truststore that is not there', 'INVALID_OPTION', ssl({ 'kafka.ssl.truststore.location': file('none') })],
  ['a certificate that is none', 'INVALID_OPTION', ssl({ 'kafka.ssl.truststore.location': file('store.pem') })],
  ['a key without a certificate', 'INVALID_OPTION', ssl({ 'kafka.ssl.keystore.key': SECRET })],
  ['another check of names', 'INVALID_OPTION', ssl({ 'kafka.ssl.endpoint.identification.algorithm': 'LDAP' })],
  ['an old version of TLS', 'INVALID_OPTION', ssl({ 'kafka.ssl.enabled.protocols': 'TLSv1.1,TLSv1.2' })],
  ['chosen ciphers', 'UNSUPPORTED_FEATURE', ssl({ 'kafka.ssl.cipher.suites': 'TLS_AES_128_GCM_SHA256' })],
  ['an option of consumers that we do not have', 'UNSUPPORTED_FEATURE', { 'kafka.fetch.min.bytes': '1' }],
  ['an option there is not', 'INVALID_OPTION', { 'kafka.fetch.speed': '1' }],
  ['a time that is none', 'INVALID_OPTION', { 'kafka.default.api.timeout.ms': '-1' }],
] as const) {
  test(`${what} is refused as ${condition}, without a password in the message`, (t) => {
    const error = t.throws(() => read(given))
    t.like(error, { condition })
    t.false(error?.message.includes(SECRET))
  })
}
