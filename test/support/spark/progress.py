"""What Spark tells of a streaming query: writes test/data/spark/streaming-progress.json.

Events of two batches are counted by windows, with a watermark. Times and rates differ from run to run; what is compared are names, and what
does not depend on the machine."""
import json
import pathlib
import shutil
import tempfile

from pyspark.sql import SparkSession, functions as F

BATCHES = [[1, 2, 15, 42], [3, 44, 61]]
ROOT = pathlib.Path(__file__).resolve().parents[3]


def main():
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "in").mkdir()
    counts = (
        spark.readStream.schema("second bigint")
        .json(str(folder / "in"))
        .withColumn("at", F.timestamp_seconds("second"))
        .withWatermark("at", "10 seconds")
        .groupBy(F.window("at", "10 seconds"))
        .count()
    )
    query = (
        counts.writeStream.format("memory")
        .queryName("counts")
        .outputMode("update")
        .option("checkpointLocation", str(folder / "checkpoint"))
        .start()
    )
    reports = []
    for number, seconds in enumerate(BATCHES):
        lines = "".join(json.dumps({"second": second}) + "\n" for second in seconds)
        (folder / "part").write_text(lines)
        (folder / "part").rename(folder / "in" / f"{number}.json")
        query.processAllAvailable()
    for report in query.recentProgress:
        reports.append(json.loads(report.json))
    query.stop()
    spark.stop()
    shutil.rmtree(folder)
    target = ROOT / "test/data/spark/streaming-progress.json"
    target.write_text(json.dumps({"batches": BATCHES, "reports": reports}, indent=1) + "\n")


main()
