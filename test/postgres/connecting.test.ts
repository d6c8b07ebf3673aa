import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { inspect } from 'node:util'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { connectionString, NEEDS, withClient, withPostgres } from '../support/postgres.js'
import { withSession } from '../support/sessions.js'

const QUERY = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'
const collected = (session: Session, connection: string, more: Readonly<Record<string, string>> = {}) =>
  session.read
    .format('postgresql')
    .options({ connectionString: connection, query: QUERY, ...more })
    .load()
    .collect()

withPostgres(`TLS is used where it is served, and certificates are checked as far as sslmode says ${NEEDS}`, (t) =>
  withSession('local[1]', async (session) => {
    const certificate = await withClient(
      async (client) => (await client.query('show ssl_cert_file')).rows[0].ssl_cert_file,
    )
    const root = `sslrootcert=${encodeURIComponent(certificate)}`
    const named = (parameters: string): string => connectionString(parameters).replace('127.0.0.1', 'localhost')
    for (const [connection, ssl] of [
      [connectionString(), true],
      [connectionString('?sslmode=disable'), false],
      [connectionString('?sslmode=require'), true],
      [connectionString(`?sslmode=verify-ca&${root}`), true],
      [named(`?sslmode=verify-full&${root}`), true],
    ] as const)
      t.deepEqual(await collected(session, connection), [{ ssl }], connection)
    for (const connection of [
      connectionString(`?sslmode=verify-full&${root}`),
      named('?sslmode=verify-full'),
      connectionString('?sslmode=verify-ca'),
    ])
      t.like(
        await t.throwsAsync(collected(session, connection)),
        { condition: 'POSTGRES_CERTIFICATE_NOT_TRUSTED' },
        connection,
      )
  }),
)

withPostgres(`a login that is refused is told without the password, and a database that is not there ${NEEDS}`, (t) =>
  withSession('local[1]', async (session) => {
    const wrong = await t.throwsAsync(collected(session, connectionString(), { password: 'hush-hush' }))
    t.like(wrong, { condition: 'POSTGRES_AUTHENTICATION_FAILED' })
    t.false(wrong!.message.includes('hush-hush'))
    const none = connectionString().replace('/postgres', '/nowhere')
    await t.throwsAsync(collected(session, none), { message: /database "nowhere" does not exist/ })
  }),
)

test('a server that is down, or takes connections and says nothing, is tried a few times and told', (t) =>
  withSession('local[1]', async (session) => {
    const down = 'postgresql://u:hush-hush@127.0.0.1:1/db'
    const refused = await t.throwsAsync(collected(session, down))
    t.like(refused, { condition: 'POSTGRES_UNAVAILABLE' })
    t.false(refused!.message.includes('hush-hush'))
    let taken = 0
    const silent = createServer(() => taken++).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const asked = collected(session, `postgresql://u:p@127.0.0.1:${port}/db?connect_timeout=0.05&sslmode=disable`)
    t.like(await t.throwsAsync(asked), { condition: 'POSTGRES_UNAVAILABLE' })
    t.is(taken, 3)
    silent.close()
  }))

test('options that are not known, that only Spark has, or that do not fit each other are refused, without secrets', (t) =>
  withSession('local[1]', async (session) => {
    const jdbc = { url: 'jdbc:postgresql://h/db?password=hush-hush', dbtable: 't' }
    const native = { connectionString: 'postgresql://u:hush-hush@h/db', dbtable: 't' }
    const cases: readonly (readonly ['jdbc' | 'postgresql', Record<string, string>, RegExp])[] = [
      ['jdbc', { ...jdbc, customSchema: 'a int' }, /UNSUPPORTED_FEATURE.*customSchema/],
      ['jdbc', { ...jdbc, dbtabel: 't' }, /INVALID_OPTION.*dbtabel/],
      ['jdbc', { dbtable: 't' }, /option url .*needed/],
      ['jdbc', { ...jdbc, url: 'jdbc:mysql://u:hush-hush@h/db' }, /jdbc:postgresql/],
      ['jdbc', { ...jdbc, url: 'jdbc:postgresql://h' }, /names no database/],
      ['jdbc', { ...jdbc, url: 'jdbc:postgresql://h:x/db' }, /no URL/],
      ['jdbc', { ...jdbc, url: `${jdbc.url}&fetch=1` }, /parameter fetch/],
      ['jdbc', { ...jdbc, url: `${jdbc.url}&sslmode=allow` }, /sslmode is one of/],
      ['jdbc', { ...jdbc, url: `${jdbc.url}&sslrootcert=/nowhere` }, /sslrootcert cannot be read/],
      ['jdbc', { ...jdbc, driver: 'com.mysql.Driver' }, /org\.postgresql\.Driver/],
      ['jdbc', { ...jdbc, connectionString: native.connectionString }, /takes url/],
      ['postgresql', { ...native, url: jdbc.url }, /takes connectionString/],
      ['postgresql', { ...native, connectionString: jdbc.url }, /postgresql:\/\//],
      ['postgresql', { connectionString: native.connectionString }, /dbtable/],
      ['postgresql', { ...native, query: 'select 1' }, /dbtable is given/],
      ['postgresql', { ...native, fetchsize: '-1' }, /whole number/],
      ['postgresql', { ...native, pushDownPredicate: 'yes' }, /true or false/],
      ['postgresql', { ...native, partitionColumn: 'a' }, /lowerBound/],
      ['postgresql', { ...native, upperBound: '1' }, /partitionColumn/],
      ['postgresql', { ...native, 'postgres.columns': '[]' }, /no such option/],
    ]
    for (const [format, options, message] of cases) {
      const error = await t.throwsAsync(
        session.read
          .format(format as string)
          .options(options)
          .load()
          .collect(),
      )
      t.regex(error!.message, message)
      t.false(error!.message.includes('hush-hush'), error!.message)
    }
    t.false(inspect([session.read.format('postgresql').options(native)], { depth: 9 }).includes('hush-hush'))
    const error = await t.throwsAsync(session.read.format('jdbc').options(jdbc).schema('a int').load().collect())
    t.regex(error!.message, /UNSUPPORTED_FEATURE.*schema/)
  }))
