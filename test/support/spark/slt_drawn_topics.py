"""A topic of slt.py: calls of all functions with drawn arguments. The examples of docs/functions.md tell of each function what it takes; their constants are replaced by others of
the same kind, mostly, and now and then by values of any type.

    DRAWN_SEED=7 DRAWN_OF_EACH=20 DRAWN_NAMES='^array_' python3 test/support/spark/slt.py drawn-calls

draws others than those that are kept.
"""
import os
import random
import re

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../docs/functions.md")

WHOLE = "0 1 -1 2 3 5 7 -7 12 60 100 127 -128 255 1000 32767 65536 2147483647 -2147483648 2147483648L 9223372036854775807L -9223372036854775808L 1Y -128Y 300S 0L cast(null as int) cast(null as bigint)".split(" ")
WHOLE = re.findall(r"cast\(.*?\)|\S+", " ".join(WHOLE))
MODEST = ["0", "1", "-1", "2", "3", "4", "7", "-3", "10", "33", "2L", "3Y", "1S", "cast(null as int)"]
BROKEN = ["0.0BD", "1.5BD", "-0.5BD", "99999999999999999999999999999999999999BD", "-99999999999999999.99999BD", "0.000001BD", "1.0D", "0.0D", "-0.0D", "2.5D", "-3.75D", "1e10D", "1e-10D", "123456789.125D", "double('NaN')", "double('Infinity')", "double('-Infinity')", "float('1.5')", "float('0.1')", "cast(null as double)", "cast(null as decimal(10,2))"]
TEXTS = ["''", "' '", "'a'", "'abc'", "'ABC'", "'É'", "'é😀x'", "'日本語'", "'a,b,,c'", "'  pad '", "'2020-02-29'", "'2021-02-29'", "'12:34:56'", "'2024-01-01 01:02:03.5'", "'2024-06-01T10:00:00Z'", "'1.5'", "'NaN'", "'-7'", "'12345678901234567890'", "'{\"a\":1}'", "'[1,2,null]'", "'%'", "'a_b%'", "'('", "'[a-c]+'", "'(a)(b)?'", "'UTF-8'", "'UTC'", "'Europe/Berlin'", "'America/New_York'", "'yyyy-MM-dd'", "'MM'", "'day'", "'İi'", "'straße'", "'ΑΣ'", "repeat('ab', 20)", "'a\\\\tb'", "'true'", "'0x1F'", "'http://u:p@h.org:80/p?q=1#f'", "'<a><b>1</b></a>'", "'$.a'", "'$'", "cast(null as string)"]
DATES = ["date'0001-01-01'", "date'9999-12-31'", "date'1582-10-15'", "date'1582-10-04'", "date'1970-01-01'", "date'1969-12-31'", "date'2020-02-29'", "date'2023-01-31'", "date'-0044-03-15'", "cast(null as date)"]
TIMESTAMPS = ["timestamp'0001-01-01 00:00:00'", "timestamp'9999-12-31 23:59:59.999999'", "timestamp'1970-01-01 00:00:00'", "timestamp'1969-12-31 23:59:59.999999'", "timestamp'2020-02-29 12:34:56.789'", "timestamp'1900-01-01 00:00:00.000001'", "timestamp_ntz'2020-02-29 12:34:56'", "timestamp_ntz'1000-05-05 00:00:00.5'", "cast(null as timestamp)"]
BINARIES = ["X''", "X'00'", "X'ff80'", "X'c3a9'", "X'616263'", "cast(null as binary)"]
BOOLEANS = ["true", "false", "cast(null as boolean)"]
OTHERS = ["null", "array()", "array(1, null, 3)", "array('a', 'b', 'a', null)", "array(1.5D, double('NaN'), -0.0D)", "array(array(1, 2), null, array())", "map()", "map('a', 1, 'b', null)", "map(1, array(1), 2, array())", "struct(1, 'x')", "named_struct('a', 1, 'b', array('x'))", "interval '1' day", "interval '-1 02:03:04.5' day to second", "interval '2-3' year to month", "interval '178956970-7' year to month", "time'12:34:56.789'", "time'00:00:00'", "parse_json('{\"a\":[1,null]}')"]
ALL = [WHOLE, BROKEN, TEXTS, DATES, TIMESTAMPS, BINARIES, BOOLEANS, OTHERS]

# Longer results than are worth keeping, and what differs from run to run, from machine to machine, or by the names of things.
NOT_DRAWN = re.compile(r"^(rand|randn|random|uuid|shuffle|uniform|randstr|now|current_.*|curdate|localtimestamp|user|session_user|version|monotonically_increasing_id|spark_partition_id|input_file_.*|typeof|java_method|reflect|collect_list|collect_set|array_agg|listagg|string_agg|first|last|any_value|first_value|last_value|histogram_numeric|aes_encrypt|count_min_sketch|parse_json|session_window|window|window_time|mode)$")
# With large counts these make values of gigabytes.
COUNTED = re.compile(r"repeat|space|lpad|rpad|sequence|range|array_insert|format_string|printf|round|factorial|format_number|approx|percentile|overlay|elt|shift")

EXAMPLE = re.compile(r"`([^`]+)` → `")
CONSTANT = re.compile(r"""(?P<typed>(?:date|timestamp_ntz|timestamp|time|interval)\s*'[^']*'(?:\s+(?:year|month|day|hour|minute|second)s?(?:\s+to\s+\w+)?)?)|(?P<binary>[xX]'[0-9a-fA-F]*')|(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<number>(?<![\w.'])-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:BD|[DFLSY])?(?![\w']))|(?P<word>\b(?:true|false|null)\b)""", re.I)


def pool_of(match, rng, is_counted):
    text = match.group().lower()
    if match.group("typed"):
        return DATES if text.startswith("date") else TIMESTAMPS if text.startswith("timestamp") else OTHERS
    if match.group("binary"):
        return BINARIES
    if match.group("text"):
        return TEXTS
    if match.group("number"):
        return BROKEN if re.search(r"[.]|[dDfF]$", text) else MODEST if is_counted else WHOLE
    return BOOLEANS if text in ("true", "false") else rng.choice(ALL)


def changed(example, rng, is_counted):
    def replaced(match):
        chance = rng.random()
        if chance < 0.45:
            return match.group()
        pool = rng.choice(ALL) if chance > 0.92 else pool_of(match, rng, is_counted)
        return rng.choice(MODEST if is_counted and pool is WHOLE else pool)

    return CONSTANT.sub(replaced, example)


def drawn_calls():
    seed, of_each = int(os.environ.get("DRAWN_SEED", "1")), int(os.environ.get("DRAWN_OF_EACH", "2"))
    wanted = re.compile(os.environ.get("DRAWN_NAMES", ""))
    with open(DOCS, encoding="utf-8") as file:
        lines = [line for line in file if line.startswith("| `")]
    for line in lines:
        name = re.match(r"\| `([^`]+)`", line).group(1)
        if NOT_DRAWN.match(name) or not wanted.search(name):
            continue
        rng = random.Random(f"{seed} {name}")
        for example in EXAMPLE.findall(line.replace("\\|", "|")):
            sql = example if re.match(r"(?i)(select|with|from|values)\b", example) else f"select {example}"
            for _ in range(of_each):
                yield changed(sql, rng, bool(COUNTED.search(name)))


DRAWN_TOPICS = {"drawn-calls": drawn_calls}
