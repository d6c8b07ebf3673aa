"""Topics of slt.py: functions that make arrays of arrays and maps of maps."""
from slt_each import each

ARRAYS = ["array(3, 1, null, 2, 1)", "array('b', null, 'a', 'b', '')", "array(double('nan'), 1.5D, -0.0D, 0.0D, null)", "array(array(2), null, array(1, null))", "array()", "cast(null as array<int>)", "array(true, null, false)", "array(1.50BD, 12345678901234567890.5BD, null)", "array(struct(1, 'b'), struct(1, 'a'), null)"]
MAPS = ["map('a', 1, 'b', null)", "map(1, 'x', 2, 'y')", "map()", "cast(null as map<string, int>)", "map(array(1), struct(1, 'q'))"]
ROWS = "(values (1, array(3, null, 1), array(1, 5), map('a', 1, 'b', 2)), (2, array(), array(null, 2), map('b', 3)), (3, null, array(1), null), (4, array(1, 1, 2), null, map())) as t(k, a, b, m)"


def ordered_arrays():
    yield from each("select {f}({x})", f=["array_distinct", "array_compact", "array_max", "array_min", "sort_array", "array_sort", "reverse"], x=[*ARRAYS, "null", "1", "map(1, 2)"])
    yield from each("select sort_array({x}, {o})", x=ARRAYS, o=["true", "false", "null"])
    yield from ["select sort_array(array(1), 1)", "select reverse('abc'), reverse(12)", "select sort_array(array(map(1, 2)))", "select array_max(array(map(1, 2)))", "select array_compact(array(map(1, 2), null))"]
    yield f"select k, sort_array(a, k > 1), array_sort(a), reverse(a), array_max(a), array_min(b), array_distinct(a), array_compact(a) from {ROWS} order by k"
    yield from each("select sort_array(a, {o}), a from (select collect_list((id * 7919) % 1009) a from range(200))", o=["true", "false"])
    yield from each("select array_sort({x}, (l, r) -> {c})", x=["array(5, 3, null, 1)", "array(5, 3, 1, 4)", "cast(null as array<int>)", "array()"], c=["case when l < r then 1 when l > r then -1 else 0 end", "l - r", "0", "null", "1L", "'a'", "coalesce(l, 0) - coalesce(r, 0)"])
    yield from ["select array_sort(array('bc', 'ab', 'dca'), (l, r) -> length(l) - length(r))", "select array_sort(array(1, 2), x -> x)", "select array_sort(array(1, 2), 3)", "select array_sort(array(map(1, 2)))", f"select k, array_sort(b, (x, y) -> case when x is null then -1 when y is null then 1 else k * (y - x) end) from {ROWS} order by k"]
    yield "select array_sort(collect_list((id * 7919) % 1009), (x, y) -> cast(y - x as int)) from range(100)"


def set_arrays():
    pairs = ["array(1, 2, 2, null), array(2, 3, null, 3)", "array(1, 2), array(3, 4)", "array('a', 'b'), array('b', 'c')", "array(1, 2), array(2L, 3L)", "array(1.5D, double('nan'), 0.0D), array(double('nan'), -0.0D)", "array(), array(1)", "array(null), array(1)", "array(array(1)), array(array(1), array(2))", "cast(null as array<int>), array(1)", "array(1), cast(null as array<int>)", "array(struct(1, 'a')), array(struct(1, 'a'))", "array(1), array('a')", "array(1), 1", "null, array(1)", "array(1), null", "array(map(1, 2)), array(map(1, 2))", "array(true), array(1)", "array(date '2020-01-01'), array(timestamp '2020-01-01 00:00:00')", "array(1, null), array(2)", "array(1), array()"]
    yield from each("select {f}({p})", f=["array_union", "array_intersect", "array_except", "arrays_overlap"], p=pairs)
    yield f"select k, array_union(a, b), array_intersect(a, b), array_except(a, b), array_except(b, a), arrays_overlap(a, b) from {ROWS} order by k"
    yield "select size(array_union(a, b)), array_except(a, b), size(array_intersect(a, b)) from (select collect_list(id % 40) a, collect_list(id + 10) b from range(100))"
    yield from each("select {f}({x})", f=["array_position", "array_remove", "array_append", "array_prepend"], x=["array(3, 1, null, 1), 1", "array(3, 1, null, 1), 9", "array(3, null), null", "cast(null as array<int>), 1", "array('a', 'b'), 'b'", "array(1, 2), 2L", "array(1L, 2L), 2", "array(1), 'a'", "array('a'), 1", "array(1.0D, double('nan')), double('nan')", "array(), 1", "1, 1", "null, 1", "array(array(1), array(2)), array(2)", "array(struct(1, 'a')), struct(1, 'a')", "array(map(1, 2)), map(1, 2)", "array(1), 1.5BD", "array(1), cast(null as int)"])
    yield f"select k, array_position(a, k), array_remove(a, k), array_append(a, k), array_prepend(b, k), array_append(b, null) from {ROWS} order by k"


def arrays_by_position():
    yield from each("select array_insert({a}, {p}, {v})", a=["array(1, 2, 3)", "array('a', 'b')", "cast(null as array<int>)", "array()", "array(1, null)"], p=["1", "2", "4", "7", "-1", "-3", "-7", "0", "null"], v=["9", "null"])
    yield from ["select array_insert(array('a', 'b'), 2, 'c')", "select array_insert(array(1), 'x', 2)", "select array_insert(array(1), 1, 'x')", "select array_insert(1, 1, 1)", "select array_insert(array(1), 1L, 2)", "select array_insert(array(1), 2, 3L)", f"select k, array_insert(a, k, 7), array_insert(b, -k, k) from {ROWS} order by k", "select array_insert(array(array(1)), 3, array(2))", "select array_insert(array(1), 2147483647, 1)"]
    yield from each("select slice({a}, {s}, {n})", a=["array(1, 2, 3, 4)", "array('a', null, 'c')", "cast(null as array<int>)"], s=["1", "2", "-2", "9", "-9", "0", "null"], n=["0", "2", "9", "-1", "null"])
    yield from ["select slice(1, 1, 1)", "select slice(array(1), 'a', 1)", "select slice(array(1), 1L, 1)", "select slice(array(struct(1, 'a'), null, struct(2, 'b')), 2, 2)", f"select k, slice(a, k, 2), slice(a, -1, k) from {ROWS} order by k"]
    yield from each("select array_repeat({v}, {n})", v=["1", "'ab'", "null", "array(1, null)", "struct(1, 'a')", "true"], n=["0", "3", "-1", "null", "9"])
    yield from ["select array_repeat(1, 'a')", "select array_repeat(1, 2L)", "select array_repeat(1, '2')", f"select k, array_repeat(a, k) from {ROWS} order by k", "select array_repeat(1, 2147483647)"]
    yield from each("select array_join({a})", a=["array('a', null, 'b'), ','", "array('a', null, 'b'), ',', '-'", "array('a', null, 'b'), null", "array('a'), ',', null", "cast(null as array<string>), ','", "array(), ','", "array(1, 2), ','", "array(1.5D), ','", "array('', ''), '::'", "array(null, 'x'), ',', '?'", "array(array(1)), ','", "'a', ','", "array(null, null), ','", "array('a', 'b'), 1", "array(true, false), ','", "array(date '2020-01-01'), ','"])
    yield from each("select concat({a})", a=["array(1, 2), array(3)", "array(1), array(null), array(2L)", "array(1), cast(null as array<int>)", "array(), array()", "array('a'), array(1)", "array(1), 2", "array(1)", "array(array(1)), array(array(2))", "array(1), null", "map(1, 2), map(3, 4)", "struct(1), struct(2)", "array(struct(1 a)), array(struct(2 b))"])
    yield f"select k, concat(a, b), concat(a, array(k)), array_join(cast(a as array<string>), '-', 'x') from {ROWS} order by k"
    yield from ["select array(1) || array(2)", "select flatten(array(array(1), array(), array(2, null)))", "select flatten(array(array(1), null))", "select flatten(array(1))", "select flatten(array(array(array(1)), array(array(2))))"]


def sequences():
    yield from each("select sequence({a})", a=["1, 5", "5, 1", "1, 1", "1, 10, 3", "10, 1, -4", "1, 10, -1", "10, 1, 2", "1, 5, 0", "1, 1, 0", "null, 5", "1, null", "1, 5, null", "1L, 3", "cast(1 as tinyint), cast(3 as tinyint)", "cast(125 as tinyint), cast(127 as tinyint), cast(1 as tinyint)", "9223372036854775805L, 9223372036854775807L", "-9223372036854775808L, -9223372036854775806L", "2147483645, 2147483647", "1.5, 3", "'1', '3'", "'a', 3", "1", "true, false", "0, 2147483647", "0L, 9223372036854775807L", "1, 3L, 1", "9223372036854775807L, -9223372036854775807L, -9223372036854775807L"])
    yield f"select k, sequence(k, 4), sequence(k, 1), sequence(0, k * 10, k * 5) from {ROWS} order by k"
    yield from each("select sequence({a})", a=["date '2020-01-31', date '2020-06-30', interval '1' month", "date '2020-01-01', date '2020-01-05'", "date '2020-01-05', date '2020-01-01'", "date '2020-01-01', date '2020-01-10', interval '3' day", "date '2020-03-31', date '2019-10-01', interval '-1' month", "date '2020-01-01', date '2023-01-01', interval '1' year", "timestamp '2020-01-01 00:00:00', timestamp '2020-01-01 02:00:00', interval '30' minute", "timestamp '2020-01-01 00:00:00', timestamp '2020-01-03 00:00:00'", "timestamp_ntz '2020-01-01 00:00:00', timestamp_ntz '2020-01-03 00:00:00', interval '1' day", "date '2020-01-01', date '2020-01-02', interval '1' hour", "date '2020-01-01', date '2020-01-05', interval '0' day", "date '2020-01-01', date '2020-01-05', interval '-1' day", "date '2020-01-01', timestamp '2020-01-03 00:00:00', interval '1' day", "date '2020-01-01', date '2020-01-03', 1", "null, date '2020-01-03'", "date '2020-01-31', date '2020-12-31', interval '1' month 1 day", "timestamp '2020-01-31 10:00:00', timestamp '2020-04-30 10:00:00', interval '1' month"])


    yield from each("select sequence({a})", a=["date '2020-01-01', date '2020-01-04', interval '1 12' day to hour", "date '2020-01-01', date '2020-01-02', interval '1 12' day to hour", "date '2020-01-01', '2020-01-03', interval '1' day", "date '2020-01-01', date '2020-01-03', null", "date '2020-01-01', date '2020-01-03', '1 day'", "time'10:00', time'12:00', interval '1' hour", "1, 3, interval '1' day", "timestamp '2020-01-05 10:00:00', timestamp '2020-01-01 00:00:00'", "timestamp '2020-01-01 00:00:00', timestamp '2020-01-01 00:00:00', interval '0' second", "timestamp '1900-01-01 00:00:00', timestamp '2020-01-05 00:00:00', interval '1' second", "date '2020-01-01', date '2020-05-05', interval '0' month"])
    yield "select transform(array(date '2020-01-01', date '2021-01-31'), d -> sequence(d, d + interval '2' month, interval '1' month))"
    yield "select k, sequence(hired, date '2020-06-01', interval '1' year) from (select id as k, hired from emp) where hired < date '2020-06-01' order by k"
    yield from ["set time zone 'America/New_York'", *each("select transform(sequence({a}), t -> cast(t as string))", a=["timestamp '2024-03-09 12:00:00', timestamp '2024-03-12 00:00:00', interval '13' hour", "timestamp '2024-03-09 12:00:00', timestamp '2024-03-15 00:00:00', interval '1 13' day to hour", "timestamp '2024-03-09 02:30:00', timestamp '2024-03-12 00:00:00', interval '1' day", "date '2024-03-09', date '2024-03-12'", "timestamp '2024-02-10 02:30:00', timestamp '2024-05-12 00:00:00', interval '1' month"]), "set time zone 'UTC'"]


def shuffles():
    yield from each("select shuffle({a}, {s})", a=["array(1, 2, 3, 4, 5)", "array('a', 'b', null)", "array()", "cast(null as array<int>)", "array(struct(1, 'x'), struct(2, 'y'), null, struct(3, 'z'))", "sequence(1, 40)"], s=["0", "42", "-7L"])
    yield from ["select id, shuffle(sequence(1, 6), 7) from range(0, 4, 1, 1) order by id", "select id, shuffle(sequence(0, id), 3), shuffle(array('a', 'b', 'c'), 3) from range(0, 7, 1, 1) order by id", "select id, shuffle(if(id % 2 = 0, array(1, 2, 3), null), 5), rand(2) from range(0, 5, 1, 1) order by id", "select shuffle(shuffle(sequence(1, 5), 1), 2)", "select id from range(0, 6, 1, 1) where shuffle(array(1, 2, 3), 4)[0] = 1 order by id", "select sum(shuffle(sequence(1, 700), 9)[5]) from range(0, 20, 1, 1)"]
    yield from ["select shuffle('a')", "select shuffle(null, 1)", "select shuffle(array(1, 2), 'a')", "select shuffle(array(1, 2), 1.5)", "select shuffle(array(1, 2), 1 + 1)", "select shuffle(array(1, 2), id) from range(3)", "select shuffle(array(1, 2), 1, 2)", "select shuffle()", "select sort_array(shuffle(array(3, 1, 2)))", "select sum(shuffle(array(1), 1)[0]) from range(3)"]


def compared_arrays():
    yield from each("select array_sort({a}, {c})", a=["array(3, 1, 2)", "array(5, 6, 1, 1, 9, 4, 7, 2, 8, 3)", "array(3, null, 1)", "array()", "cast(null as array<int>)"], c=["(x, y) -> case when x < y then -1 when x > y then 1 else 0 end", "(x, y) -> y - x", "(x, y) -> case when x is null then 1 when y is null then -1 when x < y then -1 when x > y then 1 else 0 end", "(x, y) -> 0", "(x, y) -> null", "(x, y) -> x % 2 - y % 2", "(x, y) -> 1L", "(x, y) -> 'a'", "x -> x", "(x, y, z) -> 0"])
    yield from each("select array_sort({x}, {c})", x=["array('bc', 'a', 'dca', 'bb')"], c=["(x, y) -> length(x) - length(y)", "(x, y) -> case when x < y then 1 when x > y then -1 else 0 end"])
    yield from ["select array_sort(array(struct(2 as a, 'x' as b), struct(1, 'y'), struct(2, 'a')), (x, y) -> x.a - y.a)", "select array_sort(array(array(2, 3), array(1)), (x, y) -> size(x) - size(y))", "select array_sort(array(map(1, 2, 3, 4), map(1, 2)), (x, y) -> size(x) - size(y))", "select array_sort(1, (x, y) -> 0)", "select k, array_sort(array(k, a, 3), (x, y) -> (coalesce(x, 0) - k) % 3 - (coalesce(y, 0) - k) % 3) from n order by k", "select transform(array(array(2, 1), array(4, 3)), z -> array_sort(z, (x, y) -> x - y))", "select array_sort(array(3, 1, 2), (x, y) -> 1 / (x - x))", "select array_sort(sequence(1, 100), (x, y) -> (x * 37 % 101) - (y * 37 % 101))", "select array_sort(array(1, 2), (x, y) -> y - x, 1)"]


def zipped():
    yield from each("select arrays_zip({a})", a=["array(1, 2), array('a', null, 'c')", "array(1), cast(null as array<int>)", "array(1, 2)", "array(), array(1)", "1, 2", "array(struct(1, 'a')), array(array(1))", "null", ""])
    yield from [f"select k, arrays_zip(a, b) from {ROWS} order by k", f"select arrays_zip(a, b, a as q)[0].b from {ROWS} where k = 1", "select arrays_zip(x, array(1), y.z) from (select array(1) x, struct(array(2) as z) y)"]
    yield from each("select zip_with({a}, {f})", a=["array(1, 2, 3), array(4, 5)", "array('a', 'b'), array('c', null)", "array(1), cast(null as array<int>)", "array(), array(1)"], f=["(x, y) -> x || y", "(x, y) -> struct(y, x)", "(x, y) -> x is null"])
    yield from ["select zip_with(array(1), array(2), x -> x)", "select zip_with(array(1), 2, (x, y) -> x)", "select zip_with(array(1), array(2), 3)", f"select k, zip_with(a, b, (x, y) -> coalesce(x, y) + k) from {ROWS} order by k"]


def maps():
    yield from each("select map_entries({m})", m=[*MAPS, "1", "null"])
    yield from each("select map_from_entries({e})", e=["array(struct(1, 'a'), struct(2, 'b'))", "array(struct(1, 'a'), null)", "array(struct(1, 'a'), struct(1, 'b'))", "array(struct(null, 'a'))", "array(struct(1, null))", "cast(null as array<struct<a: int, b: int>>)", "array(1)", "array(struct(1))", "array(struct(map(1, 2), 1))", "1", "array(null)", "array()", "map_entries(map('a', 1))"])
    yield from each("select map_concat({m})", m=["map('a', 1), map('b', 2)", "map('a', 1), map('a', 2)", "map(1, 'a'), map(2L, 'b')", "map(1, 'a'), cast(null as map<int, string>)", "map(1, 'a')", "", "map(1, 'a'), map('x', 'b')", "map(1, 2), 3", "map(), map(1, 2)", "map(1, 'a'), map(2, null), map(3, 'c')", "map(1, 'a'), null"])
    yield from each("select map_filter({m}, (k, v) -> {c})", m=MAPS, c=["k is not null", "v is null", "null", "1"])
    yield from each("select transform_keys({m}, (k, v) -> {c})", m=MAPS[:4], c=["concat(k, '!')", "v", "1", "array(k)", "map(1, 2)"])
    yield from each("select transform_values({m}, (k, v) -> {c})", m=MAPS, c=["struct(k, v)", "v is null", "map(k, 1)", "1"])
    yield from each("select map_zip_with({m}, (k, x, y) -> {c})", m=["map('a', 1, 'b', 2), map('b', 3, 'c', 4)", "map(1, 'x'), map(1L, 'y')", "map('a', 1), cast(null as map<string, int>)", "map(), map(1, 2)", "map(1, 2), map('a', 2)", "map(double('nan'), 1, 0.0D, 2), map(double('nan'), 3, -0.0D, 4)", "map(1, 2), 3"], c=["x || y", "struct(k, x, y)", "coalesce(x, y)"])
    yield from ["select map_filter(map(1, 2), k -> true)", "select transform_values(map(1, 2), k -> k)", "select transform_values(1, (k, v) -> k)", "select map_filter(array(1), (k, v) -> true)", "select transform_keys(map(1, 2, 3, 4), (k, v) -> null)", "select map_zip_with(map(1, 2), map(1, 3), (k, v) -> k)"]
    yield f"select k, map_entries(m), map_concat(m, map('z', k)), map_filter(m, (x, v) -> v > k), transform_keys(m, (x, v) -> x || k), transform_values(m, (x, v) -> v + k), map_zip_with(m, map('a', k), (x, p, q) -> coalesce(p, 0) + coalesce(q, 0)) from {ROWS} order by k"


def split_texts():
    yield from each("select split({a})", a=["'oneAtwoBthreeC', '[ABC]'", "'oneAtwoBthreeC', '[ABC]', -1", "'oneAtwoBthreeC', '[ABC]', 2", "'oneAtwoBthreeC', '[ABC]', 0", "'oneAtwoBthreeC', '[ABC]', 1", "'abc', ''", "'abc', '', 2", "'abc', '', 0", "'', ','", "'', ''", "'a,b,,', ','", "'a,b,,', ',', 0", "'a,b,,', ',', 3", "',a', ','", "null, ','", "'a', null", "'a', ',', null", "'a|b', '\\\\|'", "'é1ü2', '\\\\d'", "'a', '('", "12, '1'", "'aXbXc', '(?i)x'", "'a1b2', '(?=\\\\d)'", "'abc', 'x*'", "'a b', ' ', 'x'", "'😀é', ''"])
    yield from each("select regexp_extract_all({a})", a=["'100-200, 300-400', '(\\\\d+)-(\\\\d+)'", "'100-200, 300-400', '(\\\\d+)-(\\\\d+)', 1", "'100-200, 300-400', '(\\\\d+)-(\\\\d+)', 2", "'100-200, 300-400', '(\\\\d+)-(\\\\d+)', 0", "'100-200, 300-400', '(\\\\d+)-(\\\\d+)', 3", "'100-200, 300-400', '(\\\\d+)-(\\\\d+)', -1", "'abc', '\\\\d'", "'abc', '\\\\d', 0", "'abc', 'b', 1", "null, 'a'", "'a', null", "'a', '(a)', null", "'a', '('", "'ab', '(a)|(b)', 1", "'ab', '(a)|(b)', 2", "'abc', 'x*', 0", "'', 'x*', 0"])
    yield from each("select str_to_map({a})", a=["'a:1,b:2,c:3', ',', ':'", "'a:1,b:2'", "'a'", "''", "null", "'a:1,a:2'", "'a:1:2,b'", "'a=1&b=2', '&', '='", "'a:1', null", "'a:1', ',', null", "'a1b2c3', '[0-9]', ''", "'a:1;b:2', ';'", "1", "'a:1,,b:2'"])
    yield from each("select concat_ws({a})", a=["',', array('a', null, 'b')", "',', 'x', array('a', 'b'), 'y'", "',', array(), 'y'", "',', cast(null as array<string>), 'y'", "null, array('a')", "',', array(1, 2)", "',', array(array('a'))", "array('a'), 'b'", "',', array(null)"])
    yield from each("select json_object_keys({x})", x=["'{}'", "'{\"a\": 1, \"b\": {\"c\": 2}}'", "'[]'", "'1'", "''", "'{\"a\": 1'", "null", "'{\"a\": 1, \"a\": 2}'", "'{\"é\\\\u0041\": 1}'", "'bad'", "' {\"k\": [1, {\"q\": 2}]} '", "1", "'{\"a\":1} x'", "'null'", "'{a:1}'", "'{\\'a\\':1}'"])
    yield from [f"select k, concat_ws('/', cast(a as array<string>), k) from {ROWS} order by k", "select s, split(s, p) from values ('a.b', '[.]'), ('a-b', '-'), (null, 'x'), ('', 'x') as t(s, p)"]


def made_maps():
    yield from each("select str_to_map({x})", x=["'a:1,b:2,c:3', ',', ':'", "'a'", "'a:1,b'", "''", "null", "'a=1&b=2', '&', '='", "'a:1:2'", "'a1b2', '[0-9]', 'x'", "':1'", "'a:1,a:2'", "'a:1,b:2', ',', null", "'a:1', cast(null as string)", "'a:,b'", "'a.b', '.'", "'a:1,b:2,', ','", "1", "'a', 1", "'a', ',', 1", "'a:1,b:2', ',', ':', 'x'", "'é:ö,ü', ','"])
    yield "select str_to_map(s, d), str_to_map(s, d, e) from values ('a:1,b:2', ',', ':'), ('a:1;b:2', ';', '1'), ('a|b', '\\\\|', 'b'), (null, ',', ':'), ('a:1', null, ':'), ('a', ',', null) as t(s, d, e)"
    yield from each("select map_from_entries({x})", x=["array(struct(1, 'a'), struct(2, 'b'))", "array(struct(1, null), null)", "array(struct(1, null))", "null", "cast(null as array<struct<a:int,b:int>>)", "array(struct(null, 'a'))", "array(struct(1, 'a'), struct(1, 'b'))", "array(1)", "array(struct(1))", "array(struct(map(1,2), 1))", "array()", "map_entries(map(1, 2))", "array(struct('a' as k, array(1) as v))", "array(struct(array(1), struct(1, 'x')), struct(array(2), null))", "cast(array() as array<struct<a:int,b:string>>)"])
    yield f"select k, map_from_entries(map_entries(m)), map_from_entries(transform(a, x -> struct(x, k))) from {ROWS} where k <> 4 and k <> 1 order by k"
    yield from each("select map_zip_with({x})", x=["map(1, 'a', 2, 'b'), map(1, 'x', 3, 'y'), (k, v1, v2) -> concat(v1, v2)", "map(1, 'a', 2, 'b'), map(1, 'x', 3, 'y'), (k, v1, v2) -> coalesce(v1, '-') || coalesce(v2, '-') || k", "map(1, 'a'), map('1', 'x'), (k, v1, v2) -> k", "map(1, 'a'), map(2L, 'x'), (k, v1, v2) -> k", "map(), map(1, 2), (k, a, b) -> b", "cast(null as map<int,int>), map(1, 2), (k, a, b) -> b", "map(1, 'a'), map(array(1), 'x'), (k, v1, v2) -> k", "map(1, 'a'), 1, (k, v1, v2) -> k", "map(1, 'a'), map(1, 2), (k, v1) -> k", "map(1, 'a'), map(1, 2), 3", "map(1, array(1, 2)), map(1, array(3)), (k, a, b) -> transform(a, x -> x + b[0] + k)", "map('a', 1), map('b', 2), (k, a, b) -> struct(k, a, b)"])
    yield f"select k, map_zip_with(m, map('a', k, 'z', -k), (x, l, r) -> l + r * k) from {ROWS} order by k"
    yield "select transform(array('a:1', 'b:2'), x -> map_zip_with(str_to_map(x), map('a', 'q'), (k, l, r) -> concat(x, l, coalesce(r, ''))))"


ARRAY_TOPICS = {"made-maps": made_maps, "ordered-arrays": ordered_arrays, "array-sets": set_arrays, "array-positions": arrays_by_position, "sequences": sequences, "shuffles": shuffles, "compared-arrays": compared_arrays, "zips": zipped, "maps": maps, "splits": split_texts}
