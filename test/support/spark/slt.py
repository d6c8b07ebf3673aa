"""Asks Spark, in ANSI mode and UTC, what the statements of slt_topics.py give, and writes them to test/slt/TOPIC.slt.

    python3 test/support/spark/slt.py [TOPIC …]

The tests read only the files. Needs pyspark; the answers committed are those of Spark 4.2 and 4.3. Run `UPDATE_GOLDEN=1 npm test -- dist/test/slt/slt.test.js` after
it, which marks what is not built.
"""
import os
import re
import sys
import tempfile
from datetime import datetime, timezone

from pyspark.sql import SparkSession

from slt_topics import KNOWN_DIFFERENCES, STATEFUL, TOPICS, VIEWS

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../slt")

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.warehouse.dir", tempfile.mkdtemp())
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    .config("spark.sql.adaptive.enabled", "false")
    .config("spark.sql.timeType.enabled", "true")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def cell(text):
    if text is None:
        return "NULL"
    if text == "":
        return "(empty)"
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def is_ordered(sql):
    """Whether the statement itself ends with an ORDER BY, which the topics write so that it leaves no choice."""
    depth = 0
    for match in re.finditer(r"[()]|order by", sql):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == "order by" and depth == 0:
            return True
    return False


def condition_of_script(error):
    """Pyspark does not know the exception that scripts raise before they run."""
    found = re.search(r"(?:SqlScriptingException|SparkException|SparkRuntimeException): (?:\{[^}]*\} )?\[([A-Z0-9_.]+)\]", str(error))
    return found and found.group(1)


def record(sql):
    try:
        frame = spark.sql(sql)
        types = [field.dataType.simpleString() for field in frame.schema.fields]
        if not types:
            return f"statement ok\n{sql}\n"
        columns = frame.toDF(*[f"c{i}" for i in range(len(types))])
        with_ansi = spark.conf.get("spark.sql.ansi.enabled")
        # How values are written does not depend on the mode of the statement.
        spark.conf.set("spark.sql.ansi.enabled", "true")
        try:
            rows = columns.select([columns[i].cast("string") for i in range(len(types))]).collect()
        finally:
            spark.conf.set("spark.sql.ansi.enabled", with_ansi)
    except Exception as error:
        condition = getattr(error, "getCondition", lambda: None)() or condition_of_script(error)
        if condition is None:
            return None
        return f"statement error {condition}\n{sql}\n"
    lines = ["\t".join(cell(value) for value in row) for row in rows]
    if any(datetime.now(timezone.utc).strftime("%Y-%m-%d") in line for line in lines):
        return None  # A time without a date takes the day's: tomorrow the answer would be another.
    mode = "nosort" if is_ordered(sql) else "rowsort"
    if mode == "rowsort":
        lines.sort()
    return "\n".join([f"query {','.join(types)} {mode}", sql, "----", *lines, ""])


def write(name):
    records = [f"statement ok\n{sql}\n" for sql in VIEWS]
    statements = TOPICS[name]()
    for sql in statements if name in STATEFUL else dict.fromkeys(statements):
        is_known = sql in KNOWN_DIFFERENCES
        answer = None if is_known and name not in STATEFUL else record(sql)
        if answer is not None and not is_known:
            records.append(answer)
    with open(os.path.join(OUT, name + ".slt"), "w", encoding="utf-8") as file:
        file.write("# Written by test/support/spark/slt.py: what Spark answers. Values are separated by tabs.\n\n" + "\n".join(records))
    print(name, len(records), flush=True)


os.makedirs(OUT, exist_ok=True)
for view in VIEWS:
    spark.sql(view)
for name in sys.argv[1:] or TOPICS:
    write(name)
