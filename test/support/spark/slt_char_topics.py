"""Topics of slt.py about columns of char(n) and varchar(n)."""
from slt_each import each


def texts_of_length():
    yield "create table ch (c char(5), v varchar(3), s string) using parquet"
    yield "describe ch"
    yield "insert into ch values ('ab', 'ab', 'ab'), ('abcde', 'abc', 'x'), (null, null, null), ('', '', '')"
    yield from each("insert into ch values ({r})", r=["'abcdef', 'a', 'x'", "'a', 'abcd', 'x'", "'abcde   ', 'abc    ', 'pad'", "1, 23, 4", "123456, 1, 4", "'éééé', '😀😀😀', 'uni'", "'a', '😀😀😀😀', 'uni'", "'ab    ', 'a    ', 'blanks'"])
    yield "select length(c), length(v), concat('[', c, ']'), concat('[', v, ']'), s from ch order by s, c"
    yield "select typeof(c), typeof(v) from ch limit 1"
    yield from each("select s from ch where {w} order by s", w=["c = 'ab'", "'ab' = c", "c = 'ab        '", "v = 'ab '", "v = 'ab'", "c in ('ab', 'abcde')", "c in ('ab', 'abcdefghi')", "c not in ('ab', 'abcde')", "c > 'ab'", "c >= 'ab'", "c < 'ab'", "c <=> 'ab'", "c <> 'ab'", "c like 'ab'", "c like 'ab%'", "c = s", "c = v", "coalesce(c, 'x') = 'ab'", "upper(c) = 'AB'", "length(c) = 5", "c is null", "c = null", "c in ('ab', null)", "c = 'ab' or s = 'x'"])
    yield "select s from (select c as d, s from ch) where d = 'ab' order by s"
    yield "select s from (select max(c) as d, s from ch group by s) where d = 'ab' order by s"
    yield "select case c when 'ab' then 1 else 0 end, s from ch order by s"
    yield "select c, count(*) from ch group by c order by c"
    yield "create table c2 (c char(2), d char(7)) using parquet"
    yield "insert into c2 values ('ab', 'ab'), ('x', 'abcde')"
    yield "select a.s from ch a join c2 b on a.c = b.c order by a.s"
    yield "select a.s from ch a join c2 b on a.c = b.d order by a.s"
    yield "select c = d, c < d from c2 order by c"
    yield "select c from ch union all select 'q' order by c"
    yield from each("select cast('abcdef' as {t}), typeof(cast('abcdef' as {t}))", t=["char(3)", "varchar(3)", "character(9)", "char", "varchar"])
    yield from each("create table c3 (c {t}) using parquet", t=["char", "varchar"])
    yield "create table c7 like ch"
    yield "describe c7"
    yield "create table c8 (a int, p char(3)) using parquet partitioned by (p)"
    yield "insert into c8 values (1, 'x'), (2, 'xyz')"
    yield "insert into c8 partition (p = 'y') values (3)"
    yield "insert into c8 partition (p = 'yyyy') values (3)"
    yield "show partitions c8"
    yield "select a, concat('[', p, ']') from c8 order by a"
    yield "select a from c8 where p = 'x'"
    yield "alter table ch add columns (e varchar(4))"
    yield "describe ch"
    yield from each("alter table ch alter column {c} type {t}", c=["v", "c"], t=["varchar(5)", "string", "char(8)"])
    yield "insert into ch values ('a', 'b', 'c', 'abcde')"
    yield "create table c9 (c varchar(3) default 'ab', d char(3) default 'q') using parquet"
    yield "insert into c9 values (default, default)"
    yield "select concat('[', c, ']'), concat('[', d, ']') from c9"
    yield """select from_json('{"a":"x"}', 'a char(3)')"""


CHAR_TOPICS = {"texts-of-length": texts_of_length}
