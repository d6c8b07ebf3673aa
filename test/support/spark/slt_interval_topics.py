"""Topics of slt.py about intervals of months, days and microseconds, and about intervals and limited texts within other values."""
import random

from slt_each import each

PARTS = ["make_interval(1, 2, 3, 4, 5, 6, 7.5)", "make_interval(0, -1, 0, -1, 0, -1, -0.5)", "make_interval()", "make_interval(0, 13, 0, 40, 30, 61, 61.000001)"]
MONTHS = ["make_interval(0, 1)", "make_interval(1, -1, 1, 1)", "make_interval(0, -11, 0, -31)"]
MOMENTS = ["date'2020-01-31'", "timestamp'2020-02-29 12:34:56.789'", "timestamp_ntz'1999-12-31 23:59:59.999999'", "'2020-03-31 01:02:03'"]
OTHERS = ["interval '1' year", "interval '1' day", "1", "time'12:00:00'", "true"]


def random_intervals(count):
    rng = random.Random(97)
    for _ in range(count):
        fields = [rng.choice([0, rng.randint(-20, 20), rng.randint(-3000, 3000)]) for _ in range(6)]
        seconds = f"{rng.randint(-5000, 5000)}.{rng.randint(0, 999999):06d}"
        yield f"make_interval({', '.join(map(str, fields))}, {seconds})"


def intervals_and_nulls():
    yield from each("select {e}", e=["null - make_interval(1)", "null + make_interval(1)", "make_interval(1) + null", "make_interval(1) - null", "null - make_interval(1, 2) is null", "1 - make_interval(1)", "cast(null as date) - make_interval(1)", "cast(null as string) - make_interval(1)", "null - interval '1' day", "null - interval '1' month", "date'2020-01-01' - null"])


def calendar_intervals():
    yield from each("select make_interval({a})", a=["", "1", "1, 2", "1, 2, 3", "1, 2, 3, 4", "1, 2, 3, 4, 5", "1, 2, 3, 4, 5, 6", "1, 2, 3, 4, 5, 6, 7.008009", "0, 0, 0, 0, 0, 0, 1234567890123456789", "2147483647", "178956970, 8", "0, 0, 306783379", "0, 0, 0, 0, 2147483647, 2147483647, 999999999999.999999", "null, 1", "'1', 2.5", "1, 2, 3, 4, 5, 6, 7, 8", "date'2020-01-01'", "1L", "true"])
    yield from each("select try_make_interval({a})", a=["", "1", "2147483647", "1, 2, 3, 4, 5, 6, 7.5", "0, 0, 0, 0, 0, 0, 1234567890123456789"])
    yield from each("select {i}, -{i}, +{i}, typeof({i}), {i} is null, hash({i}), xxhash64({i})", i=PARTS)
    yield from each("select {a} + {b}, {a} - {b}", a=PARTS[:3], b=PARTS[1:])
    yield from each("select {i} * {f}, {f} * {i}, {i} / {f}", i=PARTS, f=["2", "1.5", "-0.1D", "'3'"])
    yield from each("select {e}", e=["make_interval(1) / 0", "make_interval(178956970) * 3", "make_interval(1) * 'a'", "2 / make_interval(1)", "make_interval(1) * null", "make_interval(1) / null", "make_interval(178956970) + make_interval(178956970)", "make_interval(178956970) - make_interval(-178956970)", "-make_interval(0, -2147483648)", "abs(make_interval(1))", "sign(make_interval(1))", "make_interval(1) % 2", "make_interval(1) div make_interval(1)"])
    yield from each("select {m} + {i}, {i} + {m}, {m} - {i}", m=MOMENTS, i=MONTHS)
    yield from each("select {m} + {i}, {m} - {i}", m=MOMENTS[1:], i=PARTS)
    yield from each("select date'2020-01-31' + {i}", i=PARTS)
    yield from each("select make_interval(1) + {o}", o=OTHERS)
    yield from each("select {o} + make_interval(1)", o=OTHERS)
    yield from each("select {o} - make_interval(1)", o=OTHERS)
    yield from each("select make_interval(1) - {o}", o=OTHERS)
    yield from each("select extract({f} from {i})", f=["year", "month", "day", "hour", "minute", "second", "week", "millennium"], i=PARTS)
    yield from each("select cast('{t}' as interval)", t=["1 second", "+1 second", "-1 second", "+     1 second", "-     1 second", "- -1 second", "interval 3 month 1 hour", "3 MONTHS 1 DAY", "abc", "", "1 day 2", "1.5 days", "1.5 seconds", ".5 second", "1 year 2 years", "  1 week  ", "2147483648 months", "1 day -25 hours"])
    yield from each("select {c}(make_interval(1, 1, 1, 1) as {t})", c=["cast", "try_cast"], t=["string", "interval", "int", "interval year", "interval day", "date", "binary", "boolean"])
    yield from each("select cast({v} as interval)", v=["interval '1' year", "1", "date'2020-01-01'", "null", "true"])
    yield from each("select {a} {o} {b}", a=["make_interval(1)"], b=["make_interval(2)"], o=["=", "<", ">", "<=", ">=", "<>", "<=>"])
    yield from each("select {f}", f=["greatest(make_interval(1), make_interval(2))", "make_interval(1) in (make_interval(1))", "make_interval(1) between make_interval(1) and make_interval(1)", "array_contains(array(make_interval(1)), make_interval(1))", "array_distinct(array(make_interval(1)))", "array_max(array(make_interval(1)))"])
    yield from each("select {f}", f=["array(make_interval(1), null, make_interval(0, 0, 0, 1))", "map(1, make_interval(1))", "map(make_interval(1), 1)", "struct(make_interval(1) as a)", "array(make_interval(1))[0]", "size(array(make_interval(1), make_interval(2)))", "coalesce(null, make_interval(1))", "if(true, make_interval(1), null)", "nvl(make_interval(1), make_interval(2))", "concat('a', make_interval(1))", "make_interval(1) || 'a'", "coalesce(make_interval(1), 'a')", "case when false then make_interval(1) end", "transform(array(1, 2), x -> make_interval(x))", "array_repeat(make_interval(1), 2)"])
    yield from each("select cast({v} as string)", v=["array(make_interval(1))", "struct(make_interval(1), interval '1' day)", "map('a', interval '1' day)", "array(interval '1' year, null)", "map(interval '1' hour, array(interval '2' month))"])
    yield from each("select cast({v})", v=["array('1', null) as array<interval day>", "array('x') as array<interval day>", "named_struct('a', '1-2') as struct<b: interval year to month>", "map('1', '2 days') as map<interval month, interval>", "array(interval '1' day) as array<interval day to second>", "array(1) as array<interval hour>", "array(interval '1' day) as array<int>", "array(true) as array<interval day>"])
    yield "select make_interval(a), count(*) from values (1), (1), (2) as t(a) group by make_interval(a)"
    yield "select distinct make_interval(a) from values (1), (1), (null) as t(a)"
    yield "select count(distinct make_interval(a)), count(make_interval(a)) from values (1), (1), (null) as t(a)"
    yield from each("select {f}(make_interval(a)) from values (1), (1) as t(a)", f=["max", "min", "sum", "avg", "first", "last", "collect_list", "collect_set", "any_value", "mode"])
    yield "select * from values (1), (2) as t(a) order by make_interval(a)"
    yield "select row_number() over (order by make_interval(a)) from values (1), (2) as t(a)"
    yield "select make_interval(1) union all select make_interval(2)"
    yield "select make_interval(1) union select make_interval(1)"
    yield "select make_interval(1) union all select interval '1' year"
    yield "select a.k from n a join n b on make_interval(a.k) = make_interval(b.k)"
    yield from each("select sequence({a})", a=["date'2020-01-01', date'2020-06-01', make_interval(0, 1)", "date'2020-01-31', date'2020-06-30', make_interval(0, 1)", "timestamp'2020-01-01', timestamp'2020-01-03', make_interval(0, 0, 0, 0, 12)", "timestamp'2020-01-01', timestamp'2020-03-03', make_interval(0, 1, 0, 1, 12)", "timestamp'2020-03-03', timestamp'2020-01-01', make_interval(0, -1, 0, -1, -12)", "date'2020-01-01', date'2020-01-03', make_interval(0, 0, 0, 0, 12)", "date'2020-01-01', date'2020-01-03', make_interval()", "1, 3, make_interval(1)", "date'2020-01-05', date'2020-01-01', make_interval(0, 0, 0, 1)", "timestamp_ntz'2020-01-01', timestamp_ntz'2020-01-20', make_interval(0, 0, 1)"])
    yield from each("create table ti using {f} as select make_interval(1) as a", f=["parquet", "csv", "json"])
    yield from each("create table tc (a interval) using {f}", f=["parquet", "csv", "json"])
    yield "select {i}".format(i=", ".join(list(random_intervals(3))))
    for i in random_intervals(12):
        yield f"select {i}, -{i}, {i} * 2.5, {i} / 7, extract(day from {i}), extract(hour from {i})"
        yield f"select timestamp'2020-02-29 12:34:56.789' + {i}, timestamp_ntz'1970-01-01 00:00:00' - {i}, hash({i})"


def calendar_interval_settings():
    yield "set spark.sql.legacy.interval.enabled=true"
    yield from each("select {i}", i=["interval 1 month 2 days 3 hours", "interval '1 year 2 days'", "interval '1-2' year to month", "interval '1 2:03' day to minute", "interval 999 second", "interval -1 day", "interval '-1' day", "- interval 1 day", "interval 1.5 second", "interval 1 year + interval 1 day", "interval 1 day * 2.5", "typeof(interval 1 day)"])
    yield from each("select {a} - {b}", a=["timestamp'2020-01-05 12:00:00'", "date'2020-03-05'"], b=["timestamp'2020-01-01 00:00:00'", "date'2020-01-31'"])
    yield from each("select date'{a}' - date'{b}'", a=["2020-01-31", "2020-02-29", "1999-12-31"], b=["2020-03-05", "2019-01-31", "2000-01-01", "2020-03-31"])
    yield from each("select {m} + interval 1 month 1 day, {m} - interval 1 month", m=MOMENTS)
    yield "select interval 1 month < interval 2 month"
    yield "select sequence(date'2020-01-01', date'2020-01-03', interval 1 day)"
    yield "set spark.sql.legacy.interval.enabled=false"
    yield "select interval 1 month 2 days"
    yield "set spark.sql.ansi.enabled=false"
    yield from each("select {e}", e=["make_interval(2147483647)", "make_interval(178956970) + make_interval(178956970)", "make_interval(178956970) * 3", "make_interval(1) / 0", "-make_interval(0, -2147483648)", "date'2020-01-31' + make_interval(0, 1, 1, 1, 1)", "date'2020-01-31' + make_interval(0, 0, 0, 0, -1)", "cast('x' as interval)", "'1 day' + make_interval(1)", "make_interval(1, 2, 3, 'x')", "coalesce(make_interval(1), 'a')", "concat('a', make_interval(1))"])
    yield "set spark.sql.ansi.enabled=true"
    yield "set spark.sql.session.timeZone=America/Los_Angeles"
    yield from each("select string(timestamp'{t}' + {i}), string(timestamp'{t}' - {i})", t=["2020-03-07 02:30:00", "2020-03-08 01:30:00", "2020-11-01 01:30:00", "2020-10-31 12:00:00"], i=["make_interval(0, 0, 0, 1)", "make_interval(0, 1, 0, 0, 24)", "make_interval(0, 0, 0, 1, -1, 30)"])
    yield "select transform(sequence(timestamp'2020-03-07 02:30:00', timestamp'2020-03-10 00:00:00', make_interval(0, 0, 0, 1)), t -> string(t))"
    yield "set spark.sql.session.timeZone=UTC"


def interval_texts():
    yield "select to_json(struct(make_interval(1, 2, 3, 4, 5, 6, 7.5) as a, interval '1-2' year to month as b, interval '1' hour as c, array(interval '1' hour) as d, map('x', make_interval(1)) as e))"
    yield from each("select to_json({v})", v=["map(make_interval(1), 2)", "map('a', interval 100 day 130 minute)", "array(named_struct('a', cast(null as interval), 'b', interval '1' day))", "struct(time'12:34:56.789' as t, array(time'01:02:03') as a, map('k', time'10:00:00') as m)"])
    yield from each("select to_csv({v})", v=["struct(make_interval(1) as a, interval '1-2' year to month as b)", "struct(time'12:34:56.789' as t, cast(null as interval) as i)"])
    yield from each("select from_json('{t}', '{s}')", t=['{"a":"1 day 2 hours"}', '{"a":"1"}', '{"a":"1-2"}', '{"a":5}', '{"a":true}', '{"a":"x"}', '{"a":null}', '{"a":"1 02:03:04.5"}', '{"b":"1"}', '{"a":["1"]}'], s=["a interval", "a interval day", "a interval year to month", "a interval day to second", "a array<interval hour>"])
    yield from each("select from_json('{t}', '{s}', map('mode', 'FAILFAST'))", t=['{"a":"x"}', '{"a":"1 day"}'], s=["a interval", "a interval day"])
    yield """select from_json('{"a":"x"}', 'a interval, _corrupt_record string', map('columnNameOfCorruptRecord', '_corrupt_record'))"""
    yield """select from_json('{"a":1}', 'a interval, _corrupt_record string', map('columnNameOfCorruptRecord', '_corrupt_record'))"""
    yield """select from_json('{"a":["1 day","x",null], "b":{"k":"2"}, "c":[{"d":"1 week"}]}', 'a array<interval>, b map<string, interval month>, c array<struct<d: interval>>')"""
    yield """select x.b, x.a from (select from_json('{"a":"1 day","b":"2","c":"7"}', 'a interval, b string, c interval day') as x)"""
    yield from each("select from_csv('{t}', 'a interval year, b interval, c string')", t=["1,1 day,z", "x,1 day,z", "1-2,,z", " 2 , 3 days ,z"])
    yield from each("select {f}", f=["from_json('{\"t\":\"12:34\"}', 't time')", "from_json('[\"12:34\"]', 'array<time>')", "from_csv('12:34', 't time(3)')"])


def nested_texts_of_length():
    yield "create table cn (a array<char(5)>, m map<char(3), varchar(4)>, s struct<c: char(4), v: varchar(3), n: array<varchar(2)>>) using parquet"
    yield "describe cn"
    yield from each("insert into cn values ({r})", r=["array('ab', 'abcdefg  '), map('k', 'v'), named_struct('c', 'x', 'v', 'yz ', 'n', array('a'))", "array('ab', 'abcde  '), map('k', 'v'), named_struct('c', 'x', 'v', 'yz    ', 'n', array('a   '))", "array('ab', null), map('k', 'vwxyz'), null", "array('ab', null), map('kkkkkk', 'v'), null", "array('ab', null), null, null", "array('é'), map('😀😀😀', '😀😀😀😀'), named_struct('c', '', 'v', null, 'n', array(null, '  '))", "null, map('k', null), named_struct('c', null, 'v', 'abcd', 'n', null)"])
    yield "select concat('[', concat_ws('|', a), ']'), map_keys(m), s from cn"
    yield "select length(a[0]), length(s.c), length(s.v), length(map_keys(m)[0]), s.c || '|' from cn"
    yield "select typeof(a), typeof(s), typeof(m) from cn limit 1"
    yield from each("create table {f}n (s struct<c: char(4)>, a array<varchar(2)>) using {f}", f=["json"])
    yield "insert into jsonn values (named_struct('c', 'x'), array('ab'))"
    yield "insert into jsonn values (named_struct('c', 'x'), array('abc'))"
    yield "select s.c || '|', a from jsonn"
    yield from each("select cast({v} as {t})", v=["array('abc')"], t=["array<char(2)>", "array<varchar(2)>"])


INTERVAL_TOPICS = {
    "calendar-intervals": calendar_intervals,
    "intervals-and-nulls": intervals_and_nulls,
    "calendar-interval-settings": calendar_interval_settings,
    "interval-texts": interval_texts,
    "nested-texts-of-length": nested_texts_of_length,
}
