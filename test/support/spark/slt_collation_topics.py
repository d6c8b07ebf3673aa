"""Statements about texts with collations."""
from slt_each import each

PEOPLE = [
    "create or replace temp view w as select col1 as k, col2 as b, col2 collate utf8_lcase as l, col2 collate unicode as u, col2 collate unicode_ci as c, col2 collate unicode_ai as a, col2 collate de_ci_ai as d, col2 collate utf8_binary_rtrim as r from values (1, 'ab'), (2, 'AB'), (3, 'Äb'), (4, 'äB'), (5, 'a\u0308b'), (6, 'ab '), (7, ''), (8, null), (9, 'straße'), (10, 'STRASSE'), (11, 'İ'), (12, 'i\u0307'), (13, 'Σ'), (14, 'ς'), (15, 'b')",
]

COLUMNS = ["b", "l", "u", "c", "a", "d", "r"]
NAMES = ["utf8_lcase", "UTF8_LCASE_RTRIM", "unicode", "unicode_ci", "UNICODE_AI", "unicode_ai_ci", "de", "en_usa_rtrim_ci", "system.builtin.unicode_ci", "utf8_binary"]
WRONG_NAMES = ["UTF8_LCAS", "unicod_ci", "foo", "builtin.utf8_lcase", "a.b.c", "utf8_binary_ci", "utf8_lcase_ai", "en_ci_ci", "en_ci_cs", "UTF8_BINARY_CI"]
PAIRS = "from (select 'a' collate utf8_lcase x, 'A' y, 'A' collate unicode z, 'A' collate utf8_lcase w)"


def collations():
    yield from PEOPLE
    for name in NAMES:
        yield f"select 'a' collate {name} = 'A', 'a ' collate {name} = 'a', 'ä' collate {name} = 'a', 'a' collate {name} < 'B', collation('x' collate {name}), typeof(array('x' collate {name}))"
    for column in COLUMNS:
        yield f"select k, {column} from w order by {column}, k"
        yield f"select k, {column} from w order by {column} desc nulls last, k"
        yield f"select min(k), count(*) from w group by {column}"
        yield f"select count(distinct {column}), approx_count_distinct({column}) from w"
        # Texts of one length, as Spark mixes up the bytes of others.
        yield f"select min({column}), max({column}), max_by(k, {column}), min_by(k, {column}) from w where k in (1, 2)"
        yield f"select max({column}), min({column}) from w where k in (13, 14)"
        yield f"select x.k, y.k from w x join w y on x.{column} = y.{column} and x.k < y.k"
        yield f"select k from w where {column} in ('AB', 'STRASSE', 'Σ')"
        yield f"select k, rank() over (order by {column}), dense_rank() over (order by {column}), count(*) over (partition by {column}) from w"
        yield f"select k from w where {column} between 'aB' and 'B'"
        yield f"select count(*) from (select distinct {column} from w)"
        yield f"select count(*) from (select {column} from w union select {column} from w)"
        yield f"select count(*) from (select {column} from w except select {column} from w where k = 2)"
        yield f"select count(*) from (select {column} from w intersect select {column} from w where k = 2)"
        yield f"select x.k, count(y.k) from w x left join w y using ({column}) group by x.k"
        yield f"select k from w where array_contains(array({column}), 'AB')"
        yield f"select sum(k) from w group by rollup({column}, {column} is null)"
    for name in WRONG_NAMES:
        yield f"select 'a' collate {name}"
    yield "select 1 collate utf8_lcase"
    yield "select collate('a', col1) from values ('utf8_lcase')"
    yield "select collation(1)"
    for each in ["x = y", "x = z", "x = w", "x <=> 'A'", "x in ('A')", "x in (y)", "x in ('A' collate unicode)", "nullif(x, 'A')", "case x when 'A' then 1 end", "x = 'A' collate unicode_ci", "upper(x) = 'a'", "concat(x, 'B') = 'ab'", "concat(x, y) = 'aa'", "str_to_map(x, z)", "split_part(x, z, 1)", "typeof(concat(x, y))", "typeof(concat(x, 'y'))", "typeof(coalesce(x, 'y'))", "typeof(coalesce(x, y))", "typeof(if(true, x, z))", "typeof(array(x, 'y'))", "typeof(upper(x))", "typeof(cast(x as string))", "typeof(substring(x, 1, 1))", "typeof(concat(x, 1))", "x collate unicode = z collate utf8_lcase", "upper(x collate unicode) = lower(z collate utf8_lcase)", "cast(x as string) = 'A'", "cast(x as string) = x", "length(x)", "hex(x)", "md5(x)", "hash(x)", "x > w", "greatest(x, 'B', w)", "least(w, x)", "struct(x) = struct(w)", "array(x) = array(w)", "array_distinct(array(x, w, 'b'))", "array_union(array(x), array(w, 'b'))", "array_intersect(array(x, 'b'), array(w))", "array_except(array(x, 'b'), array(w))", "array_position(array('b', x), 'A')", "arrays_overlap(array(x), array(w))", "array_min(array('b', x))", "array_max(array('b', x, null))", "typeof(from_json('{}', 's string collate de'))", "cast(' 1 ' collate unicode as int) + 1", "'5' collate utf8_lcase + 1"]:
        yield f"select {each} {PAIRS}"
    for text, part in [("aXbxC", "x"), ("İi\u0307i", "İ"), ("İi\u0307i", "i"), ("ΣςσA", "σ"), ("abAB", "AB"), ("Äa\u0308ä", "Ä"), ("aaaa", "AA"), ("", "a"), ("abc", "")]:
        for name in ["utf8_lcase", "unicode_ci"]:
            t = f"'{text}' collate {name}"
            yield f"select contains({t}, '{part}'), startswith({t}, '{part}'), endswith({t}, '{part}'), instr({t}, '{part}'), locate('{part}', {t}, 2), position('{part}' in {t})"
            yield f"select replace({t}, '{part}', '-'), substring_index({t}, '{part}', 1), substring_index({t}, '{part}', -1), split_part({t}, '{part}', 2), translate({t}, '{part}', 'yz')"
            yield f"select trim('{part}' from {t}), ltrim('{part}', {t}), rtrim('{part}', {t}), btrim({t}, '{part}'), find_in_set('{part}', {t}), trim({t})"
    for each in ["'İ' collate utf8_lcase like 'i%'", "'İ' collate utf8_lcase like '_'", "'aΣ' collate utf8_lcase like 'Aς'", "'ABC' collate utf8_lcase like 'a_c'", "'ABC' collate utf8_lcase not like 'a%'", "'ab' collate unicode_ci like 'A%'", "'AB' collate utf8_lcase ilike 'ab'", "'AB' collate utf8_lcase like any ('x', 'a_')", "'AB' collate utf8_lcase like all ('a%', 'a_')", "contains('ab' collate unicode_ai, 'a')", "replace('ab' collate unicode_ai, 'a', 'b')", "rlike('ab' collate unicode_ci, 'A')"]:
        yield f"select {each}"
    for each in ["rlike('aÄΣ' collate utf8_lcase, 'AÄς')", "rlike('aäσ' collate utf8_lcase, 'A[Ä-Ö]Σ')", "rlike('abc' collate utf8_lcase, '^[^A]')", "rlike('K' collate utf8_lcase, 'K')", "rlike('İ' collate utf8_lcase, 'i')", "regexp_replace('Ünder über' collate utf8_lcase, 'ü(.)', '<$1>')", "regexp_extract('xÄb' collate utf8_lcase, '(ä.)', 1)", "regexp_count('äÄaA' collate utf8_lcase, 'ä|a')", "regexp_instr('xyÄ' collate utf8_lcase, 'ä')", "regexp_extract_all('aAbB' collate utf8_lcase, '(a|b)', 1)", "split('1a2A3' collate utf8_lcase, 'a')", "'ab' collate utf8_lcase rlike '(?-i)AB'", "rlike('aΣ', '(?iu)Aς')", "rlike('Ä', '(?i)ä')"]:
        yield f"select {each}"
    for each in ["collect_set(l)", "listagg(l, null) within group (order by l, k)", "first(l)", "mode(l)", "listagg(distinct l) within group (order by l)", "sum(k) filter (where l = 'AB')"]:
        yield f"select {each} from w where k < 3"
    yield "select 'a' collate utf8_lcase as x union all select 'A' collate unicode"
    yield "select * from values ('a' collate utf8_lcase), ('A') as t(x)"
    yield "select name, language, country, accent_sensitivity, case_sensitivity, pad_attribute from collations() where name like 'U%' or name like 'de%'"


def blanks_at_ends():
    """Texts that are compared without the blanks at their ends."""
    names = ["utf8_binary_rtrim", "utf8_lcase_rtrim", "unicode_rtrim", "unicode_ci_rtrim"]
    for text, part in [("xxaxx", "x"), ("xxaxx  ", "x"), ("  xxaxx  ", "x"), ("xxaxx  ", "x "), ("XxaXx ", "x"), ("   ", "x"), ("x  ", "x"), (" x x ", " x"), ("xxa", "  ")]:
        for name in names:
            t = f"'{text}' collate {name}"
            yield f"select concat('[', trim('{part}' from {t}), ']'), concat('[', ltrim('{part}', {t}), ']'), concat('[', rtrim('{part}', {t}), ']'), concat('[', btrim({t}, '{part}'), ']')"
    for text, part in [("ab ", "b"), ("ab ", "b "), ("ab", "b "), ("ab", "B "), ("a b", "a "), ("ab  ", "ab"), (" ", "  "), ("", "  "), ("a b ", " "), ("ab c", "AB "), ("ab  b ", "b  ")]:
        for name in names:
            t = f"'{text}' collate {name}"
            yield f"select contains({t}, '{part}'), startswith({t}, '{part}'), endswith({t}, '{part}'), instr({t}, '{part}'), locate('{part}', {t}, 2), position('{part}' in {t})"
            yield f"select concat('[', replace({t}, '{part}', '-'), ']'), concat('[', substring_index({t}, '{part}', 1), ']'), concat('[', substring_index({t}, '{part}', -1), ']'), concat('[', split_part({t}, '{part}', 1), ']'), concat('[', translate({t}, '{part}', 'yz'), ']')"
            yield f"select find_in_set('{part}', {t})"


def several_collations():
    """What is asked of texts of two columns whose collations differ."""
    asked = ["l like c", "l ilike c", "l rlike c", "l not like c", "l like all (c, 'x')", "split(l, c)", "regexp_replace(l, c, 'x')", "regexp_extract(l, c, 0)", "regexp_extract_all(l, c, 0)", "regexp_count(l, c)", "regexp_instr(l, c)", "regexp_substr(l, c)", "array_contains(array(l), c)", "array_position(array(l), c)", "arrays_overlap(array(l), array(c))", "contains(l, c)", "replace(l, c, 'x')", "l like b", "array_contains(array(b), l)"]
    for each in asked:
        yield f"select {each} from (select 'A' collate utf8_lcase as l, 'a' collate unicode_ci as c, 'a' collate utf8_binary as b)"


def languages():
    """Letters that languages have in places of their own, and how they write capitals."""
    words = ["'zebra', 'åka', 'äta', 'öl', 'ana', 'Åre', 'ÄR'", "'ıl', 'il', 'IL', 'İL', 'çam', 'cam', 'dal'", "'llama', 'luz', 'lz', 'ñu', 'nz', 'chico', 'cz'", "'ch', 'cz', 'hx', 'i', 'č', 'd'", "'ąb', 'az', 'łz', 'lz', 'ó', 'oz'"]
    # Letters of a language's own stand among those that all languages have.
    letters = "".join(chr(point) for point in range(0xC0, 0x2B0) if chr(point).isalpha()) + "αβжאabcdefghijklmnopqrstuvwxyzþ"
    yield from each("select array_join(sort_array(transform(split('{l}', ''), x -> x collate {n})), '')", l=[letters], n=["sv", "es", "tr", "cs", "pl", "hu", "nb"])
    for name in ["sv", "tr", "es", "cs", "pl", "de", "nb", "da", "fi", "hu", "lt", "is", "et", "hr", "az", "vi", "ru", "el", "uk", "ja", "zh", "ko", "th", "fr_CAN", "ar", "he"]:
        yield from each("select array_join(sort_array(transform(array({w}), x -> x collate {n})), ' ')", n=[name], w=words)
        yield f"select hex(upper(x collate {name})), hex(lower(x collate {name})), hex(initcap(x collate {name})) from values ('iıİI'), ('ὰά ΆΣ ΑΣ'), ('i\u0307\u0301 Į̃'), ('ijsje ßa ǆx o''neil a-b'), ('ﬃ ŉ') as t(x)"
        yield from each("select '{a}' collate {n}_ci = '{b}', '{a}' collate {n}_ai = '{b}', '{a}' collate {n}_ci_ai = '{b}', contains('x{a}y' collate {n}_ci_ai, '{b}')", n=[name], a=["å", "ı", "ch"], b=["a", "Å", "i", "CH"])


def collated_calls():
    """Functions of texts and of arrays of them with collations that are seldom asked for."""
    names = ["utf8_lcase", "unicode", "unicode_ci_ai", "utf8_binary_rtrim", "utf8_lcase_rtrim", "unicode_ci_rtrim", "sv"]
    array = "transform(array('b ', 'B', 'a', null, 'A ', 'a '), x -> x collate {n})"
    yield from each("select sort_array({a}), sort_array({a}, false), array_sort({a}), array_distinct({a}), array_min({a}), array_max({a})".replace("{a}", array), n=names)
    yield from each("select {f}", f=[call.replace("{a}", array) for call in ["array_position({a}, 'A')", "array_contains({a}, 'A')", "array_remove({a}, 'A')", "array_union({a}, array('B'))", "array_except({a}, array('B'))", "array_intersect({a}, array('B', 'a'))", "arrays_overlap({a}, array('x', 'A '))", "array_join({a}, ',')", "array_append({a}, 'x')", "array_prepend({a}, 'x')", "array_compact({a})", "array_sort(array_compact({a}), (x, y) -> case when x < y then -1 when x > y then 1 else 0 end)", "sort_array(array({a}, {a}))", "map_from_arrays(array_compact(array_distinct({a})), array(1, 2))", "map_from_entries(array(struct('a' collate {n}, 1)))", "map_concat(map('a', 1), map('b' collate {n}, 2))", "transform_keys(map('a', 1), (k, v) -> k collate {n})", "map_values(map(1, 'a' collate {n}))", "map_contains_key(map('a', 1), 'a' collate {n})", "element_at(map('a', 1), 'A' collate {n})", "map('a', 1)['A' collate {n}]", "str_to_map('a:1,b:2' collate {n})", "str_to_map('a:1,b:2', ',' collate {n})", "find_in_set('A' collate {n}, 'b,a,A')", "find_in_set('a ' collate {n}, 'b,a,A')", "find_in_set('a', 'b,a ,A' collate {n})", "split('aXbxc', 'x' collate {n})", "sentences('A b. C d.' collate {n})", "levenshtein('A' collate {n}, 'a')", "nullif('A' collate {n}, 'a')", "collation(nullifzero('5' collate {n}))", "decode('A' collate {n}, 'a', 1, 2)", "elt(1, 'A' collate {n}, 'b')", "greatest('A' collate {n}, 'b', 'a ')", "least('A' collate {n}, 'b', 'a ')", "to_json(named_struct('a', 'A' collate {n}))", "from_json('{\"A\":1}' collate {n}, 'a int')", "schema_of_json('{\"A\":1}' collate {n})", "get_json_object('{\"A\":1}' collate {n}, '$.a')", "from_csv('A' collate {n}, 'a string')", "xpath_string('<a>b</a>' collate {n}, 'A')", "parse_json('\"a\"' collate {n})", "collate('a', 'unicode') = 'A' collate {n}", "mask('Ab1' collate {n})", "encode('a' collate {n}, 'utf-8')", "to_number('1' collate {n}, '9')", "to_date('2020-01-01' collate {n})", "regexp_extract_all('aAb' collate {n}, '(a)', 1)", "any_value(x) from values ('A' collate {n}) as t(x)", "count(distinct x) from values ('A' collate {n}), ('a '), ('a') as t(x)", "mode(x) from values ('A' collate {n}), ('a'), ('b') as t(x)", "max(struct(x, 1)) from values ('A' collate {n}), ('b') as t(x)", "min(array(x)) from values ('A' collate {n}), ('b') as t(x)", "max_by(1, x) from values ('A' collate {n}) as t(x)", "listagg(x, ',') within group (order by x) from values ('b' collate {n}), ('A'), ('a') as t(x)", "approx_count_distinct(x) from values ('A' collate {n}), ('a') as t(x)", "histogram_numeric(x, 2) from values ('1' collate {n}) as t(x)", "cast('a' collate {n} as char(3))", "cast('12' collate {n} as int)", "stack(2, 'a' collate {n}, 'b')", "explode(array('A' collate {n}))", "quote('a' collate {n})", "luhn_check('0' collate {n})", "inline(array(struct('A' collate {n})))", "hash('A ' collate {n}), xxhash64('A ' collate {n})", "zip_with(array('A' collate {n}), array('a'), (x, y) -> x = y)", "aggregate(array('A' collate {n}, 'a'), 0, (s, x) -> s + if(x = 'a', 1, 0))"]], n=names)


COLLATION_TOPICS = {"languages": languages, "collated-calls": collated_calls, "collations": collations, "blanks-at-ends": blanks_at_ends, "several-collations": several_collations}
