"""Topics of slt.py about windows of time."""
from slt_each import each

T = "values (1, timestamp'2024-01-01 00:00:00', 10, '5 minutes'), (1, timestamp'2024-01-01 00:04:00', 20, '5 minutes'), (1, timestamp'2024-01-01 00:09:00', 30, '1 minute'), (1, timestamp'2024-01-01 00:10:00.000001', 40, '1 minute'), (1, timestamp'2024-01-01 00:20:00', 50, '0 minutes'), (2, timestamp'2024-01-01 00:01:00', 60, null), (2, null, 70, '5 minutes'), (null, timestamp'2024-01-01 00:01:00', 80, '-1 minutes'), (3, timestamp'2024-01-01 00:00:00', 90, '1 month'), (3, timestamp'2024-01-31 23:59:59.999999', 95, 'soon'), (3, timestamp'2024-02-01 00:00:00', 97, '1 day 2 hours'), (3, timestamp'2024-01-01 00:00:00', 98, '1 second') as t(k, ts, v, gap)"


def time_windows():
    gaps = ["'5 minutes'", "'1 minute'", "gap", "'1 month'", "'0 minutes'", "'-1 minutes'", "'soon'", "null", "case when k = 1 then '4 minutes' else '1 day' end", "if(v > 30, gap, '9 minutes')", "concat(k, ' minutes')"]
    yield from each("select k, session_window.start, session_window.end, count(*), sum(v), count(distinct v % 20) from " + T + " group by k, session_window(ts, {g}) order by 1, 2", g=gaps)
    yield from each("select session_window.start, session_window.end, count(*), max(v) filter (where v < 60) from " + T + " group by session_window(ts, {g}) order by 1", g=gaps)
    yield from each("select {e} from " + T + " group by {g}", e=["count(*)"], g=["session_window(ts, '5 minutes'), window(ts, '5 minutes')", "session_window(ts, 5)", "session_window(k, '5 minutes')", "session_window(ts)", "session_window('2024-01-01', '1 month')", "session_window(cast(ts as date), '1 day')", "session_window(cast(ts as timestamp_ntz), '5 minutes')", "session_window(ts, '5 minutes').start", "window(ts, '5 minutes').end", "window(ts, '5 minutes'), window(ts, '6 minutes')"])
    yield from each("select k, w.start, count(*) from (select k, session_window(ts, '5 minutes') w from " + T + ") group by k, w order by 1, 2")
    yield from each("select s.start, s.end, sum(c) from (select k, session_window s, count(*) c from " + T + " group by k, session_window(ts, '5 minutes')) group by s order by 1")
    yield from each("select w.start, w.end from (select distinct session_window(ts, '5 minutes') w from " + T + ") order by 1")
    yield from each("select {w}.start, {w}.end, v from " + T + " order by v, 1", w=["session_window(ts, '5 minutes')", "session_window(ts, gap)", "window(ts, '10 minutes')", "window(ts, '10 minutes', '5 minutes')", "window(ts, '10 minutes', '4 minutes', '-1 minute')"])
    yield from each("select {e} from " + T, e=["max(session_window(ts, '10 minutes')).end", "max(window(ts, '10 minutes', '3 minutes')).start", "count(window(ts, '10 minutes'))", "window(ts, '10 minutes'), window(ts, '5 minutes')"])
    yield from each("select v from " + T + " {c}", c=["where window(ts, '10 minutes').start is null", "where session_window(ts, gap).end > timestamp'2024-01-02' order by 1", "order by session_window(ts, '10 minutes'), v", "order by window(ts, '10 minutes'), v"])
    yield from each("select v, sum(v) over (partition by {w}) s from " + T + " order by 1, 2", w=["session_window(ts, '10 minutes')", "window(ts, '10 minutes')", "window(ts, '10 minutes', '5 minutes')"])
    yield from each("select window.start, window.end, count(*), sum(v) from " + T + " group by window(ts, {w}) order by 1", w=["'5 minutes'", "'10 minutes', '5 minutes'", "'10 minutes', '3 minutes'", "'10 minutes', '5 minutes', '1 minute'", "'10 minutes', '10 minutes', '-90 seconds'", "300000000", "600000000L, 300000000", "'1 week 1 day'", "'interval 1 hour'"])
    yield from each("select window(ts, {w}) from " + T, w=["gap", "null", "5.0", "'soon'", "''", "'300s'", "'1 month'", "'10 minutes', '10 minutes', '1 year'", "'0 minutes'", "'-5 minutes'", "'5 minutes', '10 minutes'", "'10 minutes', '0 minutes'", "'10 minutes', '10 minutes', '11 minutes'", "'10 minutes', '5 minutes', '-6 minutes'", "'10 minutes', ts"])
    yield from each("select {e} from (select window, count(*) c from " + T + " group by window(ts, '5 minutes')) order by 1", e=["window_time(window)", "window(window, '10 minutes').start", "session_window(window, '10 minutes').end", "window.end"])
    yield from each("select w.start, sum(c) from (select window(window, '10 minutes') w, c from (select window, count(*) c from " + T + " group by window(ts, '5 minutes'))) group by w order by 1")
    yield from each("select window_time({e}) from " + T, e=["ts", "named_struct('a', 1)", "v"])
    yield from each("select count(*) from " + T + " group by {g} having {h}", g=["session_window(ts, '5 minutes')"], h=["session_window.start > timestamp'2024-01-01 00:15:00'", "count(*) > 3"])
    yield from each("select k, session_window(ts, '5 minutes') from " + T + " group by k")


WINDOW_TOPICS = {"time-windows": time_windows}
