"""Topics of slt.py: numbers by patterns."""
from slt_each import each

NUMBER_FORMATS = ["9", "0", "99", "00", "999.99", "000.00", "9,999", "0,000", "9G999D99", "$9,999.99", "S99", "99S", "MI99", "99MI", "99PR", "S$99.9", "$99.9PR", ".99", "99.", "0,999", "9,000.0", "MI9S", "S9PR", "s9.9", "9,9,9"]
WRONG_FORMATS = ["", "x", "9x", "9 9", "9.9.9", "$$9", "9$", "9.$9", "9$9", ".", "$", "S", "9S9", "S9S", "9PR9", "9MIMI", "9PRS", "9SPR", "9M", "P9", "PR9", "MIS9", "$S9", "9,", ",9", "9,,9", "9,.9", "D,9", "9.9,9", ",9.,9", "9.9,", "9,9,", "99999999999999999999999999999999999999999", "a9b", "9e"]
FORMATTED = "(values (1, 1234.5BD), (2, 12BD), (3, null), (4, -0.5BD), (5, 12345BD), (6, 1.005BD), (7, 0BD), (8, -12.25BD), (9, 5BD), (10, 0.05BD), (11, -1234BD)) as t(k, a)"
READ = ["'-$12.5'", "'1,234'", "'12,345'", "'1234.56'", "'5>'", "''", "null", "12"]
TEXTS = "(values ('5'), ('-5'), ('12'), ('05'), (' 12 '), ('1 2'), ('1,234'), ('1,23'), ('12,345'), (',4'), ('$5'), ('+$5'), ('-$12.5'), ('5.'), ('.5'), ('.'), ('5-'), ('5+'), ('<5>'), ('<5'), ('5>'), ('-5-'), ('<-5>'), (''), ('-'), ('abc'), ('5.123'), ('007'), ('1234.56'), ('0'), (null), ('12a')) as t(s)"
PLACES = ["12332.123456BD", "0.125D", "0.135D", "2.675D", "-0.4BD", "-0.0D", "123", "1234567L", "cast(-7 as tinyint)", "1.1f", "1e10D", "1.5e-7D", "double('nan')", "double('-inf')", "12345678901234567890.12345BD", "0", "-1234.5D", "0.5D", "1.5D", "2.5D", "999.995D", "5e-324D", "null"]
JAVA_FORMATS = ["##################.###", "000000.00", "#,###.##", "#,##0.00", "#.##", ".##", "0%", "0.###E0", "##0.##E0", "00.#E00", "#", "$#", "''a''#", "abc", "", "0;(0)", "0.0;(0.0)", "#.", "0.", "#,####", "0.0#", ".00", "0‰", "#E0"]


def number_patterns():
    yield from each("select k, to_char(a, '{f}') from {r} order by k", f=NUMBER_FORMATS, r=[FORMATTED])
    yield from each("select to_number({x}, '{f}')", x=READ, f=["9,999.99", "S$99.9"])
    yield from each("select s, try_to_number(s, '{f}') from {r}", f=["99", "00.00", "9,999.99", "S$99.9", "99PR", "MI9S", "999S", "S9PR", ".99"], r=[TEXTS])
    yield from each("select {g}, '{f}')", g=["to_number('1'", "to_char(1"], f=WRONG_FORMATS)
    yield from each("select to_char({x}, '999.99'), to_varchar({x}, 'S999.99')", x=["1.5D", "1.5f", "'12.25'", "cast(1 as tinyint)", "5L", "cast(1 as decimal(38, 10))", "null", "cast('nan' as double)", "1e20D", "true", "array(1)", "interval '1' day", "'a'", "-123456789012345678901234567890.5BD"])
    yield from each("select {g}({x}, {f})", g=["to_char", "to_varchar"], x=["x'537061726b'", "cast(null as binary)", "x'ff'"], f=["'hex'", "'base64'", "'utf-8'", "'UTF-8'", "'foo'", "null", "1", "lower('HEX')"])
    yield from each("select to_char({x}, {f})", x=["date'2016-04-08'", "timestamp'2016-04-08 12:34:56'", "timestamp_ntz'2016-04-08 12:34:56'", "cast(null as date)"], f=["'y'", "'yyyy-MM-dd HH:mm'", "null"])
    yield from ["select to_char(d, p) from values (date'2016-04-08', 'yyyy'), (date'2017-04-08', 'MM') as t(d, p)", "select to_char(a, b) from values (1, '9') as t(a, b)", "select to_number(s, s) from values ('1') as t(s)", "select to_char(x'53', b) from values ('hex') as t(b)", "select to_number('1', null), to_number('1', 9), to_number('1', upper('s9')), to_number('1', concat('9', '9'))", "select to_number('1')", "select to_char(1)", "select to_varchar()", "select to_number(array(1), '99')", "select to_number('12345678901234567890.12', '99999999999999999999.99'), to_number('12,345,678,901,234,567,890', '99,999,999,999,999,999,999')"]
    yield from each("select {x}", x=[", ".join(f"format_number({x}, {d})" for x in PLACES) for d in ["0", "1", "2", "5", "20", "-1"]])
    yield from each("select {x}", x=[", ".join(f"format_number({x}, '{f}')" for x in ["1234567.891D", "0", "-5", "0.5D", "1234.5BD", "0.00012D", "null"]) for f in JAVA_FORMATS])
    yield from ["select format_number('1.5', 1)", "select format_number(true, 1)", "select format_number(1, true)", "select format_number(1, 1.5)", "select format_number(1, 1L)", "select format_number(1, cast(null as int)), format_number(1, cast(null as string)), format_number(null, null)", "select format_number(1, cast(2 as tinyint)), format_number(1, '1')", "select format_number(1)", "select k, format_number(a, cast(k as int)), format_number(a, concat('0', repeat('.0', cast(k = 1 as int)))) from " + FORMATTED + " order by k"]


PATTERN_TOPICS = {"number-patterns": number_patterns}
