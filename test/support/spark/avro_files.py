"""Writes the files of test/data/avro, and what Spark reads in them. Needs pyspark, fastavro, and the jar of spark-avro as its argument."""
import datetime
import decimal
import json
import pathlib
import shutil
import sys
import tempfile
import uuid

import fastavro
from pyspark.sql import SparkSession

DATA = pathlib.Path(__file__).parents[2] / "data" / "avro"
UTC = datetime.timezone.utc


def logical(kind, name, **more):
    return {"type": kind, "logicalType": name, **more}


def fixed(name, size, **more):
    return {"type": "fixed", "name": name, "size": size, **more}


TYPES = {
    "n": "null",
    "i": "int",
    "l": "long",
    "f": "float",
    "d": "double",
    "b": "boolean",
    "s": "string",
    "bi": "bytes",
    "da": logical("int", "date"),
    "tm": logical("int", "time-millis"),
    "ts3": logical("long", "timestamp-millis"),
    "ts6": logical("long", "timestamp-micros"),
    "ts9": logical("long", "timestamp-nanos"),
    "lt3": logical("long", "local-timestamp-millis"),
    "lt6": logical("long", "local-timestamp-micros"),
    "de1": logical("bytes", "decimal", precision=10, scale=2),
    "de2": logical("bytes", "decimal", precision=38, scale=10),
    "de3": {**fixed("f16", 16), "logicalType": "decimal", "precision": 30, "scale": 5},
    "id": logical("string", "uuid"),
    "fx": fixed("f3", 3),
    "en": {"type": "enum", "name": "e", "symbols": ["A", "B"]},
    "ar": {"type": "array", "items": ["null", "int"]},
    "ma": {"type": "map", "values": "long"},
    "re": {"type": "record", "name": "r", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": ["null", "string"]}]},
    "ag": {"type": "array", "items": "r"},
    "na": {"type": "map", "values": {"type": "array", "items": ["string", "null"]}},
    "u1": ["int", "long"],
    "u2": ["float", "double"],
    "u3": ["null", "int", "string"],
    "u4": ["null", {"type": "array", "items": ["null", "r"]}],
    "on": ["null", "string"],
}
MOMENT = datetime.datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
EARLY = datetime.datetime(1901, 2, 3, 4, 5, 6, 7000, tzinfo=UTC)
ROWS = [
    dict(
        n=None, i=5, l=2**60, f=1.5, d=-2.5, b=True, s="h\u00e9 \U0001f600", bi=b"\0\1", da=datetime.date(2020, 1, 2), tm=datetime.time(1, 2, 3, 4000),
        ts3=MOMENT, ts6=MOMENT, ts9=1577934245000000006, lt3=MOMENT.replace(tzinfo=None), lt6=MOMENT.replace(tzinfo=None),
        de1=decimal.Decimal("-123.45"), de2=decimal.Decimal("1234567890123456789012345678.0123456789"), de3=decimal.Decimal("-123.45678"),
        id=uuid.UUID(int=5), fx=b"abc", en="B", ar=[1, None, 3], ma={"a": 1, "b": -2}, re={"x": 1, "y": None},
        ag=[{"x": 2, "y": "z"}, {"x": 3, "y": None}], na={"e": [], "k": ["p", None]}, u1=7, u2=1.25, u3="t", u4=[None, {"x": 4, "y": "q"}], on="o",
    ),
    dict(
        n=None, i=-(2**31), l=-(2**63), f=-0.0, d=1e300, b=False, s="", bi=b"", da=datetime.date(1, 1, 1), tm=datetime.time(23, 59, 59, 999000),
        ts3=EARLY, ts6=EARLY, ts9=-1, lt3=EARLY.replace(tzinfo=None), lt6=EARLY.replace(tzinfo=None),
        de1=decimal.Decimal("99999999.99"), de2=decimal.Decimal("-0.0000000001"), de3=decimal.Decimal("0.00000"),
        id=uuid.UUID(int=2**128 - 1), fx=b"\0\0\0", en="A", ar=[], ma={}, re={"x": -1, "y": "w"}, ag=[], na={}, u1=2**40, u2=2.5, u3=None, u4=None, on=None,
    ),
]


def write(name, schema, rows, **options):
    with open(DATA / name, "wb") as file:
        fastavro.writer(file, schema, rows, sync_marker=bytes(range(16)), **options)


def record(fields):
    return {"type": "record", "name": "top", "fields": [{"name": name, "type": type} for name, type in fields.items()]}


def main(jar):
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    write("types.avro", record(TYPES), ROWS)
    many = [{"i": i, "s": "x" * (i % 40), "a": list(range(i % 5))} for i in range(300)]
    schema = record({"i": "int", "s": "string", "a": {"type": "array", "items": "int"}})
    for codec in ["null", "deflate", "bzip2"]:
        write(f"blocks-{codec}.avro", schema, many, codec=codec, sync_interval=400)
    write("old.avro", record({"a": "int", "b": "string"}), [{"a": 1, "b": "x"}])
    write("new.avro", record({"a": "long", "c": "string"}), [{"a": 2, "c": "y"}])
    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.jars", jar).getOrCreate()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    for codec in ["snappy", "zstandard"]:
        frame = session.createDataFrame([(r["i"], r["s"], r["a"]) for r in many], "i int, s string, a array<int>").coalesce(1)
        with tempfile.TemporaryDirectory() as folder:
            frame.write.format("avro").option("compression", codec).mode("overwrite").save(folder)
            shutil.copy(next(pathlib.Path(folder).glob("*.avro")), DATA / f"blocks-{codec}.avro")
    reader = session.read.format("avro")
    answers = {"schema": reader.load(str(DATA / "types.avro")).schema.simpleString()}
    columns = [f"cast({name} as string) {name}" for name in TYPES]
    answers["rows"] = [row.asDict() for row in reader.load(str(DATA / "types.avro")).selectExpr(*columns).collect()]
    (DATA / "answers.json").write_text(json.dumps(answers, indent=1) + "\n")
    session.stop()


if __name__ == "__main__":
    main(sys.argv[1])
