"""Statements about names: of members of select lists, and those that IDENTIFIER stands for."""

from slt_each import each


def list_generators():
    yield from ["select explode(array(1, 2)), explode(array(3, 4)), count(*)", "select explode(array(1, 2)) a, explode(array(3, 4)) b from n group by a", "select explode(array(1, 2)), count(*)"]
    yield from ["select explode(array(array(0), array(1))) as arr, explode(arr) as col", "select explode(arr) as col, explode(array(array(0), array(1))) as arr", "select explode(array(1, 2)) x, explode(array(x, 10)) y, x + y", "select explode(x) as x"]
    yield from ["select 1 as pos, posexplode(array('x', 'y')) as (pos, val), pos * 10", "select 1 as pos, posexplode(array('x', 'y')) as (pos, val), pos * 10, count(*)", "select explode(array(1, 2)) as x, 1 as x, x + 1", "select 1 as x, explode(array(1, 2)) as x, x + 1", "select 1 as x, explode(array(1, 2)) as x, x + 1, count(*)"]
    yield from ["select array(1, 2) as arr, explode(arr) as col, count(*)", "select k + 1 as b, explode(array(b)) as c, count(*) from n group by k", "select explode(array(1, 2, 3)) as col, col + 1 as col2, count(*)", "select posexplode(array('x')) as (pos, val), pos, val, count(*) from values (42) t(pos) group by pos"]
    yield from ["select col1.field, field + 1 from values(map('field', 1))", "select m.x.y, y + 1 from values(map('x', named_struct('y', 1))) t(m)", "select col1.field, field from values(array(named_struct('field', 1)))"]
    yield from ["select count(a) filter (where rand(a) > 1) from n", "select count(a) filter (where rand() > 1) from n", "select sum(a) filter (where rand(1) > 1) over () from n"]


def names():
    yield from ["select map('a', 1).identifier('a')", "select named_struct('a', 1).identifier('a')", "select 1 as identifier('a.b')", "select * from values (1) as identifier('s.t')(a)", "select k from n where identifier('k') < 2"]
    yield from ["select row_number() over identifier('w') from n window w as (order by k)", "select row_number() over w from n window identifier('w') as (order by k)", "select row_number() over identifier('x.w') from n window w as (order by k)", "select k from n window identifier"]
    yield from ["select current_catalog(), current_database(), current_schema()", "select current_user() = current_user, user() = user, session_user() = session_user", "select current_database", "select current_database(1)", "select typeof(current_user())", "select current_user from values (1) as t(current_user)"]
    # A subquery sees the query around it, and none further out; a star of it too.
    yield from ["select (select (select k)) from n", "select k from n where exists (select 1 where exists (select 1 where k = 1))", "select (select t.* from values (2) as u(b)) from values (1) as t(a)", "select (select t.s.* from values (2) as u(b)) from values (named_struct('a', 1)) as t(s)", "select * from values (1) as t(a), lateral (select t.*, u.* from values (2) as u(b))", "select (select x.* from values (2) as u(b)) from values (1) as t(a)"]


def unknown_functions():
    yield from each("select {x}", x=["nix(1)", "a.nix(1)", "default.nix(1)", "spark_catalog.default.nix(1)", "a.b.nix(1)", "a.b.c.nix(1)", "session.nix(1)", "system.session.nix(1)", "* from nix(1)", "* from a.nix(1)", "* from a.b.nix(1)", "1 in ()", "null not in ()"])


def memberships():
    """IN with a subquery as a value: never NULL but of a NULL that is written, also where nothing is known."""
    tests = ["{x} in (select b from n)", "{x} not in (select b from n)", "not ({x} in (select b from n where b is not null))", "{x} in (select b from n where b is not null)", "{x} in (select b from n where false)", "{x} not in (select b from n where false)", "{x} in (select m.b from n m where m.a = n.a)", "{x} not in (select m.b from n m where m.a = n.a)", "{x} in (select max(m.b) from n m where m.a = n.k)", "{x} not in (select max(m.b) from n m where m.a = n.k)", "coalesce({x} in (select b from n), true)", "({x} in (select b from n)) is null", "not ({x} in (select b from n) and k > 3)", "not (k > 3 or {x} not in (select b from n) or a = 1)", "not not {x} not in (select b from n)", "case when {x} not in (select b from n) then 1 else 2 end"]
    yield from [f"select k, {test.format(x=x)} from n order by k" for test in tests for x in ["c", "k", "b", "20", "cast(null as bigint)", "null"]]
    yield from [f"select k from n where {test.format(x='b')} order by k" for test in tests]
    yield from each("select {x}", x=["null in (select b from n)", "null not in (select b from n)", "null in (select b from n where false)", "1 in (select null)", "1 not in (select cast(null as int))", "(a, b) in (select a, b from n) from n", "(k, k) not in (select id, id from range(4)) from n", "a, count(*), a + 1 in (select a from n) x, a not in (select a from n) y from n group by a", "sum(case when a in (select k from n where k > 1) then 1 when not a in (select k from n) then 10 else 100 end) from n"])
    yield "select count(*) from n x left join n y on (x.b in (select b from n where k > 2)) is null"
    # Computed at once, while the mode is the other one.
    yield from ["set spark.sql.ansi.enabled = false", "create table member_values using parquet as select k, null in (select b from n) x, null not in (select b from n where false) y, b in (select b from n where false) z from n", "set spark.sql.ansi.enabled = true", "select * from member_values order by k", "drop table member_values"]


def pipe_keys():
    yield from [f"select 1 as x, named_struct('y', 2, 'w', named_struct('a', 'b', 'c', 4)) as s, 3 as z |> as t |> drop {x}" for x in ["t.x", "s.y", "t.s.y, z", "t.s", "s.w.a, s.y", "s.w, s.w.a", "x, t.x", "s.none", "u.x", "t.x, x, z", "none.x"]]
    yield from [f"values (3, 4), (5, 4) as t(x, y) |> aggregate {x}" for x in ["sum(y) group by 1", "sum(x) group by 2", "group by 2, 1", "sum(x) group by 1, 1", "sum(y) group by 3", "sum(y) group by 0", "sum(y) group by -1", "sum(y) group by 1 as k", "sum(y) group by 1 + 1", "sum(y) group by 1L", "sum(y) group by x + 1 as x, 2", "count(*) group by x, 2"]]
    yield from ["values (3, 4) as t(x, y) |> join values (3, 5) as u(x, z) |> aggregate sum(z) group by 3", "from n |> join n m on n.k = m.k |> aggregate count(*) group by 1, 6", "from n |> aggregate group by 5, 2"]


def star_except():
    """What EXCEPT names are the columns that the star has: of a struct its fields."""
    stars = ["s.* except (a)", "t.s.* except (a)", "s.* except (s.a)", "s.* except (nope)", "* except (s.a)", "s.* except (x.p)", "s.* except (x, x.p)", "t.* except (s)", "t.* except (t.s, c)", "t.* except (u.b)", "* except (b)", "s.* except (a), a", "t.* except (b)", "s.* except (a, a)", "count(t.* except (s))", "struct(s.* except (x))"]
    yield from each("select {x} from (select struct(1 as a, struct(2 as p, 3 as q) as x, 4 as b) s, 5 c, 6 b) t, (select 7 a, 8 b) u", x=stars)
    yield from each("select {x}", x=["dateadd(Month, 1, date'2020-01-31')", "timestampdiff(mOnth, date'2020-01-31', date'2020-03-31')", "date_add(day, 1, date'2020-01-01')", "date_diff(WEEK, date'2020-01-01', date'2020-02-01')"])


def extracted():
    """What brackets and dots take of structs, maps, arrays of both, and what the columns are called."""
    of = "(select named_struct('u', 1, 'V', 'w') st, array(named_struct('q', 1, 'Q2', 'x'), null) a, map('k', named_struct('z', 5)) m, array(map('k', 7)) am, array(array(named_struct('q', 1))) aa, map(named_struct('i', 1), 2) sm, 'u' n, 0 i)"
    taken = ["st['u']", "st['v']", "st[n]", "st['none']", "st[0]", "st[null]", "st.v", "a['q']", "a['Q']", "a['none']", "a[n]", "a['0']", "a[0]['q']", "a[0].q2", "a[i].q", "a.q[0]", "a['q'][0]", "a[null]", "m['k']", "m['k']['z']", "m.k.z", "m[n]", "m['none']", "am['k']", "am[0]['k']", "am.k", "aa['q']", "aa[0]['q']", "aa.q", "sm[named_struct('i', 1)]", "sm['i']", "n['u']", "i[0]", "st['u'] + 1", "upper(st['V'])", "a['q2']['x']", "st[concat('u', '')]", "st[lower('U')]", "null[0]", "null['a']", "5['a']"]
    yield from each(f"select {{x}} from {of}", x=taken)
    yield from each(f"select {{x}} from (select {{y}} from {of})", x=["`st.u`", "`st[u]`"], y=["st['u']"])
    yield from each(f"select {{x}} from (select {{y}} from {of})", x=["`a.q`", "`a[q]`"], y=["a['q']"])
    yield from [f"select `{x}` from (select {y} from {of})" for x, y in [("V", "st.V"), ("st.v", "st['v']"), ("m[k][z]", "m['k']['z']"), ("m[k].z", "m['k']['z']"), ("z", "m['k'].z"), ("a[0].q", "a[0]['q']"), ("st[u]", "st[lower('U')]"), ("st[lower(U)]", "st[lower('U')]"), ("a.q[0]", "a['q'][0]"), ("upper(st.V)", "upper(st['V'])"), ("(st.u + 1)", "st['u'] + 1"), ("am[0][k]", "am[0]['k']")]]


NAME_TOPICS = {"extracted": extracted, "star-except": star_except, "memberships": memberships, "unknown-functions": unknown_functions, "list-generators": list_generators, "names": names, "pipe-keys": pipe_keys}
