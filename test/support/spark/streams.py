"""Runs queries over streams in Spark, round after round of the same rows, and keeps what comes out of each round in test/data/spark/streams.json."""
import json
import os
import random
import sys
import tempfile

from pyspark.sql import SparkSession, functions as F

TARGET = os.path.join(os.path.dirname(__file__), "..", "..", "data", "spark", "streams.json")
BOUNDS = "r.at between l.at - interval 5 seconds and l.at + interval 10 seconds"
PAIR = "l.id, r.id as other"
KEYS = "l.k = r.k"
WINDOWED = "(select *, window(at, '10 seconds') as w from {0}) as {0}"
SESSIONS = """select k, unix_seconds(session_window.start), unix_seconds(session_window.end), count(*), min(id), max(v), cast(avg(id) as decimal(20, 6))
  from l group by k, session_window(at, {})"""
SLIDING = "select unix_seconds(window.start), unix_seconds(window.end), k, count(*), sum(id) from l group by window(at, '10 seconds', '4 seconds', '1 second'), k"
COUNTED = "(select window as w, k, count(*) as n from {0} group by window(at, '5 seconds'), k) as {0}"

# What a case asks, in which mode, and the delays of the watermarks of its two streams; none for no watermark.
CASES = {
    "sessions": (SESSIONS.format("'5 seconds'"), "append", 10, None),
    "all sessions": (SESSIONS.format("'5 seconds'"), "complete", 10, None),
    "sessions whose gap depends on the row": (SESSIONS.format("case when k = 'a' then '3 seconds' else '12 seconds' end"), "append", 4, None),
    "sliding windows": (SLIDING, "append", 10, None),
    "sliding windows in mode update": (SLIDING, "update", 3, None),
    "all sliding windows": (SLIDING, "complete", 3, None),
    "windows of sliding windows": (
        f"select unix_seconds(window.end), sum(n), count(*) from (select window as w, k, count(*) as n from l group by window(at, '10 seconds', '4 seconds'), k) group by window(w, '20 seconds')",
        "append", 5, None),
    "windows of sessions": (
        f"""select unix_seconds(window.end), sum(n), max(least) from (select session_window, k, count(*) as n, min(id) as least from l
        group by session_window(at, '5 seconds'), k) group by window(session_window, '20 seconds')""", "append", 5, None),
    "inner join": (f"select {PAIR} from l join r on {KEYS} and {BOUNDS}", "append", 10, 5),
    "inner join in mode update": (f"select {PAIR} from l join r on {KEYS} and {BOUNDS}", "update", 10, 5),
    "inner join without bounds": (f"select {PAIR} from l join r on {KEYS}", "append", None, None),
    "inner join with one bound": (f"select {PAIR} from l join r on {KEYS} and l.at > r.at and l.id % 3 <> r.id % 2", "append", 10, 0),
    "left join": (f"select {PAIR} from l left join r on {KEYS} and {BOUNDS}", "append", 10, 5),
    "left join with more conditions": (f"select {PAIR}, r.v from l left join r on {KEYS} and {BOUNDS} and l.id % 3 <> 0 and r.id % 2 = 0", "append", 3, 8),
    "left join with strict bounds": (f"select {PAIR} from l left join r on {KEYS} and l.at < r.at and r.at - interval 7 seconds < l.at", "append", 5, 5),
    "right join": (f"select {PAIR}, l.v from l right join r on {KEYS} and {BOUNDS}", "append", 10, 5),
    "full join": (f"select {PAIR} from l full join r on {KEYS} and {BOUNDS}", "append", 10, 5),
    "full join by keys that may be null": (f"select {PAIR} from l full join r on l.k <=> r.k and {BOUNDS}", "append", 5, 5),
    "semi join": (f"select l.id from l left semi join r on {KEYS} and {BOUNDS}", "append", 10, 5),
    "inner join of windows": (f"select {PAIR} from {WINDOWED.format('l')} join {WINDOWED.format('r')} on {KEYS} and l.w = r.w", "append", 10, 5),
    "full join of windows": (f"select {PAIR} from {WINDOWED.format('l')} full join {WINDOWED.format('r')} on {KEYS} and l.w = r.w", "append", 10, 5),
    "left join by the time": (f"select {PAIR} from l left join r on {KEYS} and l.at = r.at", "append", 10, 5),
    "windows of a join": (
        f"select unix_seconds(window.end), count(*), sum(other) from (select l.at, {PAIR} from l join r on {KEYS} and {BOUNDS}) group by window(at, '10 seconds')",
        "append", 10, 5),
    "windows of a left join": (
        f"select unix_seconds(window.end), count(*), count(other) from (select l.at, {PAIR} from l left join r on {KEYS} and {BOUNDS}) group by window(at, '10 seconds')",
        "append", 6, 5),
    "windows of windows": (
        f"select unix_seconds(window.end), k, sum(n), count(*) from (select window as w, k, count(*) as n from l group by window(at, '5 seconds'), k) group by window(w, '15 seconds'), k",
        "append", 10, None),
    "groups of windows by their time": (
        f"select unix_seconds(w.end), sum(n) from (select window as w, k, count(*) as n from l group by window(at, '5 seconds'), k) group by w", "append", 10, None),
    "joined windows": (
        f"select unix_seconds(l.w.end), l.k, l.n, r.n as other from {COUNTED.format('l')} join {COUNTED.format('r')} on {KEYS} and l.w = r.w", "append", 10, 5),
}
ROUNDS = 7


def rows_of(rng, turn, first, may_be_none, has_null_keys):
    """
    Rows that move on in time, some of them late, a few far too late, some without a time or a key. Spark forgets at each start how far each of several watermarks
    was: then each round has rows of both streams, the first one as late as any. It has a key, since Spark leaves out the others before it looks at the time.
    """
    count = 0 if turn > 0 and may_be_none and rng.random() < 0.2 else rng.choice([2, 12, 20])
    rows = []
    for i in range(count):
        late = rng.randint(0, 60) if rng.random() < 0.15 else rng.randint(0, 6)
        second = None if rng.random() < 0.03 else 1000 + turn * 14 + rng.randint(0, 14) - late
        if i == 0:
            second = 1014 + turn * 14
        key = None if has_null_keys and i > 0 and rng.random() < 0.06 else rng.choice(["a", "b", "a longer key, which lies elsewhere"])
        rows.append({"s": second, "k": key, "id": first + i, "v": rng.choice(["x", "some text of a length", None])})
    return rows


def text(value):
    return "null" if value is None else str(value)


def run(session, name, case):
    sql, mode, left, right = case
    folder = tempfile.mkdtemp()
    rng = random.Random(name)
    # Full joins of streams take NULL for equal to NULL in Spark, whatever the condition says.
    has_null_keys = "full join" not in name or "null" in name
    for view, delay in (("l", left), ("r", right)):
        os.makedirs(f"{folder}/{view}")
        frame = session.readStream.schema("s bigint, k string, id bigint, v string").json(f"{folder}/{view}")
        frame = frame.withColumn("at", F.timestamp_seconds("s"))
        if delay is not None:
            frame = frame.withWatermark("at", f"{delay} seconds")
        frame.createOrReplaceTempView(view)
    out = []
    rounds = []
    for turn in range(ROUNDS):
        inputs = {view: rows_of(rng, turn, turn * 1000, left is None or right is None, has_null_keys) for view in ("l", "r")}
        for view, rows in inputs.items():
            if rows:
                with open(f"{folder}/{view}/{turn}.json", "w") as file:
                    file.writelines(json.dumps(row) + "\n" for row in rows)
        out.clear()
        query = (
            session.sql(sql).writeStream.outputMode(mode)
            .foreachBatch(lambda batch, _: out.extend(",".join(text(x) for x in row) for row in batch.collect()))
            .option("checkpointLocation", f"{folder}/checkpoint").trigger(availableNow=True).start()
        )
        query.awaitTermination()
        late = sum(op["numRowsDroppedByWatermark"] for progress in query.recentProgress for op in progress["stateOperators"])
        rounds.append({**inputs, "out": sorted(out), "late": late})
    return {"name": name, "sql": sql, "mode": mode, "delays": [left, right], "rounds": rounds}


def main():
    wanted = sys.argv[1:] or list(CASES)
    session = (
        SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "2").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    known = {}
    if os.path.exists(TARGET):
        with open(TARGET) as file:
            known = {case["name"]: case for case in json.load(file)}
    for name in wanted:
        try:
            known[name] = run(session, name, CASES[name])
        except Exception as error:
            print(name, str(error)[:400])
        print(name, [len(turn["out"]) for turn in known.get(name, {"rounds": []})["rounds"]], flush=True)
        with open(TARGET, "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(known[one]) for one in CASES if one in known) + "\n]\n")


main()
