import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parseExpression } from '../../planner/sql/expressions.js'
import { outline } from '../support/outline.js'

const parsed = (text: string): string => outline(parseExpression(text))
const refused = (text: string): string => {
  try {
    return parsed(text)
  } catch (error) {
    return MillraceError.is(error) ? `${error.condition} at ${error.origin?.start}` : `not ours: ${error}`
  }
}

const READ: readonly (readonly [sql: string, tree: string])[] = [
  ['a + b * c', '(+ a (* b c))'],
  ['a - b - c', '(- (- a b) c)'],
  ['(a + b) * c', '(* (+ a b) c)'],
  ['-a * b', '(* (- a) b)'],
  ['- - 3', '(- -3:int)'],
  ['-(3)', '(- 3:int)'],
  ['a -1', '(- a 1:int)'],
  ["+'1'", "(+ '1')"],
  ["-date'1999-01-01'", '(- 10592:date)'],
  ['-(-2147483648)', '(- -2147483648:int)'],
  ['-5::string', '(cast -5:int string)'],
  ['1 /* a /* b */ c */ + 1 -- d', '(+ 1:int 1:int)'],
  ['0x1F', '0x1F'],
  ['1e5x', '1e5x'],
  ['1L2', '1L2'],
  ['not a = b and c or d', '(or (and (not (= a b)) c) d)'],
  ['a or b and not c', '(or a (and b (not c)))'],
  ['a between 1 and 2 and b', '(and (between a 1:int 2:int) b)'],
  ['a not between 1 and 2', '(not (between a 1:int 2:int))'],
  ["a not in (1, 'x')", "(not (in a 1:int 'x'))"],
  ['a is not null', '(isnotnull a)'],
  ['a is not distinct from b', '(<=> a b)'],
  ['a is distinct from b', '(not (<=> a b))'],
  ['a is not true', '(not (<=> a true:boolean))'],
  ["a like 'x%' escape '!'", "(like a 'x%' '!')"],
  ["a || b || 'c'", "(concat (concat a b) 'c')"],
  ['a <> b', '(!= a b)'],
  ['a == b', '(= a b)'],
  ['a div 2 % 3', '(% (div a 2:int) 3:int)'],
  ['a::bigint + 1', '(+ (cast a bigint) 1:int)'],
  ['try_cast(a as decimal(10, 2))', '(try_cast a decimal(10,2))'],
  ['cast(a as struct<x: int, y: array<array<string>>>)', '(cast a struct<x:int,y:array<array<string>>>)'],
  ['case a when 1 then b else c end', '(case (= a 1:int) b else c)'],
  ['case when a > 1 then b end', '(case (> a 1:int) b)'],
  ['count(*)', '(count *)'],
  ['COUNT(DISTINCT a, b) filter (where c)', '(count distinct a b where c)'],
  ['t.a.b', 't.a.b'],
  ['t.*', 't.*'],
  ['`a``b`.`select`', 'a`b.select'],
  ['extract(year from d)', "(extract 'year' d)"],
  ['substring(s from 2 for 3)', '(substring s 2:int 3:int)'],
  ['trim(both from s)', '(trim s)'],
  ['a as `total sum`', 'a as total sum'],
  ['a total', 'a as total'],
  ["window(at, '10 seconds')", "(window at '10 seconds')"],
  ['sum(a) over (order by b)', '(over (sum a) [order b asc])'],
  ['sum(a) over w + over', '(+ (over (sum a) w) over)'],
  ['count(*) over (w)', '(over (count *) w)'],
  [
    'f(a) filter (where b) over (partition by a, b sort by c desc nulls last rows 2 preceding)',
    '(over (f a where b) [by a, b order c desc nulls last rows 2:int preceding to currentRow])',
  ],
  [
    'f(a) over (distribute by a range between unbounded preceding and interval 1 day following)',
    '(over (f a) [by a range unboundedPreceding to 86400000000:interval day following])',
  ],
  ['f(a) over (cluster by a)', '(over (f a) [by a])'],
]

const LITERALS: readonly (readonly [sql: string, tree: string])[] = [
  ['1', '1:int'],
  ['2147483648', '2147483648:bigint'],
  ['-2147483648', '-2147483648:int'],
  ['-9223372036854775808', '-9223372036854775808:bigint'],
  ['9223372036854775808', '9223372036854775808:decimal(19,0)'],
  ['1.50', '150:decimal(3,2)'],
  ['.05', '5:decimal(2,2)'],
  ['1e3', '1000:double'],
  ['1.5BD', '15:decimal(2,1)'],
  ['5L', '5:bigint'],
  ['-128Y', '-128:tinyint'],
  ['-32768S', '-32768:smallint'],
  ['-9223372036854775808L', '-9223372036854775808:bigint'],
  ['1.e5', '100000:double'],
  ['1.', '1:decimal(1,0)'],
  ['1e-400', '0:double'],
  ['1.5e2BD', '150:decimal(3,0)'],
  ['123.0E-28BD', '1230:decimal(29,29)'],
  ['5S', '5:smallint'],
  ['5Y', '5:tinyint'],
  ['5D', '5:double'],
  ['1.5F', '1.5:float'],
  ["'it''s' ' joined'", "'it's joined'"],
  ["'a\\nb\\u0041'", "'a\nbA'"],
  ['"double"', "'double'"],
  ["X'00ff'", '00ff:binary'],
  ["x'1'", '01:binary'],
  ["'\\110\\145\\154\\154\\157\\041'", "'Hello!'"],
  ["'\\1\\12\\400'", "'112400'"],
  ["'\\177\\200\\377'", "'\x7f200377'"],
  ["'\\U0001F600\\q'", "'😀q'"],
  ["'a\\%b\\_'", "'a\\%b\\_'"],
  ["r'a\\nb'", "'a\\nb'"],
  [`"a""b''"`, `'a"b'''`],
  ["date '1998-12-01'", '10561:date'],
  ["timestamp '1970-01-01 00:00:01.5+01:00'", '-3598500000:timestamp'],
  ["interval '3' month", '3:interval month'],
  ['interval 2 years', '24:interval year'],
  ["interval '90' day", '7776000000000:interval day'],
  ['interval 1 day 2 hours', '93600000000:interval day to hour'],
  ["interval '1 day 2 hours'", '93600000000:interval day to hour'],
  ["interval '1-2' year to month", '14:interval year to month'],
  ["interval -'1 02' day to hour", '-93600000000:interval day to hour'],
  ["interval '2:3.5' minute to second", '123500000:interval minute to second'],
  ["interval 'interval 1 week 2 milliseconds'", '604800002000:interval day to second'],
  ["interval '- 1 day'", '-86400000000:interval day'],
  ["interval -'-1' day", '86400000000:interval day'],
  ["interval '-1.5' second", '-1500000:interval second'],
  ['interval', 'interval'],
  ['date', 'date'],
]

const REFUSED: readonly (readonly [sql: string, error: string])[] = [
  ['a +', 'PARSE_SYNTAX_ERROR at 3'],
  ['a b c', 'PARSE_SYNTAX_ERROR at 4'],
  ["'open", 'PARSE_SYNTAX_ERROR at 0'],
  ['(a', 'PARSE_SYNTAX_ERROR at 2'],
  ['case end', 'PARSE_SYNTAX_ERROR at 8'],
  ['case when 1 = then 2 end', 'PARSE_SYNTAX_ERROR at 10'],
  ['abs(case when 1 = then 2 end)', 'PARSE_SYNTAX_ERROR at 9'],
  ['case a when 1 then (2 end', 'PARSE_SYNTAX_ERROR at 22'],
  ['case when true then '.repeat(250), 'PARSE_SYNTAX_ERROR at 400'],
  ['§', 'PARSE_SYNTAX_ERROR at 0'],
  ['cast(a as nonsense)', 'UNSUPPORTED_DATATYPE at 10'],
  ['cast(a as decimal(39,0))', 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION at 18'],
  ['cast(a as decimal(5,6))', 'DECIMAL_SCALE_EXCEEDS_PRECISION at 18'],
  ["date '2023-02-29'", 'INVALID_TYPED_LITERAL at 0'],
  ['300Y', 'INVALID_NUMERIC_LITERAL_RANGE at 0'],
  ['128Y', 'INVALID_NUMERIC_LITERAL_RANGE at 0'],
  ['32768S', 'INVALID_NUMERIC_LITERAL_RANGE at 0'],
  ['9223372036854775808L', 'INVALID_NUMERIC_LITERAL_RANGE at 0'],
  ['1E309', 'INVALID_NUMERIC_LITERAL_RANGE at 0'],
  ['-3.4028235E39f', 'INVALID_NUMERIC_LITERAL_RANGE at 0'],
  ['1234567890123456789012345678901234567890', 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION at 0'],
  ['1.20E-38BD', 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION at 0'],
  ['1e1000000BD', 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION at 0'],
  ["X'1G'", 'INVALID_TYPED_LITERAL at 0'],
  ['1 /* a /* b */', 'UNCLOSED_BRACKETED_COMMENT at 2'],
  ["interval '1 day 1'", 'INVALID_TYPED_LITERAL at 0'],
  ["interval '-----1 day'", 'INVALID_TYPED_LITERAL at 0'],
  ["interval '1day'", 'INVALID_TYPED_LITERAL at 0'],
  ["interval '1.5 day'", 'INVALID_TYPED_LITERAL at 0'],
  ["interval '99999999999999999999' second", 'INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION at 0'],
  ["interval '178956971' year", 'INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION at 0'],
  ["interval '200000000' day", 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION at 0'],
  ['interval 106751991 day 4 hour 0 minute 54.776 second', 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION at 0'],
  ["interval '1-13' year to month", 'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING at 9'],
  ["interval '1' day to hour", 'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE at 9'],
  ["interval '1 24' day to hour", '_LEGACY_ERROR_TEMP_0063 at 9'],
  ["interval '106751992 04' day to hour", '_LEGACY_ERROR_TEMP_0063 at 9'],
  ["interval '1 day 2' day", '_LEGACY_ERROR_TEMP_0026 at 9'],
  ["interval '-178956970-9' year to month", 'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING at 9'],
  ["interval 1 year '2-1' year to month", '_LEGACY_ERROR_TEMP_0024 at 0'],
  ["interval '1' second to day", 'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION at 9'],
  ['sum(a) over (rows 1)', 'PARSE_SYNTAX_ERROR at 19'],
  ['sum(a) over (rows between a preceding and current row)', '_LEGACY_ERROR_TEMP_0064 at 26'],
  ['sum(a) over (groups 1 preceding)', 'PARSE_SYNTAX_ERROR at 13'],
  ['a in (select b from t)', 'UNSUPPORTED_FEATURE at 6'],
  ['(select 1)', 'UNSUPPORTED_FEATURE at 1'],
  ["interval '1' month '2' day", '_LEGACY_ERROR_TEMP_0029 at 0'],
  ["interval '1 day 2' day", '_LEGACY_ERROR_TEMP_0026 at 9'],
  ["'a' like 'b' escape 'cd'", 'INVALID_ESC at 20'],
  ["dateadd('DAY', 1, a)", 'INVALID_PARAMETER_VALUE.DATETIME_UNIT at 0'],
  [`${'('.repeat(500)}a`, 'PARSE_SYNTAX_ERROR at 200'],
]

test('expressions bind as in Spark', (t) => {
  for (const [sql, tree] of READ) t.is(parsed(sql), tree, sql)
})

test('literals have the types and values they have in Spark', (t) => {
  for (const [sql, tree] of LITERALS) t.is(parsed(sql), tree, sql)
})

test('what cannot be read is refused at its place', (t) => {
  for (const [sql, error] of REFUSED) t.is(refused(sql), error, sql)
})

test('every node knows the text it was written as', (t) => {
  const text = 'a + sum(b)  * 2'
  const sum = parseExpression(text)
  t.true(sum.kind === 'function')
  const written = (e: { origin?: { start: number; end: number } }): string => text.slice(e.origin!.start, e.origin!.end)
  t.is(written(sum), text)
  const product = sum.kind === 'function' ? sum.args[1]! : sum
  t.is(written(product), 'sum(b)  * 2')
  t.is(product.kind === 'function' ? written(product.args[0]!) : '', 'sum(b)')
})
