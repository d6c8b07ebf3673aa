import { connectionString, NEEDS, newTable, withClient, withPostgres } from '../support/postgres.js'
import { withSession } from '../support/sessions.js'

withPostgres(
  `read.jdbc and write.jdbc say what the format does, with bounds and with conditions of parts ${NEEDS}`,
  (t) =>
    withSession('local[2]', (session) =>
      withClient(async (client) => {
        const { username: user, password, host, pathname } = new URL(connectionString())
        const url = `jdbc:postgresql://${host}${pathname}`
        const properties = { user, password }
        const table = newTable()
        const rows = session.sql('select id, id % 3 as part from range(30)')
        await rows.write.jdbc(url, table, { properties })
        await t.throwsAsync(rows.write.jdbc(url, table, { properties }), { message: /TABLE_OR_VIEW_ALREADY_EXISTS/ })
        await rows.write.jdbc(url, table, { mode: 'append', properties: { ...properties, batchsize: 7 } })
        t.deepEqual((await client.query(`select count(*)::int as n from ${table}`)).rows, [{ n: 60 }])

        const read = (reading: object) => session.read.jdbc(url, table, { properties, ...reading })
        t.is(await read({}).count(), 60)
        const bounded = read({ column: 'id', lowerBound: 5, upperBound: 20, numPartitions: 3 })
        t.is(await bounded.count(), 60)
        const parts = read({ predicates: ['part = 0', 'part = 2 and id < 10'] })
        t.deepEqual(await parts.groupBy('part').count().orderBy('part').collect(), [
          { part: 0n, count: 20n },
          { part: 2n, count: 6n },
        ])
        t.regex(
          await t.throwsAsync(session.read.jdbc('jdbc:mysql://db/shop', 'orders').schema()).then(String),
          /INVALID_OPTION.*jdbc:postgresql/,
        )
      }),
    ),
)
