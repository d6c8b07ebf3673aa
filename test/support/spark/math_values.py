"""What ask.py asks about functions of doubles: values in hexadecimal digits of their bits, as printing would hide a last bit."""
import math
import random
import struct

ONE = "acos acosh asin asinh atan atanh cbrt cos cosh cot csc degrees exp expm1 ln log10 log1p log2 radians rint sec sin sinh sqrt tan tanh".split()
TWO = "atan2 hypot log pow".split()
ODD = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.5, -0.5, 2.0, 10.0, 100.0, 1e22, math.pi, math.pi / 2, -math.pi / 4, 1e-10, 1e-300, 710.0, 709.7827, -745.13, -746.0, 22.0, 20.0, -20.0, 0.7071067811865476]


def drawn(rng):
    kind = rng.random()
    if kind < 0.25:
        return rng.uniform(-1, 1)
    if kind < 0.5:
        return rng.uniform(-40, 40)
    if kind < 0.65:
        return rng.uniform(-750, 750)
    if kind < 0.75:
        return abs(rng.gauss(0, 1)) * 10 ** rng.uniform(-8, 8)
    if kind < 0.85:
        return float(rng.randint(-1000, 1000))
    return struct.unpack(">d", rng.getrandbits(64).to_bytes(8, "big"))[0]


def bits(value):
    return None if value is None else "nan" if value != value else struct.pack(">d", value).hex()


def math_rows(spark, count):
    rng = random.Random(4)
    xs = [*ODD, *(drawn(rng) for _ in range(count))]
    ys = [rng.choice([rng.choice(ODD), float(rng.randint(-20, 20)), rng.uniform(-50, 50) * 10 ** rng.uniform(-3, 1)]) for _ in xs]
    calls = [*(f"{name}(x)" for name in ONE), *(f"{name}(x, y)" for name in TWO)]
    frame = spark.createDataFrame(list(zip(xs, ys)), "x double, y double")
    return [calls, *([bits(value) for value in row] for row in frame.selectExpr("x", "y", *calls).collect())]
