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


AGGREGATE_TOPICS = {"vectors": vectors}
