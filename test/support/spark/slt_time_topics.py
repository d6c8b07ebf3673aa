"""Topics of slt.py about times of day. Spark 4.3 knows nine digits of the second where 4.2 has six: statements have no more."""
from slt_each import each

VALUES = "values (1, time'12:34:56.789', time'01:02:03'), (2, time'00:00:00', time'23:59:59.999999'), (3, null, time'12:34:56.789'), (4, time'23:59:59.999999', time'00:00:01') as v(k, a, b)"


def clock_times():
    texts = ["12:34:56", "1:2:3", "00:00", "23:59:59.999999", "24:00:00", "12:60:00", " 01:02:03 ", "T12:00:00", "12:30 PM", "1:02:03.5am", "12:00AM", "13:00 PM", "0:30 PM", "12", "T12", "12:34:56Z", "2020-01-01 12:34:56", "x", "", "12:34:", "12:34:56."]
    yield from each("select time'{t}'", t=texts)
    yield from each("select try_cast('{t}' as time)", t=texts)
    yield from each("select cast('12:34:56.987654' as time({p}))", p=["0", "1", "2", "3", "4", "5", "6"])
    yield from each("select cast(time'12:34:56.987654' as {t})", t=["time(2)", "string", "int", "bigint", "smallint", "tinyint", "decimal(14,9)", "decimal(7,1)", "decimal(3,1)", "double", "boolean", "date", "binary", "time without time zone"])
    yield from each("select try_cast(time'12:34:56' as {t})", t=["tinyint", "smallint", "decimal(3,1)", "int"])
    yield from each("select cast({v} as time(3))", v=["timestamp'2020-02-29 12:34:56.789123'", "timestamp_ntz'1969-12-31 23:59:59.999999'", "null", "1", "1.5", "true", "date'2020-01-01'", "interval 1 hour", "time'01:02:03'"])
    yield from each("select {a} {o} {b}", a=["time'12:00:00'", "cast('12:00' as time(0))"], o=["=", "<", ">=", "<=>", "<>"], b=["time'12:00:00'", "'12:00'", "time'11:59:59.999999'", "null", "1", "timestamp'2020-01-01 12:00:00'"])
    yield from each("select time'12:00:00' {o} {b}", o=["+", "-"], b=["interval '1:30' hour to minute", "interval '0.5' second", "interval 13 hours", "interval 1 day", "interval 1 month", "interval '1' year", "1", "null", "time'10:30:00.5'", "'1 hour'"])
    yield from each("select {a} - {b}", a=["'12:00'", "time'00:00:01'", "null"], b=["time'10:00:00'", "time'23:59:59.999999'"])
    yield from each("select typeof({e})", e=["time'12:00' + interval 1 hour", "cast('12:00' as time(0)) + interval 5 minutes", "cast('12:00' as time(2)) - interval 5 seconds", "time'12:00' - time'11:00'", "coalesce(cast('1:00' as time(3)), cast('2:00' as time(1)))", "current_time", "current_time()", "current_time(2)", "array(time'12:00', cast('11:00' as time(0)))"])
    yield from each("select {f}(time'12:34:56.789')", f=["hour", "minute", "second", "time_to_seconds", "time_to_millis", "time_to_micros", "hash", "xxhash64", "typeof", "string", "time", "int", "length"])
    yield from each("select extract({u} from time'12:34:56.789')", u=["hour", "minutes", "second", "s", "day", "millisecond", "year"])
    yield from each("select make_time({a})", a=["12, 34, 56.789", "24, 0, 0", "0, 60, 0", "0, 0, 60", "0, 0, 59.9999999", "-1, 0, 0", "1, 2, -0.1", "null, 1, 1", "'1', '2', '3.5'", "1, 2", "1, 2, 3, 4"])
    yield from each("select {f}({a})", f=["to_time", "try_to_time"], a=["'12:34:56'", "'12.34.56', 'HH.mm.ss'", "'x'", "'x', 'HH'", "null", "'12:00', null", "'12:00 PM', 'hh:mm a'", "1", "'12:00', 1", "'2020-01-01 12:00', 'yyyy-MM-dd HH:mm'", "'01:02:03.123456', 'HH:mm:ss.SSSSSS'"])
    yield from each("select time_diff({a})", a=["'HOUR', time'20:30:29', time'21:30:28'", "'minute', time'21:30:28', time'20:30:29'", "'MILLISECOND', time'20:30:29', time'20:30:28.5'", "'microsecond', '20:30:29', '20:30:28.5'", "'DAY', time'20:30:29', time'21:30:28'", "null, time'1:00', time'2:00'", "'DAY', null, time'2:00'", "'hour', 1, time'2:00'"])
    yield from each("select time_trunc({u}, time'09:32:05.123456')", u=["'HOUR'", "'minute'", "'Second'", "'MILLISECOND'", "'MICROSECOND'", "'DAY'", "null", "''"])
    yield from each("select time_from_{u}({n})", u=["seconds", "millis", "micros"], n=["0", "14706", "86400", "86400000000", "-1", "1.5", "1.5D", "null", "'1'", "9223372036854775807L"])
    yield from each("select time_from_seconds({n})", n=["double('NaN')", "1e300", "86399.999999", "1.25f"])
    yield from each("select {f}({a})", f=["make_timestamp", "make_timestamp_ntz", "try_make_timestamp_ltz"], a=["date'2014-12-28', time'6:30:45.887'", "null, time'6:30'", "date'2014-12-28', null", "'2014-12-28', time'6:30'", "date'2014-12-28', 1", "date'2014-12-28', time'6:30', 'CET'"])
    yield from each("select {f}({a})", f=["make_timestamp", "try_make_timestamp", "make_timestamp_ltz", "make_timestamp_ntz", "try_make_timestamp_ltz"], a=["date'2014-12-28'", "null", "'2014-12-28'", "timestamp'2014-12-28 01:00:00'", "1, 2, 3, 4", ""])
    yield from each("select make_timestamp(date'2014-12-28', time'6:30', {z})", z=["'Europe/Paris'", "'+01:00'", "null", "'xyz'"])
    yield from each("select k, {e} from " + VALUES + " order by k", e=["a", "a < b", "a = b", "a <=> null", "coalesce(a, b)", "greatest(a, b)", "least(a, b)", "hour(a)", "a - b", "cast(a as string)", "time_trunc('hour', a)", "time_trunc(case when k = 1 then 'minute' else 'HOUR' end, b)", "if(k = 1, a, b)", "a in (time'00:00:00', b)", "a between time'12:00' and '13:00'", "hash(a, b)", "to_json(named_struct('a', a, 'b', b))", "array(a, b)", "to_json(array(a, b))", "map(k, a)", "date_format(b, 'HH-mm')", "cast(a as int)", "cast(b as decimal(14,6))", "concat(a, '!')"])
    yield from each("select {e} from " + VALUES, e=["min(a)", "max(b)", "count(distinct a)", "max_by(k, a)", "first(b)", "sum(a)", "avg(a)", "array_sort(collect_set(a))"])
    yield "select a, count(*) from (" + "select a from " + VALUES + " union all select b from " + VALUES + ") group by a order by a"
    yield "select x.k, y.k from " + VALUES.replace("v(", "x(") + " join " + VALUES.replace("v(", "y(") + " on x.a = y.b order by x.k, y.k"
    yield "select k from " + VALUES + " order by a desc nulls last, k"
    yield "select k, lag(a) over (order by k), min(a) over (order by k rows between 1 preceding and current row) from " + VALUES + " order by k"
    yield from each("select {e}", e=["sort_array(array(time'12:00', time'11:00', null))", "array_contains(array(time'12:00'), time'12:00')", "array_join(array(time'12:00', time'11:00'), ',')", "to_json(map(time'12:00', 1))", "date_format(time'12:34:56', 'yyyy')", "hour('12:34:56')", "window_time(1)", "current_time(-1)", "current_time(1, 2)", "time'12:00' + time'12:00'", "- time'12:00'", "time'12:00' * 2", "abs(time'12:00')", "time(5)", "md5(time'12:00')", "try_add(time'12:00', interval 13 hours)"])


def time_buckets():
    yield from each("select time_bucket({s}, {t})", s=["interval '15' minute", "interval '7' day", "interval '1 12' day to hour", "interval '1' month", "interval '5' month", "interval '10' year", "interval '1-2' year to month", "interval '0.5' second", "null"], t=["timestamp'2020-03-15 12:34:56.789'", "timestamp'1969-12-30 12:34:56'", "timestamp_ntz'2020-02-29 23:59:59.999999'", "timestamp'1955-03-15 01:00:00'", "null"])
    yield from each("select time_bucket(interval '1' month, {t}, timestamp'2020-01-31 00:00:00')", t=["timestamp'2020-03-30 23:59:59'", "timestamp'2020-02-28 00:00:00'", "timestamp'2020-02-29 00:00:00'", "timestamp'2019-02-28 00:00:00'", "timestamp'2019-02-27 23:59:59'"])
    yield from each("select time_bucket({a})", a=["interval '0' day, timestamp'2020-03-15 00:00:00'", "interval '-1' month, timestamp'2020-03-15 00:00:00'", "'1 day', timestamp'2020-03-15 00:00:00'", "1, timestamp'2020-03-15 00:00:00'", "interval '1' day, '2020-03-15 00:00:00'", "interval '1' day, date'2020-03-15'", "interval '1' day, time'12:00'", "interval '1' day, timestamp_ntz'2020-03-15 00:00:00', timestamp'2020-01-01 00:00:00'", "interval '1' day, timestamp'2020-03-15 00:00:00', '2020-01-01'", "interval '1' day, timestamp'2020-03-15 01:00:00', null", "interval '2' hour, timestamp'2020-01-01 12:34:56', timestamp'2020-01-01 01:00:00'", "interval '1' day"])
    yield "select k, time_bucket(interval '1' hour, t) from values (1, timestamp'2020-03-15 01:30:00'), (2, null), (3, timestamp'2020-03-15 01:59:59') as v(k, t) order by k"
    yield "select time_bucket(interval '1' hour, t, o) from values (timestamp'2020-03-15 01:30:00', timestamp'2020-03-15 00:10:00') as v(t, o)"
    yield "select time_bucket(i, t) from values (interval '1' day, timestamp'2020-03-15 01:30:00') as v(i, t)"
    yield "select time_bucket(interval '1' hour, t) as b, count(*) from values (timestamp'2020-03-15 01:30:00'), (timestamp'2020-03-15 01:59:59'), (timestamp'2020-03-15 02:00:00') as v(t) group by time_bucket(interval '1' hour, t) order by b"


def zoneless_patterns():
    """What is said of a pattern that is none depends on what the text is read as."""
    yield from each("select {f}('22 05 2020', '{p}')", f=["to_timestamp_ntz", "to_timestamp_ltz", "to_date", "try_to_timestamp", "to_time", "unix_timestamp"], p=["dd MM yyyy EEEEE", "dd MM yyyy GGGGG", "dd MM yyyy bbb", "dd MM yyyy c", "YYYY", "dd MM yyyy SSSSSSSSSS", "dd [MM", "dd MM yyyy 'x"])
    yield "select to_timestamp_ntz(a, b) from values ('2019-10-06 A', 'yyyy-MM-dd GGGGG') as v(a, b)"
    yield "select to_timestamp_ltz(a, b) from values ('2019-10-06 A', 'yyyy-MM-dd GGGGG') as v(a, b)"


TIME_TOPICS = {"zoneless-patterns": zoneless_patterns, "clock-times": clock_times, "time-buckets": time_buckets}
