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
    yield from each("select * from values (1, 1), (2, 0) as l(a, b) join values (1, 1), (2, 0) as r(a, b) approx nearest 1 by distance {x}", x=["sum(r.b)", "sum(l.a - r.b)", "row_number() over (order by r.b)", "explode(array(r.b))"])


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


def unseen_columns():
    joined = "values (0, 'x'), (1, 'y') l(a, b) |> {j} join values (1, 'z'), (2, 'w') r(a, c) using (a)"
    after = ["extend l.a + r.a as s |> extend r.a - l.a as d |> where d = 0 |> order by l.a, r.a |> set d = 4 |> select l.a, r.a, d", "select b |> select r.a", "drop a |> select r.a", "drop a |> select l.a", "set a = 7 |> select r.a, a", "as q |> select r.a", "extend 1 as k |> select *", "extend 1 as k |> select r.*", "limit 3 |> select r.*", "where r.a = 1 |> select r.*", "tablesample (100 percent) |> select r.a", "aggregate count(*) group by b |> select r.a", "union all values (5, 'u', 'v') |> select r.a", "extend 1 as k |> where exists (select 1 where r.a = 1) |> select r.a", "select b |> inner join values ('y', 1) z(b, d) using (b) |> select r.a, z.b", "select explode(array(1, 2)) as k |> select k, r.a", "select sum(a) over () as k |> select k, r.a", "extend 1 as k |> order by 5", "order by 4", "order by all"]
    yield from each(f"{joined.replace('{j}', 'inner')} |> {{x}}", x=after)
    yield from each(f"{joined.replace('{j}', 'full')} |> {{x}}", x=["extend coalesce(l.a, -1) as x |> extend r.a as y |> select *, l.a |> order by x, y", "select b |> order by b |> select l.a, r.a"])
    joined = "values (0, 'x'), (1, 'y') l(a, b) inner join values (1, 'z'), (2, 'w') r(a, c) using (a)"
    yield from each("select {x}", x=[f"* from (select l.a from {joined}) where r.a = 1", f"l.a from {joined} order by r.a", f"* from (select a, b from {joined})", f"count(*) from (select * from {joined}) q join values (1) s(a) using (a) where s.a = 1"])
    yield f"with recursive w(a, b) as (select a, b from {joined} union all select a + 1, b from w join values (1), (2) s(a) using (a)) select * from w order by a"


def misread_words():
    yield from each("select {x}", x=["case when abs(1 then 2 end", "case when 1 = then 2 end", "case when true then 1 when then 2 end", "abs(case when 1 = then 2 end)", "case when case when 1 = then 2 end then 2 end", "1 from n where case when 1 = then true end", "case when", "case a when 1 then (2 end from n", "case when 1 = 1 then 2 end", "case when from values (1) t(case)"])
    yield from each("select {x}", x=["(select 'a', 'b')", "(select 'a' x, 'b')", "(select 'a', 'b' from n)", "(select 'a')", "(select 1, 'b')", "(select date '2020-01-01', 'b')", "exists (select 'a', 'b')", "abs((select 'a', 'b'))", "(select 'a', 'b' limit 1)"])
    yield from each("select {x} from n where k = 1", x=["timestampadd('YEAR', 1, date'2024-01-15')", "timestampadd(a, 1, date'2024-01-15')", "timestampdiff(a, 1, date'2024-01-15')", "timestampadd(1, 2)", "timestampadd(YEAR, 2)", "timestampadd(identifier('YEAR'), 1, date'2024-01-15')", "dateadd(a, 1, date'2024-01-15')", "timestampadd(day, 1, date'2024-01-15')"])
    yield "create temporary function timestampadd(x int, y int) returns int return x + y"
    yield from each("select {x}", x=["timestampadd(1, 2)", "timestampadd(day, 1, date'2024-01-15')"])
    yield "drop temporary function timestampadd"


def generator_keys():
    called = "stack(2, 'first', count(*), a, 'second', 0L, 5) as (x, y, z), k from n where k < 3 group by {x}"
    yield from each(f"select {called}", x=["2, 3", "1, 2", "4, 2", "3, a", "_gen_input_3, k", "all"])
    yield from each("select {x}", x=["explode(array(a, k)), k from n where k < 3 group by 1, 2", "explode(array(1, 2)), k from n where k < 3 group by 1, 2", "explode(array(1, 2)) as x, k from n where k < 3 group by 1", "explode(array(a, k)) as x, k from n where k < 3 group by _gen_input_0, k", "k, stack(2, 'first', count(*), a, 'second', 0L, 5) as (x, y, z), k as l from n where k < 3 group by 1, 3"])


def groups_around():
    u = "(values (1, 1), (2, 0)) as u(k, x)"
    members = ["(select b)", "(select b + 1)", f"(select max(x) from {u} where u.k = b)", f"(select max(x) from {u} where u.k = sum(b))", f"(select max(b) from {u})", f"(select max(b + x) from {u})", "a in (select sum(b))", "sum(b) + (select sum(b))", "exists (select 1 where sum(b) = 1)", f"exists (select 1 from {u} where u.k = b)", f"a in (select x from {u} where u.k = b)"]
    yield from each("select a, {x} from values (1, 1), (2, 0) as t(a, b) group by a", x=members)
    conditions = [f"(select max(x) from {u} where u.k = b) = 1", f"(select max(x) from {u} where u.k = sum(b)) = 1", f"exists (select 1 from {u} where u.k = sum(b))", "(select sum(b)) = 1", f"(select sum(b) from {u}) = 1", f"(select sum(b + x) from {u}) = 1", "(select sum(a)) = 1", "sum(b) in (select sum(b))", "exists (select first(t.b) == 0)"]
    yield from each("select a from values (1, 1), (2, 0) as t(a, b) group by a having {x}", x=conditions)
    yield from each("select a from values (1, 1), (2, 0) as t(a, b) group by a order by {x}", x=["(select b)", "(select max(b))"])
    yield from each("select {x} from values (1, 1), (2, 0) as t(a, b)", x=["sum(a) + (select sum(a))", "sum(a) + (select sum(sum(a)))", "(select sum(a))", "sum(b), exists (select 1 where sum(b) = 1)"])
    yield from each("select 1 from n {x}", x=["where sum(none) = 1", "where sum(b) = 1", "group by sum(none)", "join n m on sum(none) = 1", "where sum(transform(array(b), x -> x + 1)[0]) = 1"])
    yield from each("select {x} from values (1, 2) as t(a, b)", x=["(with u as (select a) select b)", "(with u as (select b), v as (select a) select 1)", "exists (with u as (select a) select 1)", "a in (with u as (select b) select 1)", "(with u as (with v as (select a) select b) select 1)", "(with u as (select a) select * from (with v as (select b) select 1))"])


def pivot_values():
    rows = "(values (1, 2, 10), (1, 3, 20) as t(a, b, v))"
    yield from each(f"select * from {rows} pivot (sum(v) for {{x}})", x=["(a, b) in ((1, null))", "(a, b) in ((1, cast(null as int)))", "(a, b) in ((1, '2'))", "(a, b) in ((1, 2L))", "b in (null)", "b in (2, null)", "(a, b) in (struct(1, 2))", "(a, b) in (struct(1, null))", "a in (true)", "a in (array(1))"])
    yield from each(f"select * from (select {{x}} as x, v from {rows}) pivot (sum(v) for x in ({{y}}))", x=["array(a)"], y=["array(1)", "array(null)", "array(1L)", "array('1')", "array()"])
    yield from each(f"select * from (select named_struct('x', a) as x, v from {rows}) pivot (sum(v) for x in ({{y}}))", y=["named_struct('y', 1)", "named_struct('y', null)", "named_struct('y', '1')"])
    yield from each("select * from (values (1, 2, 10), (1, null, 20) as t(a, b, v)) pivot (sum(v) for {x})", x=["(a, b) in ((1, 2), (1, null))", "(a, b) in ((1, cast(null as int)))"])


def byte_literals():
    yield from each("select {x}", x=["hex(X 'F0')", "hex(x'0')", "x '0g'", "hex(x \"ff\")", "x'ff' 'ab'", "x.'ff'"])
    yield from each("select hex(reverse({x}))", x=["x'CAFE'", "cast(null as binary)", "x'0102030405060708090a'", "x''", "12"])


SYNTAX_TOPICS = {"byte-literals": byte_literals, "unseen-columns": unseen_columns, "misread-words": misread_words, "generator-keys": generator_keys, "groups-around": groups_around, "pivot-values": pivot_values, "pivot-names": pivot_names, "nearest-joins": nearest_joins, "pipe-bars": pipe_bars, "interval-syntax": interval_syntax}
