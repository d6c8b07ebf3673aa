import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col } from '../../api/index.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { asPkcs12, certified, type Identity, newAuthority } from '../support/certificates.js'
import { readBatch } from '../support/kafka.js'
import { freePorts, KafkaCluster } from '../support/kafka-cluster.js'
import { beforeBrokers, withBrokers } from '../support/real-kafka.js'
import { withSession } from '../support/sessions.js'

const PASSWORD = 'not "so" secret'
const TOPIC = 'secured'
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required'
const LISTENERS = ['PLAINTEXT', 'CONTROLLER', 'SASL_PLAINTEXT', 'SASL_SSL', 'SSL'] as const

let cluster: KafkaCluster | undefined
let port = 0
let directory = ''
let authority: Identity
let stranger: Identity
let client: Identity

/** What start-kafka.sh appends to the settings of the broker. */
function brokerSettings(server: Identity): string {
  const listeners = (named: readonly string[]): string =>
    named.map((name) => `${name}://127.0.0.1:${port + LISTENERS.indexOf(name as 'SSL')}`).join(',')
  const escaped = PASSWORD.replaceAll('"', '\\\\"')
  const ofListener = (name: string): readonly string[] => [
    `listener.name.${name}.plain.sasl.jaas.config=${PLAIN} user_alice="${escaped}";`,
    `listener.name.${name}.scram-sha-256.sasl.jaas.config=${SCRAM};`,
    `listener.name.${name}.scram-sha-512.sasl.jaas.config=${SCRAM};`,
  ]
  return [
    `listeners=${listeners(LISTENERS)}`,
    `advertised.listeners=${listeners(LISTENERS.filter((name) => name !== 'CONTROLLER'))}`,
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${LISTENERS.map((name) => `${name}:${name}`).join(',')}`.replace(
      ',CONTROLLER:CONTROLLER',
      '',
    ),
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    ...ofListener('sasl_plaintext'),
    ...ofListener('sasl_ssl'),
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${server.both}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${authority.certificate}`,
    'listener.name.ssl.ssl.client.auth=required',
    '',
  ].join('\n')
}

beforeBrokers(async () => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-security-'))
  authority = newAuthority(directory, 'authority')
  stranger = newAuthority(directory, 'stranger')
  client = certified(directory, authority, 'client', 'DNS:client')
  port = await freePorts(LISTENERS.length)
  const settings = join(directory, 'broker.properties')
  writeFileSync(settings, brokerSettings(certified(directory, authority, 'server', 'IP:127.0.0.1')))
  const scram = (mechanism: string): string => `--add-scram ${mechanism}=[name=bob,password=scrambled]`
  const FORMAT = `${scram('SCRAM-SHA-256')} ${scram('SCRAM-SHA-512')}`
  cluster = await KafkaCluster.start(port, 1, { PROPERTIES: settings, FORMAT })
  await cluster.createTopic(TOPIC, [[1], [1]])
  await cluster.produce(
    TOPIC,
    Array.from({ length: 500 }, (_, i) => ({ partition: i % 2, value: `v${i}` })),
  )
})

test.after.always(async () => {
  await closeIdleClients()
  await cluster?.stop()
  if (directory !== '') rmSync(directory, { recursive: true, force: true })
})

type Given = Readonly<Record<string, string>>

const at = (protocol: (typeof LISTENERS)[number], more: Given): Given => ({
  'kafka.bootstrap.servers': `127.0.0.1:${port + LISTENERS.indexOf(protocol)}`,
  'kafka.security.protocol': protocol,
  subscribe: TOPIC,
  ...more,
})

const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
const plain = (password = PASSWORD): Given => ({
  'kafka.sasl.mechanism': 'PLAIN',
  'kafka.sasl.jaas.config': `${PLAIN} username="alice" password="${quoted(password)}";`,
})
const scram = (mechanism: string, password = 'scrambled'): Given => ({
  'kafka.sasl.mechanism': mechanism,
  'kafka.sasl.jaas.config': `${SCRAM} username='bob' password='${password}';`,
})
const trusting = (whom: () => Identity): Given => ({
  'kafka.ssl.truststore.type': 'PEM',
  'kafka.ssl.truststore.location': whom().certificate,
})
const showing = (): Given => ({
  'kafka.ssl.keystore.certificate.chain': readFileSync(client.certificate, 'utf8'),
  'kafka.ssl.keystore.key': readFileSync(client.key, 'utf8'),
})
const NEEDS = '(needs MILLRACE_TEST_KAFKA and Java)'

const ACCEPTED: Readonly<Record<string, () => Given>> = {
  'SASL PLAIN': () => at('SASL_PLAINTEXT', plain()),
  'SCRAM-SHA-256': () => at('SASL_PLAINTEXT', scram('SCRAM-SHA-256')),
  'SCRAM-SHA-512 over TLS': () => at('SASL_SSL', { ...scram('SCRAM-SHA-512'), ...trusting(() => authority) }),
  'TLS 1.2 with a certificate of the client': () =>
    at('SSL', { ...trusting(() => authority), ...showing(), 'kafka.ssl.enabled.protocols': 'TLSv1.2' }),
  'TLS with certificates given as text': () =>
    at('SSL', { 'kafka.ssl.truststore.certificates': readFileSync(authority.certificate, 'utf8'), ...showing() }),
  'TLS with a keystore in PKCS12': () =>
    at('SSL', {
      ...trusting(() => authority),
      'kafka.ssl.keystore.location': asPkcs12(directory, client, 'p12'),
      'kafka.ssl.keystore.password': 'p12',
    }),
}
for (const [how, given] of Object.entries(ACCEPTED)) {
  withBrokers(`a topic is read with ${how} ${NEEDS}`, async (t) => {
    t.is((await readBatch(given())).length, 500)
  })
}

const REFUSED: Readonly<Record<string, readonly [condition: string, given: () => Given]>> = {
  'a wrong password for PLAIN': ['KAFKA_AUTHENTICATION_FAILED', () => at('SASL_PLAINTEXT', plain('wrong'))],
  'a wrong password for SCRAM': [
    'KAFKA_AUTHENTICATION_FAILED',
    () => at('SASL_PLAINTEXT', scram('SCRAM-SHA-256', 'wrong')),
  ],
  'an unknown authority': [
    'KAFKA_CERTIFICATE_NOT_TRUSTED',
    () => at('SASL_SSL', { ...plain(), ...trusting(() => stranger) }),
  ],
  'an authority the system does not know': ['KAFKA_CERTIFICATE_NOT_TRUSTED', () => at('SASL_SSL', plain())],
  'a name the certificate is not for': [
    'KAFKA_CERTIFICATE_NOT_TRUSTED',
    () => ({
      ...at('SASL_SSL', { ...plain(), ...trusting(() => authority) }),
      'kafka.bootstrap.servers': `localhost:${port + 3}`,
    }),
  ],
  'no certificate where the broker wants one': [
    'KAFKA_AUTHENTICATION_FAILED',
    () =>
      at(
        'SSL',
        trusting(() => authority),
      ),
  ],
  'no TLS where the broker speaks it': [
    'KAFKA_UNAVAILABLE',
    () => ({ ...at('SSL', {}), 'kafka.security.protocol': 'PLAINTEXT' }),
  ],
  'TLS where the broker does not speak it': [
    'KAFKA_UNAVAILABLE',
    () => ({
      ...at(
        'PLAINTEXT',
        trusting(() => authority),
      ),
      'kafka.security.protocol': 'SSL',
    }),
  ],
}
for (const [what, [condition, given]] of Object.entries(REFUSED)) {
  withBrokers(`${what} is told as ${condition} ${NEEDS}`, async (t) => {
    const error = await t.throwsAsync(readBatch(given()))
    t.like(error, { condition })
    t.false(`${error?.message}${error?.stack}`.includes('wrong'))
  })
}

withBrokers(`a name the certificate is not for is accepted when the check is switched off ${NEEDS}`, async (t) => {
  const given = at('SASL_SSL', { ...plain(), ...trusting(() => authority) })
  const more = {
    'kafka.bootstrap.servers': `localhost:${port + 3}`,
    'kafka.ssl.endpoint.identification.algorithm': '',
  }
  t.is((await readBatch({ ...given, ...more })).length, 500)
})

withBrokers(`a query reads and writes with TLS and SCRAM, and shows its password nowhere ${NEEDS}`, async (t) => {
  const secure = { ...scram('SCRAM-SHA-256'), ...trusting(() => authority) }
  const { subscribe: _, ...server } = at('SASL_SSL', secure)
  const checkpoint = join(directory, 'checkpoint')
  await withSession('local-cluster[1,1,512]', async (session) => {
    const stream = session.readStream
      .format('kafka')
      .options({ ...server, subscribe: TOPIC, startingOffsets: 'earliest' })
      .load()
      .select('value')
    const query = await stream.writeStream
      .format('kafka')
      .options({ ...server, topic: 'copied' })
      .option('checkpointLocation', checkpoint)
      .trigger({ availableNow: true })
      .start()
    t.true(await query.awaitTermination(60_000))
    const read = session.read
      .format('kafka')
      .options({ ...server, subscribe: 'copied' })
      .load()
    t.is((await read.select(col('value')).collect()).length, 500)
    const plans = await session.engine.explain(read.plan, 'extended')
    t.true(plans.includes('copied') || plans.includes('kafka'))
    t.false(plans.includes('scrambled'))
  })
  for (const file of readdirSync(checkpoint, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) t.false(readFileSync(join(file.parentPath, file.name), 'utf8').includes('scrambled'), file.name)
  }
})
