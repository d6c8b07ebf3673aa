"""Statements for slt.py under settings that change what they mean."""
from slt_each import each


def under(setting, value, default, statements):
    yield f"set spark.sql.{setting} = {value}"
    yield from dict.fromkeys(statements)
    yield f"set spark.sql.{setting} = {default}"


TEXTS = ["'12'", "' 12 '", "'1.9'", "'-1.9'", "'1e2'", "'abc'", "''", "'128'", "'-129'", "'32768'", "'2147483648'", "'9223372036854775808'", "'-9223372036854775809.5'", "'NaN'", "'Infinity'", "'true'", "'yes'", "'2020-02-30'", "'2020-02-29'", "'2020-02-29 12:34:56'", "'.'", "'1.'", "'+5'", "'12a'", "'0x1F'", "'1e400'", "'99999999999999999999999999999999999999999'"]
NUMBERS = ["127Y", "-128Y", "300S", "-32768S", "2147483647", "-2147483648", "70000", "-1", "0", "9223372036854775807L", "-9223372036854775808L", "4294967297L", "1.5BD", "-1.5BD", "99999999999999999999.99BD", "-99999999999999999999999999999999999999BD", "0.5BD", "1.9D", "-1.9D", "1e10D", "-1e20D", "1e300D", "double('NaN')", "double('Infinity')", "-double('Infinity')", "float('1e10')", "float('NaN')", "0.0D"]
TIMES = ["date'2020-02-29'", "date'0001-01-01'", "timestamp'2020-02-29 12:34:56.789'", "timestamp'1969-12-31 23:59:59.5'", "timestamp'9999-12-31 23:59:59'", "timestamp_ntz'2020-02-29 12:34:56.789'"]
OTHERS = ["true", "false", "X'31'", "X'FF00'", "X''", "null", "interval '1-2' year to month", "interval '1 2:3:4.5' day to second", "interval '90' second"]
TARGETS = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(3,1)", "decimal(10,0)", "decimal(38,2)", "string", "binary", "date", "timestamp", "timestamp_ntz"]


def casts():
    yield from each("select cast({v} as {t})", v=TEXTS + NUMBERS + TIMES + OTHERS, t=TARGETS)
    yield from each("select try_cast({v} as {t})", v=["'1.9'", "'abc'", "300S", "1e20D", "true", "date'2020-02-29'", "timestamp'2020-02-29 12:34:56.789'", "X'31'", "99999999999999999999.99BD"], t=TARGETS)
    yield from each("select {v}::{t}", v=["'x'", "'1.5'", "1e10"], t=["int", "date", "decimal(2,1)"])
    yield from each("select {t}({v})", v=["'x'", "'1.5'", "3e9D", "null"], t=["int", "bigint", "boolean", "date", "timestamp", "decimal", "double", "tinyint"])
    yield from each("select cast({v} as {t})", v=["array('1', 'x', null)", "array(1.9D, 1e20D)", "array(300, -1)"], t=["array<int>", "array<tinyint>", "array<decimal(2,1)>", "array<date>", "string"])
    yield from each("select cast({v} as {t})", v=["map('a', 'x')", "map('1', '2.5')"], t=["map<string,int>", "map<int,double>", "string"])
    yield from each("select cast({v} as {t})", v=["named_struct('a', '1x', 'b', 300)", "named_struct('a', '1', 'b', null)"], t=["struct<a:int,b:tinyint>", "struct<x:double,y:string>", "struct<a:int>"])
    yield from each("select cast({v} as {t})", v=["'1-2'", "'x'", "'10'", "12", "1.5BD", "2147483647L"], t=["interval year to month", "interval day to second", "interval day", "interval second"])
    yield from each("select cast({v} as {t})", v=["interval '3' year", "interval '300' day", "interval '90.5' second"], t=["tinyint", "int", "decimal(2,0)", "string", "double"])
    yield from each("select cast(c as {t}) from n order by k", t=["int", "bigint", "tinyint", "decimal(4,2)", "boolean", "timestamp"])
    yield from each("select cast(s as {t}) from n order by k", t=["int", "boolean", "binary", "date"])
    yield from each("select cast(pay as {t}) from emp order by id", t=["tinyint", "smallint", "int", "decimal(5,1)", "boolean"])
    yield from each("select cast(hired as {t}) from emp order by id", t=["int", "boolean", "timestamp", "double"])


def arithmetic():
    small = ["127Y", "-128Y", "1Y", "-1Y", "0Y"]
    yield from each("select {a} {o} {b}", a=small, o=["+", "-", "*", "/", "%", "div"], b=["127Y", "-128Y", "-1Y", "0Y"])
    yield from each("select {a} {o} {b}", a=["32767S", "-32768S"], o=["+", "-", "*", "/", "%", "div"], b=["32767S", "-32768S", "-1S", "0S", "2S"])
    yield from each("select {a} {o} {b}", a=["2147483647", "-2147483648", "7"], o=["+", "-", "*", "/", "%", "div"], b=["2147483647", "-2147483648", "-1", "0", "3"])
    yield from each("select {a} {o} {b}", a=["9223372036854775807L", "-9223372036854775808L", "7L"], o=["+", "-", "*", "/", "%", "div"], b=["9223372036854775807L", "-9223372036854775808L", "-1L", "0L", "3L", "2"])
    yield from each("select {a} {o} {b}", a=["99999999999999999999999999999999999999BD", "-99999999999999999999999999999999999999BD", "1.5BD", "0.00000000000000000001BD"], o=["+", "-", "*", "/", "%", "div"], b=["99999999999999999999999999999999999999BD", "0BD", "0.1BD", "3", "1e2D"])
    yield from each("select {a} {o} {b}", a=["1.5D", "1e308D", "float('1.5')", "double('NaN')", "0D"], o=["+", "*", "/", "%"], b=["1e308D", "0D", "0", "float('2')", "-0D"])
    yield from each("select {f}({a})", f=["abs", "-", "negative", "positive", "sign"], a=["-128Y", "-32768S", "-2147483648", "-9223372036854775808L", "-1.5BD", "-99999999999999999999999999999999999999BD", "'-3'", "'x'", "null", "interval '-1' year"])
    yield from each("select {f}({a}, {b})", f=["mod", "pmod"], a=["-7", "7Y", "-128Y", "-9223372036854775808L", "-1.5BD", "-7.5D", "'7'"], b=["0", "3", "-1", "-3Y", "0.0BD", "0D", "2L"])
    yield from each("select {f}({a}, {b})", f=["try_add", "try_subtract", "try_multiply", "try_divide", "try_mod"], a=["2147483647", "9223372036854775807L", "-128Y", "99999999999999999999999999999999999999BD", "1.5D", "'3'"], b=["2147483647", "9223372036854775807L", "0", "-1Y", "0.1BD", "'x'"])
    yield from each("select {f}({a}, {b})", f=["try_add", "try_subtract"], a=["date'2020-02-29'", "timestamp'2020-02-29 12:34:56'", "timestamp_ntz'2020-02-29 12:34:56'", "date'9999-12-31'"], b=["1", "interval '1' month", "interval '1' day", "interval '178956970' year", "interval '106751991' day", "date'2020-01-01'", "timestamp'2020-01-01 00:00:00'"])
    yield from each("select {f}({a}, {b})", f=["try_add", "try_subtract"], a=["interval '178956970' year", "interval '106751991' day", "interval '-106751991' day"], b=["interval '178956970' year", "interval '106751991' day", "interval '1' month", "date'2020-02-29'"])
    yield from each("select {f}({a}, {b})", f=["try_multiply", "try_divide"], a=["interval '178956970' year", "interval '106751991' day"], b=["2", "0", "0.1BD", "0D", "1e300D", "'2'"])
    yield from each("select {a} {o} {b}", a=["interval '178956970' year", "interval '106751991' day"], o=["+", "-"], b=["interval '178956970' year", "interval '-106751991' day", "interval '106751991' day"])
    yield from each("select {a} {o} {b}", a=["interval '178956970' year", "interval '106751991' day", "interval '1' year"], o=["*", "/", "div"], b=["2", "0", "0.1BD", "interval '1' year"])
    yield from each("select {f}({v}{p})", f=["round", "bround"], v=["127Y", "-128Y", "2147483647", "9223372036854775807L", "9.99BD", "99999999999999999999999999999999999999BD", "2.5D", "'2.5'", "'x'"], p=["", ", -1", ", 1", ", -20"])
    yield from each("select {f}({v})", f=["ceil", "floor"], v=["1e30D", "-1e30D", "double('NaN')", "99999999999999999999999999999999999999BD", "0.5BD", "'1.5'", "'x'", "2147483647"])
    yield from each("select {x}", x=["1 / 0", "1 % 0", "1 div 0", "0 / 0", "0.0 / 0.0", "1 / '0'", "'1' + '2'", "'a' + 1", "'1.5' + 1", "'1' * 2.5BD", "'5' % 3", "'5' div 2", "-'3'", "+'x'", "abs('-3')", "null + 1", "null + 'a'", "null + null", "1 + null", "'1' - null", "'2' & 1", "2.5 & 1", "1 << '2'", "~'1'", "bit_count('7')", "true + 1", "1 + true", "true = 1", "1.0 = true", "date'2020-01-01' + '1'", "'1' + date'2020-01-01'", "date'2020-01-01' - '2019-01-01'", "date'2020-01-01' + 1.5", "timestamp'2020-01-01 00:00:00' - '2019-01-01'", "'2020-01-01' + interval '1' day", "'x' + interval '1' day", "'2020-01-01' - interval '1' month", "interval '1' year * '2'", "interval '1' year * 'x'", "interval '1' day / '0'"])
    yield from each("select k, a {o} b x, k {o} a y from n order by k", o=["/", "%", "div"])
    yield from each("select k, b * 1000000000000L x, cast(k as tinyint) * 100Y y, -b z, abs(b) w from n order by k")
    yield from each("select {f}(a) from values {v} as t(a)", f=["sum", "avg", "try_sum", "try_avg"], v=["(9223372036854775807L), (1L)", "(9223372036854775807L), (1L), (-2L), (null)", "(99999999999999999999999999999999999999BD), (1BD)", "(99999999999999999999999999999999999999BD), (1BD), (-5BD)", "(9999999999999999999999999999.99BD), (0.01BD)", "(2147483647), (1)", "('1'), ('x'), (null)", "(127Y), (127Y)", "(cast(null as bigint))", "(cast(null as decimal(38,0)))", "(1.5D), (double('NaN'))"])
    yield from each("select k, sum(b) over (order by k {f}) from n order by k", f=["", "rows between 1 preceding and current row", "rows between unbounded preceding and unbounded following"])
    yield from each("select k, sum(v) over (order by k), avg(v) over (order by k) from values (1, 99999999999999999999999999999999999999BD), (2, 1BD), (3, -5BD) as t(k, v) order by k")
    yield from each("select a % 2, sum(a * 4611686018427387904L) from values (1L), (2L), (3L), (4L) as t(a) group by 1 order by 1")
    yield from each("select {f}(a) from values ('1'), ('x'), ('3') as t(a)", f=["max", "min", "stddev", "var_pop", "count_if", "bool_and", "any_value", "median", "approx_count_distinct", "percentile_approx"][:7])


ALL = ["1", "1L", "1Y", "1.0BD", "1.5D", "float('1.5')", "'1'", "'a'", "'1.5'", "true", "date'2020-01-01'", "timestamp'2020-01-01 00:00:00'", "timestamp_ntz'2020-01-01 00:00:00'", "X'31'", "null"]


def coercions():
    yield from each("select {a} {o} {b}", a=ALL, o=["=", "<"], b=ALL)
    yield from each("select {a} <=> {b}", a=["1", "'1'", "true", "1.0BD"], b=["'1'", "'a'", "true", "null", "'true'"])
    yield from each("select typeof({f}), {f}", f=[g for a in ALL for b in ["1L", "'a'", "1.5D", "99999999999999999999BD", "date'2020-01-01'", "true", "X'31'", "null"] for g in (f"coalesce({a}, {b})", f"if(true, {a}, {b})")])
    yield from each("select typeof({f}), {f}", f=[f"{g}({a}, {b})" for g in ("array", "greatest", "ifnull", "nullif", "nvl2(true, 1, 2) = nvl") for a in ["1", "'1'", "1.5D", "float('1.5')", "date'2020-01-01'", "true"] for b in ["'a'", "1L", "1.0BD", "timestamp'2020-01-01 00:00:00'", "null"]])
    yield from each("select {a} in ({b})", a=["1", "'1'", "1.5D", "date'2020-01-01'", "true", "null", "timestamp'2020-01-01 00:00:00'"], b=["1, '1'", "'a', 2", "'2020-01-01'", "1.0BD, 1L", "true", "'true'", "null, '1'"])
    yield from each("select {a} between {b}", a=["1", "'1'", "'b'", "date'2020-01-01'", "1.5D"], b=["0 and 2", "'0' and '2'", "'a' and 5", "'2019-01-01' and '2021-01-01'"])
    yield from each("select * from (select {a} x {o} select {b}) order by 1", a=["1", "'1'", "1.5D", "date'2020-01-01'", "true", "null", "X'31'"], o=["union all", "union", "except", "intersect"], b=["'a'", "1L", "timestamp'2020-01-01 00:00:00'", "2.5BD", "false"])
    yield from each("select case {a} when {b} then {c} else {d} end", a=["1", "'1'"], b=["'1'", "1.0BD", "true", "'a'"], c=["1", "'x'"], d=["2.5D", "date'2020-01-01'", "null"])
    yield from each("select typeof(x), x from values {v} as t(x) order by 1, 2", v=["(1), ('a')", "(1), (1.5D)", "(date'2020-01-01'), ('x')", "(true), ('x')", "(null), (1Y)", "(1L), (1.5BD)", "(1), (true)"])
    yield from each("select k in (select {x}) from n where k < 3 order by k", x=["'1'", "1L", "1.0BD", "'a'", "true"])
    yield from each("select {f}({v})", f=["upper", "length", "reverse", "sqrt", "exp", "ascii", "trim", "bin", "hex", "year", "hour", "last_day", "not", "isnan", "md5", "sha2(1, 0) = md5", "crc32", "base64", "dayofweek", "factorial", "chr", "space", "unhex", "soundex", "to_date", "to_timestamp", "unix_timestamp", "timestamp_seconds", "date_from_unix_date", "unix_date", "size", "explode"], v=["1", "'1'", "1.5D", "true", "'a'", "date'2020-01-01'", "X'31'", "null"])
    yield from each("select {f}", f=["substring('abc', '2')", "substring('abc', 2.9)", "substring('abc', 2L)", "substring(12345, 2)", "left('abc', '2')", "repeat('a', '3')", "repeat('a', 2.5D)", "lpad('a', '3', 1)", "concat(1, 'a', true)", "concat(X'31', 'a')", "concat_ws(1, 2, 3)", "1 || 2", "X'31' || 'a'", "instr(121, 2)", "locate('b', 'abc', '1')", "replace(121, 1, 3)", "split(1.5, '[.]')", "format_number('1234.5', 2)", "format_number(1234, '2')", "translate(123, 1, 9)", "like(12, '1%')", "12 like '1_'", "1 rlike '1'", "date_add('2020-01-01', '1')", "date_add('2020-01-01', 'x')", "date_add('2020-01-01', 1.5)", "date_add('2020-01-01', 1L)", "date_sub('2020-01-01', '1')", "datediff('2020-01-02', '2020-01-01')", "add_months('2020-01-01', '1')", "add_months('2020-01-01', 1.9D)", "months_between('2020-03-01', '2020-01-01')", "next_day('2020-01-01', 'x')", "next_day('2020-01-01', 1)", "make_date('2020', '1', '1')", "make_date(2020.5, 1, 1)", "log('10', 10)", "pow('2', '3')", "pow(2, 'x')", "atan2('1', 1)", "round('2.5')", "conv('f', '16', 10)", "conv(15, 10, 16)", "shiftleft('1', 2)", "hash('1')", "if('true', 1, 2)", "if(1, 2, 3)", "case when 'true' then 1 end", "case when 1 then 1 end", "not 'true'", "true and 'true'", "true or 'x'", "1 and true", "array_contains(array(1, 2), '1')", "array_contains(array('1'), 1)", "array_contains(array(1), 1.0BD)", "array_position(array(1, 2), '1')", "array_remove(array(1, 2), 2L)", "element_at(map('1', 2), 1)", "map('1', 2)[1]", "map(1, 2)['1']", "array(1, 2)['1']", "array(1, 2)[1L]", "array(1, 2)[1.0]", "sequence('1', 3)", "sequence(1, 3L)", "slice(array(1, 2, 3), '1', 2)", "array_repeat(1, '2')", "nanvl('NaN', 1)", "nanvl(1, 2.5D)", "percentile_approx(1, '0.5')", "sum('1')", "avg('x')", "greatest(1, 2.5D)", "greatest('a', 1)", "least(date'2020-01-01', '2019-01-01')", "map(1, 'a', 2L, 3)", "map_concat(map(1, 2), map('a', 'b'))", "struct(1) = struct('1')", "struct(1) in (struct('1'))", "array(1) = array('1')", "array(1) < array(2L)", "array_union(array(1), array('a'))", "array_except(array(1, 2), array(2L))", "concat(array(1), array('a'))", "coalesce(array(1), array('a'))", "elt('1', 'a', 'b')", "elt(1, 2, 'b')", "elt(3, 'a', 'b')", "stack('2', 1, 2)", "date_format('2020-01-01', 1)", "date_trunc('month', '2020-02-03')", "trunc('2020-02-03', 'month')", "from_unixtime('0')", "from_unixtime(1.9D)", "window('2020-01-01', '1 day') is null", "timestamp_millis('1')", "timestamp_seconds('1.5')", "make_interval('1') is null", "extract(year from '2020-01-01')", "date_part('year', '2020-01-01')", "bigint('1') + '1'", "decode(1, 1, 'a', 'b')", "decode(1, '1', 'a')", "encode(1, 'utf-8')", "width_bucket('5', 0, 10, 5)", "levenshtein(12, 13)", "overlay(12345 placing 'x' from '2')", "bool_or('true')", "space('2')", "randstr('1', 0) is null", "typeof(1 + '1')", "typeof('1' / '1')", "typeof(1 + 1.5BD)", "typeof(float('1') + 1)", "typeof(float('1') + 1L)", "typeof(float('1') * 1.5BD)"])
    yield from each("select count(*) from n where s {o} {v}", o=["=", "<", "in"], v=["(1)", "(true)", "(1.5)"])
    yield from each("select k from n x join dept y on x.s = y.id order by k")
    yield from each("select k from n where {c} order by k", c=["s", "a", "'true'", "k = '1'", "b > '15'", "c = 'NaN'", "s > 1", "c < '2'"])
    yield from each("select id from emp where {c} order by id", c=["hired = '2020-03-01'", "hired > '2020'", "hired < 'x'", "pay > '4200'", "hired in ('2020-03-01', 'x')", "hired between '2020' and '2021'", "pay = '4200.50'", "hired = timestamp'2020-03-01 00:00:00'"])


def functions():
    yield from each("select {x}", x=["array(1, 2)[5]", "array(1, 2)[-1]", "element_at(array(1, 2), 5)", "element_at(array(1, 2), 0)", "element_at(array(1, 2), -3)", "element_at(map(1, 2), 5)", "map(1, 2)[5]", "try_element_at(array(1, 2), 5)", "elt(3, 'a', 'b')", "elt(0, 'a', 'b')", "elt(-1, 'a')", "elt(null, 'a', 'b')"])
    yield from each("select {f}", f=["to_date('2020-02-30')", "to_date('x')", "to_date('2020-13-01', 'yyyy-MM-dd')", "to_date('x', 'yyyy')", "to_timestamp('x')", "to_timestamp('2020-02-30 00:00:00')", "to_timestamp('x', 'yyyy')", "to_timestamp(1)", "to_timestamp(1.5)", "to_timestamp_ntz('x')", "to_timestamp_ltz('x', 'yyyy')", "unix_timestamp('x')", "unix_timestamp('2020-13-01', 'yyyy-MM-dd')", "to_unix_timestamp('x')", "to_unix_timestamp('x', 'yyyy')", "from_unixtime(1, 'yyyy')", "make_date(2020, 13, 1)", "make_date(2020, 2, 30)", "make_date(1000000000, 1, 1)", "make_timestamp(2020, 13, 1, 0, 0, 0)", "make_timestamp(2020, 1, 1, 25, 0, 0)", "make_timestamp(2020, 1, 1, 0, 0, 60.5)", "make_timestamp(2020, 1, 1, 0, 0, 0, 'Nowhere')", "make_timestamp_ntz(2020, 2, 30, 0, 0, 0)", "make_timestamp_ltz(2020, 2, 30, 0, 0, 0)", "next_day('2020-01-01', 'xx')", "next_day('x', 'mon')", "make_ym_interval(178956970, 10)", "make_dt_interval(106751992)", "make_interval(2147483647, 12)", "last_day('x')", "add_months('x', 1)", "date_add('x', 1)", "date'2020-01-01' + interval '1' month", "date_format('x', 'yyyy')", "date_format('2020-01-01', 'VVVVVVV')", "hour('x')", "year('x')", "date_trunc('year', 'x')", "trunc('x', 'year')", "datediff('x', '2020-01-01')", "months_between('x', '2020-01-01')", "from_utc_timestamp('x', 'UTC')", "from_utc_timestamp('2020-01-01', 'Nowhere')", "timestamp_seconds(9223372036854775807L)", "timestamp_millis(9223372036854775807L)", "date_from_unix_date(2147483647)", "timestampadd(year, 1, 'x')", "timestampdiff(day, 'x', '2020-01-01')", "extract(year from 'x')", "convert_timezone('Nowhere', 'UTC', timestamp_ntz'2020-01-01 00:00:00')", "window('x', '1 day')"])
    yield from each("select {f}", f=["conv('99999999999999999999', 10, 16)", "conv('-1', 10, 16)", "conv('x', 10, 16)", "conv('1', 1, 16)", "parse_url('inva lid', 'HOST')", "parse_url('http://a/b?c=d', 'QUERY', 'c')", "url_decode('%')", "url_encode('a b')", "to_number('x', '999')", "to_number('454', '999')", "try_to_number('x', '999')", "to_binary('x', 'hex')", "to_binary('gg', 'hex')", "unhex('xyz')", "unbase64('!')", "hex('abc')", "to_char(1234, '99')", "decode(X'FF', 'UTF-8')", "decode(X'FF', 'nope')", "encode('é', 'US-ASCII')", "assert_true(false)", "assert_true(null)", "assert_true(true)", "raise_error('x')", "chr(-1)", "chr(300)", "factorial(21)", "sqrt(-1)", "ln(0)", "log(-1)", "log(0, 2)", "pow(0, -1)", "exp(1000)", "acos(2)", "width_bucket(1, 0, 0, 5)", "bit_get(1, 40)", "getbit(1, -1)", "shiftleft(1, 40)", "sequence(1, 3, 0)", "sequence(1, 3, -1)", "array_repeat(1, -1)", "slice(array(1), 0, 1)", "slice(array(1), 1, -1)", "array_insert(array(1), 0, 2)", "array_min(array('a', '1'))", "map(1, 2, 1, 3)", "map(null, 1)", "map_from_arrays(array(1, 1), array(1, 2))", "str_to_map('a:1,a:2')", "size(null)", "sizeof(1)", "size(cast(null as array<int>))", "cardinality(cast(null as map<int,int>))", "regexp_extract('a', '(', 1)", "regexp_extract('a', 'a', 1)", "'a' rlike '('", "'a%' like 'a\\\\' ", "substring('abc', 1, -1)", "split_part('a,b', ',', 0)", "split_part('a,b', ',', 5)", "format_string('%d', 'a')", "printf('%s', 1)", "from_json('{', 'a int')", "to_json(struct(1))", "get_json_object('{', '$.a')", "luhn_check('x')", "aes_decrypt(X'00', 'k')", "hash(1)", "randstr(-1)", "uniform(1, 'x')", "bin('x')", "try_to_date('x')", "try_to_timestamp('x', 'yyyy')", "try_url_decode('%')", "try_parse_url('inva lid', 'HOST')", "try_to_binary('x', 'hex')", "try_make_timestamp(2020, 13, 1, 0, 0, 0)", "cast('x' as int) + 1", "coalesce(cast('x' as int), 5)", "nvl(1 / 0, 7)", "isnull(1 % 0)", "array(1 / 0, 2147483647 + 1)", "transform(array(1, 0), x -> 1 / x)", "filter(array(1, 0), x -> 1 / x > 0)", "aggregate(array(2147483647, 1), 0, (x, y) -> x + y)", "typeof(sum(1))", "typeof(avg(1.5BD))"])
    yield from each("select k, array(a, b)[k] x, element_at(array(k), k) y, elt(k, 'a', 'b') z from n order by k")
    yield from each("select id, make_date(2020, dept, 31), to_date(name), date_add(hired, dept), next_day(hired, name) from emp order by id")
    yield from each("select {x} from n where {c} order by 1", x=["k / a"], c=["1 / (a - 1) > 0", "b / 0 is null", "cast(s as int) is null", "b + 9223372036854775807L < 0"])
    yield from each("create or replace temp view lenient as select cast(s as int) x, k + 2147483647 y from n")
    yield from each("select * from lenient order by 2")


def insertions():
    yield "create table lenient_t (a tinyint, b int, c string, d date, e decimal(3,1)) using parquet"
    yield from each("insert into lenient_t ({c}) values ({v})", c=["a", "b", "c", "d", "e"], v=["1", "300", "'x'", "1.96", "'12'", "true", "date'2020-01-01'", "null"])
    yield "select * from lenient_t order by a, b, c, d, e"
    yield "drop table lenient_t"


def kept_modes():
    """What was made in a mode keeps it."""
    yield "set spark.sql.ansi.enabled = false"
    yield "create or replace temp view kept as select cast(s as int) x from n"
    yield "create or replace view kept_view as select 1 / a x from values (0), (1) as t(a)"
    yield "create or replace view kept_text as select 'a' + 1 x"
    yield "set spark.sql.ansi.enabled = true"
    yield "select * from kept order by x"
    yield "select * from kept_view order by x"
    yield "select * from kept_text"
    yield "select cast(s as int) x from n"
    yield "create or replace temp view strict as select cast(s as int) x from n"
    yield "create or replace view strict_view as select 1 / a x from values (0), (1) as t(a)"
    yield "set spark.sql.ansi.enabled = false"
    yield "select * from strict order by x"
    yield "select * from strict_view order by x"
    yield "select * from kept_view order by x"
    yield "select 1 / 0"
    yield "set spark.sql.ansi.enabled = true"
    yield from ["drop view kept_view", "drop view strict_view", "drop view kept_text"]


def kept_functions():
    """A function in SQL keeps the settings that it was made with, for its body and the casts around it."""
    yield "set spark.sql.ansi.enabled = false"
    yield "create or replace function kept_f(x int) returns tinyint return x / 0 + x"
    yield "create or replace function kept_plain(x int, y int default 'a') returns tinyint return x"
    yield "create or replace temporary function kept_own(x int) returns int return (select max(cast(s as int)) from n where k > x)"
    yield "create or replace function kept_rows(x int) returns table(a tinyint) return select cast('a' as int) union all select x"
    yield "set spark.sql.ansi.enabled = true"
    yield from each("select {x}", x=["kept_f(1)", "kept_plain('a')", "kept_plain(300)", "kept_plain(1)", "kept_own(0)", "* from kept_rows(300) order by a", "* from kept_rows('b')", "kept_plain(cast('x' as int))", "sum(kept_plain(k + 300)) from n"])
    yield "create or replace function strict_plain(x int, y int default 'a') returns tinyint return x"
    yield "create or replace function strict_outer(x int) returns tinyint return kept_plain('b') + x"
    yield "create or replace temporary function strict_rows(x int) returns table(a tinyint) return select x"
    yield "set spark.sql.ansi.enabled = false"
    yield from each("select {x}", x=["strict_plain('a', 1)", "strict_plain(300, 1)", "strict_plain(1)", "strict_plain(1, 1)", "strict_outer(1)", "strict_plain(cast('x' as int), 1)", "* from strict_rows(300)", "* from strict_rows('a')", "kept_plain(strict_plain(1, 1) / 0)"])
    yield "set spark.sql.ansi.enabled = true"
    yield "set spark.sql.session.timeZone = America/Los_Angeles"
    yield "create or replace temporary function kept_zone(x timestamp default '2020-01-01 00:00:00') returns string return string(x)"
    yield "set spark.sql.session.timeZone = UTC"
    yield from each("select {x}", x=["kept_zone(timestamp'2020-01-01 00:00:00')", "kept_zone()", "kept_zone('2020-01-01 00:00:00')"])
    yield "set spark.sql.timestampType = TIMESTAMP_NTZ"
    yield "create or replace temporary function kept_type() returns string return typeof(timestamp'2020-01-01 00:00:00')"
    yield "set spark.sql.timestampType = TIMESTAMP_LTZ"
    yield "select kept_type()"
    yield from each("create or replace temporary function {x}", x=["limited(x char(3)) returns int return 1", "limited(x array<varchar(3)>) returns int return 1", "limited(x int) returns map<int, char(2)> return map()", "limited(x int) returns table(a varchar(2)) return select 'a'", "limited(x struct<a: varchar(3)>) returns int return 1"])
    yield from ["drop function kept_f", "drop function kept_plain", "drop function kept_rows", "drop function strict_plain", "drop function strict_outer", "drop temporary function kept_own", "drop temporary function strict_rows", "drop temporary function kept_zone", "drop temporary function kept_type"]


def comments():
    """What tables and views say of their columns goes on to what is made of these."""
    yield "create table told (a int comment 'ca', b string comment 'cb', c int) using parquet"
    yield from each("describe {x}", x=["select a, a as z, a + 1 y, b, c from told", "(select a from told)", "(select * from (select a as q, b from told where a > 1 order by b limit 3) u)", "select a from told union all select c from told", "select a, count(*) n, max(b) m from told group by a", "select x.a, y.b from told x left join told y on x.a = y.a", "select a, b from told x join told y using (a, b)", "select distinct a from told", "with x as (select a from told) select * from x", "select explode(array(a)) from told", "select (select max(a) from told) m", "select sum(a) over () m, a from told", "select q from told t(q, r, s)"])
    yield from ["create temp view told_temp as select a, b as bb from told", "describe told_temp", "create or replace temp view told_temp(q comment 'own', r) as select a, b from told", "describe told_temp", "drop view told_temp"]
    yield from ["create view told_view(q comment 'own', r, s) as select a, b, c from told", "describe told_view", "create view over_view as select *, r as t from told_view", "describe over_view", "create view named_view(x, y comment '', z, t) as select * from over_view", "describe named_view", "show create table named_view"]
    yield from ["create view moving_view with schema evolution as select * from told", "create view typed_view with schema type evolution as select * from told", "create table told_too using parquet as select a, b as bb, a + 1 as c from told", "describe told_too", "alter view over_view as select b as x from told", "describe over_view"]
    yield from ["drop table told", "create table told (a bigint comment 'na', b string comment 'nb', c int comment 'nc') using parquet", "describe told_view", "select * from moving_view", "select * from typed_view", "describe moving_view", "describe typed_view"]
    yield from [f"drop view {x}_view" for x in ["told", "over", "named", "moving", "typed"]] + ["drop table told", "drop table told_too"]


def of_clock_times():
    yield from each("select cast({t} as {n})", t=["time'00:02:07'", "time'00:02:08'", "time'09:06:07'", "time'09:06:08'", "time'23:59:59.5'"], n=["tinyint", "smallint", "int", "bigint", "decimal(3,1)", "decimal(7,2)", "boolean", "float"])


def without_zone():
    yield from each("select typeof({x}), {x}", x=["timestamp'2020-01-01 00:00:00'", "timestamp'2020-01-01 00:00:00+01:00'", "timestamp'2020-01-01 00:00:00 UTC'", "timestamp_ltz'2020-01-01 00:00:00'", "timestamp_ntz'2020-01-01 00:00:00'", "cast('2020-01-01' as timestamp)", "cast('2020-01-01 00:00:00+05:00' as timestamp)", "cast(date'2020-01-01' as timestamp)", "timestamp('2020-01-01')", "to_timestamp('2020-01-01')", "to_timestamp('2020', 'yyyy')", "try_to_timestamp('2020', 'yyyy')", "to_timestamp_ltz('2020-01-01')", "make_timestamp(2020, 1, 1, 0, 0, 0)", "make_timestamp(2020, 1, 1, 0, 0, 0, 'CET')", "try_make_timestamp(2020, 1, 1, 0, 0, 0)", "make_timestamp_ltz(2020, 1, 1, 0, 0, 0)", "date'2020-01-01' + interval '1' hour", "date'2020-01-01' - interval '1' second", "timestamp'2020-01-02 00:00:00' - date'2020-01-01'", "timestamp'2020-01-02 00:00:00' - interval '1' day", "date_trunc('month', timestamp'2020-02-03 00:00:00')", "date_trunc('month', date'2020-02-03')", "date_trunc('month', '2020-02-03')", "timestampadd(day, 1, date'2020-01-01')", "timestampadd(day, 1, timestamp'2020-01-01 00:00:00')", "dateadd(hour, 1, date'2020-01-01')", "date_add(timestamp'2020-01-01 10:00:00', 1)", "hour(timestamp'2020-01-01 10:00:00')", "timestamp_seconds(1)", "timestamp'2020-01-01 00:00:00' = date'2020-01-01'", "timestamp'2020-01-01 00:00:00' = timestamp_ltz'2020-01-01 00:00:00'", "timestamp'2020-01-01 00:00:00' = '2020-01-01'", "coalesce(timestamp'2020-01-01 00:00:00', timestamp_ltz'2020-01-01 00:00:00')", "coalesce(date'2020-01-01', timestamp'2020-01-01 00:00:00')", "named_struct('a', timestamp'2020-01-01 00:00:00')", "cast(null as timestamp)", "cast(1 as timestamp)", "cast(true as timestamp)", "unix_timestamp(timestamp'2020-01-01 00:00:00')", "unix_timestamp('2020-01-01 00:00:00')", "date_format(timestamp'2020-01-01 00:00:00', 'yyyy')", "from_unixtime(0)", "sequence(timestamp'2020-01-01 00:00:00', timestamp'2020-01-03 00:00:00', interval '1' day)", "extract(hour from timestamp'2020-01-01 10:00:00')", "from_json('{\"a\": \"2020-01-01\"}', 'a timestamp')", "from_utc_timestamp(timestamp'2020-01-01 00:00:00', 'CET')", "convert_timezone('UTC', 'CET', timestamp'2020-01-01 00:00:00')", "window(timestamp'2020-01-01 00:00:00', '1 day')", "cast('x' as timestamp)", "try_cast('x' as timestamp)", "timestamp'x'", "last_day(timestamp'2020-01-01 00:00:00')", "months_between(timestamp'2020-03-01 00:00:00', timestamp'2020-01-01 00:00:00')", "datediff(timestamp'2020-01-03 00:00:00', date'2020-01-01')", "timestampdiff(hour, timestamp'2020-01-01 00:00:00', date'2020-01-02')"])
    yield from each("select typeof(x), x from values {v} as t(x) order by 2", v=["(timestamp'2020-01-01 00:00:00'), (date'2020-01-02')", "(timestamp'2020-01-01 00:00:00'), (timestamp_ltz'2020-01-02 00:00:00')"])
    yield "create table zoneless (a timestamp, b timestamp_ltz) using parquet"
    yield "insert into zoneless values (timestamp'2020-01-01 00:00:00', timestamp'2020-01-01 00:00:00')"
    yield "select a, b, typeof(a), typeof(b) from zoneless"
    yield "drop table zoneless"


def case_sensitive():
    yield "create or replace temp view cased as select 1 a, 2 A, 3 b, named_struct('x', 4, 'X', 5, 'y', 6) s"
    yield from each("select {x} from cased", x=["a", "A", "a, A", "*", "B", "b", "s.x", "s.X", "s.x + s.X", "s.Y", "s.*", "cased.a", "Cased.a", "upper('x')", "UPPER('x')", "a as q, A as Q", "a a, A A"])
    yield from each("select {x}", x=["q, Q from (select 1 q, 2 Q)", "Q from (select 1 q)", "* from cased t join cased u using (a)", "* from cased t join cased u using (B)", "t.a from cased T", "T.a from cased T", "x.a, X.A from cased x join cased X on x.a = X.a", "a from Cased", "a from cased group by a", "A, count(*) from cased group by A", "A from cased group by a", "a as z from cased order by z", "a as z from cased order by Z", "* from (select 1 a, 1 A) union all select 2, 3", "* from (select 1 a union all by name select 2 A)", "* except (a) from cased", "* except (B) from cased", "named_struct('a', 1, 'A', 2).A", "named_struct('a', 1).A", "sum(b) over W from cased window w as (order by a)", "sum(b) over w from cased window w as (order by a)"])
    yield from each("{q}", q=["with T as (select 1 x) select * from t", "with T as (select 1 x) select * from T", "with t as (select 1 x), T as (select 2 x) select * from t, T", "select * from values (1, 2) as t(a, A)", "select k from N where k = 1", "select K from n where k = 1", "select ID from emp where id = 1", "select transform(array(1), X -> x)", "select transform(array(1), x -> x + 1)", "create table twice_cased (a int, A int) using parquet", "drop table if exists twice_cased", "select * from cased pivot (sum(b) for a in (1))", "select * from cased natural join (select 1 a, 5 B)", "select to_json(named_struct('a', 1, 'A', 2))", "select from_json('{\"a\": 1, \"A\": 2}', 'a int, A int')", "select from_json('{\"A\": 1}', 'a int')"])


def quoted_identifiers():
    yield from each("select {x}", x=["1 as \"a b\"", "\"k\" from n where k = 1", "'x' as y, \"y\" from (select 1 y)", "\"x\"", "n.\"k\" from n where \"n\".\"k\" = 1", "\"a\"\"b\" from (select 1 `a\"b`)", "* from \"n\" where k = 1", "upper(\"s\") from n where k = 1", "\"upper\"('a')", "r\"x\"", "'a' \"b\"", "date\"2020-01-01\"", "\"\""])


def of_decimals():
    yield from each("select {a} {o} {b}, typeof({a} {o} {b})", a=["cast(1 as decimal(38,10))", "cast(1.5 as decimal(20,18))", "cast(1 as decimal(10,2))", "cast(123456789.123456789 as decimal(38,18))"], o=["+", "-", "*", "/", "%"], b=["cast(3 as decimal(38,18))", "cast(7 as decimal(18,0))", "cast(0.1 as decimal(5,4))"])
    yield from each("select {x}, typeof({x})", x=["1.1 * 2.22 / 3", "1 / 3.0", "1.0 / 3", "avg(1.5)", "sum(1.5)", "cast(1 as decimal(38,0)) / 3", "pmod(7.5, 2)"])


def maps():
    yield from each("select {x}", x=["map(1, 'a', 2, 'b', 1, 'c')", "map(1, 'a', 1, null)", "map('x', 1, 'y', 2, 'x', 3, 'y', 4, 'x', 5)", "map(1, 2)", "map()", "map(null, 1)", "map(double('NaN'), 1, double('NaN'), 2)", "map(0.0D, 1, -0.0D, 2)", "map(array(1), 'a', array(1), 'b')", "map(struct(1, 'x'), 1, struct(1, 'x'), 2)", "map_from_arrays(array(1, 2, 1), array('a', 'b', 'c'))", "map_from_arrays(array(1, null), array(1, 2))", "map_from_entries(array(struct(1, 'a'), struct(1, 'b')))", "map_concat(map(1, 'a', 2, 'b'), map(2, 'c', 3, 'd'))", "transform_keys(map(1, 'a', 2, 'b', 3, 'c'), (k, v) -> k % 2)", "transform_keys(map(1, 'a'), (k, v) -> null)", "transform_keys(cast(null as map<int,int>), (k, v) -> 1)"])
    yield from each("select k, {x} from n order by k", x=["map(a, k, 0, 1)[a]", "map(k, s, k % 2, 'z', 1, 'w')"][1:])


def keys_by_position():
    yield from each("select {x}", x=["sum(a) from n group by 1", "sum(a) from n group by -1", "k, sum(a) from n group by k, 9", "k, sum(a) from n group by 1", "k from n group by k order by 1", "sum(k) from n group by 'x'", "k, count(*) from n group by all order by k", "count(*) from n group by rollup(1)"])


def keys_by_alias():
    yield from each("select {x}", x=["k + 1 as z, sum(a) from n group by z", "k + 1 as z, sum(a) from n group by k + 1 order by z", "k as a, count(*) from n group by a", "k + 1 as z, count(*) from n group by 1 order by z", "k as z from n group by k having z > 1 order by z"])


def orders_by_position():
    yield from each("select {x}", x=["k from n order by 0", "k from n order by 7, k desc", "k, a from n order by -1, 2 desc, k", "k from n where k < 4 order by all", "k from n sort by 9", "k from n order by 1 + 0, k", "k from n order by k limit 2", "k from n order by 1 desc, k limit 3", "row_number() over (order by 1, k desc) r, k from n order by k"])


SETTING_TOPICS = {
    "lenient-casts": lambda: under("ansi.enabled", "false", "true", casts()),
    "lenient-arithmetic": lambda: under("ansi.enabled", "false", "true", arithmetic()),
    "lenient-coercions": lambda: under("ansi.enabled", "false", "true", coercions()),
    "lenient-functions": lambda: under("ansi.enabled", "false", "true", functions()),
    "lenient-insertions": lambda: under("ansi.enabled", "false", "true", insertions()),
    "kept-modes": kept_modes,
    "comments": comments,
    "kept-functions": kept_functions,
    "lenient-clock-times": lambda: under("ansi.enabled", "false", "true", of_clock_times()),
    "tried": lambda: (s for s in arithmetic() if "try_" in s),
    "equal-keys": lambda: under("mapKeyDedupPolicy", "LAST_WIN", "EXCEPTION", maps()),
    "timestamp-type": lambda: under("timestampType", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", without_zone()),
    "case-sensitive": lambda: under("caseSensitive", "true", "false", case_sensitive()),
    "quoted-identifiers": lambda: under("ansi.doubleQuotedIdentifiers", "true", "false", quoted_identifiers()),
    "precision-loss": lambda: under("decimalOperations.allowPrecisionLoss", "false", "true", of_decimals()),
    "keys-by-position": lambda: under("groupByOrdinal", "false", "true", keys_by_position()),
    "keys-by-alias": lambda: under("groupByAliases", "false", "true", keys_by_alias()),
    "orders-by-position": lambda: under("orderByOrdinal", "false", "true", orders_by_position()),
}
