"""What ask.py asks outside of ANSI mode: casts and arithmetic over drawn values of all types of numbers, near their limits."""
import random
import struct

SOURCES = {"t": "tinyint", "s": "smallint", "i": "int", "l": "bigint", "f": "float", "d": "double", "n": "decimal(10,3)", "w": "decimal(38,6)", "x": "string", "b": "boolean", "m": "timestamp"}
TARGETS = ["boolean", "tinyint", "smallint", "int", "bigint", "double", "decimal(5,2)", "decimal(20,0)", "decimal(38,10)", "timestamp"]
PAIRS = ["tt", "ts", "ss", "si", "ii", "il", "ll", "ln", "nn", "nw", "ww", "dd", "di", "dw", "xi", "ix", "xx", "xd", "xn", "tw"]
OPERATORS = ["+", "-", "*", "/", "%", "=", "<", "<=>"]
ALONE = ["-{c}", "abs({c})", "round({c}, -1)"]
DIVIDED = ["tt", "si", "ii", "il", "ll"]


# Spark computes the one with 34 digits, and of the others Java before 19 takes more digits than are needed.
ODD = {("w", "timestamp"), *((column, target) for column in "fd" for target in ["decimal(20,0)", "decimal(38,10)"])}


def expressions():
    yield from (f"cast({column} as {target})" for column in SOURCES for target in TARGETS if (column, target) not in ODD)
    yield from (f"{a}1 {operator} {b}" for a, b in PAIRS for operator in OPERATORS)
    yield from (f"{a}1 div {b}" for a, b in DIVIDED)
    yield from (one.format(c=column) for column in "tsildn" for one in ALONE)
    yield from (f"coalesce({a}, {b})" for a, b in ["it", "li", "nw", "ln", "fi", "fl", "xi", "xm"])


def whole(rng, bits):
    limit = 1 << (bits - 1)
    return rng.choice([limit - 1, -limit, 0, 1, -1, rng.randrange(-limit, limit), rng.randrange(-limit, limit), rng.randrange(-9, 10), rng.choice([limit - 1, -limit]) // 2])


def double(rng):
    return rng.choice([0.0, -0.0, float("nan"), float("inf"), -float("inf"), rng.uniform(-300, 300), rng.uniform(-1e10, 1e10), rng.uniform(-1e20, 1e20), struct.unpack(">d", rng.randbytes(8))[0], float(whole(rng, 64)), 0.5, -1.5])


def digits(rng, precision, scale):
    value = rng.choice([10**precision - 1, 1 - 10**precision, 0, rng.randrange(-(10**precision), 10**precision), rng.randrange(-(10 ** (precision // 2)), 10 ** (precision // 2)), rng.randrange(-9, 10)])
    text = str(abs(value)).rjust(scale + 1, "0")
    return ("-" if value < 0 else "") + text[:-scale] + "." + text[-scale:]


def text_of(rng):
    return rng.choice(["", " ", "abc", "1.", ".", "-.5", "+7", "1e3", "NaN", "true", "t", "no", str(whole(rng, 8)), str(whole(rng, 32)), str(whole(rng, 64)), str(whole(rng, 66)), digits(rng, 6, 2), repr(double(rng)), " 12 ", "2020-02-29 12:34:56", "\t3\n"])


def drawn(rng, column):
    bits = {"t": 8, "s": 16, "i": 32, "l": 64}.get(column)
    if rng.random() < 0.04:
        return None
    if bits:
        return str(whole(rng, bits))
    if column in "fd":
        value = double(rng)
        return repr(struct.unpack(">f", struct.pack(">f", value))[0] if column == "f" and abs(value) < 3e38 else value)
    if column == "n":
        return digits(rng, 10, 3)
    if column == "w":
        return digits(rng, 38, 6)
    if column == "b":
        return rng.choice(["true", "false"])
    if column == "m":
        return rng.choice(["1970-01-01 00:00:00", "1969-12-31 23:59:59.999999", "2020-02-29 12:34:56.789", "9999-12-31 23:59:59", "0001-01-01 00:00:00", "2038-01-19 03:14:08"])
    return text_of(rng)


def bits_of(value):
    return "nan" if value != value else struct.pack(">d", value).hex()


def lenient_rows(spark, count):
    """A row of the columns, one of the expressions, and for each drawn row its texts and what the expressions give: of doubles the bits."""
    rng = random.Random(11)
    columns = [name + again for name in SOURCES for again in ("", "1")]
    rows = [tuple(drawn(rng, name[0]) for name in columns) for _ in range(count)]
    spark.createDataFrame(rows, ", ".join(f"{name} string" for name in columns)).selectExpr(
        *(f"cast({name} as {SOURCES[name[0]]}) {name}" for name in columns)
    ).createOrReplaceTempView("drawn")
    asked = list(expressions())
    spark.conf.set("spark.sql.ansi.enabled", "false")
    answers = spark.table("drawn").selectExpr(*(f"{e} c{i}" for i, e in enumerate(asked)))
    # How values are written does not depend on the mode.
    spark.conf.set("spark.sql.ansi.enabled", "true")
    kinds = [field.dataType.simpleString() for field in answers.schema.fields]
    shown = answers.select([answers[i].cast("double" if kind in ("float", "double") else "string") for i, kind in enumerate(kinds)]).collect()
    cell = lambda value: bits_of(value) if isinstance(value, float) else value
    return [columns, asked, kinds, *([*texts, *map(cell, row)] for texts, row in zip(rows, shown))]
