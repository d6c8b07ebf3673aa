"""Asks Spark for the values that test/spark/*.test.ts compare with, and writes them to test/data/spark.

    python3 test/support/spark/ask.py [TOPIC …]

The tests read only the data. Needs pyspark; the answers committed are those of Spark 4.3 in UTC.
"""
import json
import os
import random
import struct
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from lenient_values import lenient_rows
from math_values import math_rows

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "../../data/spark")

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def write(name, rows):
    with open(os.path.join(OUT, name + ".jsonl"), "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(name, len(rows))


def over(texts, schema, *expressions):
    """Evaluates expressions over rows of one table `t`."""
    frame = spark.createDataFrame([(x,) if not isinstance(x, tuple) else x for x in texts], schema)
    return [list(row) for row in frame.selectExpr(*expressions).collect()]


YEARS = """2024 2023 1970 1969 0001 0000 1582 1600 9999 10000 010000 +1999 -0001 -1 -0000 294247 294246 -294247 -290308 -290309 -290307
 294248 300000 -300000 999999 1000000 5881580 5881581 -5877641 -5877642 9999999 99999999 1 12 123 02024 002024 0002024 00002024""".split()
MONTHS = ["", "-1", "-01", "-2", "-02", "-12", "-13", "-0", "-00", "-001", "-", "-7", "--1"]
DAYS = ["", "-1", "-01", "-31", "-30", "-29", "-28", "-0", "-32", "-001", "-", "-21"]
SEPARATORS = [" ", "T", "  ", "", "t", "_", " T"]
TIMES = """0:0:0 1:2:3 01:02:03 23:59:59 24:00:00 23:60:00 23:59:60 12:34 12 1 12: 12:34: 12:34:56. 12:34:56.1 12:34:56.123456
 12:34:56.1234567 12:34:56.999999999 12:34:56.000000001 04:00:54.775807 04:00:54.775808 19:59:05.224192 19:59:05.224191 001:00:00 12:034:00 12:34:056 :12:34 12.5""".split()
ZONES = ["", "", "", "Z", " Z", "UTC", " UTC", " GMT", "GMT+1", " UTC+01:30", " UT", " UT-3", "+1", "+01", "-8", "-08:00", "+0530", "+05:30", "+5:30", "+05:3",
         "+18:00", "+18:01", "-18:00", "+19", "+1:2:3", "+01:02:03", "+010203", "z", "utc", " X", "+", "+24:00", " +02:00", "\tZ", " EST", " MST", " HST", "+00:60", "+01:02:3", "-00:00:01", " UTC+1:2:3", " GMT0", " Zulu",
         "  Z", "-1:", "+0:00", "+1:00:00"]


def temporal_texts(count, rng):
    texts = ["", " ", "T", "now", "today", "epoch", "12345", "2024-01-01 America/Los_Angeles", "T12:34:56", "-", "+", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "-0004-02-29", "\u00a02024-01-01", "2024-01-01\u00a0",
             "\u20032024-01-01", "\x002024-01-01\x7f", "2024-01-01T", "2024-01-01 x", "2024-01-01Tx", "2024-01 x", "2024-01-01 12:34 Z", "2024-01-01 12:34:56 +01:00 ", "\u0662024-01-01", "2024\u201301\u201301"]
    while len(texts) < count:
        text = rng.choice(YEARS) + rng.choice(MONTHS) + rng.choice(DAYS)
        if rng.random() < 0.7:
            text = rng.choice(["2024-02-29", "1969-12-31", "294247-01-10", "-290308-12-21", "0001-01-01", "-290308-12-22", "1582-10-10", text])
        if rng.random() < 0.75:
            text += rng.choice(SEPARATORS[: 2 if rng.random() < 0.8 else None]) + rng.choice(TIMES) + (rng.choice(ZONES) if rng.random() < 0.8 else "")
        if rng.random() < 0.15:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(" \t\n-+:.T0159Zz") + text[at + rng.randrange(2):]
        if rng.random() < 0.1:
            text = rng.choice([" ", "\t", "\n ", "\x01"]) + text + rng.choice([" ", "\r\n", ""])
        texts.append(text)
    return list(dict.fromkeys(texts))


def temporals():
    rows = over(
        temporal_texts(6000, random.Random(7)), "s string", "s", "cast(unix_micros(try_cast(s as timestamp)) as string)",
        "cast(unix_micros(cast(cast(try_cast(s as timestamp_ntz) as string) || 'Z' as timestamp)) as string)", "unix_date(try_cast(s as date))",
    )
    # A time without a date is of today.
    write("temporal-texts", [[s, days, micros, ntz] for s, micros, ntz, days in rows if not (micros and 1.7e15 < int(micros) and "2024" not in s and "2023" not in s)])


REGIONS = ["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "Europe/London", "PST", "JST", "CET", "EST5EDT", "Etc/GMT+5", "Asia/Pyongyang", "America/New_York"]


def regions():
    rng = random.Random(8)
    texts = []
    for zone in REGIONS + ["america/los_angeles", "Mars/Phobos", "US/Pacific", "ACT", "PRC"]:
        for when in ["2022-03-23 00:00:00", "2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-03-31 02:00:00", "2024-10-27 02:59:59", "1969-12-31 16:00:00", "1900-01-01 00:00:00", "1850-06-01 12:00:00", "2037-07-01", "2050-07-01 00:00:00", "2500-01-01 00:00:00"]:
            texts.append(f"{when} {zone}" if " " in when else f"{when} 00:00:00 {zone}")
        for _ in range(20):
            texts.append("%04d-%02d-%02d %02d:%02d:%02d %s" % (rng.randrange(1890, 2100), rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(24), rng.randrange(60), rng.randrange(60), zone))
    write("region-texts", over(texts, "s string", "s", "cast(unix_micros(try_cast(s as timestamp)) as string)"))


ZONES_OF_SESSIONS = ["America/Los_Angeles","Europe/Berlin","Asia/Kolkata","Australia/Lord_Howe","Africa/Casablanca","America/Sao_Paulo","Pacific/Apia","Asia/Tehran","Europe/London","Antarctica/Troll","America/St_Johns","Asia/Pyongyang","Pacific/Kiritimati","Africa/Monrovia","+05:30","-03:15:20","UTC","GMT+8","PST"]
INSTANTS = ["-62135596800","-12219292800","-5364662400","-2717640000","-2208988800","-1633273200","-879638400","0","183607200","1301752800","1325203200","1615716000","1615715999","1636275599","1636275600","1636279200","1711846800","1729990800","1712421000","1728142200","4102444800","7258118400","16725225600","253402300799"]
LOCAL_TIMES = ["0001-01-01 00:00:00","1582-10-10 12:00:00","1800-01-01 00:00:00","1883-11-18 12:05:00","1899-12-31 23:59:59.999999","1900-01-01 00:00:00","1945-08-14 16:00:00","1970-01-01 00:00:00","2011-12-30 10:00:00","2021-03-14 02:30:00","2021-03-28 01:30:00","2021-03-28 02:30:00","2021-11-07 01:30:00","2021-10-31 02:30:00","2024-04-07 01:45:00","2024-10-06 02:15:00","2024-03-31 00:30:00","2024-10-27 00:30:00","2100-07-01 00:00:00","2400-03-12 02:30:00","9999-12-31 00:00:00"]


def time_zones():
    """Whole queries in sessions of many time zones, with rows as text."""
    instants = ", ".join(f"({x}L)" for x in INSTANTS)
    locals_ = ", ".join(f"('{x}')" for x in LOCAL_TIMES)
    queries = [
        f"select t, cast(t as date) d, cast(t as timestamp_ntz) n, hour(t) h, minute(t) mi, second(t) s, year(t) y, day(t) dd from (select timestamp_seconds(s) t from values {instants} as v(s)) order by t",
        f"select s, unix_micros(cast(s as timestamp)) a, unix_micros(cast(cast(s as timestamp_ntz) as timestamp)) b, unix_micros(cast(cast(s as date) as timestamp)) c, cast(s as timestamp) + interval '1' month m, cast(s as timestamp) + interval '1 2' day to hour dh, cast(s as timestamp) - timestamp'2020-01-01 00:00:00' di from values {locals_} as v(s)",
        "select timestamp'2021-03-14 02:30:00' a, timestamp'2021-07-01 00:00:00Z' b, unix_micros(timestamp'2021-11-07 01:30:00') c, date'2021-01-01' < timestamp'2021-01-01 00:00:01' d",
        f"select s, date_trunc('hour', cast(s as timestamp)) h, date_trunc('day', cast(s as timestamp)) d, date_trunc('month', cast(s as timestamp)) m, unix_micros(date_trunc('hour', cast(s as timestamp) + interval '1' hour)) u, months_between(cast(s as timestamp), timestamp'2000-01-31 12:00:00') b, timestampadd(day, 1, cast(s as timestamp)) td, timestampdiff(hour, cast(s as timestamp), timestamp'2020-01-01 00:00:00') th from values {locals_} as v(s)",
    ]
    rows = []
    for zone in ZONES_OF_SESSIONS:
        spark.conf.set("spark.sql.session.timeZone", zone)
        for sql in queries:
            frame = spark.sql(sql)
            rows.append([zone, sql, [list(row) for row in frame.select(*[frame[c].cast("string") for c in frame.columns]).collect()]])
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    write("time-zones", rows)


JSON_SCHEMA = "a bigint, s string, d double, b boolean, g struct<x: double, y: string>, n decimal(10,2), f float, t timestamp, e date, i tinyint"
JSON_VALUES = ["1", "-1", "0", "1.5", "1e3", "-0", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "12345678901234567890123", "300", "-129", "127", "true", "false", "null", "NaN", "Infinity", "-Infinity", "+Infinity", "INF", "-INF", "+INF", '"NaN"', '"Infinity"', '"-Infinity"', '"+INF"', '"INF"', '"-INF"', '"inf"', "-NaN",
               '"x"', "''", "'x'", "'a\"b'", '"a\'b"', "'a\\'b'", '"\\u0041"', '"\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\ud800x"', '"\\uD83D\\u0041"', '"\\ud83d\\ud83d\\ude00"', '"\\x"', '"\\\'"', '"\\u12"', '"tab\there"', '"line\nbreak"', '"\\n\\t\\/\\b\\f\\r\\\\"', '""', '" "', '"null"', '"true"', '"1"', '"1.5"',
               "{}", '{"x":1}', '{"x":"u"}', '{"x":1.25,"y":"z"}', '{"y":5}', '{"x":{"q":1}}', '{"x":1', '{"x":}', "[]", "[1,2]", "[1,", '["a", {"b": null}]', "01", "1.", ".5", "+1", "- 1", "0x10", "1_000", "1L", "nul", "truee", "TRUE", "None", "undefined", "",
               '"2024-01-01"', '"2024-01-01T10:11:12"', '"2024-01-01 10:11:12.123456+01:00"', '"2024-01"', '"12345"', '"123"', '"2024-02-30"', '"x2024"', "1700000000", "1.7e9", "99999999999999", "-99999999999999", "9223372036854", "9223372036855", '"1970-01-01T00:00:00.000Z"', '"300000-01-01"', '"2024-1-1"', '"20240101"',
               '{"a": 1, "a": 2}', "1 ", " 1", "123.456", "123.455", "-123.455", "99999999.999", "99999999.99", "1e10", "1e-10", "3.4028235e38", "3.4028236e38", "1e39", "1e400", "4.9e-324", "16777217", "0.1", '"0.1"', '"1e3"', '"abc"', "1.0", "1.00", "2.0e0", "/*c*/1", "1//c", "\u00e9", '"\u00e9\u4e2d"', "true1", "nullx", "[1] 2"]
JSON_KEYS = ["a", "s", "d", "b", "g", "n", "f", "t", "e", "i", "zz"]
JSON_WHOLE = ["", " ", "\n", "null", "1", "[]", "[{}]", '[{"a":1}]', '[{"a":1},{"a":2}]', "{}", "{} ", "{}x", '{"a":1}x', '{"a":1} {"a":2}', '{"a":1}}', '{"a":1},', '{"a":1,}', "{,}", '{"a"}', '{"a":}', "{a:1}", "{'a':1}", '{"a":1 "s":2}', '{"a":1,"s":"x"', '{"a":1,"s":"x', '{"a":1,"s"', "x", '"a"', "true", '{"a":1,"a":2}', '{"a":1,"a":null}', '{"a":null,"a":1}', '{"a":1,"a":"x"}', '{"a":"x","a":1}',
              '{"g":{"x":1},"g":{"y":"q"}}', '{"g":{"x":1},"g":null}', '{"g":{"x":1},"g":5}', '{"g":5,"g":{"x":1}}', '{"g":{"x":1,"x":2}}', '{"g":{"x":"bad","y":"ok"},"s":"k"}', '{"a":"bad","s":"k","d":2}', '{"s":"k","a":"bad"}', '{"s":"k","a":1.5}', '{"A":1}', '{"\\u0061":1}', '{"a\\u0000":1}', "\ufeff{\"a\":1}", '{"a":1}\x00', '\x00{"a":1}', '{"a" : 1 , "s" : "t" }', '\t{\n"a"\r:\t1}\n', '{"a":1}//x', '{"zz":{"deep":[[[[{"k":"v"}]]]]},"a":1}', '{"zz":tru,"a":1}', '{"a":1,"zz":tru}', '{"a":1,"zz":"\\ud800"}', '{"a":1,"zz":\'q\'}', '{"zz":NaN,"a":1}', '{"zz":-Infinity,"a":1}', "{'a':1,\"s\":'x'}", '{"a":1,\'s\':"x"}',
              '{"s":{"k" : [1, 2.50, "x", null, true, 1e5, \'q\', NaN]}}', '{"s":{"b":1,"a":"\\u00e9\\/"}}', '{"s":[1,]}', '{"s":{"a":1,"a":2}}', '{"s":1.50}', '{"s":1e5}', '{"s":100000000000000000000000}', '{"s":-0}', '{"s":true}', '{"s":NaN}', '{"s":Infinity}', "{\"s\":{'a':'b'}}", '{"s":{"a":"\\ud83d\\ude00"}}', '{"s":{ }}', '{"s":[ ]}', '{"s":0.10}', '{"s":1E+2}']


def json_expressions(column):
    fields = ["a", "hex(s)", "d", "b", "g.x", "hex(g.y)", "n", "f", "unix_micros(t)", "unix_date(e)", "i"]
    parsed = f"from_json({column}, '{JSON_SCHEMA}')"
    return [f"{parsed} j", column], ["s", "j is null", "j.g is null"] + [
        f"cast({('hex(j.' + x[4:]) if x.startswith('hex(') else (x.replace('(', '(j.') if '(' in x else 'j.' + x)} as string)" for x in fields
    ]


def jsons():
    rng = random.Random(9)
    texts = list(JSON_WHOLE)
    for key in JSON_KEYS:
        for value in JSON_VALUES:
            texts.append('{"%s":%s}' % (key, value))
    while len(texts) < 7000:
        pairs = ['%s:%s' % (rng.choice(['"%s"', '"%s"', "'%s'"]) % rng.choice(JSON_KEYS), rng.choice(JSON_VALUES)) for _ in range(rng.randrange(1, 5))]
        text = "{" + ",".join(pairs) + "}"
        if rng.random() < 0.3:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(['"', "'", "{", "}", "[", "]", ",", ":", " ", "\\", "x", "1", ""]) + text[at + rng.randrange(2):]
        texts.append(text)
    texts = list(dict.fromkeys(texts))
    inner, outer = json_expressions("s")
    frame = spark.createDataFrame([(x,) for x in texts], "s string").selectExpr(*inner)
    write("json-texts", [list(row) for row in frame.selectExpr(*outer).collect()])


def letters():
    points = [p for p in range(1, 0x110000) if not 0xD800 <= p < 0xE000]
    rows = over([(p, chr(p)) for p in points], "p int, s string", "p", "s", "upper(s)", "lower(s)")
    # In words: what stands before and behind decides about the final sigma, and about i with dots.
    write("letters", [[p, "" if u == s else u, "" if l == s else l] for p, s, u, l in rows if u != s or l != s])
    rng = random.Random(10)
    alphabet = "\u03a3\u03a3\u03a3aA\u00c0\u00df\u0130Ii\u0131 .'-\u0301\u0307\u00ad\u2019:1\u4e2d\u0345\ufb01\U00010400\U00010428\u10d0\u1c90\u13a0\uab70\u1e9e\u02b0\u00aa\u2160\u24b6\u0149\u01c5\u1fb3\u1f88\u00b7\u200d_\U0001f600"
    words = ["".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 9))) for _ in range(4000)]
    write("letter-texts", over(words, "s string", "s", "upper(s)", "lower(s)"))


def bits(value, form):
    return None if value is None else struct.pack(">" + form, value).hex()


def number_texts():
    rng = random.Random(11)
    texts = """0 -0 1 .5 5. . 1e 1e5 1e+5 1e-5 1e400 -1e400 1e-400 4.9e-324 2.4703282292062327e-324 2.4703282292062328e-324 1.7976931348623157e308 1.7976931348623158e308
      1.7976931348623159e308 3.4028235e38 3.4028235677973366e38 3.4028235677973365e38 1.401298464324817e-45 7.006492321624085e-46 7.006492321624086e-46 16777217 16777219 16777217.0000000001 33554433 33554435
      1.00000017881393421514957253748434595763683319091796875001 1.00000017881393432617187499 1.00000017881393432617187500 1.00000017881393432617187501 1.00000005960464477539062500 1.00000005960464477539062501 1.00000005960464477539062499
      0x1p3 0x1.8p1 0x1.fffffffffffff8p0 0x1.000001p0 0x1.0000010000001p0 0x1p-1074 0x1p-1075 0x1.8p-1075 0x1p1024 0x1.fffffeffp127 0x1.ffffffp127 0x 0x1 0xp1 0x.8p1 -0XAp+2 0x1p3f 0x0p5 1d 1f 1D 1F 1l 1.5d infd NaN nan +NaN -nan Infinity -Infinity +infinity inf -inf +inf INF infinit 1_0 1e5f 1e5d d f e5 1.2.3 --1 +-1 +1 1,0""".split()
    texts += ["", " ", " 1 ", "\t1\n", "1 2", "\u0661", "9007199254740993", "9007199254740992.9999999999999999999999", "0." + "0" * 50 + "1", "1" + "0" * 60, "123456789" * 20, "0." + "123456789" * 20]
    while len(texts) < 3000:
        # Right between two floats, and a little beside, where rounding twice goes wrong.
        low = struct.unpack(">f", struct.pack(">I", rng.randrange(0x7F7FFFFF) if rng.random() < 0.3 else rng.randrange(0x3D000000, 0x4F000000)))[0]
        high = struct.unpack(">f", struct.pack(">I", struct.unpack(">I", struct.pack(">f", low))[0] + 1))[0]
        from decimal import Decimal, getcontext
        getcontext().prec = 400
        middle = (Decimal(low) + Decimal(high)) / 2
        if high == float("inf"):
            continue
        texts.append(str(middle + rng.choice([0, 0, 1, -1]) * Decimal(10) ** (middle.adjusted() - rng.choice([18, 20, 25, 30, 60]))))
        texts.append(repr(struct.unpack(">d", rng.randbytes(8))[0]))
        texts.append("%d.%de%d" % (rng.randrange(10**6), rng.randrange(10**12), rng.randrange(-50, 40)))
    rows = over([x for x in texts], "s string", "s", "try_cast(s as float)", "try_cast(s as double)")
    write("number-texts", [[s, bits(f, "f"), bits(d, "d")] for s, f, d in rows])


def answer(sql):
    try:
        frame = spark.sql(f"select cast(({sql}) as string), typeof({sql}) t")
        value, kind = frame.collect()[0]
        return [sql, kind, value]
    except Exception as error:
        try:
            condition = error.getCondition()
            parameters = error.getMessageParameters() or {}
        except Exception:
            condition, parameters = None, {}
        return [sql, None, condition, parameters]


def expressions(name):
    with open(os.path.join(HERE, name + ".sql"), encoding="utf-8") as file:
        statements = [line.strip() for line in file if line.strip() and not line.startswith("--")]
    write(name, [answer(sql) for sql in dict.fromkeys(statements)])


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def statement_answer(sql):
    try:
        frame = spark.sql(sql)
        columns = [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]
        shown = [[None if value is None else text(value) for value in row] for row in frame.collect()]
        return {"sql": sql, "columns": columns, "rows": shown}
    except PySparkException as error:
        parameters = error.getMessageParameters() or {}
        return {"sql": sql, "condition": error.getCondition(), "sqlState": error.getSqlState(), "parameters": parameters}


def statements(name):
    """Whole statements; the values they give are whole numbers and texts."""
    with open(os.path.join(HERE, "statements", name + ".sql"), encoding="utf-8") as file:
        asked = [line.strip() for line in file if line.strip() and not line.startswith("--")]
    write(name, [statement_answer(sql) for sql in asked])


TOPICS = {"math": lambda: write("math", math_rows(spark, 800)), "lenient": lambda: write("lenient", lenient_rows(spark, 60)), "temporals": temporals, "regions": regions, "jsons": jsons, "letters": letters, "numbers": number_texts, "zones": time_zones}
for file in sorted(os.listdir(HERE)):
    if file.endswith(".sql"):
        TOPICS[file[:-4]] = lambda file=file: expressions(file[:-4])
for file in sorted(os.listdir(os.path.join(HERE, "statements"))):
    TOPICS[file[:-4]] = lambda file=file: statements(file[:-4])

for topic in sys.argv[1:] or TOPICS:
    TOPICS[topic]()
