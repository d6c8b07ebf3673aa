"""Topics of slt.py about variants."""
from slt_each import each

NUMBERS = ["0", "-0", "1", "127", "128", "-128", "-129", "32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999999999", "100000000000000000000000000000000000000", "1.0", "1.50", "-1.5", "0.0", "-0.0", "0.1", "999999999.9", "9999999999.9", "0.123456789", "0.1234567891", "123456789012345678.5", "1234567890123456789.5", "12345678901234567890123456789012345678.9", "0.00000000000000000000000000000000000001", "0.000000000000000000000000000000000000001", "1e3", "1E+3", "1e-3", "1.5e300", "1e400", "-1e400", "1e-400", "12345.678", "01", "1.", ".5", "+1", "-", "1e", "NaN", "Infinity", "-Infinity", "0x1F"]
TEXTS = ['""', '"a"', '"é😀"', '"\\\\u00e9\\\\ud83d\\\\ude00"', '"\\\\ud83d"', '"a\\\\"b\\\\\\\\c\\\\/d\\\\b\\\\f\\\\n\\\\r\\\\t\\\\u0001"', "\"'\"", '"\\\\x"', '"a', '"a\\tb"', '"' + "x" * 63 + '"', '"' + "x" * 64 + '"', '"' + "é" * 32 + '"']
OTHERS = ["true", "false", "null", "True", "nul", "", "  ", "  1  ", "1 2", "1,2", "{} {}", "[]", "{}", "[1,null,true,\"a\",1.5,[],{}]", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}", '{"a":1}', '{"b":1,"a":2}', '{"a":1,"a":2}', '{"a":{"b":1,"b":2}}', '{"a":1,}', '{"a" 1}', '{"a"}', '{a:1}', "{'a':1}", '{"":1}', '{"a":{"b":[{"c":null}]}}', '{"é":1,"z":2,"😀":3,"A":4,"a":5,"aa":6}', '{"a.b":1,"c d":2}', '[1] x', "/* c */ 1", "nulll", "[NaN]"]
SEVERAL = "values (1, '{\"a\":1,\"b\":[1,2,{\"c\":\"x\"}]}'), (2, '[1,2.5,\"s\"]'), (3, '\"text\"'), (4, null), (5, 'null'), (6, '{\"a\":null,\"b\":{\"c\":true}}'), (7, '12.50'), (8, '{\"a\":\"7\",\"d\":1e2}') as t(k, j)"
ATOMS = ["true", "1", "-1", "0", "300", "3000000000", "1.5", "0.0", "12.00", "-0.5", "123456789012345678901234567890", "1e300", "1e2", "0e0", "\"1\"", "\" 12 \"", "\"1.5\"", "\"true\"", "\"x\"", "\"\"", "\"2020-02-29\"", "\"2020-02-29 12:34:56.789\"", "\"12:34:56\"", "null", "[1,2]", "{\"a\":1}"]
MADE = ["true", "cast(1 as tinyint)", "cast(-300 as smallint)", "70000", "-5000000000L", "1.5f", "2.5D", "double('NaN')", "double('Infinity')", "float('-Infinity')", "1.50BD", "cast(1.5 as decimal(38,10))", "0BD", "-12345678901234567890.5", "'text'", "''", "X'4142'", "date'2020-02-29'", "date'0001-01-01'", "timestamp'2020-02-29 12:34:56.789'", "timestamp_ntz'1969-12-31 23:59:59.999999'", "null", "cast(null as int)", "time'12:34:56'", "interval 1 day", "interval 1 month", "parse_json('{\"a\":1}')"]
TYPES = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(5,2)", "decimal(38,10)", "string", "binary", "date", "timestamp", "timestamp_ntz"]
NESTED = ["array(1, 2, null)", "array()", "array(array(1), null)", "map('b', 1, 'a', null)", "map('a', 1)", "map(1, 2)", "map()", "named_struct('b', 1, 'a', 'x')", "named_struct('a', null)", "named_struct('x', array(named_struct('y', date'2020-01-01')), 'w', map('k', 1.5))", "array(parse_json('1'), parse_json('null'))", "struct(1, 2)", "named_struct('a', 1, 'A', 2)", "array(interval 1 day)", "array(null)"]
PATHS = ["$", "$.a", "$.b", "$.b[0]", "$.b[2].c", "$.b[2][\"c\"]", "$['b'][1]", "$[\"a\"]", "$.b[3]", "$.b[-1]", "$.c", "$.a.b", "$[0]", "$[2]", "", "a", "$.", "$.a.", "$[", "$[]", "$[a]", "$['a]", "$..a", "$.a b", "$.é", "$ .a", " $.a", "$.a[0", "$[99999999999]", "$.b[*]", "$['']", "$.b[00]", "$[\"a'b\"]"]


def quoted(text):
    return "'" + text.replace("'", "\\'") + "'"


def variant_texts():
    for text in [*NUMBERS, *TEXTS, *OTHERS]:
        yield f"select parse_json({quoted(text)})"
        yield f"select try_parse_json({quoted(text)}), schema_of_variant(try_parse_json({quoted(text)}))"
    yield from each("select length(cast(try_parse_json(concat(repeat('[', {n}), repeat(']', {n}))) as string))", n=["10", "500", "1000", "1001"])
    yield from each("select length(cast(parse_json(concat(repeat('{\"a\":', {n}), '1', repeat('}', {n}))) as string))", n=["10", "500", "1000", "1001"])
    yield from each("select {f}({a})", f=["parse_json", "try_parse_json"], a=["null", "1", "true", "X'31'", "'1', '2'", "", "date'2020-01-01'", "array(1)", "cast(null as string)"])
    yield from each("select k, {e} from " + SEVERAL + " order by k", e=["parse_json(j)", "try_parse_json(j)", "cast(parse_json(j) as string)", "to_json(parse_json(j))", "is_variant_null(parse_json(j))", "is_valid_variant(parse_json(j))", "schema_of_variant(parse_json(j))", "typeof(parse_json(j))", "parse_json(j) is null", "named_struct('v', parse_json(j))", "array(parse_json(j), parse_json('1'))", "map('k', parse_json(j))", "to_json(named_struct('v', parse_json(j)))", "to_json(array(parse_json(j)))", "coalesce(parse_json(j), 'none')", "if(k = 1, parse_json(j), null)", "case when k > 3 then parse_json(j) end", "concat('x', cast(parse_json(j) as string))", "cast(cast(parse_json(j) as variant) as string)", "nvl2(parse_json(j), 1, 2)", "array(parse_json(j))[0]", "named_struct('v', parse_json(j)).v"])
    yield "select count(*), count(v), first(v), last(v, true) from (select parse_json(j) as v from " + SEVERAL + ")"
    yield "select collect_list(v) from (select k, parse_json(j) as v from " + SEVERAL + " order by k)"
    yield "select k % 2, any_value(v) from (select k, parse_json(j) as v from " + SEVERAL + " where k < 3) group by k % 2 order by 1"


def variant_casts():
    yield from each("select cast(parse_json('{j}') as {t})", j=ATOMS, t=TYPES)
    yield from each("select try_cast(parse_json('{j}') as {t})", j=["\"x\"", "300", "1.5", "{\"a\":1}", "true"], t=["int", "tinyint", "string", "date", "array<int>"])
    yield from each("select cast(cast({m} as variant) as {t})", m=[m for m in MADE if m not in ("time'12:34:56'", "interval 1 day", "interval 1 month")], t=TYPES)
    yield from each("select {f}", f=[f for m in MADE for f in (f"cast({m} as variant)", f"schema_of_variant(cast({m} as variant))", f"to_json(cast({m} as variant))", f"to_variant_object({m})")])
    yield from each("select {f}", f=[f for m in NESTED for f in (f"cast({m} as variant)", f"to_variant_object({m})", f"schema_of_variant(to_variant_object({m}))")])
    yield from each("select cast(parse_json('{j}') as {t})", j=["[1,2,null]", "[[1],[2,3]]", "[]", "[\"x\"]", "{\"a\":1,\"b\":\"2\"}", "{\"a\":null}", "{\"A\":5}", "{}", "1", "null"], t=["array<int>", "array<string>", "array<variant>", "array<array<int>>", "map<string,int>", "map<string,variant>", "map<int,int>", "struct<a int, b string>", "struct<a int, c array<int>>", "variant", "struct<a variant>", "time", "interval day", "void", "array<interval day>"])
    yield from each("select cast('{v}' as variant), typeof(cast('1' as variant))", v=["x", "1"])
    yield from each("select k, {e} from " + SEVERAL + " order by k", e=["try_cast(parse_json(j) as int)", "try_cast(parse_json(j) as struct<a: int, b: array<string>>)", "try_cast(parse_json(j) as map<string, variant>)", "try_cast(parse_json(j) as array<variant>)", "cast(k as variant)", "cast(j as variant)", "to_variant_object(named_struct('k', k, 'j', j, 'v', parse_json(j)))", "to_variant_object(array(k, null))", "to_variant_object(map('j', k))"])
    yield from each("select cast({a} as {t})", a=["array(1)", "named_struct('a', 1)", "map('a', 1)"], t=["array<variant>", "struct<a: variant>", "map<string, variant>", "variant"])
    yield from each("select cast(parse_json('{j}') as {t})", j=["[1,[2]]", "{\"a\":[true]}"], t=["array<int>", "array<string>", "struct<a string>", "map<string,array<boolean>>", "map<string,string>"])
    yield from each("select cast(cast(parse_json('\"12:34:56\"') as {t}) as date) = current_date()", t=["timestamp", "timestamp_ntz"])


def variant_paths():
    long = '{"a":1,"b":[1,2.5,{"c":"x"}],"":5,"é":6,"a b":7,"a\'b":8}'
    for path in PATHS:
        yield f"select variant_get(parse_json({quoted(long)}), {quoted(path)})"
        yield f"select try_variant_get(parse_json('[1,[2],{{\"a\":3}}]'), {quoted(path)})"
    yield from each("select {f}(parse_json('{\"a\":\"x\",\"b\":12,\"c\":[1,2]}'), '{p}', '{t}')", f=["variant_get", "try_variant_get"], p=["$.a", "$.b", "$.c", "$.z", "$"], t=["int", "string", "variant", "array<int>", "struct<a: string, b: int>", "map<string, string>", "decimal(3,1)", "timestamp", "nix", "interval day", "char(3)", "varchar(3)"])
    yield from each("select {f}({a})", f=["variant_get", "try_variant_get"], a=["parse_json('1')", "parse_json('1'), '$', 'int', 1", "'x', '$'", "null, '$'", "parse_json('1'), null", "parse_json('1'), '$', null", "parse_json('1'), 1", "parse_json('1'), '$', 1", "cast(null as variant), '$', 'int'", "'{}', '$.a', 'int'", "to_variant_object(array(1)), '$[0]'", "map('a', 1), '$.a'"])
    yield from each("select k, {e} from " + SEVERAL + " order by k", e=["variant_get(parse_json(j), '$.a')", "variant_get(parse_json(j), '$.b[2].c', 'string')", "try_variant_get(parse_json(j), '$.a', 'int')", "variant_get(parse_json(j), '$[1]', 'double')", "variant_get(parse_json(j), concat('$[', k - 1, ']'))", "variant_get(parse_json(j), case when k = 1 then '$.b' else '$.d' end, 'string')", "variant_get(parse_json(j), j)", "try_variant_get(parse_json(j), j)", "parse_json(j):a", "parse_json(j):b[0]::int", "parse_json(j):['d']::double", "parse_json(j):`a`"])
    yield from each("select v:{p} from (select parse_json('{\"a\":{\"b\":[1,2]},\"c d\":3,\"Up\":4}') as v)", p=["a", "a.b", "a.b[1]", "a['b']", "['a']", "['a'].b", "[0]", "`c d`", "Up", "up", "a.b[1]::int + 1", "*", "1", "a.*", "\"a\"", "['a", "a:b", "a[b]"])
    yield from each("select {e}", e=["1:a", "'x':a", "named_struct('a', 1):a", "null:a"])
    yield "select k from " + SEVERAL + " where parse_json(j):a::string = '1' order by k"
    yield "select parse_json(j):a::string, count(*) from " + SEVERAL + " group by parse_json(j):a::string order by 1"


def variant_functions():
    yield from each("select {f}({a})", f=["is_variant_null", "is_valid_variant", "schema_of_variant"], a=["parse_json('null')", "parse_json('1')", "null", "cast(null as variant)", "'x'", "1", "parse_json('1'), 2"])
    docs = ['{"b":1,"a":"x"}', '[1,"a"]', "[1,2.5]", "[1,null]", "[]", "[[],[1]]", '[{"a":1},{"b":2}]', '[{"a":1},{"a":"x"}]', '[{"a":1},1]', "[1.5,2.25]", "[1,1e2]", "[1.5,1e2]", '{"a b":1,"c.d":2,"é":3,"1":4,"e`f":5}', "[true,1]", "[12345678901234567890, 0.5]", "[12345678901234567890123456789012345678, 0.123456789]", "0.001", "1.10", "100", '{"a":[{"b":[null]}]}', "[[1],[\"a\"]]", '{}', "[{},{}]", "[null,null]"]
    yield from each("select schema_of_variant(parse_json('{d}'))", d=docs)
    yield from each("select schema_of_variant(to_variant_object(array(cast({a} as variant), cast({b} as variant))))", a=["1", "1.5f", "2.5D", "1.25BD", "date'2020-01-01'", "timestamp'2020-01-01 00:00:00'", "timestamp_ntz'2020-01-01 00:00:00'", "'x'", "X'00'", "null", "true"], b=["1L", "1.5f", "2.5D", "12345678901234567890.5BD", "date'2020-01-01'", "timestamp'2020-01-01 00:00:00'", "timestamp_ntz'2020-01-01 00:00:00'", "'x'", "X'00'", "null"])
    yield from each("select schema_of_variant_agg({a}) from " + SEVERAL, a=["parse_json(j)", "parse_json(j):a", "j", "k", "null", "cast(null as variant)", "distinct parse_json(j)", "parse_json(j)) filter (where k < 3"])
    yield "select schema_of_variant_agg(parse_json(j)) from " + SEVERAL + " where k > 100"
    yield from each("select schema_of_variant_agg(parse_json(j)) from values ({a}), ({b}) as t(j)", a=["'{\"a\":1}'", "'[1]'", "'null'", "'1'", "null"], b=["'{\"b\":[2]}'", "'{\"a\":1.5}'", "'[1.5,null]'", "'\"x\"'", "null"])
    yield "select k % 2, schema_of_variant_agg(parse_json(j)) from " + SEVERAL + " group by k % 2 order by 1"
    yield "select k, schema_of_variant_agg(parse_json(j)) over (order by k) from " + SEVERAL + " order by k"
    yield from each("select * from {f}(parse_json('{j}'))", f=["variant_explode", "variant_explode_outer"], j=["[1,\"a\",null,[2]]", '{"b":1,"a":{"c":2}}', "[]", "{}", "null", "1", '"x"'])
    yield from each("select * from {f}({a})", f=["variant_explode", "variant_explode_outer"], a=["null", "cast(null as variant)", "1", "'x'", "array(1)", "parse_json('[1]'), 2", "input => parse_json('[1]')", "x => parse_json('[1]')"])
    yield from each("select k, t.* from " + SEVERAL + ", lateral {f}(parse_json(j)) as t order by k, pos", f=["variant_explode", "variant_explode_outer"])
    yield from each("select {f}(parse_json('[1]'))", f=["variant_explode", "variant_explode_outer"])
    yield "select num, key, val, 'Spark' from variant_explode(parse_json('[\"hello\", \"world\"]')) as t(num, key, val)"
    yield "select * from variant_explode(parse_json('{\"a\": [\"h\", \"w\"], \"b\": {\"x\": true}}')) as t, lateral variant_explode(t.value) as u"
    yield from each("select from_json('{j}', '{s}')", j=["{\"a\":1,\"b\":[1,{\"c\":2}]}", "[1]", "1", "x", "", "null", "{\"a\":1,\"a\":2}", "{\"a\": bad}"], s=["variant", "a variant", "a int, b variant", "array<variant>", "map<string, variant>"])
    yield from each("select from_json('{\"a\":1}', '{s}', map('singleVariantColumn', 'v'))", s=["v variant", "variant"])
    yield from each("select from_json('{j}', 'v variant', map('singleVariantColumn', 'v'))", j=["[1]", "x", "1", "", " ", "{\"a\":1,\"a\":2}"])
    yield from each("select from_json('{j}', 'variant', map('{o}'))", j=["{\"a\": bad}"], o=["mode', 'FAILFAST", "mode', 'PERMISSIVE", "allowSingleQuotes', 'false"])
    yield from each("select to_json({a})", a=["parse_json('{\"b\":1,\"a\":[1.50,\"x\"]}')", "array(parse_json('1'), null)", "map('k', parse_json('null'))", "named_struct('v', parse_json('null'), 'w', cast(null as variant))", "cast(null as variant)", "named_struct('v', cast(timestamp'2020-01-01 00:00:00' as variant))", "cast(X'00FF' as variant)", "cast(double('NaN') as variant)"])
    yield from each("select to_csv(named_struct('v', parse_json('{j}')))", j=["1", "{\"a\":1}"])


def variant_refusals():
    one, two = "parse_json('1')", "parse_json('2')"
    yield from each("select {a} {o} {b}", a=[one], o=["=", "<", "<=>", "<>", ">=", "+", "||"], b=[two, "1", "'1'"])
    yield from each("select {e}", e=[f"{one} in ({two})", f"{one} between {two} and {two}", f"greatest({one}, {two})", f"least({one}, {two})", f"nullif({one}, {two})", f"hash({one})", f"xxhash64({one})", f"md5({one})", f"length({one})", f"upper({one})", f"not {one}", f"- {one}", f"abs({one})", f"case {one} when {two} then 1 end", f"array_contains(array({one}), {two})", f"array_distinct(array({one}))", f"sort_array(array({one}))", f"array_sort(array({one}))", f"array_max(array({one}))", f"array_union(array({one}), array({two}))", f"arrays_overlap(array({one}), array({two}))", f"array_position(array({one}), {two})", f"array_remove(array({one}), {two})", f"map({one}, 1)", f"map_from_arrays(array({one}), array(1))", f"concat({one}, 'x')", f"concat(array({one}), array({two}))", f"array_append(array({one}), {two})", f"size(array({one}))", f"reverse(array({one}))", f"slice(array({one}, {two}), 1, 1)", f"flatten(array(array({one})))", f"transform(array({one}), x -> x:a)", f"filter(array({one}, {two}), x -> cast(x as int) > 1)", f"explode(array({one}, {two}))", f"element_at(array({one}), 1)", f"array_repeat({one}, 2)", f"array_compact(array({one}, null))", f"coalesce({one}, 1)", f"coalesce({one}, 1, 'a', array(1))", f"if(true, {one}, 1)", f"array({one}, 1)", f"array({one}, 'a', null)", f"isnull({one})", f"decode({one}, {two}, 1, 0)", f"zip_with(array({one}), array(1), (x, y) -> x)", f"struct({one}) = struct({two})", f"equal_null({one}, {two})", f"string({one})", f"int({one})", f"typeof({one})", f"format_string('%s', {one})", f"concat_ws(',', {one})", f"nvl({one}, 2)", f"stack(2, {one}, {two})", f"inline(array(struct({one})))", f"json_tuple({one}, 'a')", f"get_json_object({one}, '$')", f"from_json({one}, 'a int')", f"try_add({one}, 1)", f"year({one})", f"{one}.a", f"{one}['a']", f"{one}[0]"])
    v = "(select k, parse_json(j) as v from " + SEVERAL + ")"
    yield from each("select {e} from " + v, e=["distinct v", "distinct k, v", "count(distinct v)", "max(v)", "min(v)", "sum(v)", "avg(v)", "max_by(k, v)", "min_by(v, k)", "max_by(v, k)", "approx_count_distinct(v)", "mode(v)", "count(v)", "array_agg(v) is null", "percentile(v, 0.5)", "bit_and(v)", "every(v)", "row_number() over (partition by v order by k)", "row_number() over (order by v)", "lag(k) over (order by k, v)", "first_value(v) over (order by k)", "string_agg(v)", "count_if(v)", "histogram_numeric(v, 2)"])
    yield from each("select k from " + v + " {c}", c=["order by v", "order by k, v desc", "sort by v", "distribute by v", "cluster by v", "group by v", "group by k, v", "group by rollup(k, v)", "where v", "where v = 1", "where v is not null order by k", "where v in (select v from " + v + ")"])
    yield from each("select v from " + v + " {o} select v from " + v, o=["union", "intersect", "except", "minus", "intersect all", "except all"])
    yield "select v from " + v + " where k = 1 union all select v from " + v + " where k = 2"
    yield "select v from " + v + " where k = 1 union all select 1"
    yield from each("select a.k from " + v + " a {j} " + v + " b {c}", j=["join", "left join"], c=["on a.v = b.v", "on a.v <=> b.v", "using (v)"])
    yield from each("select struct_v.{f} from (select named_struct('v', parse_json('{\"a\":1}')) as struct_v) {c}", f=["v"], c=["", "group by struct_v.v", "order by struct_v", "group by struct_v"])
    yield from each("select distinct s from (select {s} as s)", s=["named_struct('v', parse_json('1'))", "array(parse_json('1'))", "map('a', parse_json('1'))"])
    yield from each("select {e} from (select {s} as s)", e=["s = s", "hash(s)"], s=["named_struct('v', parse_json('1'))", "array(parse_json('1'))"])
    yield "select * from (select k, parse_json(j) as v from " + SEVERAL + ") pivot (count(*) for v in (1))"
    yield "select /*+ repartition(2, v) */ k from " + v


VARIANT_TOPICS = {"variant-texts": variant_texts, "variant-casts": variant_casts, "variant-paths": variant_paths, "variant-functions": variant_functions, "variant-refusals": variant_refusals}
