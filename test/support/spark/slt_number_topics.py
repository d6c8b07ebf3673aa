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


NUMBER_TOPICS = {"bits": bits, "math": math}
