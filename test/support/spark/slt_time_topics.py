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


def clock_formats():
    for sql in CLOCK_FORMATS.strip().split("\n"):
        yield sql


# The option `timeFormat`.
CLOCK_FORMATS = r"""
select from_csv('PM','t time',map('timeFormat','a'))
select from_csv('AM','t time',map('timeFormat','a'))
select to_time('PM 30','a mm'), to_timestamp('PM 30','a mm'), to_timestamp('PM','a'), to_timestamp_ntz('AM','a')
select to_timestamp('15 PM','HH a')
select to_timestamp('15 AM','HH a')
select to_timestamp('03 PM','HH a')
select to_timestamp('13 PM','kk a')
select try_to_time('03 PM','HH a')
select from_csv('12|30','t time',map('timeFormat','HH|mm'))
select from_csv('xx','t time',map('timeFormat','HH|mm'))
select from_csv('12:30:15.5','t time')
select from_csv('12:30','t time')
select from_csv('1:3','t time')
select from_csv(' 12:30 ','t time')
select from_csv('12:30:15.123456789','t time')
select from_csv('12:30:15.123456','t time(3)')
select from_csv('24:00:00','t time')
select from_csv('12:30 PM','t time')
select from_csv('12:30:15 PM','t time', map('timeFormat','hh:mm:ss a'))
select from_csv('03:30:15 PM','t time', map('timeFormat','hh:mm:ss a'))
select from_csv('12|30','t time',map('timeFormat','bogus'))
select from_csv('12','t time',map('timeFormat','HH'))
select from_csv('30','t time',map('timeFormat','mm'))
select from_csv('2020-01-01 12:30','t time',map('timeFormat','yyyy-MM-dd HH:mm'))
select from_csv('12:30:15.123','t time',map('timeFormat','HH:mm:ss.SSS'))
select from_csv('12:30:15.123456','t time(3)',map('timeFormat','HH:mm:ss.SSSSSS'))
select from_csv('12:30:15.1','t time',map('timeFormat','HH:mm:ss.SSSSSS'))
select from_csv('xx','t time, c string',map('timeFormat','HH|mm','columnNameOfCorruptRecord','c'))
select from_csv('xx','t time',map('timeFormat','HH|mm','mode','FAILFAST'))
select to_csv(named_struct('t',time'12:30:15.5'))
select to_csv(named_struct('t',time'12:30:15'))
select to_csv(named_struct('t',time'12:30:15'),map('timeFormat','HH|mm'))
select to_csv(named_struct('t',time'12:30:15.25'),map('timeFormat','hh:mm:ss.SSS a'))
select to_csv(named_struct('t',time'12:30:15.25'),map('timeFormat','yyyy HH'))
select to_csv(named_struct('t',time'12:30:15.25'),map('timeFormat','bogus'))
select to_csv(named_struct('t',time'12:30:15.25'),map('timeFormat','HH:mm xx'))
select from_json('{"t":"12|30"}','t time',map('timeFormat','HH|mm'))
select from_json('{"t":"xx"}','t time',map('timeFormat','HH|mm'))
select from_json('{"t":"12:30:15.5"}','t time')
select from_json('{"t":"1:3"}','t time')
select from_json('{"t":12}','t time')
select from_json('{"t":"12:30 PM"}','t time')
select from_json('{"t":["12|30",null]}','t array<time>',map('timeFormat','HH|mm'))
select from_json('{"12|30":1}','map<time,int>',map('timeFormat','HH|mm'))
select to_json(named_struct('t',time'12:30:15.5'))
select to_json(named_struct('t',time'12:30:15'),map('timeFormat','HH|mm'))
select to_json(map(time'12:30:15',1),map('timeFormat','HH|mm'))
select to_json(array(time'12:30:15'),map('timeFormat','HH|mm'))
select to_json(named_struct('t',time'12:30:15.25'),map('timeFormat','yyyy HH'))
select to_json(named_struct('t',time'12:30:15.25'),map('timeFormat','bogus'))
select from_xml('<r><t>12|30</t></r>','t time',map('timeFormat','HH|mm'))
select from_xml('<r><t>12:30</t></r>','t time')
select to_xml(named_struct('t',time'12:30:15'),map('timeFormat','HH|mm'))
select to_xml(named_struct('t',time'12:30:15'))
select from_csv('12|30','t time',map('timeformat','HH|mm'))
select from_csv('12:30:15','t time',map('timeFormat',''))
select from_csv('pm 03','t time',map('timeFormat','a hh', 'locale','en-US'))
select from_csv('12|30','t time(0)',map('timeFormat','HH|mm'))
select typeof(from_csv('12|30','t time(0)',map('timeFormat','HH|mm')))
select from_json('{"t":"25|30"}','t time',map('timeFormat','HH|mm'))
select to_csv(named_struct('t',time'00:00:00'))
select to_json(named_struct('t',time'00:00:00'))
select to_json(named_struct('t',time'12:30:00.000100'))
select from_csv('12|30','t time',map('timeFormat','HH|mm')), from_csv('12:30','t time',map('timeFormat','HH:mm z'))
select from_csv('12:30 UTC','t time',map('timeFormat','HH:mm VV'))
select from_csv('12:30 +0100','t time',map('timeFormat','HH:mm xx'))
select from_csv('01','t time',map('timeFormat','dd'))
select from_csv('2020 01','t time',map('timeFormat','yyyy MM'))
select from_csv('x','t time',map('timeFormat','''x'''))
select from_csv('MON 12','t time',map('timeFormat','EEE HH'))
select from_csv('12|30','t time',map('timeFormat','HH|mm|YYYY'))
select from_csv('24:00','t time',map('timeFormat','kk:mm'))
select from_csv('03','t time',map('timeFormat','hh'))
select from_csv('12:3','t time',map('timeFormat','HH:mm[:ss]'))
select from_csv('12:30','t time',map('timeFormat','HH:mm[:ss]'))
select from_csv('12:30:15','t time',map('timeFormat','HH:mm[:ss]'))
select from_csv('15','t time',map('timeFormat','ss'))
select from_csv('12 15','t time',map('timeFormat','HH ss'))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat','HH:mm[:ss]'))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat','kk KK hh a ss S SS SSSSSS'))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat','''at'' H''h'''))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat','dd'))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat','EEE'))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat','HH VV'))
select to_csv(named_struct('t',1),map('timeFormat','yyyy'))
select to_csv(named_struct('t',1),map('timeFormat','bogus'))
select to_csv(named_struct('t',time'15:30:15.25'),map('timeFormat',''))
select to_csv(named_struct('t',array(time'15:30:15')),map('timeFormat','HH'))
select to_csv(named_struct('t',named_struct('u',time'15:30:15')),map('timeFormat','HH'))
select to_json(named_struct('t',map('a',time'15:30:15')),map('timeFormat','HH'))
select to_json(map(named_struct('u',time'15:30:15'),1),map('timeFormat','HH'))
select to_csv(named_struct('t',time'15:30:15.25','d',date'2020-01-01'),map('timeFormat','HH,mm'))
select to_xml(named_struct('t',time'15:30:15.25'),map('timeFormat','HH<mm'))
select to_xml(named_struct('t',array(time'15:30:15.25')),map('timeFormat','HH:mm'))
select to_xml(named_struct('t',map('a',time'15:30:15.25')),map('timeFormat','HH:mm'))
select from_xml('<r><t>1230</t></r>','t time',map('timeFormat','HHmm'))
select from_xml('<r><t>xx</t></r>','t time',map('timeFormat','HHmm'))
select from_xml('<r><t>xx</t><u>1</u></r>','t time, u int',map('timeFormat','HHmm'))
select from_csv('1230','t time',map('timeFormat','HHmm'))
select from_json('{"t":1230}','t time',map('timeFormat','HHmm'))
select from_json('{"t":""}','t time',map('timeFormat','HHmm'))
select from_json('{"t":" 12:30 "}','t time',map('timeFormat','HH:mm'))
select from_csv(' 12:30 ','t time',map('timeFormat','HH:mm'))
select from_json('{"t":"12:30"}','t time(2)',map('timeFormat','HH:mm'))
"""

# Times and intervals in texts that say none.
MALFORMED_TIMES = r"""
select from_csv('','a int, c string',map('columnNameOfCorruptRecord','c')), from_csv('','a int, t time, c string',map('columnNameOfCorruptRecord','c')), from_csv(' ','a int, c string',map('columnNameOfCorruptRecord','c'))
select from_csv('# 1','a int, c string',map('columnNameOfCorruptRecord','c','comment','#')), from_csv('""','a int, c string',map('columnNameOfCorruptRecord','c'))
select from_csv('2147483648-00','y interval year to month, c string',map('columnNameOfCorruptRecord','c'))
select from_csv('-3','y interval year, c string',map('columnNameOfCorruptRecord','c')), from_csv('3','y interval month'), from_csv('1-12','y interval year to month, c string',map('columnNameOfCorruptRecord','c'))
select from_csv("INTERVAL '3' YEAR",'y interval year, c string',map('columnNameOfCorruptRecord','c')), from_csv("interval -'3' month",'y interval month')
select from_csv('3','d interval day'), from_csv('3 04','d interval day to hour'), from_csv('04:05','d interval hour to minute'), from_csv('05:06.7','d interval minute to second'), from_csv('6.5','d interval second')
select from_csv('3 24','d interval day to hour, c string',map('columnNameOfCorruptRecord','c')), from_csv(' 3 ','d interval day, c string',map('columnNameOfCorruptRecord','c'))
select from_csv('12:34:56,1','t time, a int',map('mode','FAILFAST'))
select from_csv('x,1','t time, a int',map('mode','FAILFAST'))
select from_csv('12:34:56,x','t time, a int',map('mode','FAILFAST'))
select from_csv('1 00:00:00,1','d interval day to second, a int',map('mode','FAILFAST'))
select from_csv('x,1','d interval day to second, a int',map('mode','FAILFAST'))
select from_csv('x,1','y interval year to month, a int',map('mode','FAILFAST'))
select from_csv('x,1','i interval, a int',map('mode','FAILFAST'))
select from_csv('x,y','i interval, a int',map('mode','FAILFAST'))
select from_csv('x,1','i interval, a int, c string',map('columnNameOfCorruptRecord','c'))
select from_json('{"t":"x","a":1}','t time, a int, c string',map('columnNameOfCorruptRecord','c')), from_json('{"t":"1:02","a":1}','t time, a int, c string',map('columnNameOfCorruptRecord','c'))
select from_json('{"t":"x","a":1}','t time, a int',map('mode','FAILFAST'))
select from_json('{"t":1,"a":1}','t time, a int',map('mode','FAILFAST'))
select from_json('{"t":"1:02","a":1}','t time, a int',map('mode','FAILFAST'))
select from_json('{"t":["1:02","x"],"a":1}','t array<time>, a int'), from_json('{"t":["1:02",null],"a":1}','t array<time>, a int'), from_json('{"t":["1|02","x"]}','t array<time>',map('timeFormat','H|mm'))
select from_json('{"t":{"k":"1:02","l":"x"},"a":1}','t map<string,time>, a int'), from_json('{"t":{"k":"1:02","l":"2:03"},"a":1}','t map<string,time>, a int'), from_json('{"t":{"k":"x","l":2},"a":1}','t struct<k time, l int>, a int')
select from_json('{"t":["1 00:00:00","x"],"a":1}','t array<interval day to second>, a int'), from_json('{"t":["1-1"],"a":1}','t array<interval year to month>, a int'), from_json('{"t":["1 day","x"],"a":1}','t array<interval>, a int')
select from_json('{"t":{"k":"1-1","l":"x"},"a":1}','t map<string,interval year to month>, a int'), from_json('{"t":{"k":"x","l":2},"a":1}','t struct<k interval month, l int>, a int')
select from_json('{"t":"x","a":1}','t interval day to second, a int, c string',map('columnNameOfCorruptRecord','c')), from_json('{"t":5,"a":1}','t interval year, a int, c string',map('columnNameOfCorruptRecord','c'))
select from_json('{"t":"x","a":1}','t interval day to second, a int',map('mode','FAILFAST'))
select from_json('{"t":"x","a":1}','t interval year to month, a int',map('mode','FAILFAST'))
select from_json('{"t":"x","a":1}','t interval, a int',map('mode','FAILFAST'))
select from_json('{"t":5,"a":1}','t interval, a int',map('mode','FAILFAST'))
select from_json('[{"t":"x"},{"t":"1:02"}]','array<struct<t time>>'), from_json('[{"t":"x"},{"t":"1-1"}]','array<struct<t interval year to month>>')
select from_xml('<r><t>x</t><a>1</a></r>','t time, a int, c string',map('columnNameOfCorruptRecord','c')), from_xml('<r><t>1:02</t><t>2:03</t></r>','t array<time>')
select from_xml('<r><t>x</t><a>1</a></r>','t time, a int',map('mode','FAILFAST'))
"""


def malformed_times():
    yield from MALFORMED_TIMES.strip().split("\n")


TIME_TOPICS = {"clock-formats": clock_formats, "malformed-times": malformed_times, "zoneless-patterns": zoneless_patterns, "clock-times": clock_times, "time-buckets": time_buckets}
