import test from 'ava'
import type { Session } from '../../api/index.js'
import { cellText } from '../../api/show/cell-text.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { withSession } from '../support/sessions.js'
import { sparkData } from '../support/spark-data.js'

type Answer = readonly [zone: string, sql: string, rows: readonly (readonly (string | null)[])[]]

async function shown(session: Session, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const { schema, blocks } = await session.engine.execute(session.sql(sql).plan)
  const rows: (string | null)[][] = []
  for await (const block of blocks)
    for (const row of tuplesFromBlock(schema, block))
      rows.push(
        row.map((value, i) =>
          value === null ? null : cellText(value, schema.fields[i]!.type, session.engine.timeZone),
        ),
      )
  return rows
}

test('queries of sessions of many time zones give what Spark gives', (t) =>
  withSession('local[1]', async (session) => {
    for (const [zone, sql, rows] of sparkData<Answer>('time-zones')) {
      await session.sql(`SET TIME ZONE '${zone}'`).collect()
      t.deepEqual(await shown(session, sql), rows, `${zone}: ${sql}`)
    }
  }))

test('SET TIME ZONE takes names, offsets as intervals and the zone of the process', (t) =>
  withSession('local[1]', async (session) => {
    const zoneAfter = async (statement: string) => {
      await session.sql(statement).collect()
      return (await shown(session, 'select current_timezone()'))[0]![0]
    }
    t.is(await zoneAfter("SET TIME ZONE 'Asia/Tokyo'"), 'Asia/Tokyo')
    t.is(await zoneAfter("SET TIME ZONE INTERVAL '-03:30' HOUR TO MINUTE"), '-03:30')
    t.is(await zoneAfter('SET TIME ZONE INTERVAL 0 SECONDS'), 'Z')
    t.is(await zoneAfter("SET TIME ZONE INTERVAL '10:30:15' HOUR TO SECOND"), '+10:30:15')
    t.is(await zoneAfter('SET spark.sql.session.timeZone = Europe/Paris'), 'Europe/Paris')
    t.is(await zoneAfter('SET TIME ZONE LOCAL'), new Intl.DateTimeFormat().resolvedOptions().timeZone)
    const refused = (statement: string, message: RegExp) =>
      t.throwsAsync(async () => await session.sql(statement).collect(), { message })
    await refused("SET TIME ZONE 'Mars/Phobos'", /INVALID_CONF_VALUE\.TIME_ZONE/)
    await refused('SET TIME ZONE INTERVAL 19 HOURS', /TIMEZONE_INTERVAL_OUT_OF_RANGE/)
    await refused("SET TIME ZONE INTERVAL '1' MONTH", /TIMEZONE_INTERVAL_OUT_OF_RANGE/)
    await refused('SET TIME ZONE 5', /INVALID_CONF_VALUE\.TIME_ZONE/)
  }))

test('a literal without a zone is read by the clocks of the session that runs the query', (t) =>
  withSession('local[1]', async (session) => {
    await session.sql("SET TIME ZONE 'America/Los_Angeles'").collect()
    const query = session.sql("select timestamp'2024-07-01 00:00:00'")
    t.deepEqual(
      (await query.schema()).fields.map(({ name }) => name),
      ["TIMESTAMP '2024-07-01 00:00:00'"],
    )
    await session.sql("select timestamp'2024-07-01 00:00:00Z' t").createOrReplaceTempView('zoned')
    t.deepEqual(await shown(session, 'select t, cast(t as string) from zoned'), [
      ['2024-06-30 17:00:00', '2024-06-30 17:00:00'],
    ])
  }))
