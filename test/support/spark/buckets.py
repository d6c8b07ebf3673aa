"""Asks Spark into which buckets it puts values, and has it read tables in buckets that others wrote.

    python3 test/support/spark/buckets.py                   writes test/data/spark/buckets.jsonl and test/data/spark/bucketed
    python3 test/support/spark/buckets.py FOLDER COLUMNS N KEYS
                                                            reads a table of N buckets by KEYS (`a, b`) and the COLUMNS (`a int, b string`), and
                                                            tells how many rows lie in another bucket than Spark's, and how it joins the table

The tests read only the data. Needs pyspark.
"""
import json
import os
import shutil
import sys
import tempfile

from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "../../data/spark")
BUCKETS = 7
NUMBERS = ["0", "1", "-1", "7", "100", "-128", "127"]
CASES = {
    "boolean": ["true", "false"],
    "tinyint": NUMBERS,
    "smallint": [*NUMBERS, "32767"],
    "int": [*NUMBERS, "2147483647", "-2147483648"],
    "bigint": [*NUMBERS, "9223372036854775807", "-9223372036854775808", "4294967296"],
    "float": ["0.0", "-0.0", "1.5", "NaN", "-Infinity", "3.4e38"],
    "double": ["0.0", "-0.0", "1.5", "NaN", "-Infinity", "1e300"],
    "decimal(9,2)": ["0", "1.25", "-1.25", "9999999.99"],
    "decimal(18,0)": ["0", "1", "999999999999999999"],
    "decimal(30,4)": ["0", "-1", "12345678901234567890.1234"],
    "string": ["", "a", "ab", "abc", "abcd", "abcde", "é", "\U0001f600 smiles", "x" * 50],
    "binary": ["", "abc", "abcdefgh"],
    "date": ["1970-01-01", "2026-11-28", "1600-02-29"],
    "timestamp": ["1970-01-01 00:00:00", "2026-11-28 12:34:56.789012", "1600-02-29 00:00:00"],
    "timestamp_ntz": ["1970-01-01 00:00:00", "2026-11-28 12:34:56.789012"],
}


def session(folder):
    made = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.autoBroadcastJoinThreshold", "-1")
        .config("spark.sql.warehouse.dir", folder)
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    return made


BUCKET_OF_FILE = r"regexp_extract(_metadata.file_name, '_(\\d+)(?:\\..*)?$', 1)"


def ask(folder):
    spark = session(folder)
    answers = []
    for number, (type_name, texts) in enumerate(CASES.items()):
        spark.createDataFrame([(text,) for text in [*texts, None]], "text string").createOrReplaceTempView("texts")
        rows = spark.sql(f"select text, cast(text as {type_name}) v from texts")
        rows.write.bucketBy(BUCKETS, "v").saveAsTable(f"t{number}")
        found = spark.sql(f"select text, cast({BUCKET_OF_FILE} as int) b from t{number}").collect()
        answers += sorted(([type_name, row.text, row.b] for row in found), key=str)
    with open(os.path.join(OUT, "buckets.jsonl"), "w", encoding="utf-8") as file:
        for answer in answers:
            file.write(json.dumps(answer, separators=(",", ":")) + "\n")
    print(len(answers), "answers")
    spark.range(20).selectExpr("cast(id as int) a", "concat('text ', id % 5) b").write.bucketBy(3, "b", "a").sortBy(
        "a"
    ).saveAsTable("pairs")
    target = os.path.join(OUT, "bucketed")
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    for name in os.listdir(os.path.join(folder, "pairs")):
        if name.endswith(".parquet"):
            shutil.copy(os.path.join(folder, "pairs", name), target)


def read(folder, table, columns, count, keys):
    spark = session(folder)
    spark.sql(f"create table ours ({columns}) using parquet clustered by ({keys}) into {count} buckets location '{table}'")
    rows = spark.sql(f"select count(*) n, count_if(pmod(hash({keys}), {count}) <> {BUCKET_OF_FILE}) wrong from ours").first()
    print(f"{rows.n} rows, {rows.wrong} in another bucket")
    joined = spark.sql(f"select count(*) from ours a join ours b using ({keys})")
    plan = joined._jdf.queryExecution().executedPlan().toString()
    print(f"{joined.first()[0]} rows joined, exchanges: {plan.count('hashpartitioning')}")


with tempfile.TemporaryDirectory() as warehouse:
    if len(sys.argv) == 1:
        ask(warehouse)
    else:
        read(warehouse, *sys.argv[1:])
