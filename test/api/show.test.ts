import test from 'ava'
import { cellText, jsonRow } from '../../api/show/cell-text.js'
import { htmlTable } from '../../api/show/html.js'
import { schemaTree, showRows } from '../../api/show/show.js'
import { Decimal } from '../../columnar/decimal.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import {
  BINARY,
  DATE,
  type DataType,
  DOUBLE,
  FLOAT,
  field,
  INT,
  INTERVAL_DT,
  INTERVAL_YM,
  STRING,
  schema,
  struct,
  TIMESTAMP,
  TIMESTAMP_NTZ,
} from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { parseSchema } from '../../planner/sql/types.js'

const WHOLE = { truncate: true, hasMore: false }
const table = (lines: readonly string[]): string => `${lines.join('\n')}\n`

test('a table is aligned to the right, three places wide at least', (t) => {
  const two = schema([field('id', INT), field('name', STRING)])
  const rows = [
    [1, 'Ann'],
    [22, null],
  ]
  t.is(
    showRows(two, rows, WHOLE),
    table(['+---+----+', '| id|name|', '+---+----+', '|  1| Ann|', '| 22|NULL|', '+---+----+']),
  )
})

test('values longer than twenty characters are cut, names of columns are not', (t) => {
  const one = schema([field('a_name_of_more_than_twenty_characters', STRING)])
  const shown = showRows(one, [['abcdefghijklmnopqrstu'], ['abcdefghijklmnopqrst']], WHOLE).split('\n')
  t.is(shown[1], '|a_name_of_more_than_twenty_characters|')
  t.is(shown[3], '|                 abcdefghijklmnopq...|')
  t.is(shown[4], '|                 abcdefghijklmnopqrst|')
})

test('a table that is not cut is aligned to the left, and one cut to under four characters has no dots', (t) => {
  const one = schema([field('s', STRING)])
  const rows = [['abcdefghijklmnopqrstuvwxyz'], ['b']]
  t.is(showRows(one, rows, { truncate: false, hasMore: false }).split('\n')[4], '|b                         |')
  t.is(showRows(one, rows, { truncate: 3, hasMore: false }).split('\n')[3], '|abc|')
  t.is(showRows(one, rows, { truncate: 4, hasMore: false }).split('\n')[3], '|a...|')
})

test('what is no number is a text in JSON, also where floats are, and numbers are what they were written as', (t) => {
  const two = schema([field('f', FLOAT), field('d', DOUBLE)])
  const json = (value: number): string => jsonRow(two, [Math.fround(value), value])
  t.is(json(0.1), '{"f":0.1,"d":0.1}')
  t.is(json(-1.5), '{"f":-1.5,"d":-1.5}')
  for (const name of ['NaN', 'Infinity', '-Infinity']) t.is(json(Number(name)), `{"f":"${name}","d":"${name}"}`)
  t.is(jsonRow(two, [null, null]), '{"f":null,"d":null}')
})

test('a table of HTML has nothing in its cells that means something there', (t) => {
  const one = schema([field('a<b', STRING)])
  const line = (text: string): string | undefined =>
    htmlTable(one, [[text]], { hasMore: false, timeZone: 'UTC' }).split('\n')[2]
  t.is(line('<b>&amp;</b>'), '<tr><td>&lt;b&gt;&amp;amp;&lt;/b&gt;</td></tr>')
  t.true(htmlTable(one, [], { hasMore: false, timeZone: 'UTC' }).includes('<th>a&lt;b</th>'))
})

test('more rows are announced, one row in the singular', (t) => {
  const one = schema([field('a', INT)])
  t.true(showRows(one, [[1]], { truncate: true, hasMore: true }).endsWith('+---+\nonly showing top 1 row\n'))
  t.true(showRows(one, [[1], [2]], { truncate: true, hasMore: true }).endsWith('only showing top 2 rows\n'))
  t.is(showRows(one, [], WHOLE), table(['+---+', '|  a|', '+---+', '+---+']))
})

test('vertically each value has a line of its own, below the number of its row', (t) => {
  const two = schema([field('a', INT), field('日本名', STRING)])
  const rows = [
    [1, 'x'],
    [null, '日本'],
  ]
  const shown = [
    '-RECORD 0------',
    ' a      | 1    ',
    ' 日本名 | x    ',
    '-RECORD 1------',
    ' a      | NULL ',
    ' 日本名 | 日本 ',
  ]
  const lines = [...shown, 'only showing top 2 rows', ''].join('\n')
  t.is(showRows(two, rows, { truncate: true, vertical: true, hasMore: true }), lines)
  t.is(showRows(two, [], { ...WHOLE, vertical: true }), '(0 rows)\n')
  t.is(showRows(schema([field('a', INT)]), [[1]], { ...WHOLE, vertical: true }), '-RECORD 0--\n a   | 1   \n')
})

test('wide characters take two places, and control characters are written out', (t) => {
  const one = schema([field('a', STRING)])
  const rows = [['日本'], ['x\ny\t'], ['Ä'], ['\u{1f600}']]
  t.is(
    showRows(one, rows, WHOLE),
    table(['+------+', '|     a|', '+------+', '|  日本|', '|x\\ny\\t|', '|     Ä|', '|    \u{1f600}|', '+------+']),
  )
})

test('values are printed as Spark prints them', (t) => {
  const at = new Timestamp('2024-02-29T12:30:00.120Z')
  const cases: readonly (readonly [Value, DataType, string])[] = [
    [1, DOUBLE, '1.0'],
    [-0, DOUBLE, '-0.0'],
    [0.001, DOUBLE, '0.001'],
    [0.0001, DOUBLE, '1.0E-4'],
    [12345678.9, DOUBLE, '1.23456789E7'],
    [1e7, DOUBLE, '1.0E7'],
    [Number.NaN, DOUBLE, 'NaN'],
    [Number.NEGATIVE_INFINITY, DOUBLE, '-Infinity'],
    [Number.MIN_VALUE, DOUBLE, '4.9E-324'],
    [2 * Number.MIN_VALUE, DOUBLE, '9.9E-324'],
    [1e23, DOUBLE, '1.0E23'],
    [Math.fround(1.4e-45), FLOAT, '1.4E-45'],
    [Math.fround(3.4028235e38), FLOAT, '3.4028235E38'],
    [Math.fround(0.1), FLOAT, '0.1'],
    [Math.fround(16777216), FLOAT, '1.6777216E7'],
    [new Decimal(1200n, 2), { kind: 'decimal', precision: 12, scale: 2 }, '12.00'],
    [at, TIMESTAMP, '2024-02-29 12:30:00.12'],
    [new Timestamp('2024-02-29T10:00:00Z'), TIMESTAMP, '2024-02-29 10:00:00'],
    [Timestamp.ofMicros(1_704_067_200_123_456n), TIMESTAMP, '2024-01-01 00:00:00.123456'],
    [Timestamp.ofMicros(-1n), TIMESTAMP_NTZ, '1969-12-31 23:59:59.999999'],
    [Timestamp.ofMicros(2n ** 63n - 1n), TIMESTAMP, '+294247-01-10 04:00:54.775807'],
    [Timestamp.ofMicros(-(2n ** 63n)), TIMESTAMP, '-290308-12-21 19:59:05.224192'],
    [Timestamp.ofMicros(-62_135_596_800_000_000n), TIMESTAMP, '0001-01-01 00:00:00'],
    [new CalendarDate(at), DATE, '2024-02-29'],
    [CalendarDate.ofDays(2 ** 31 - 1), DATE, '+5881580-07-11'],
    [CalendarDate.ofDays(-(2 ** 31) + 1), DATE, '-5877641-06-24'],
    [CalendarDate.ofDays(2_932_897), DATE, '+10000-01-01'],
    [CalendarDate.ofDays(-719_893), DATE, '-0001-01-01'],
    [93_784_500_000n, INTERVAL_DT, "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
    [-93_784_000_005n, INTERVAL_DT, "INTERVAL '-1 02:03:04.000005' DAY TO SECOND"],
    [14, INTERVAL_YM, "INTERVAL '1-2' YEAR TO MONTH"],
    [-14, INTERVAL_YM, "INTERVAL '-1-2' YEAR TO MONTH"],
    [Uint8Array.of(1, 171), BINARY, '[01 AB]'],
    [Uint8Array.of(), BINARY, '[]'],
    [{ a: 1, b: null }, struct([field('a', INT), field('b', STRING)]), '{1, NULL}'],
    [{ b: 'x', '1': 2, b_1: 3 }, struct([field('b', STRING), field('1', INT), field('b', INT)]), '{x, 2, 3}'],
  ]
  for (const [value, type, text] of cases) t.is(cellText(value, type), text)
})

test('a schema is printed as a tree, with the names Spark gives types there', (t) => {
  const text =
    'id bigint not null, n int, d decimal(12,2), s struct<a:string,b:struct<c:smallint>>, l array<int>, m map<string,double>'
  t.is(
    schemaTree(parseSchema(text)),
    table([
      'root',
      ' |-- id: long (nullable = false)',
      ' |-- n: integer (nullable = true)',
      ' |-- d: decimal(12,2) (nullable = true)',
      ' |-- s: struct (nullable = true)',
      ' |    |-- a: string (nullable = true)',
      ' |    |-- b: struct (nullable = true)',
      ' |    |    |-- c: short (nullable = true)',
      ' |-- l: array (nullable = true)',
      ' |    |-- element: integer (containsNull = true)',
      ' |-- m: map (nullable = true)',
      ' |    |-- key: string',
      ' |    |-- value: double (valueContainsNull = true)',
    ]),
  )
})
