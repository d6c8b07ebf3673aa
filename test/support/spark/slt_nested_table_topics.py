"""Statements about tables and variables of nested types and intervals."""

from slt_each import each


def nested_tables():
    yield from [
        "create table a1 (k int, l array<int>, m map<string, int>, s struct<x: int, y: array<string>>) using parquet",
        "describe a1", "select * from a1",
        "insert into a1 values (1, array(1, null), map('a', 1), named_struct('x', 1, 'y', array('p'))), (2, null, null, null)",
        "insert into a1 values (3, array(), map(), struct(null, null))", "insert into a1 values (4, array('5', null), map(1, 2), struct('7', array(1)))",
        "insert into a1 (k) values (5)", "insert into a1 (l, k) values (array(7L), 6)",
        "select * from a1 order by k", "select k, l[0], m['a'], s.x, s.y[0] from a1 order by k", "select s.y from a1 where s.x = 1", "select k, size(l) from a1 where s.y is not null order by k",
        "select l, count(*) from a1 group by l order by l", "select a.k, b.k from a1 a join a1 b on a.l = b.l order by 1, 2",
    ]
    yield from each("insert into a1 (k, l) values (9, {x})", x=["1", "'x'", "array('x')", "array(array(1))", "map(1, 2)", "array(1.5D)", "array(null)", "null", "array(99999999999)", "array(true)", "array(date '2020-01-01')"])
    yield from each("insert into a1 (k, m) values (9, {x})", x=["map(1, 2)", "map('a', array(1))", "map('a', 1.5BD)", "map(true, null)", "array(1)", "map(array(1), 1)"])
    yield from each("insert into a1 (k, s) values (9, {x})", x=["named_struct('y', 1, 'x', array('a'))", "struct('1', array(2))", "struct(array(1), array(2))", "struct(1, 2)", "1"])
    yield from ["select * from a1 where k = 9", "insert into a1 values (9, null, null, struct(1))", "insert into a1 values (9, null, null, struct(1, array(1), 2))", "insert overwrite a1 select k, l, m, s from a1 where k < 3", "select * from a1"]
    yield from [
        "create table a2 using parquet as select array(array(1), null) aa, map(1, map('x', array(1.5BD))) mm, array(struct(1 as a, date '2020-01-01' as d)) st, named_struct('t', timestamp '2020-01-01 00:00:00') sn",
        "describe a2", "select * from a2", "select aa[0][0], mm[1]['x'][0], st[0].d, st.a, sn.t from a2",
        "insert into a2 table a2", "insert into a2 by name select array(array(2)) aa, null mm, null st, null sn", "select aa from a2 order by aa", "select count(*) from a2",
        "alter table a2 add columns (extra array<string>)", "describe a2", "select extra from a2", "insert into a2 values (null, null, null, null, array('z'))", "select extra from a2 where extra is not null", "alter table a2 add columns (w void)",
        "create table a3 (k int, p array<int>) using parquet partitioned by (p)", "create table a3 (k int, p map<int, int>) using parquet partitioned by (p)", "create table a3 (k int, p struct<x: int>) using parquet partitioned by (p)",
        "create table a3 (k int, p interval day) using parquet partitioned by (p)", "create table a4 (k int, a array<int>) using parquet partitioned by (k)", "insert into a4 values (1, array(1)), (array(2), 2)", "insert into a4 values (array(1), 1), (array(2, null), 2)", "select * from a4 order by k", "insert into a4 partition (k = 3) values (array(3))", "select a from a4 where k = 3",
    ]
    yield from [
        "create table d1 (k int, l array<int> default array(1, 2), m map<string, int> default map('a', 1), s struct<x: int> default named_struct('x', 5), e array<string> default array()) using parquet",
        "insert into d1 (k) values (1)", "insert into d1 values (2, default, default, default, default)", "select * from d1 order by k", "create table d2 (l array<int> default array('x')) using parquet", "create table d2 (l array<int> default 1) using parquet",
        "alter table d1 alter column l set default array(9)", "insert into d1 (k) values (3)", "select k, l from d1 order by k",
        "create table i1 (k int, ym interval year to month, y interval year, ds interval day to second, h interval hour, l array<interval month>) using parquet", "describe i1",
        "insert into i1 values (1, interval '1-2' year to month, interval '3' year, interval '1 02:03:04.5' day to second, interval '5' hour, array(interval '7' month)), (2, null, null, null, null, null)",
        "select * from i1 order by k", "select typeof(ym), typeof(y), typeof(ds), typeof(h), typeof(l) from i1 where k = 1", "select ym + interval '1' month, ds * 2, y + date '2020-01-01' from i1 order by k", "insert into i1 (k, y) values (3, interval '1-2' year to month)", "insert into i1 (k, ym) values (4, interval '2' year)", "insert into i1 (k, ds) values (5, interval '2' hour)", "insert into i1 (k, h) values (6, interval '1 02' day to hour)", "insert into i1 (k, ym) values (7, interval '2' day)", "insert into i1 (k, ym) values (8, 5)", "insert into i1 (k, ym) values (8, '1-2')", "select * from i1 where k > 2 order by k",
        "create table i2 using parquet as select k, ym, ds from i1", "describe i2", "select * from i2 where k < 3 order by k", "select max(ym), min(ds) from i2",
        "create view v1 as select l, m['a'] as ma from a1", "select * from v1", "describe v1",
    ]


def nested_variables():
    for kind, value in [("array<int>", "array(1, null)"), ("array<string>", "array('it''s', null)"), ("map<string, int>", "map('a', 1)"), ("struct<a: int, b: string>", "named_struct('a', 1, 'b', 'x')"), ("array<struct<a: int>>", "array(struct(1), null)"), ("struct<d: date, l: array<decimal(5,2)>>", "struct(date '2020-01-01', array(1.5))"), ("map<int, array<timestamp>>", "map(1, array(timestamp '2020-01-01 00:00:00'))"), ("array<double>", "array(1.5D, double('NaN'))"), ("array<int>", "null"), ("array<array<int>>", "array()")]:
        yield from [f"declare or replace variable v {kind} = {value}", "select v, typeof(v)", "select v is null", "select v from n where k = 1", "set variable v = null", "select v, typeof(v)", "set var v = default", "select v", f"declare or replace w = {value}", "select w, typeof(w)"]
    yield from ["declare or replace a array<int> = array(3, 1, 2)", "select a[0], size(a), sort_array(a), transform(a, x -> x + 1)", "set var a = array_append(a, 4)", "select a", "select k from n where array_contains(a, k) order by k", "set var a = 5", "set var a = array('x')", "set var a = (select collect_list(k) from (select k from n order by k))", "select a",
        "declare or replace s = named_struct('x', 1, 'y', array('p'))", "select s.x, s.y[0], session.s.x", "set var s = named_struct('x', 2, 'y', array('q'))", "select s", "set var (a, s) = (select array(7), struct(3, array('r')))", "select a, s", "declare or replace m = map('k', array(1, 2))", "select m['k'][1], map_keys(m)", "select explode(a)", "declare or replace d array<int> default array(1)", "select d"]


def struct_fields():
    """Fields of structs go into those of tables by their order, or by name."""
    yield from ["create table st (k int, s struct<a: int, b: string>) using parquet", "create table sa (k int, s array<struct<a: int, b: string>>) using parquet"]
    rows = ["1 as k, struct(1) as s", "1 as k, struct(1, 'x', 2) as s", "1 as k, named_struct('a', 1) as s", "1 as k, named_struct('b', 'x') as s", "1 as k, named_struct('a', 1, 'b', 'x', 'c', 2) as s", "1 as k, named_struct('a', 1, 'c', 'x') as s", "1 as k, named_struct('x', 1, 'y', 'q') as s", "2 as k, named_struct('A', 1, 'B', 'q') as s", "1 as k, named_struct('a', 'x', 'b', 1) as s", "1 as k, array(1) as s"]
    yield from [f"insert into st {how} select {row}" for how in ["", "(k, s)", "by name"] for row in rows]
    yield from [f"insert into sa {how} select k, array(s) as s from (select {row})" for how in ["", "(k, s)", "by name"] for row in rows]
    yield from ["select k, s.a, s.b from st order by k, s.a, s.b", "select k, s[0].a, s[0].b from sa order by k, s[0].a, s[0].b", "insert into st (k, s) select 1, named_struct('b', 'x', 'a', 1)", "insert into st by name select 1 as k, named_struct('b', 'x', 'a', 1) as s", "drop table st", "drop table sa"]
    yield "select schema_of_json('{\"1a\": 1, \"a1\": 2, \"_\": 3, \"a.b\": 4, \"7\": 5}')"



NESTED_TABLE_TOPICS = {"struct-fields": struct_fields, "nested-tables": nested_tables, "nested-variables": nested_variables}
