import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { parseStatement } from '../../api/statements/index.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseQuery } from '../../planner/sql/query.js'
import { parseSchema } from '../../planner/sql/types.js'
import { outline } from '../support/outline.js'

const TPCH = new URL('../../../test/data/tpch/', import.meta.url)

/** The operators of a plan from the top down its left side. */
function spine(relation: UnresolvedRelation): string {
  const input = 'input' in relation ? relation.input : relation.kind === 'join' ? relation.left : undefined
  return input ? `${relation.kind} ${spine(input)}` : relation.kind
}

test('LIMIT and OFFSET take an expression, and a number is one already when it is read', (t) => {
  t.like(parseQuery('select a from t limit 2147483647 offset 1 * 2'), { kind: 'limit', limit: 2147483647 })
  t.is(spine(parseQuery('select a from t limit 2147483647 offset 0')), 'limit project table')
  t.is(spine(parseQuery('select a from t offset 1 - 1')), 'limit project table')
})

test('the TPC-H queries are read as the standard prints them', (t) => {
  const files = readdirSync(TPCH).filter((name) => name.endsWith('.sql'))
  t.true(files.length >= 8)
  const spines = files.map(
    (file) => `${file.slice(0, 3)} ${spine(parseQuery(readFileSync(new URL(file, TPCH), 'utf8')))}`,
  )
  t.deepEqual(spines, [
    'q01 sort aggregate filter table',
    'q02 limit sort project filter join join join join table',
    'q03 limit sort aggregate filter join join table',
    'q04 sort aggregate filter table',
    'q05 sort aggregate filter join join join join join table',
    'q06 project filter table',
    'q07 sort aggregate subqueryAlias project filter join join join join join table',
    'q08 sort aggregate subqueryAlias project filter join join join join join join join table',
    'q09 sort aggregate subqueryAlias project filter join join join join join table',
    'q10 limit sort aggregate filter join join join table',
    'q11 sort aggregate filter join join table',
    'q12 sort aggregate filter join table',
    'q13 sort aggregate subqueryAlias aggregate join table',
    'q14 project filter join table',
    'q15 with sort project filter join table',
    'q16 sort aggregate filter join table',
    'q17 project filter join table',
    'q18 limit sort aggregate filter join join table',
    'q19 project filter join table',
    'q20 sort project filter join table',
    'q21 limit sort aggregate filter join join join table',
    'q22 sort aggregate subqueryAlias project filter table',
  ])
})

test('clauses, joins, CTEs, aliases and hints are read', (t) => {
  const query = parseQuery(`
    with recent (k, total) as (select o_custkey, sum(o_totalprice) from orders group by 1 having count(*) > 1) -- a comment
    select /*+ BROADCAST(c) */ distinct c.name n, r.* /* another */
    from recent as r left outer join parquet.\`/data/c.parquet\` c on r.k = c.key cross join (select 1 as one) x
    order by n desc nulls last, 2 limit 10 offset 5`)
  t.is(spine(query), 'with limit sort distinct project join join subqueryAlias table')
  t.true(query.kind === 'with' && query.ctes[0]!.columns?.join() === 'k,total')
  const text = JSON.stringify(query, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
  t.true(text.includes('"name":["parquet","/data/c.parquet"]'))
  t.true(text.includes('"hint":"broadcast-right"'))
  t.true(text.includes('"limit":10,"offset":5'))
})

test('sort orders keep direction and place of NULLs', (t) => {
  const query = parseQuery('select a from t order by a, b desc, c asc nulls last')
  t.deepEqual(query.kind === 'sort' ? query.orders.map(outline) : [], ['a asc', 'b desc', 'c asc nulls last'])
})

test('statements beside queries are told apart, and those not built are refused by name', (t) => {
  t.is(parseStatement('explain extended select 1').kind, 'explain')
  t.is(parseStatement('create or replace temp view v as select 1;').kind, 'createTemporaryView')
  t.is(parseStatement('drop view if exists v').kind, 'dropView')
  t.is(parseStatement('show tables').kind, 'showTables')
  t.is(parseStatement('describe t').kind, 'describeTable')
  t.throws(() => parseStatement('merge into t using s on a = b'), { message: /MERGE_WITHOUT_WHEN/ })
  t.throws(() => parseStatement('show tabels'), { message: /UNSUPPORTED_FEATURE.*the statement SHOW TABELS/ })
  t.is(parseStatement('begin select 1; end').kind, 'script')
  for (const format of ['', "row format delimited fields terminated by ',' "])
    t.throws(() => parseStatement(`select transform(a, b) ${format}using 'cat' as (c) from t`), {
      message: /UNSUPPORTED_FEATURE.*TRANSFORM .* USING/,
    })
  t.notThrows(() => parseStatement('select transform(a, x -> x + 1) using from t'))
})

test('a misspelt keyword is marked where it stands', (t) => {
  const error = t.throws(() => parseQuery('select a\nfrom t wehre a = 1 grup by a')) as MillraceError
  t.is(
    error.message,
    `[PARSE_SYNTAX_ERROR] Syntax error at or near 'a'; by 'wehre' WHERE may be meant. SQLSTATE: 42601
== SQL (line 2, position 14) ==
from t wehre a = 1 grup by a
             ^`,
  )
})

test('schemas are read from DDL', (t) => {
  const { fields } = parseSchema(
    'user_id bigint not null, s: struct<a: int, b string>, `odd name` decimal(12,2) comment "x"',
  )
  t.deepEqual(
    fields.map((f) => `${f.name} ${typeName(f.type)}${f.nullable ? '' : ' not null'}`),
    ['user_id bigint not null', 's struct<a:int,b:string>', 'odd name decimal(12,2)'],
  )
})

test('whatever the text, the parser ends with a plan or a condition', (t) => {
  const words =
    "select from where group by order having limit join on left ( ) , . * + - / = < > 'x' `q` 1 2.5 a t.b case when then else end in between and or not null interval day date with as distinct /* */ -- \n".split(
      ' ',
    )
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((w) => `select ${w.join(' ')}`),
  )
  fc.assert(
    fc.property(text, (sql) => {
      try {
        parseStatement(sql)
      } catch (error) {
        t.true(MillraceError.is(error) && error.condition !== 'INTERNAL_ERROR', String(error))
      }
    }),
    { numRuns: 3000 },
  )
})

test('a word that is one mistake away from a keyword says which', (t) => {
  const told = (sql: string): string => t.throws(() => parseStatement(sql))!.message.split('\n')[0]!
  for (const [sql, word] of [
    ["select * form 't.csv'", 'FROM'],
    ['selct 1', 'SELECT'],
    ['sleect 1', 'SELECT'],
    ['select a from t x wehre a', 'WHERE'],
    ['select a from t x gruop by a', 'GROUP'],
    ['select a from t order by a limti 3', 'LIMIT'],
  ] as const)
    t.regex(told(sql), new RegExp(`'\\w+': ${word} may be meant\\. SQLSTATE`), sql)
  t.regex(told('select a form t'), /near 't': extra input 't'; by 'form' FROM may be meant\. SQLSTATE/)
  t.regex(told('select a form t where a'), /near 't'; by 'form' FROM may be meant\. SQLSTATE/)
  for (const sql of ['select 1 from t x y z', 'foo 1', 'select * `form` t']) t.notRegex(told(sql), /may be meant/, sql)
})
