"""Runs streams of Spark's source `rate` for some seconds, and keeps what each batch had in test/data/spark/rate.json, with the values after many seconds."""
import json
import os
import tempfile
import time

from pyspark.sql import SparkSession

TARGET = os.path.join(os.path.dirname(__file__), "..", "..", "data", "spark", "rate.json")
RATES = [{"rowsPerSecond": 3}, {"rowsPerSecond": 10, "rampUpTime": "4s", "numPartitions": 3}]
VALUES = [(second, rate, ramp) for rate, ramp in [(1, 0), (10, 4), (7, 3), (100, 60), (1, 5)] for second in [0, 1, 2, 3, 4, 5, 6, 59, 60, 61, 1000]]


def micros(at):
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def batches_of(spark, options):
    batches = []

    def keep(rows, number):
        batches.append([[row.value, micros(row.timestamp)] for row in rows.orderBy("value").collect()])

    with tempfile.TemporaryDirectory() as folder:
        stream = spark.readStream.format("rate").options(**options).load()
        query = stream.writeStream.foreachBatch(keep).option("checkpointLocation", folder).start()
        ends = time.time() + 60
        while len(batches) < 6 and time.time() < ends:
            time.sleep(0.1)
        query.stop()
        seconds = [int(open(os.path.join(folder, "offsets", str(i))).read().splitlines()[-1]) for i in range(len(batches))]
    return {"options": options, "batches": [{"seconds": s, "rows": rows} for s, rows in zip(seconds, batches)]}


def main():
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    provider = spark._jvm.org.apache.spark.sql.execution.streaming.sources.RateStreamProvider
    values = [[s, rate, ramp, provider.valueAtSecond(s, rate, ramp)] for s, rate, ramp in VALUES]
    streams = [batches_of(spark, options) for options in RATES]
    with open(TARGET, "w") as out:
        json.dump({"values": values, "streams": streams}, out, separators=(",", ":"))
        out.write("\n")


main()
