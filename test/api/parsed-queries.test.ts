import test from 'ava'
import { ParsedQueries } from '../../api/session/parsed-queries.js'
import { parseStatement } from '../../api/statements/index.js'
import { DEFAULT_SETTINGS } from '../../planner/plan/query-settings.js'
import { withSession } from '../support/sessions.js'

/** How often a text is read that comes twice. */
function timesRead(text: string, first = DEFAULT_SETTINGS, second = first): number {
  const parsed = new ParsedQueries()
  let times = 0
  const read = () => {
    times++
    return parseStatement(text)
  }
  for (const settings of [first, second]) parsed.get(text, settings, read)
  return times
}

test('a query that comes again is not read again', (t) => {
  t.is(timesRead('select a, sum(b) from t where c > 1 group by a'), 1)
})

test('a query is read again under other settings', (t) => {
  t.is(timesRead('select "a"', DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, quotesNames: true }), 2)
})

test('texts of which reading decides more than their words say are read each time', (t) => {
  t.is(timesRead("select * from identifier('t')"), 2)
  t.is(timesRead('select * from t TABLESAMPLE (10 PERCENT)'), 2)
  t.is(timesRead('select * from t pivot (sum(a) for b in (1, 2))'), 2)
  t.is(timesRead('select rand()'), 2)
  t.is(timesRead('select `uuid`()'), 2)
})

test('statements that are no queries, and long texts, are read each time', (t) => {
  t.is(timesRead('show tables'), 2)
  t.is(timesRead(`select '${'x'.repeat(1 << 16)}'`), 2)
})

test('of many queries the last ones are kept', (t) => {
  const parsed = new ParsedQueries()
  const read: string[] = []
  const get = (text: string) =>
    parsed.get(text, DEFAULT_SETTINGS, () => {
      read.push(text)
      return parseStatement(text)
    })
  const texts = Array.from({ length: 101 }, (_, i) => `select ${i}`)
  texts.forEach(get)
  get('select 100')
  t.is(read.length, 101)
  get('select 0')
  t.is(read.at(-1), 'select 0')
  t.is(read.length, 102)
})

test('a query that is run again sees views and seeds as they are by then', (t) =>
  withSession('local[1]', async (session) => {
    const value = async () => (await session.sql('select v from seen').collect())[0]!['v']
    session.sql('select 1 as v').createOrReplaceTempView('seen')
    t.is(await value(), 1)
    session.sql('select 2 as v').createOrReplaceTempView('seen')
    t.is(await value(), 2)
    const draws = await session.sql('select rand() as r').union(session.sql('select rand() as r')).collect()
    t.not(draws[0]!['r'], draws[1]!['r'])
  }))
