import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { type AnyRow, col, type DataFrame, expr, type Session } from '../../api/index.js'
import { hidingSecrets, isSecretOption, REDACTED } from '../../common/secret-options.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import { SASL_OPTIONS } from '../../connectors/kafka/client/sasl-options.js'
import { SSL_OPTIONS } from '../../connectors/kafka/client/ssl-options.js'
import { withSession } from '../support/sessions.js'

const SECRET = 'hush-hush'
const JAAS = `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${SECRET}";`
const KAFKA = {
  'kafka.bootstrap.servers': '127.0.0.1:1',
  'kafka.security.protocol': 'SASL_PLAINTEXT',
  'kafka.sasl.mechanism': 'PLAIN',
  'kafka.sasl.jaas.config': JAAS,
  'kafka.ssl.key.password': SECRET,
  subscribe: 'events',
}
const REFUSED = { 'kafka.default.api.timeout.ms': '500' }

const read = (session: Session, more: Readonly<Record<string, string>> = {}): DataFrame<AnyRow> =>
  session.read
    .format('kafka')
    .options({ ...KAFKA, ...more })
    .load()

/** Every way in which people look at a thing. */
function printed(thing: unknown): string {
  const deep = { depth: Number.POSITIVE_INFINITY }
  const texts = [inspect(thing, deep), format('%s %o %O', thing, thing, thing), JSON.stringify(thing) ?? '']
  return [...texts, inspect([{ thing }], deep), String(thing)].join('\n')
}

function hidden(t: ExecutionContext, thing: unknown, what: string): void {
  t.false(printed(thing).includes(SECRET), what)
}

test('a DataFrame, its plan, its readers and its writers print no secrets of their options', (t) =>
  withSession('local[1]', async (session) => {
    const frame = read(session)
    for (const [what, thing] of Object.entries({
      frame,
      joined: frame.join(read(session)).select('value'),
      plan: frame.plan,
      reader: session.read.format('kafka').options(KAFKA),
      writer: frame.write.format('kafka').options(KAFKA),
      streamWriter: frame.writeStream.format('kafka').options(KAFKA),
      session,
    })) {
      hidden(t, thing, what)
    }
    const shown = printed(frame)
    t.true(shown.includes(REDACTED) && shown.includes('127.0.0.1:1'), 'the rest is shown')
  }))

test('what holds a bigint is printed and written as JSON like the rest', (t) =>
  withSession('local[1]', async (session) => {
    const things = {
      literal: session.sql("select 5L, 1.5, interval '1' day, timestamp'2024-01-01 00:00:00'"),
      filter: session.range(10).filter('id > 3L').withWatermark('id', '1 second'),
      column: col('a').gt(5n),
      created: session.createDataFrame([{ a: 1n }]),
    }
    for (const [what, thing] of Object.entries(things)) {
      t.notThrows(() => printed(thing), what)
      t.regex(inspect(thing, { depth: 8 }), /kind: '/, what)
      if ('plan' in thing) t.true(JSON.stringify({ deep: thing.filter('true').plan }).includes('"kind":"filter"'), what)
    }
    t.is(JSON.stringify({ column: things.column }), '{"column":"(a > 5)"}')
    t.is(String(things.column), '(a > 5)')
    const error = await t.throwsAsync(session.range(1, 2).select(expr('9223372036854775807L + id')).collect())
    t.notThrows(() => printed(error))
  }))

test('no plan that explain prints holds a secret', (t) =>
  withSession('local[1]', async (session) => {
    const texts: string[] = []
    session.print = (text) => void texts.push(text)
    await read(session).select('value').explain('extended')
    t.true(texts.join().includes('kafka'))
    t.false(texts.join().includes(SECRET))
  }))

test('no error and nothing below it holds a secret', (t) =>
  withSession('local[1]', async (session) => {
    const faults: readonly Readonly<Record<string, string>>[] = [
      REFUSED,
      { 'kafka.sasl.mechanism': 'SCRAM-SHA-256' },
      { 'kafka.sasl.jaas.config': JAAS.slice(0, -1) },
      { 'kafka.sasl.jaas.confg': SECRET },
      { 'kafka.ssl.keystroe': SECRET },
      { pasword: SECRET },
    ]
    for (const more of faults) {
      hidden(t, await t.throwsAsync(read(session, more).collect()), JSON.stringify(more))
      const writer = session.range(1).selectExpr('cast(id as string) value').write.format('kafka')
      const { subscribe: _, ...options } = KAFKA
      hidden(t, await t.throwsAsync(writer.options({ ...options, topic: 'out', ...more }).save()), JSON.stringify(more))
    }
    const parquet = session.read.option('fs.s3a.secret.key' as string, SECRET).parquet('/nowhere')
    hidden(t, await t.throwsAsync(parquet.collect()), 'parquet')
  }))

test('options that hide their secrets hold them, also after they crossed processes', (t) => {
  const options = hidingSecrets(KAFKA)
  t.deepEqual({ ...options }, KAFKA)
  t.is(options['kafka.sasl.jaas.config'], JAAS)
  t.is(hidingSecrets(options), options)
  const { plan } = fromTaggedJson(toTaggedJson({ plan: { options, n: 1n } })) as { plan: { options: typeof options } }
  t.deepEqual({ ...plan.options }, KAFKA)
  hidden(t, plan.options, 'decoded')
  t.deepEqual(fromTaggedJson(toTaggedJson({ $options: { a: 'b' } })), { $options: { a: 'b' } })
  t.throws(() => Object.assign(options, { subscribe: 'others' }), { instanceOf: TypeError })
})

test("what is a secret is Spark's rule and every option of Kafka that is one", (t) => {
  const secrets = [...SASL_OPTIONS, ...SSL_OPTIONS].filter((name) => isSecretOption(`kafka.${name}`))
  t.deepEqual(secrets, [
    'sasl.jaas.config',
    'ssl.truststore.password',
    'ssl.keystore.password',
    'ssl.keystore.key',
    'ssl.key.password',
  ])
  for (const name of [
    'password',
    'dbPassword',
    'oauth.TOKEN',
    'client-secret',
    'fs.s3a.access.key',
    'accessKey',
    'url',
  ]) {
    t.true(isSecretOption(name), name)
  }
  for (const name of ['subscribe', 'kafka.group.id', 'kafka.bootstrap.servers', 'compression', 'path', 'mergeSchema']) {
    t.false(isSecretOption(name), name)
  }
})

/** Every way in which bytes are printed. */
function looksOf(key: Buffer): readonly string[] {
  const some = key.subarray(4, 16)
  const numbers = [...some]
  return [
    some.toString('hex'),
    some.toString('hex').toUpperCase(),
    key.toString('base64').slice(8, 20),
    numbers.join(','),
    numbers.join(', '),
    numbers.map((n) => n.toString(16).padStart(2, '0')).join(' '),
  ]
}

test('keys of files are in no setting, plan, event, log of events or error', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-keys-'))
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256))
  const keyFile = join(folder, 'key')
  writeFileSync(keyFile, key.toString('hex'))
  const seen: string[] = []
  await withSession(
    'local-cluster[1,1,256]',
    async (session) => {
      session.print = (text) => void seen.push(text)
      session.addListener({
        onJobStart: (event) => void seen.push(printed(event)),
        onApplicationEnd: (event) => void seen.push(printed(event)),
      })
      const stream = session.readStream
        .format('rate')
        .option('rowsPerSecond', 10)
        .load()
        .groupBy('value')
        .count()
        .toDF()
      const query = await stream.writeStream
        .foreachBatch(async (batch) => {
          await batch.collect()
        })
        .outputMode('update')
        .option('checkpointLocation', join(folder, 'checkpoint'))
        .trigger({ once: true })
        .start()
      await query.awaitTermination()
      await session.range(5).groupBy('id').count().explain('extended')
      seen.push(printed(query), printed(query.recentProgress), printed(session), printed(session.conf))
      seen.push(printed(await session.sql('SET -v').collect()), printed(await session.sql('SET').collect()))
      seen.push(printed(await t.throwsAsync(session.sql('select raise_error(1)').collect())))
    },
    {
      'checkpoint.encryption.keyFile': keyFile,
      'io.encryption.enabled': 'true',
      'eventLog.enabled': 'true',
      'eventLog.dir': join(folder, 'events'),
    },
  )
  const files = (readdirSync(folder, { recursive: true }) as string[]).map((name) => join(folder, name))
  const contents = files
    .filter((path) => path !== keyFile && statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
  t.true(contents.some((content) => content.includes('applicationStart')))
  const all = [...seen, ...contents].join('\n')
  t.true(all.includes(keyFile), 'the file is named')
  t.true(
    looksOf(key).some((look) => printed(key).includes(look)),
    'a key that is printed would be seen',
  )
  for (const look of looksOf(key)) t.false(all.includes(look), look)
  rmSync(folder, { recursive: true })
})
