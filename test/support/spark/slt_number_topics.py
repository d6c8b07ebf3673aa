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


NUMBER_TOPICS = {"bits": bits}
