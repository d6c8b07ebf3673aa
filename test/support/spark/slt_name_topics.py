"""Statements about names: of members of select lists, and those that IDENTIFIER stands for."""


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


def pipe_keys():
    yield from [f"select 1 as x, named_struct('y', 2, 'w', named_struct('a', 'b', 'c', 4)) as s, 3 as z |> as t |> drop {x}" for x in ["t.x", "s.y", "t.s.y, z", "t.s", "s.w.a, s.y", "s.w, s.w.a", "x, t.x", "s.none", "u.x", "t.x, x, z", "none.x"]]
    yield from [f"values (3, 4), (5, 4) as t(x, y) |> aggregate {x}" for x in ["sum(y) group by 1", "sum(x) group by 2", "group by 2, 1", "sum(x) group by 1, 1", "sum(y) group by 3", "sum(y) group by 0", "sum(y) group by -1", "sum(y) group by 1 as k", "sum(y) group by 1 + 1", "sum(y) group by 1L", "sum(y) group by x + 1 as x, 2", "count(*) group by x, 2"]]
    yield from ["values (3, 4) as t(x, y) |> join values (3, 5) as u(x, z) |> aggregate sum(z) group by 3", "from n |> join n m on n.k = m.k |> aggregate count(*) group by 1, 6", "from n |> aggregate group by 5, 2"]


NAME_TOPICS = {"list-generators": list_generators, "names": names, "pipe-keys": pipe_keys}
