"""Statements about what can be written: pipes, joins by a ranking, intervals."""

from slt_each import each


def nearest_joins():
    users = "values (1, 10.0), (2, 20.0), (3, 30.0), (4, null) as u(id, score)"
    products = "values ('A', 11.0), ('B', 22.0), ('C', 5.0), ('D', null) as p(product, price)"
    ranking = ["similarity -abs(score - price)", "distance abs(u.score - p.price)", "distance (score - price) * (score - price)", "similarity price"]
    yield from each(f"select * from {users} {{j}} {products} {{m}} nearest {{n}} by {{r}} order by id, product", j=["join", "left join"], m=["approx", "exact"], n=["1", "2"], r=ranking)
    yield from each(f"select id, product from {users} {{j}} {products} exact nearest by distance abs(score - price) order by id, product", j=["inner join", "left outer join", "right join", "full join", "left semi join", "left anti join", "cross join", "natural join", "join lateral"])
    yield from each(f"select id from {users} join {products} approx nearest {{n}} by distance price order by id", n=["0", "100000", "100001", "1L", "-1", "1.0", "'1'", "1 + 1"])
    yield from each("select {x}", x=["count(*) from values (1), (2) as a(x) join values (3), (4) as b(x) approx nearest 1 by distance x", "* from n a join n b exact nearest by distance abs(a.k - b.k + 1) order by a.k", "* from values (1) approx join values (2) exact approx nearest by distance 1", "* from values (1) u(a) join values (2) v(b) exact nearest 3 by distance u.a - b join values (3) w(c) on c > b", "v.b from values (1) u(a) join values (2) v(b) exact nearest by distance a - b where b > 1", "1 from values (1) u(a) join values (2) v(b) exact nearest by distance map(a, b)", "1 from values (1) u(a) join values (2) v(b) exact nearest by distance none", "nearest from values (1) as nearest(nearest)", "1 from values (1) u(a) join values (2) v(b) exact nearest 1 by b", "* from values (1) u(a) left join (select 1 as b where false) v exact nearest by distance b"])


def pipe_bars():
    for bar in ["true", "false"]:
        yield f"set spark.sql.parser.singleCharacterPipeOperator.enabled = {bar}"
        yield from each("{x}", x=["from n | where k < 3 | select k, a", "from n |> where k < 3 | aggregate sum(k) group by a", "select 1 | 2 as result", "select 4 | 3 | 8", "values (1), (2) as t(x) | order by x desc | limit 1", "values (1) as t(x) | union all values (2)", "values (1) as t(x) | join values (1) as u(y) on x = y", "values (1) as t(x) | as u | select u.x", "values (1) as t(x) | extend x + 1 as y | set x = 5 | drop y", "select x | y from values (1, 2) as t(x, y)", "values (1) as t(x) | where x | 2 = 3", "select 1 | nothing"])
    yield "reset spark.sql.parser.singleCharacterPipeOperator.enabled"
    yield from each("values (1, 2), (1, 3) as t(x, y) |> select {x}", x=["x, sum(y) as s group by x", "x + 1 as k, count(*) group by 1", "sum(y) group by all", "x, sum(y) group by rollup(x) |> order by x", "x group by y", "x as k, max(y) group by k |> where k > 0", "sum(y) group by x having x > 0", "x, sum(y), sum(sum(y)) over w group by x window w as (order by x)"])
    yield from each("values (1, 2), (1, 3) as t(x, y) |> {x}", x=["where sum(x) over w = 1 window w as (partition by y)", "pivot (sum(y) for x in (1)) unpivot (v for c in (`1`))", "unpivot (v for c in (x)) pivot (sum(v) for c in ('x'))", "pivot (sum(y) for x in (1)) |> unpivot (v for c in (`1`))"])


def interval_syntax():
    yield from each("select interval {x}", x=["1 year to month", "'10-9' year to month '2-1' year to month", "'1 15:11' day to minute '12:11:10' hour to second", "1 year '2-1' year to month", "'10-9' year to month '1' year", "'12:11:10' hour to second 1 year", "'1 day 2' day", "'interval 1' day", "'x' day", "10 nanoseconds", "1 nanosecond", "'106751992 04' day to hour", "'-106751992 04' day to hour", "'2562047789:00' hour to minute", "'153722867281:54.775808' minute to second", "'1 24' day to hour", "'1:60' hour to minute", "'1:60' minute to second", "'1' year to second", "'1-2' year to month as x"])
    yield from each("select extract({x})", x=["'year', date'2020-02-03'", "'second', timestamp'2020-02-03 04:05:06.7'", "'nix', date'2020-02-03'", "'year'", "year, date'2020-02-03'", "year from date'2020-02-03'", "'year' from date'2020-02-03'", "'days', interval '3 04' day to hour"])
    yield from each("select /*+ {x} */ k from n where k < 2", x=["identifier('broadcast')(n)", "broadcast(n)", "`broadcast`(n)"])


def pivot_names():
    rows = "(values (1, 'x', array(1, 2), 10), (2, 'y', array(3, null), 20) as t(k, s, a, v))"
    yield from each(f"select * from {rows} pivot (sum(v) for {{x}})", x=["a in (array(1, 2), array(3, null))", "(k, a) in ((1, array(1, 2)), (2, array()))", "(k, s) in ((1, 'x'), (2, 'y'))", "k in (1, 1 + 1)", "a in (array(1, 2) as first)", "s in ('x', 'y', null)"])
    yield from each("select * from (values (struct(1, 'x'), map(1, 2), 10), (struct(2, 'y'), map(2, 3), 20) as t(s, m, v)) pivot (sum(v) for {x})", x=["s in ((1, 'x'), (2, 'y'))", "s in (named_struct('a', 1, 'b', 'x'))"])


SYNTAX_TOPICS = {"pivot-names": pivot_names, "nearest-joins": nearest_joins, "pipe-bars": pipe_bars, "interval-syntax": interval_syntax}
