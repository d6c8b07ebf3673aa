import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { duckdbRows, sameCell } from '../support/duckdb.js'
import { queriedRows } from '../support/row-sets.js'
import { withSession } from '../support/sessions.js'

/*
 * Queries as programs write them: thousands of conditions, columns and aggregates. Code that grew faster than the query would need gigabytes
 * here, or more locals and deeper recursion than there may be.
 */

const WIDE = 400
const range = <T>(count: number, of: (i: number) => T): readonly T[] => Array.from({ length: count }, (_, i) => of(i))
const list = (count: number, of: (i: number) => string): string => range(count, of).join(', ')

const TABLES = {
  t: `select x::bigint id, case when x % 7 = 0 then null else (x % 100)::bigint end a, (x % 77)::bigint b,
    case when x % 5 = 0 then null else 'text ' || (x % 300) end s, (x % 13)::double d,
    case when x % 3 = 0 then null else (x * 1234567890123 % 1000)::decimal(30, 2) end w from range(600) t(x)`,
  wide: `select ${list(WIDE, (i) => (i % 11 === 10 ? `case when x % ${(i % 9) + 2} = 0 then null else x || repeat('y', ${i % 20}) end c${i}` : `case when x % ${(i % 7) + 2} = 0 then null else (x % 4)::bigint end c${i}`))} from range(80) t(x)`,
}

const QUERIES: Readonly<Record<string, string>> = {
  'an OR of 700 pairs': `select count(*) from t where ${range(700, (i) => `(a = ${i} and b = ${(i * 3) % 77})`).join(' or ')}`,
  'an OR of 1,500 values, as a value': `select id, ${range(1500, (i) => `a = ${i * 3}`).join(' or ')} as x, ${range(1000, (i) => `a = ${i} or d > ${i}`).join(' or ')} as y from t`,
  'an AND of 3,000 conditions': `select count(*) from t where ${range(3000, (i) => `a <> ${i * 3}`).join(' and ')}`,
  'an AND of texts and numbers, as a value': `select id, ${range(700, (i) => `(s <> 'text ${i * 2}' or a < ${i})`).join(' and ')} as x from t`,
  'AND and OR in turn, 180 deep': `select count(*) from t where ${range(180, (i) => i).reduce((inner, i) => `(${inner} ${i % 2 ? 'or' : 'and'} (a <> ${i} and b <> ${i % 50}))`, 'a > 50')}`,
  'a thousand patterns': `select count(*) from t where ${range(1000, (i) => `s like '%${i * 7}%'`).join(' or ')}`,
  'IN lists of every kind': `select count(*) from t where a in (${list(5000, (i) => String(i * 2))}) and (s in (${list(3000, (i) => `'text ${i * 3}'`)}) or d in (${list(1000, (i) => `${i * 2}::double`)}) or w in (${list(1000, (i) => `${i * 3}.00`)}))`,
  'an IN list of expressions': `select id, a in (${list(1500, (i) => `b + ${i}`)}) as x from t`,
  'a CASE of 1,500 branches': `select id, case ${range(1500, (i) => `when a = ${1500 - i} then b + ${i}`).join(' ')} end as x, case b ${range(700, (i) => `when ${i} then s || '${i}'`).join(' ')} else 'none' end as y from t`,
  'a COALESCE of 1,500 operands':
    `select id, coalesce(${list(1500, (i) => `case when a = ${i} then s || ' ${i}' end`)}) as x, coalesce(${list(700, (i) => `nullif(a, ${i % 90})`)}, -1) as y from t`.replaceAll(
      /nullif\(a, (\d+)\)/g,
      'case when a <> $1 and b < $1 then a end',
    ),
  'sums of 400 expressions': `select ${list(400, (i) => `sum(a + ${i}) as s${i}`)}, ${list(300, (i) => `max(case when b > ${i % 70} then s end) as m${i}`)}, ${list(200, (i) => `avg(w + ${i}) as v${i}`)} from t`,
  'sums of 400 expressions by key': `select b % 5 as k, ${list(400, (i) => `sum(a + ${i}) as s${i}`)}, ${list(300, (i) => `min(case when b > ${i % 70} then s end) as m${i}`)} from t group by b % 5 having ${range(700, (i) => `sum(a + ${i}) > ${i}`).join(' or ')}`,
  'a select list of 1,500 expressions': `select id, ${list(1500, (i) => (i % 7 === 0 ? `s || '${i}' as c${i}` : `a * 2 + b - ${i} as c${i}`))} from t`,
  'all columns of a wide table': 'select * from wide',
  'distinct rows of a wide table': 'select distinct * from wide',
  'a wide table grouped by all its columns': `select ${list(WIDE, (i) => `c${i}`)}, count(*) as n from wide group by ${list(WIDE, (i) => `c${i}`)}`,
  'wide tables joined by 60 columns': `select l.*, r.c1 as r1 from wide l join wide r on ${range(60, (i) => `l.c${i} = r.c${i}`).join(' and ')} and l.c0 is not null`,
  'a wide table joined to the left by all its columns': `select l.c0 as a, r.* from wide l left join wide r on ${range(WIDE, (i) => `l.c${i} = r.c${i}`).join(' and ')}`,
}

const normalized = (rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] =>
  rows.toSorted((x, y) => (String(x) < String(y) ? -1 : 1))

test('queries of thousands of conditions, columns and aggregates give what DuckDB gives', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  const fileOf = (name: string): string => join(directory, `${name}.parquet`)
  const names = Object.keys(TABLES) as (keyof typeof TABLES)[]
  await duckdbRows(
    'select 1',
    names.map((name) => `copy (${TABLES[name]}) to '${fileOf(name)}' (format parquet)`),
  )
  const setup = names.map((name) => `create view ${name} as select * from '${fileOf(name)}'`)
  try {
    t.timeout(120_000)
    await withSession('local[2]', async (session) => {
      for (const name of names) session.read.parquet(fileOf(name)).createOrReplaceTempView(name)
      for (const [name, sql] of Object.entries(QUERIES)) {
        const theirs = normalized(await duckdbRows(sql.replaceAll('`', '"'), setup))
        const ours = normalized(await queriedRows(session, sql.replaceAll('::double', 'D')))
        t.is(ours.length, theirs.length, name)
        const wrong = ours.findIndex((row, i) => !row.every((cell, j) => sameCell(cell, theirs[i]![j] as never)))
        if (wrong >= 0) t.deepEqual(ours[wrong], theirs[wrong] as unknown[], `${name}, row ${wrong}`)
      }
    })
  } finally {
    await rm(directory, { recursive: true })
  }
})
