"""Statements about operands: what may stand as one, which types it has and how it is named."""

from slt_each import each


def words_as_aliases():
    yield from each("select * from {x}", x=["values (1) as (a)", "range(2) as (x)", "(select 1) as (x)", "values (1, 2) as as (a, b)", "range(1) as", "(values (1) as (a)) t", "(values (1) as (a)) t where t.a = 1", "values (1) as (a, b)", "values (1) as ()"])
    yield from each("select as.a from values (1, 2) as {x}", x=["(a, b)", "t(a, b)"])
    yield from each("select {x}", x=["(1 as a, 2 as b)", "(1, 2 as b)", "(1 a, 2 b)", "(k, k + 1 as s) from n order by k", "struct(1 as a, 2)", "named_struct('a', 1 as b)", "(1 as a)", "(1, 2 as b).b", "(1 as x, 2) in (select 1, 2)", "named_struct('a', 1, 'b', 2) in (select (1 as a, 2 as b))", "case k when 1 then (2 end from n"])


def names_with_hyphens():
    yield from each("{x}", x=["select * from a-b", "select * from a-b.c", "select * from c.a-b-d", "select * from n as u-v", "select k as u-v from n", "select k as `u-v` from n where k = 1", "with u-v as (select 1) select 1", "create table a-b (x int) using parquet", "drop table a-b", "drop view if exists a-b", "select k-k from n where k = 1", "select n.k-n.k from n where k = 1", "table n |> as u-v", "use a-b", "select k as u -1 from n"])


def tests_of_truth():
    yield from each("select {x} from values (true), (false), (null) as t(a)", x=["a is unknown", "a is not unknown", "(a and null) is unknown", "a is unknown or a", "not a is unknown"])
    yield from each("select {x}", x=["1 is unknown", "'true' is unknown", "'x' is not unknown", "null is unknown", "date'2020-01-01' is unknown", "1 is ! null", "1 ! in (1)", "1 ! between 0 and 2", "'a' ! like 'b'", "'a' ! ilike 'b'", "'a' ! rlike 'b'", "true is ! true", "! true", "! (1 in (1))"])
    yield from each("select assert_true({x})", x=["'x'", "'true'", "null", "true", "1 = 1, 'told'"])


def stars_as_operands():
    yield from each("select {x} from values (1, null), (2, 3) as t(a, b)", x=["count(*)", "count(t.*)", "count(*, 1)", "count(*, *)", "count(t.*, 1)", "count(t.*, t.*)", "count(distinct *)", "count(distinct t.*)", "count(t.*) over ()", "count(t.*) filter (where a > 1)", "count(* except (b))", "count()", "count(distinct)", "* + 1", "1 - *", "- *", "* = 1", "* and true", "* like 'a'", "cast(* as string)", "*::string", "coalesce(*)", "struct(*)", "struct(*, 1 as c)", "struct(t.*)", "a in (*)", "a in (*, 5)", "a not in (*)", "greatest(*)"])
    yield from each("select a from values (1), (2) as t(a) {x}", x=["where * > 1", "where abs(*) = 1", "order by *", "order by abs(*)", "group by abs(*)", "join (select 1 as b) on coalesce(*) = 1"])


def keys_and_places():
    keys = ["map('a', 1), 5", "map(1, 'a'), '1'", "map(1, 'a'), 1L", "map(1L, 'a'), 1", "map(1.5D, 'a'), 1", "map(date'2020-01-01', 'a'), '2020-01-01'", "map('2020-01-01', 'a'), date'2020-01-01'", "map(date'2020-01-01', 'a'), timestamp'2020-01-01 00:00:00'", "map(true, 'a'), 1", "map(1, 'a'), null", "array(1, 2), '1'", "array(1, 2), 1L", "array(1, 2), 2S", "array(1, 2), 1.5", "array(1, 2), null"]
    places = ["1.5", "'1'", "1.5D", "2L", "null", "true", "date'2020-01-01'", "cast('2' as string)"]
    orders = ["'1'", "1", "true", "null", "cast(null as boolean)", "cast('true' as boolean)"]
    for ansi in ["true", "false"]:
        yield f"set spark.sql.ansi.enabled = {ansi}"
        yield from each("select {f}({k})", f=["element_at", "try_element_at"], k=keys)
        yield from each("select get(array(1, 2, 3), {p})", p=places)
        yield from each("select sort_array(array('b', 'd'), {o})", o=orders)
    yield "reset spark.sql.ansi.enabled"


def told_schemas():
    schemas = ["a INT, b", "a INT b", "InvalidType", "a InvalidType", "a", "a: Foo", "struct<a: Foo>", "a INT, b Foo", "a decimal(40,1)", "a INT,", "", "Array<int> x"]
    yield from each("select {f}('1', '{s}')", f=["from_json", "from_csv"], s=schemas)


def unread_intervals():
    yield from each("select interval {x}", x=["'1-2' year", "'1x' day", "'x' day", "'-' day", "'1 2' day", "'' day", "'1:2' hour", "'+ x' day", "'-1-2' day", "'1.5x' day"])


def set_by_subqueries():
    t = "values (1, 2), (0, 4) as t(x, y)"
    yield from each(f"{t} |> set {{s}}", s=["y = (select max(k) from n)", "y = (select k from n where k = x limit 1)", "y = (select count(*) from n where k = x), x = 7", "y = exists (select 1 from n where k = x)", "y = x in (select k from n)", "t.x = 1"])
    yield from each(f"{t} |> aggregate {{s}}", s=["sum(y) group by x, y grouping sets (x, y)", "", "count(*) group by x |> set x = (select max(k) from n)"])


def unlike_branches():
    yield from each("select {x}", x=["case when true then 1 else array(1) end", "case 1 when 1 then date'2020-01-01' when 2 then 1 end", "if(true, 1, array(1))", "coalesce(1, date'2020-01-01')", "nvl(1, array(1))"])


OPERAND_TOPICS = {"words-as-aliases": words_as_aliases, "names-with-hyphens": names_with_hyphens, "tests-of-truth": tests_of_truth, "stars-as-operands": stars_as_operands, "keys-and-places": keys_and_places, "told-schemas": told_schemas, "unread-intervals": unread_intervals, "set-by-subqueries": set_by_subqueries, "unlike-branches": unlike_branches}
