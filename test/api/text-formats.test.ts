import test from 'ava'
import { functions as F, type Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSession } from '../support/sessions.js'

const textOf = async (session: Session, expression: string): Promise<unknown> =>
  (await session.sql(`select cast(${expression} as string) v`).collect())[0]!['v']

async function failure(session: Session, query: string): Promise<string> {
  try {
    await session.sql(query).collect()
  } catch (error) {
    if (MillraceError.is(error)) return `${error.condition} ${JSON.stringify(error.parameters)}`
    throw error
  }
  return 'no error'
}

test('a text that is not of its schema fails where it is to, with what there is of it', async (t) => {
  await withSession('local[1]', async (session) => {
    const told = (badRecord: string) =>
      `MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION ${JSON.stringify({ badRecord, failFastMode: 'FAILFAST' })}`
    const fast = "map('mode', 'FAILFAST')"
    const schema = 'a int, s struct<d date, x double>, t timestamp, n decimal(20,2), b boolean'
    const json = '{"a":"x","s":{"d":"1970-01-03","x":1.5},"t":"1970-01-01 00:00:01","n":1.5,"b":true}'
    t.is(
      await failure(session, `select from_json('${json}', '${schema}', ${fast})`),
      told('[null,[2,1.5],1000000,1.50,true]'),
    )
    t.is(await failure(session, `select from_json('{', '${schema}', ${fast})`), told('[null,null,null,null,null]'))
    t.is(await failure(session, `select from_json('[1,"x"]', 'array<int>', ${fast})`), told('[null]'))
    t.is(await failure(session, `select from_csv('1,x', 'a int, b int', ${fast})`), told('[1,null]'))
    const times = 't time, y interval year to month, d interval day to second, n int'
    const ofTimes = told('[45296000000000,14,93784000000,null]')
    t.is(await failure(session, `select from_csv('12:34:56,1-2,1 02:03:04,x', '${times}', ${fast})`), ofTimes)
    const inJson = '{"t":"12:34:56","y":"1-2","d":"1 02:03:04","n":"x"}'
    t.is(await failure(session, `select from_json('${inJson}', '${times}', ${fast})`), ofTimes)
    const texts = `values ('{"a":1}'), (null), (' ') t(j)`
    t.is(await failure(session, `select from_json(j, 'a int', ${fast}) from ${texts}`), 'no error')
  })
})

test('a column for malformed texts is told of faults in fields that nobody asks for', async (t) => {
  await withSession('local[1]', async (session) => {
    const parsed = `from_json(j, 'a int, b int, _corrupt_record string')`
    const rows = await session
      .sql(
        `select ${parsed}._corrupt_record c, ${parsed}.a a from values ('{"a":1,"b":"x"}'), ('{"a":2}') t(j) order by j`,
      )
      .collect()
    t.deepEqual(
      rows.map((row) => [row['c'], row['a']]),
      [
        ['{"a":1,"b":"x"}', 1],
        [null, 2],
      ],
    )
  })
})

test('lists grow, and nest as deep as JSON may', async (t) => {
  await withSession('local[1]', async (session) => {
    const lists = session.sql(`
      with numbers as (select collect_list(id) l from range(1000)),
        texts as (select to_json(struct(l, map('k', l) as m)) j from numbers)
      select v.l = l and v.m['k'] = l as e from (select from_json(j, 'l array<bigint>, m map<string, array<bigint>>') v from texts), numbers`)
    t.deepEqual(
      (await lists.collect()).map((row) => row['e']),
      [true],
    )
    const nested = (depth: number) => `from_json(concat(repeat('[', ${depth}), repeat(']', ${depth})), 'array<string>')`
    t.is(await textOf(session, `size(${nested(1000)})`), '1')
    t.is(await textOf(session, nested(1001)), null)
  })
})

test('timestamps are told by the clocks of the session, or of the zone that an option names', async (t) => {
  const body = async (session: Session): Promise<void> => {
    const at = "timestamp '2020-06-01 12:00:00.5'"
    t.is(await textOf(session, `to_json(struct(${at} as a))`), '{"a":"2020-06-01T12:00:00.500-07:00"}')
    t.is(await textOf(session, `to_json(array(${at}), map('timeZone', 'UTC'))`), '["2020-06-01T19:00:00.500Z"]')
    t.is(await textOf(session, `to_csv(struct(${at}), map('timestampFormat', 'dd.MM. HH'))`), '01.06. 12')
    const read = `from_json('{"a":"2020-06-01 12:00:00.5"}', 'a timestamp').a = ${at}`
    t.is(await textOf(session, read), 'true')
    t.is(await textOf(session, `from_csv('2020-06-01T19:00:00.5Z', 'a timestamp').a = ${at}`), 'true')
  }
  await withSession('local[1]', body, { 'session.timeZone': 'America/Los_Angeles' })
})

test('options and schemas are given to the functions of the API as values', async (t) => {
  await withSession('local[1]', async (session) => {
    const texts = session.sql(`select '{"d":"26/08/2015"}' j, '1;2' c`)
    const rows = await texts
      .select(
        F.fromJson('j', 'd date', { dateFormat: 'dd/MM/yyyy' }).getField('d').cast('string').as('d'),
        F.fromJson('j', F.schemaOfJson('{"d":""}')).getField('d').as('s'),
        F.toCsv(F.fromCsv('c', 'a int, b int', { sep: ';' }), { quoteAll: true }).as('c'),
        F.toJson(F.fromJson('j', 'x int'), { ignoreNullFields: false }).as('n'),
        F.jsonObjectKeys('j').as('k'),
        F.schemaOfCsv('1,a').as('t'),
      )
      .collect()
    t.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        {
          d: '2015-08-26',
          s: '26/08/2015',
          c: '"1","2"',
          n: '{"x":null}',
          k: ['d'],
          t: 'STRUCT<_c0: INT, _c1: STRING>',
        },
      ],
    )
  })
})

/** Answers of Spark 4.2. */
test('what stands for NULL and for nothing is written as a value is: in quotes where all are, or where it has a separator', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql("select 1 a, '' b, cast(null as string) c, 'x' d")
    const written = async (options: Readonly<Record<string, string>>): Promise<unknown> =>
      (await rows.select(F.toCsv(F.struct('a', 'b', 'c', 'd'), options).as('row')).collect())[0]!['row']
    t.is(await written({}), '1,"",,x')
    t.is(await written({ quoteAll: 'true' }), '"1","","","x"')
    t.is(await written({ quoteAll: 'true', emptyValue: 'E', nullValue: 'N' }), '"1","E","N","x"')
    t.is(await written({ quoteAll: 'true', emptyValue: '' }), '"1","","","x"')
    t.is(await written({ emptyValue: '' }), '1,,,x')
    t.is(await written({ emptyValue: 'E', nullValue: 'N' }), '1,E,N,x')
    t.is(await written({ emptyValue: 'E,', nullValue: 'N,' }), '1,"E,","N,",x')
  }))
