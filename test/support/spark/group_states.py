"""
Runs functions that get the state of groups in Spark (applyInPandasWithState), round after round of the same rows, and keeps what comes out of each round in
test/data/spark/group-states.json. The functions of test/streaming/groups-with-state.test.ts do the same.
"""
import json
import os
import random
import tempfile

import pandas as pd
from pyspark.sql import SparkSession, functions as F

TARGET = os.path.join(os.path.dirname(__file__), "..", "..", "data", "spark", "group-states.json")
ROUNDS = 8


def visits(key, frames, state):
    """Counts rows until none has come for seven seconds; of every fourth count it forgets the state, and waits all the same."""
    watermark = state.getCurrentWatermarkMs()
    if state.hasTimedOut:
        what = f"gone {state.get[0] if state.exists else 'already'} at {watermark}"
        if state.exists and state.get[0] % 3 == 0:
            state.update((state.get[0] + 100, 0))
            state.setTimeoutTimestamp(watermark + 5000)
        else:
            # Without that, Spark calls again and again for a group without a state.
            state.remove()
        yield pd.DataFrame({"what": [f"{key[0]} {what}"]})
        return
    rows, last = state.get if state.exists else (0, 0)
    for frame in frames:
        rows += len(frame)
        last = max(last, int(frame["s"].max()))
    if rows % 4 == 0:
        state.remove()
    else:
        state.update((rows, last))
    if rows % 5 != 0:
        state.setTimeoutTimestamp(max(last * 1000 + 7000, watermark))
    if rows % 2 == 0:
        yield pd.DataFrame({"what": [f"{key[0]} {rows} until {last}, {watermark}", f"{key[0]} again"]})


def counts(key, frames, state):
    """Counts rows, and begins again at ten."""
    rows = (state.get[0] if state.exists else 0) + sum(len(frame) for frame in frames)
    if rows < 10:
        state.update((rows, 0))
    elif state.exists:
        state.remove()
    yield pd.DataFrame({"what": [f"{key[0]} {rows} {state.exists}"]})


# The function, its output mode, what groups time out by, and the delay of the watermark.
CASES = {
    "time-outs by event time in append": (visits, "append", "EventTimeTimeout", 4),
    "time-outs by event time in update": (visits, "update", "EventTimeTimeout", 0),
    "no time-outs": (counts, "update", "NoTimeout", None),
}


def rows_of(rng, turn):
    rows = []
    for _ in range(rng.choice([1, 3, 9])):
        late = rng.randint(0, 40) if rng.random() < 0.2 else rng.randint(0, 6)
        rows.append({"k": rng.choice("abcdefg"), "s": 1000 + turn * 6 - late})
    return rows


def run(session, name, case):
    function, mode, timeout, delay = case
    folder = tempfile.mkdtemp()
    rng = random.Random(name)
    os.makedirs(f"{folder}/in")
    frame = session.readStream.schema("k string, s bigint").json(f"{folder}/in").withColumn("at", F.timestamp_seconds("s"))
    if delay is not None:
        frame = frame.withWatermark("at", f"{delay} seconds")
    groups = frame.groupBy("k").applyInPandasWithState(function, "what string", "rows bigint, last bigint", mode, timeout)
    out, rounds = [], []
    for turn in range(ROUNDS):
        rows = rows_of(rng, turn)
        with open(f"{folder}/in/{turn}.json", "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        out.clear()
        query = (
            groups.writeStream.outputMode(mode).foreachBatch(lambda batch, _: out.extend(row[0] for row in batch.collect()))
            .option("checkpointLocation", f"{folder}/checkpoint").trigger(availableNow=True).start()
        )
        query.awaitTermination()
        late = sum(op["numRowsDroppedByWatermark"] for progress in query.recentProgress for op in progress["stateOperators"])
        rounds.append({"rows": rows, "out": sorted(out), "late": late})
    return {"name": name, "function": function.__name__, "mode": mode, "timeout": timeout, "delay": delay, "rounds": rounds}


def main():
    session = (
        SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "2").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    cases = [run(session, name, case) for name, case in CASES.items()]
    with open(TARGET, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n")
    session.stop()


main()
