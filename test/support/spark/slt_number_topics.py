"""Topics of slt.py about functions of numbers."""
import itertools

WHOLE = ["0", "1", "-1", "5Y", "-128Y", "127S", "-7", "2147483647", "-2147483648", "9223372036854775807L", "-9L", "null"]


def each(template, **choices):
    for values in itertools.product(*choices.values()):
        text = template
        for key, value in zip(choices, values):
            text = text.replace("{" + key + "}", value)
        yield text


def bits():
    yield from each("select {a} & {b}, {a} | {b}, {a} ^ {b}", a=WHOLE, b=["3", "-2L", "12Y", "null"])
    yield from each("select ~{a}, bit_count({a})", a=WHOLE)
    yield from each("select {a} << {b}, {a} >> {b}, {a} >>> {b}", a=WHOLE, b=["0", "1", "33", "-1", "63", "null", "2L"])
    yield from each("select {f}({a}, 3)", f=["shiftleft", "shiftright", "shiftrightunsigned"], a=["1", "-100L", "5Y", "'7'", "1.5", "true"])
    yield from each("select {f}({a}, {p})", f=["getbit", "bit_get"], a=["11", "-1L", "5Y", "null", "'3'", "1.5"], p=["0", "7", "8", "31", "63", "64", "-1", "null"])
    yield from each("select {x}", x=["1 | 2 ^ 3 & 4 << 1 + 1", "~1 + 2", "1 < 2 >> 1", "8 >> 1 >> 1", "1 << 2 = 4", "true & false", "1.5 & 2", "1.5 ^ 2.5", "'1' | 2", "'1' | '2'", "~'1'", "~1.5", "date '2020-01-01' & 1", "null & null", "~null", "null << 1", "bit_count(true)", "bit_count('7')", "bit_count(1.5)", "1 > > 2", "1 >>", "& 1"])
    yield from each("select k, k & 3, k << k, b ^ k, b >>> 1, bit_count(b), bit_get(k, a) from n where k | 1 > 2 order by k")
    yield from each("select a & b as x, count(*), sum(k | 1) from n group by a & b")


def math():
    numbers = ["0", "1", "-1", "2.5", "0.5D", "'4'", "null", "1e300", "double('NaN')", "float('inf')"]
    yield from each("select {f}({a})", f="acos acosh asin asinh atan atanh cbrt cosh degrees exp expm1 factorial ln log log10 log1p log2 radians rint sinh sqrt tanh".split(), a=numbers)
    # Java rounds the sine of 2.5 the wrong way.
    yield from each("select {f}({a})", f=["sin", "cos", "tan", "sec", "csc", "cot"], a=[number for number in numbers if number != "2.5"])
    yield from each("select {f}({a}, {b})", f=["pow", "power", "atan2", "hypot", "log"], a=numbers[:7], b=["2", "-0.5", "0", "null", "'3'"])
    yield from each("select {f}", f=["pi()", "e()", "pi(1)", "e(1)", "sin()", "log()", "log(1, 2, 3)", "pow(2)", "sin(true)", "sqrt(date '2020-01-01')", "pow(1, true)", "factorial(5L)", "factorial(2.7)", "factorial('x')", "factorial(true)", "sqrt('x')", "factorial(20), factorial(21)"])
    yield from each("select {f}({a})", f=["nullifzero", "zeroifnull"], a=["0", "5", "0L", "0.00", "null", "'0'", "'a'", "cast(null as bigint)", "0D", "true", "date '2020-01-01'"])
    yield from each("select {f}({a})", f=["sign", "signum"], a=["interval '-1' day", "interval '0' month", "interval '3-4' year to month", "cast(null as interval day)"])
    yield from each("select k, {x} from n order by k", x=["sqrt(c)", "pow(a, 2)", "ln(b)", "log(2, k)", "factorial(k)", "exp(k) > 10 and sqrt(c) < 2", "atan2(a, c)", "nullifzero(c)"])
    yield "select sum(sqrt(k)), max(pow(k, 2)) from n where ln(a) is not null group by nullifzero(a - 1)"


def hashes():
    yield from each("select {f}({v})", f=["hash", "xxhash64"], v=["0", "-1", "5Y", "-5S", "7L", "true", "1.5F", "-0.0D", "double('NaN')", "float('inf')", "12.34", "-129.00", "cast(127 as decimal(38, 0))", "cast(-128 as decimal(38, 0))", "cast(128 as decimal(38, 0))", "12345678901234567890.12", "-9.9e37BD", "''", "'a'", "'é€😀'", "'abcdefg'", "X'00ff80'", "date '2020-02-29'", "timestamp '1969-12-31 23:59:59.999999'", "interval '-1-2' year to month", "interval '1 02:03:04.5' day to second", "null", "1, 'a', null, 2L", "struct(1, 'a', null)", "named_struct('a', 1, 'b', named_struct('c', 2L))", "cast(null as struct<a: int>)", ""])
    yield from each("select id, {f}(repeat('Az', cast(id as int))), {f}(id, repeat('é', cast(id as int))) from range(70) order by id", f=["hash", "xxhash64"])
    yield from each("select id, {f}(*) from emp order by id", f=["hash", "xxhash64"])
    yield from each("select {f}({v})", f=["crc32", "md5", "sha", "sha1"], v=["'Spark'", "''", "X'00ff'", "null", "5", "'é'"])
    yield from each("select sha2({v}, {b})", v=["'Spark'", "''", "null", "X'ff'"], b=["0", "1", "224", "256", "384", "512", "null", "-1"])
    yield "select hash(a, b) % 3, count(*) from n group by 1"


def conversions():
    digits = ["'100'", "'-10'", "'ff'", "'-ff'", "'zz'", "'12x'", "'x'", "''", "' 12 '", "'-'", "null", "'18446744073709551615'", "'18446744073709551616'", "'-9223372036854775809'", "'9223372036854775808'", "15"]
    yield from each("select conv({d}, {f}, {t})", d=digits, f=["2", "10", "16", "36"], t=["10", "-10", "2", "-36"])
    yield from each("select conv('10', {f}, {t})", f=["1", "37", "0", "-10", "null"], t=["10", "37", "1", "-37", "0"])
    values = ["5.3", "-2.1", "0.2", "10.6", "11", "null", "double('NaN')", "'5'", "1e300D"]
    yield from each("select width_bucket({v}, {l}, {h}, {c})", v=values, l=["0.2", "10.6"], h=["10.6", "0.2"], c=["5", "1", "0", "-1", "null", "9223372036854775806", "9223372036854775807"])
    yield from each("select {x}", x=["width_bucket(interval '1' day, interval '0' day, interval '10' day, 11)", "width_bucket(interval '-1' month, interval '10' month, interval '0' month, 4)", "width_bucket(interval '1' day, interval '0' year, interval '1' year, 2)", "width_bucket(interval '1' day, 1, 2, 11)", "width_bucket(true, 1, 2, 11)", "width_bucket(1, 2, 3)", "width_bucket(1, 5, 5, 2)"])
    yield from each("select luhn_check({v})", v=["'8112189876'", "'79927398713'", "'79927398714'", "''", "' 0'", "'0'", "'a'", "null", "4111111111111111", "X'30'", "true"])
    yield from each("select {f}({v})", f=["bitmap_bit_position", "bitmap_bucket_number"], v=["0", "1", "123", "-5", "32768", "32769", "-32768", "-9223372036854775807L", "9223372036854775807L", "null", "'7'", "2.7", "true"])
    yield from each("select bitmap_count({v})", v=["X''", "X'1010'", "X'ffffffffffffffffff'", "null", "'ab'", "5"])
    yield from each("select {x}", x=["assert_true(true)", "assert_true(1 < 2, 'no')", "assert_true(false)", "assert_true(null, 'my')", "assert_true(1)", "assert_true()", "raise_error('x')", "raise_error(5)", "raise_error(null)", "raise_error()", "coalesce(1, raise_error('x'))", "coalesce(null, raise_error('x'))", "typeof(raise_error('x'))"])
    yield from each("select if(k > {l}, raise_error(s), k) from n order by k", l=["8", "7"])
    yield from each("select k from n where assert_true(k < {l}) is null order by k", l=["9", "8"])


def random():
    yield from each("select {f}({s}) from range(5)", f=["rand", "randn", "random"], s=["0", "-1", "7L", "null", "3 / 7", "'1'", "1.5", "true", "cast(5 as tinyint)", "id", "1, 2"])
    yield from each("select id, {f}(3) as x from range(300) where id % 50 = 0 order by id", f=["rand", "randn"])
    yield from each("select uniform({l}, {h}, {s}) from range(3)", l=["0", "-10L", "1.5BD", "2Y", "null", "1D"], h=["10", "5S", "99999999999L", "2.75", "1e3", "cast(null as int)"], s=["0", "9L"])
    yield from each("select {x}", x=["uniform(1, 2, 'x')", "uniform('a', 2)", "uniform(true, 2)", "uniform(1)", "uniform(1, 2, 1.5)", "uniform(0.5F, 2.75, 0)", "randstr(true, 0)", "randstr(3, 'x')", "randstr()", "uuid(1, 2, 3)", "monotonically_increasing_id(1)", "length(uuid())", "rand() between 0 and 1", "rand(cast(rand() * 10 as int))", "uniform(rand(1), 2, 0)", "randstr(cast(rand(0) * 3 as int), 1)", "rand(cast(3 / 7 as int))", "length(randstr(7))"])
    yield from each("select uniform({b}) from n", b=["k, 10, 0", "0, k, 0", "0, 10, k"])
    yield from each("select randstr({n}, {s}) from range(3)", n=["1", "5", "20", "2.7", "'3'", "null", "0", "id"], s=["0", "-5L", "null", "id"])
    yield from each("select {x} from range(6) order by id", x=["id, rand(0), rand(0)", "id, rand(0) + rand(0)", "id, monotonically_increasing_id()", "id, spark_partition_id()", "id, (select rand(4))"])
    yield from each("select {x} from (select id, rand(3) as x from range(20)) where x < 0.5", x=["count(*), min(x), max(x)", "sum(id)"])
    yield "select id from range(9) where rand(0) > 0.5 order by id"
    yield "select id from range(9) order by rand(5)"
    yield "select id from range(9) order by rand(5) limit 3"
    yield "select x, x from (select rand(3) as x from range(3)) order by x"
    yield "select rand(0) > 0.5, count(*) from range(10) group by rand(0) > 0.5"
    yield "select count(*) from (select id from range(100) where id % 2 = 0 and rand(1) < 0.3 and id > 10)"
    yield "select id, sum(id) over (order by rand(0)) from range(3) order by id"
    yield "select count(distinct x), count(*) from (select uuid() as x from range(1000))"
    yield "select a.id, a.x = b.x from (select id, rand(1) as x from range(4)) a join (select id, rand(1) as x from range(4)) b on a.id = b.id order by 1"
    yield from each("select {x} from range(3)", x=["sum(rand(1))", "count(*) filter (where rand(1) > 0.5)"][:1])
    yield "select * from range(3) a join range(3) b on a.id = b.id and rand(0) > 0.5"
    yield "values (rand(0))"
    yield "select id, x from (select id, rand(2) as x from range(5)) where id = 3"
    yield "select max(y) from (select x * 2 as y from (select rand(2) as x from range(5)))"

def signed_zeros():
    """Where zeros with other signs are one value, which of them is given, and where they are two."""
    zeros = ["(0.0D), (-0.0D), (0.0D), (1D)", "(-0.0F), (0.0F), (-0.0F)", "(double('NaN')), (-double('NaN')), (1D)"]
    for rows in zeros:
        yield f"select approx_top_k(v, 5) from values {rows} t(v)"
        yield f"select approx_top_k_estimate(approx_top_k_accumulate(v), 5) from values {rows} t(v)"
        yield f"select sort_array(collect_set(v)), sort_array(collect_set(array(v))), sort_array(collect_set(struct(v))) from values {rows} t(v)"
    for zero in ["-0.0D", "-0.0F", "array(-0.0D)", "struct(-0.0D)", "array(struct(array(-0.0F)))"]:
        rows = f"values ({zero}) t(v)"
        yield f"select array_distinct(array(v)), array_union(array(v), array()), array_intersect(array(v), array(v)), array_except(array(v), array()) from {rows}"
        yield f"select map_keys(map(v, 1)), map_keys(map_from_entries(array(struct(v, 1)))), map_keys(map_from_arrays(array(v), array(1))) from {rows}"
        yield f"select map_keys(map_concat(map_from_arrays(array(v), array(1)))), map_keys(transform_keys(map(1, 1), (k, w) -> v)), map_keys(map_filter(map(v, 1), (k, w) -> true)) from {rows}"
        yield f"select map_keys(map_zip_with(map_from_arrays(array(v), array(1)), map_from_arrays(array(v), array(2)), (k, a, b) -> a + b)), string(map(v, v)) from {rows}"
    yield "select array_union(array(0.0D), array(-0.0D)), array_intersect(array(-0.0D), array(0.0D)), array_except(array(-0.0D), array(0.0D))"
    yield "select map(0.0D, 1, -0.0D, 2)"
    yield "select map(-0.0D, 1)[0.0D], element_at(map(0.0D, 1), -0.0D), map_contains_key(map(-0.0D, 1), 0.0D)"


NUMBER_TOPICS = {"random": random, "bits": bits, "math": math, "hashes": hashes, "conversions": conversions, "signed-zeros": signed_zeros}
