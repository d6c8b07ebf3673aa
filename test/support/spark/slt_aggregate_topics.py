"""Topics of slt.py: vectors, and aggregates that keep more than a number."""
from slt_each import each

VECTORS = ["array(3f, -4f)", "array(0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1.1f, 1.2f)", "array(0f, -0f)", "cast(array() as array<float>)", "cast(null as array<float>)", "array(1f, null)", "array(float('nan'), 2f)", "array(float('-inf'), 2f)", "array(1e30f, 1e30f)", "array(1e-30f, 1e-30f)", "array(1, 2)", "array(1d)", "array()", "'a'", "null", "1f"]
VECTOR_ROWS = "(values (1, 1, array(0.1f, 0.2f)), (2, 1, array(0.3f, 0.4f)), (3, 1, array(0.7f, 0.7f)), (4, 2, array(1f, null)), (5, 2, null), (6, 2, array(3e38f, 1e-3f)), (7, 3, array(float('nan'), 1f)), (8, 3, array(3e38f, 0.5f)), (9, 3, array(3e38f, -0.25f)), (10, 4, null)) as t(k, g, a)"


def vectors():
    yield from each("select {f}({x})", f=["vector_norm", "vector_normalize"], x=VECTORS)
    yield from each("select {f}({x}, {d})", f=["vector_norm", "vector_normalize"], x=["array(3f, -4f)", "array(0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1.1f, 1.2f)", "array(null, 1f)", "cast(null as array<float>)", "cast(array() as array<float>)"], d=["1f", "2f", "float('inf')", "float('-inf')", "float('nan')", "3f", "-1f", "cast(null as float)", "null", "2", "1d", "'2'"])
    yield from each("select {f}({x}, {y})", f=["vector_inner_product", "vector_l2_distance", "vector_cosine_similarity"], x=VECTORS[1:], y=["array(1.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1.1f, 1.3f)", "array(1f, 2f)", "array(0f, 0f)", "cast(array() as array<float>)", "cast(null as array<float>)", "array(1)"])
    yield from ["select vector_norm()", "select vector_norm(array(1f), 1f, 1f)", "select vector_inner_product(array(1f))"]
    yield f"select k, vector_norm(a, cast(k as float)) from {VECTOR_ROWS} where k < 3 order by k"
    yield f"select k, vector_norm(a), vector_normalize(a, 1f), vector_inner_product(a, array(1f, 2f)), vector_cosine_similarity(a, a), vector_l2_distance(a, array(0f, 1f)) from {VECTOR_ROWS} order by k"
    yield from each("select {g}vector_sum(a), vector_avg(a) from {r}{b}", g=["g, "], b=[" group by g order by g"], r=[VECTOR_ROWS])
    yield from each("select vector_sum({d}a), vector_avg({d}a) from {r}", d=["", "distinct "], r=["values (array(1f, 2f)), (array(1f, 2f)), (array(3f, 5f)) as t(a)", "values (array(1f, 2f)), (array(3f)) as t(a)", "values (cast(array() as array<float>)), (null) as t(a)", "values (array(1f)) as t(a) where false", "values (array(1)) as t(a)", "values ('x') as t(a)", "values (null) as t(a)", "values (array(array(1f))) as t(a)"])
    yield f"select vector_sum(a) filter (where k < 3), vector_avg(a) filter (where k > 100) from {VECTOR_ROWS}"
    yield from each("select k, {f}(a) over ({w}) from {r} where g < 3 order by k", f=["vector_sum", "vector_avg"], w=["order by k", "partition by g", "order by k rows between 1 preceding and current row", "partition by g order by k desc", "order by k rows between 1 following and 2 following"], r=[VECTOR_ROWS])
    yield "select vector_sum(array(cast(id as float), 0.5f)) from range(1000)"
    yield "select id % 3, vector_sum(array(cast(id as float), 0.5f)) from range(100) group by id % 3 order by 1"


HISTOGRAM_ROWS = ["values (0), (1), (2), (10), (9), (8), (7), (6), (5), (3) as t(a)", "values (1.5D), (2.5D), (10D), (null), (10D) as t(a)", "values (1.50BD), (2.25BD), (10BD) as t(a)", "values (date'2020-01-01'), (date'2020-01-03'), (date'2021-01-01') as t(a)", "values (timestamp'2020-01-01 00:00:00'), (timestamp'2020-01-03 12:00:00') as t(a)", "values (cast(1 as tinyint)), (cast(2 as tinyint)), (cast(9 as tinyint)) as t(a)", "values (interval '1' month), (interval '7' month), (interval '9' month) as t(a)", "values (interval '1' day), (interval '7' hour), (null) as t(a)", "values (double('nan')), (1D), (double('inf')) as t(a)", "values ('1'), ('2.5'), ('7') as t(a)", "values (null) as t(a)", "values (1) as t(a) where false", "values (true) as t(a)", "values (array(1)) as t(a)", "range(1, 100, 1, 1) as t(a)", "(select (id * 7919) % 1009 as a from range(0, 300, 1, 1))"]


def sketches():
    yield from each("select {f} from values (1, 'a', 1.5D), (1, 'b', 1.5D), (2, 'a', -0.0D), (null, null, 0.0D), (3, '', double('nan')) as t(a, b, c)", f=["approx_count_distinct(a)", "approx_count_distinct(b)", "approx_count_distinct(c)", "approx_count_distinct(a, 0.01)", "approx_count_distinct(a, 0.3D)", "approx_count_distinct(distinct a)", "approx_count_distinct(a) filter (where a > 1)", "approx_count_distinct(a, 0.5)", "approx_count_distinct(a, 'a')", "approx_count_distinct(a, c)", "approx_count_distinct(a, null)", "approx_count_distinct(null)", "approx_count_distinct(struct(a, b))", "approx_count_distinct(a > 1)"])
    yield from each("select approx_count_distinct(id{e}), approx_count_distinct(cast(id as string){e}), approx_count_distinct(cast(id as double){e}), approx_count_distinct(cast(id % 1000 as int){e}), approx_count_distinct(id % 150{e}) from range({n})", e=["", ", 0.1", ", 0.01", ", 0.3", ", 0.02D"], n=["10", "300", "1500", "10000"])
    yield from ["select id % 3 as g, approx_count_distinct(id) from range(3000) group by g order by g", "select approx_count_distinct(a) from values (1) as t(a) where false", "select k, approx_count_distinct(a) over (order by k rows between 1 preceding and current row), approx_count_distinct(a) over (order by k) from values (1, 5), (2, 5), (3, 7), (4, null) as t(k, a) order by k"]
    yield from each("select {x}", x=["bitmap_construct_agg(true)", "bitmap_or_agg('a')", "bitmap_or_agg(1)", "bitmap_and_agg(true)"])
    yield from each("select substring(hex({f}(a)), 1, 30), length({f}(a)), bitmap_count({f}(a)) from {r}", f=["bitmap_or_agg", "bitmap_and_agg"], r=["values (x'10'), (x'30'), (null), (x'70ff') as t(a)", "values (x'10') as t(a) where false", "values (cast(null as binary)) as t(a)", "values (x''), (x'ff') as t(a)", "values (cast(repeat('a', 5000) as binary)) as t(a)"])
    yield from each("select substring(hex(bitmap_construct_agg(a)), 1, 20), bitmap_count(bitmap_construct_agg(a)), length(bitmap_construct_agg(a)) from {r}", r=["values (0L), (9L), (null), (17L), (32767L) as t(a)", "values (0L) as t(a) where false", "values (-1L) as t(a)", "values (32768L) as t(a)", "values (1), (1) as t(a)", "values ('7') as t(a)", "values (1.5BD) as t(a)"])
    yield "select bitmap_bucket_number(a) as b, bitmap_count(bitmap_construct_agg(bitmap_bit_position(a))) from (select id * 7 as a from range(20000)) group by b order by b"
    yield from each("select hex(count_min_sketch(a, {p})) from {r}", p=["0.5d, 0.5d, 1", "0.9d, 0.2d, 7L", "0.1d, 0.95d, -3"], r=["values (1), (2), (1), (null), (-2147483648) as t(a)", "values ('abc'), ('de'), (null), ('') as t(a)", "values (x'616263') as t(a)", "values (9223372036854775807L), (-5L) as t(a)", "values (cast(1 as tinyint)) as t(a) where false", "values (null) as t(a)"])
    yield from each("select count_min_sketch({p}) from values (1, 0.5d) as t(a, b)", p=["a, 0d, 0.5d, 1", "a, 0.5d, 1d, 1", "a, 0.5d, null, 1", "a, 0.5d, 0.5d, null", "a, null, 0.5d, 1", "a, 0.5, 0.5d, 1", "a, 0.5d, 0.5, 1", "b, 0.5d, 0.5d, 1", "a, b, 0.5d, 1", "a, -1d, 0.5d, 1", "true, 0.5d, 0.5d, 1", "a, 0.5d, 0.5d, 'a'"])
    yield from each("select histogram_numeric(a, {n}) from {r}", n=["2", "5"], r=HISTOGRAM_ROWS)
    yield from each("select histogram_numeric(a, {n}) from values (2), (3) as t(a)", n=["1", "-1", "null", "a", "2.5", "2L", "1 + 1", "1000"])
    yield "select id % 3 as g, histogram_numeric(id, 4) from range(0, 60, 1, 1) group by g order by g"


def picked_several():
    yield from each("select {f}(x, y, {k}) from values ('a', 10), ('b', 50), ('c', 20), (null, 60), ('e', null), ('f', 50) as t(x, y)", f=["max_by", "min_by"], k=["1", "2", "10", "2L", "1.5", "'2'", "0", "-1", "100001", "null", "y", "'a'", "1 + 1"])
    yield from each("select max_by(x, y, 2), min_by(x, y, 2) from {r}", r=["values (1, 2) as t(x, y) where false", "values (1, null), (2, null) as t(x, y)", "values (map(1, 2), 1), (map(3, 4), 2) as t(x, y)", "values (1, map(1, 2)) as t(x, y)", "values (1, 1.5D), (2, double('nan')), (3, -0.5D), (4, 0.0D) as t(x, y)", "values (1, 'b'), (2, 'a'), (3, ''), (4, 'ab') as t(x, y)", "values (array(1), date'2020-01-01'), (array(2), date'2019-01-01') as t(x, y)", "values (struct(1, 'a'), 1.5BD), (struct(2, 'b'), 12345678901234567890.5BD) as t(x, y)", "values (1, true), (2, false) as t(x, y)"])
    yield "select dept, max_by(name, pay, 2), min_by(name, id, 2) from emp group by dept order by dept"
    yield "select id, max_by(name, id, 2) over (order by id rows between 1 preceding and current row) from emp order by id"


def several_percentages():
    yield from each("select {x} from values (1, 1), (3, 2), (10, 1), (null, 1) as t(a, f)", x=["percentile(a, array(0.25, 0.5))", "percentile(a, array(0.5, 1), f)", "percentile_cont(array(0.25, 0.75)) within group (order by a)", "percentile_disc(array(0.25, 0.75)) within group (order by a desc)", "percentile_approx(a, array(0.5, 0.1))", "approx_percentile(a, array(0.5D, 0.1D), 100)", "percentile(a, array(0.25, 1.5))", "percentile(a, array(0.25, null))", "percentile(a, array())", "percentile_approx(a, array(0.25, 1.5))", "percentile_approx(a, array())", "percentile_approx(a, array(0.25, null))", "percentile(a, array('0.5'))", "percentile(a, array(a))", "typeof(percentile(a, array(0.5)))", "typeof(percentile_approx(a, array(0.5)))"])
    yield from each("select percentile({x}, array(0, 0.5)), percentile_approx({x}, array(0, 0.5)) from values (interval '1' day, date'2020-01-01'), (interval '3' day, date'2021-01-01') as t(a, d){w}", x=["a"], w=["", " where false"])
    yield "select percentile_approx(d, array(0, 0.5)) from values (date'2020-01-01'), (date'2021-01-01') as t(d)"


def interval_sums():
    rows = ["values (1, interval '1' year), (2, interval '5' month), (3, null) as t(k, a)", "values (1, interval '1' day), (2, interval '2' hour), (3, interval '0.000001' second), (4, null) as t(k, a)", "values (1, interval '178956970-7' year to month), (2, interval '1' month) as t(k, a)", "values (1, interval '106751991 04:00:54.775807' day to second), (2, interval '1' second) as t(k, a)", "values (1, interval '2' month), (2, interval '3' month), (3, interval '3' month) as t(k, a)", "values (1, interval '-2' month), (2, interval '-3' month) as t(k, a)", "values (1, interval '2' month) as t(k, a) where false", "values (1, interval '1' minute), (2, interval '30' second) as t(k, a)"]
    yield from each("select {f}({d}a) from {r}", f=["sum", "avg", "try_sum", "try_avg", "mean"], d=["", "distinct "], r=rows)
    yield from each("select k, {f}(a) over ({w}) from {r} order by k", f=["sum", "avg"], w=["order by k", "order by k rows between 1 preceding and current row", "order by k rows between current row and 1 following"], r=[rows[0], rows[1]])
    yield from each("select k, try_sum(a) over (order by k) from {r} order by k", r=[rows[0], rows[2], rows[3]])
    yield from each("select {f}(a) from values (interval '106751991 04:00:54.775807' day to second), (interval '1' second), (interval '-2' second) as t(a)", f=["try_sum", "try_avg"])
    yield from each("select k % 2 as g, {f}(a) from {r} group by g order by g", f=["sum", "avg", "try_sum", "try_avg"], r=[rows[0], rows[1], rows[4]])


def of_nothing():
    """A correlated subquery over an aggregate has a row where nothing matches, and the aggregate its value of no rows."""
    calls = ["collect_list(m.k)", "sort_array(collect_set(m.k))", "approx_count_distinct(m.k)", "size(collect_list(m.k))", "count(m.k)", "count(distinct m.k)", "max(m.k)", "sum(m.k)", "stddev(m.k)", "count_if(m.k > 1)", "hex(count_min_sketch(m.k, 0.5d, 0.5d, 1))", "listagg(m.s, ',')", "percentile(m.k, 0.5)", "approx_percentile(m.k, 0.5)", "regr_count(m.k, m.b)", "bit_or(m.a)", "max_by(m.k, m.b)", "collect_list(m.k) filter (where m.k > 3)", "hex(bitmap_construct_agg(m.k))", "count(m.k) + size(collect_set(m.s))", "histogram_numeric(m.k, 2)", "try_avg(m.k)", "every(m.k > 1)", "median(m.k)"]
    yield from each("select k, (select {x} from n m where m.a = n.k) x from n order by k", x=calls)
    yield from each("select k, (select {x} from n m where m.a > n.k) x from n order by k", x=calls)
    yield from each("select k, x from n, lateral (select {x} as x from n m where m.a = n.k) order by k", x=calls[:4])



def modes():
    """Of values that are there as often the one that Spark's table of hashes has first."""
    lists = {"int": ["1, 2, 3, 4, 5, 6, 7, 8", "100, 200, -300, 400", "-10, 0, 10", "2147483647, -2147483648, 0, 7", "5, 5, 6, 6, 7"], "bigint": ["1L, -5L, 10000000000L", "9223372036854775807L, -9223372036854775808L, 3L"], "string": ["'x', 'y', 'zeta', ''", "'é', '日本語', 'abcdefgh', 'abcdefghi'"], "double": ["1.5D, 2.5D, 0D, -1D", "double('NaN'), double('Infinity'), 1e300D"], "float": ["float(1.5), float(2.5), float(3)"], "date": ["date'2020-01-01', date'2020-01-02', date'1999-01-01'"], "timestamp": ["timestamp'2020-01-01', timestamp'2020-01-02', timestamp'1999-01-01'"], "boolean": ["true, false", "false, true"], "tinyint": ["1Y, 2Y, 3Y"], "interval": ["interval '1' day, interval '2' day, interval '3' hour", "interval '1' year, interval '2' month, interval '-3' month"], "time": ["time'12:00:00', time'13:00:00', time'01:02:03'"]}
    for values in lists.values():
        for some in values:
            rows = ", ".join(f"({v})" for v in some.split(", "))
            yield from each("select mode(a{d}) from values {r} as t(a)", d=["", ", false", ", true"], r=[rows])
    yield from each("select mode({e}) from range({n})", e=["id % 100", "id % 40", "id % 60 * 7919", "'k' || (id % 60)", "cast(id % 50 as int)", "date_add(date'2020-01-01', cast(id % 30 as int))"], n=["600"])
    yield "select id % 3, mode(id % 50) from range(600) group by id % 3"
    yield from each("select mode() within group (order by a {o}) from values (1), (2), (3) as t(a)", o=["", "desc"])


def frequent_items():
    one = "range(0, 3000, 1, 1)"
    values = ["id % 7", "id * id % 101", "id * 7919 % 257", "cast(id * 31 % 97 as int)", "cast(id % 11 as tinyint)", "id % 3 = 0", "cast(id * 13 % 53 as string)", "concat('é😀', id * id % 41)", "cast(id * 17 % 71 as double) / 4", "cast(id * 17 % 71 as float) - 30", "if(id % 5 = 0, null, id % 29)", "date_add(date'2000-01-01', cast(id * 19 % 43 as int))", "timestamp_seconds(id * 3 % 37)", "(id % 2 - 0.5D) * 0"]
    for value in values:
        for more in ["", ", 3", ", 100", ", 4, 8", ", 20, 20", ", 1, 1", ", 7, 100"]:
            yield f"select approx_top_k({value}{more}) from {one}"
    # Items go from the end of the table, and from its beginning, while others come nearer to their places.
    yield from ["select approx_top_k(cast(sqrt(id * 7919 % 37) as int), 5, 5) from range(0, 500, 1, 1)", "select approx_top_k(cast(sqrt(id * 7919 % 37) as int), 5, 5) from range(0, 2000, 1, 1)", "select approx_top_k(if(id % 3 = 0, id % 5, id * 104729 % 97), 6, 22) from range(0, 200, 1, 1)", "select approx_top_k(if(id % 3 = 0, id % 5, id * 104729 % 97), 6, 22) from range(0, 500, 1, 1)"]
    yield from ["select approx_top_k(a) from values (1), (2), (2), (null), (null), (null) as t(a)", "select approx_top_k(a, 1) from values (1), (null), (null) as t(a)", "select approx_top_k(a, 2) from values (1), (1), (null), (null) as t(a)", "select approx_top_k(a) from values (1) as t(a) where false", "select approx_top_k(cast(null as int)) from range(3)", "select k % 2, approx_top_k(s, 2) from n group by k % 2 order by 1", "select approx_top_k(distinct b) from n", "select approx_top_k(b) filter (where k > 3) from n"]
    yield from [f"select approx_top_k({args}) from n" for args in ["k, 0", "k, -1", "k, null", "k, 5, null", "k, 5, 0", "k, 5, 3", "k, 5, 1000001", "k, k", "k, 5, k", "k, '2'", "k, 2L", "array(k)", "null", "X'00'", "struct(k)", "interval '1' day", "k, 5, 10, 3", "", "cast(k as decimal(5,1))", "s collate utf8_lcase", "time'12:00:00'"]]


def frequent_sketches():
    """What is asked of sketches that are kept, not their bytes."""
    yield from [f"select approx_top_k_estimate(approx_top_k_accumulate({value}){k}) from n" for value in ["a", "s", "c", "b", "k % 3 = 0", "date_add(date'2020-01-01', a)", "cast(c as float)", "k, 20"] for k in ["", ", 2"]]
    yield from ["select approx_top_k_estimate(approx_top_k_accumulate(a), 1) from values (1), (null), (null) as t(a)", "select approx_top_k_estimate(approx_top_k_accumulate(a)) from values (1) as t(a) where false", "select typeof(approx_top_k_accumulate(s)), typeof(approx_top_k_accumulate(k, 7)) from n", "select k % 2, approx_top_k_estimate(approx_top_k_accumulate(s), 2) from n group by k % 2 order by 1", "select x.maxItemsTracked, x.itemDataType, x.itemDataTypeDDL from (select approx_top_k_accumulate(s, 9) x from n)", "select approx_top_k_accumulate(k).itemDataTypeDDL from n"]
    yield from [f"select approx_top_k_estimate(approx_top_k_combine(x{more})) from (select approx_top_k_accumulate({value}) x from n group by k % 3)" for value in ["a", "s", "c", "k"] for more in ["", ", 30"]]
    yield from ["select approx_top_k_combine(x).maxItemsTracked, approx_top_k_combine(x, 8).maxItemsTracked, approx_top_k_combine(x).itemDataTypeDDL, typeof(approx_top_k_combine(x)) from (select approx_top_k_accumulate(k, 20) x from n group by k % 2)", "select approx_top_k_estimate(approx_top_k_combine(x), 3) from (select approx_top_k_accumulate(k, 5) x from n union all select approx_top_k_accumulate(k, 6) from n)", "select approx_top_k_estimate(approx_top_k_combine(x), 3) from (select approx_top_k_accumulate(k) x from n union all select approx_top_k_accumulate(b) from n)", "select approx_top_k_estimate(approx_top_k_combine(x), 3) from (select approx_top_k_accumulate(k) x from n union all select approx_top_k_accumulate(s) from n)"]
    yield from ["select approx_top_k_estimate(approx_top_k_accumulate(cast(sqrt(id * 7919 % 37) as int), 5), 5) from range(0, 500, 1, 1)", "select approx_top_k_estimate(approx_top_k_accumulate(if(id % 3 = 0, id % 5, id * 104729 % 97), 22), 6) from range(0, 200, 1, 1)", "select approx_top_k_estimate(approx_top_k_combine(x, 22), 6) from (select approx_top_k_accumulate(if(id % 3 = 0, id % 5, id * 104729 % 97), 22) x from range(0, 500, 1, 1))"]
    yield from [f"select approx_top_k_accumulate({args}) from n" for args in ["k, 0", "k, -1", "k, null", "k, 1000001", "k, k", "array(k)", "null", "X'00'", "", "k, 5, 10"]]
    yield from [f"select approx_top_k_estimate({args})" for args in ["1", "null", "named_struct('a', 1)", "named_struct('a', 'x', 'b', 3, 'c', 1, 'd', 'item INT')", "named_struct('a', x'00', 'b', 3L, 'c', 1, 'd', 'item INT')", "named_struct('a', x'00', 'b', 3, 'c', array(1), 'd', 'x')", "named_struct('a', x'00', 'b', 3, 'c', 1, 'd', 1)", "named_struct('a', x'00', 'b', 3, 'c', 1, 'd', 'item INT'), 4", "named_struct('a', x'00', 'b', 3, 'c', 1, 'd', 'item INT'), 0", "named_struct('a', x'00', 'b', 3, 'c', 1, 'd', 'item INT'), null", ""]]
    yield from [f"select approx_top_k_combine({args})" for args in ["1", "null", "named_struct('a', 1)", "named_struct('a', x'00', 'b', 3, 'c', 1, 'd', 'item INT'), 0"]]


AGGREGATE_TOPICS = {"frequent-items": frequent_items, "frequent-sketches": frequent_sketches, "modes": modes, "of-nothing": of_nothing, "vectors": vectors, "sketches": sketches, "picked-several": picked_several, "several-percentages": several_percentages, "interval-sums": interval_sums}
