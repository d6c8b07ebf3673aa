"""Writes the samples in test/data/arrow with pyarrow, and the same rows as Parquet: python3 test/support/arrow/sample_files.py"""

import datetime
import decimal
import os

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

FOLDER = os.path.join(os.path.dirname(__file__), "../../data/arrow")
ROWS = 40


def some(make, every=7):
    return [None if i % every == 3 else make(i) for i in range(ROWS)]


moment = datetime.datetime(1969, 12, 31, 23, 59, 58, 999999)
table = pa.table(
    {
        "flag": pa.array(some(lambda i: i % 3 == 0), pa.bool_()),
        "i8": pa.array(some(lambda i: i - 128), pa.int8()),
        "u8": pa.array(some(lambda i: 255 - i), pa.uint8()),
        "i16": pa.array(some(lambda i: i - 32768), pa.int16()),
        "u16": pa.array(some(lambda i: 65535 - i), pa.uint16()),
        "i32": pa.array(some(lambda i: i - 2**31), pa.int32()),
        "u32": pa.array(some(lambda i: 2**32 - 1 - i), pa.uint32()),
        "i64": pa.array(some(lambda i: i - 2**63), pa.int64()),
        "u64": pa.array(some(lambda i: 2**64 - 1 - i), pa.uint64()),
        "f32": pa.array(some(lambda i: i / 3), pa.float32()),
        "f64": pa.array([float("nan"), float("-inf"), -0.0] + some(lambda i: i / 7)[3:], pa.float64()),
        "dec9": pa.array(some(lambda i: decimal.Decimal(i - 20) / 100), pa.decimal128(9, 2)),
        "dec38": pa.array(some(lambda i: decimal.Decimal(10) ** 30 * (i - 20)), pa.decimal128(38, 4)),
        "day": pa.array(some(lambda i: datetime.date(1969, 12, 1) + datetime.timedelta(days=i)), pa.date32()),
        "day64": pa.array(some(lambda i: datetime.date(1969, 12, 1) + datetime.timedelta(days=i)), pa.date64()),
        "time": pa.array(some(lambda i: datetime.time(i % 24, i, 59, 999999)), pa.time64("us")),
        "ts_us": pa.array(some(lambda i: moment + datetime.timedelta(hours=i)), pa.timestamp("us", "UTC")),
        "ts_ms": pa.array(some(lambda i: (i - 20) * 1001), pa.timestamp("ms")),
        "ts_ns": pa.array(some(lambda i: (i - 20) * 1001), pa.timestamp("ns")),
        "text": pa.array(some(lambda i: "äö€😀"[: i % 5] * i), pa.string()),
        "large": pa.array(some(lambda i: "x" * i), pa.large_string()),
        "bytes": pa.array(some(lambda i: bytes([i, 255 - i])), pa.binary()),
        "fixed": pa.array(some(lambda i: bytes([i, 1, 2])), pa.binary(3)),
        "none": pa.nulls(ROWS),
        "coded": pa.array(some(lambda i: f"value {i % 4}")).dictionary_encode(),
        "struct": pa.array(
            some(lambda i: {"a": i, "b": None if i % 5 == 0 else {"c": f"c{i}"}}),
            pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string())]))]),
        ),
        "list": pa.array(some(lambda i: [None if j == 1 else j for j in range(i % 4)]), pa.list_(pa.int32())),
        "lists": pa.array(some(lambda i: [[f"{i}"] * j for j in range(i % 3)]), pa.list_(pa.list_(pa.string()))),
        "map": pa.array(some(lambda i: [(f"k{j}", j) for j in range(i % 3)]), pa.map_(pa.string(), pa.int64())),
        "structs": pa.array(some(lambda i: [{"a": i, "b": f"{i}"}] * (i % 3)),
                            pa.list_(pa.struct([("a", pa.int32()), ("b", pa.string())]))),
    }
)
batches = table.to_batches(max_chunksize=15)

os.makedirs(FOLDER, exist_ok=True)
pq.write_table(table, f"{FOLDER}/types.parquet", compression="snappy")
for name, compression in [("types", None), ("types-lz4", "lz4"), ("types-zstd", "zstd")]:
    with ipc.new_file(f"{FOLDER}/{name}.arrow", table.schema, options=ipc.IpcWriteOptions(compression=compression)) as w:
        for batch in batches:
            w.write_batch(batch)
with ipc.new_stream(f"{FOLDER}/types-stream.arrow", table.schema) as w:
    for batch in batches:
        w.write_batch(batch)
feather.write_feather(table, f"{FOLDER}/types.feather")
feather.write_feather(pa.table({"a": [1, 2]}), f"{FOLDER}/version1.feather", version=1)

# A dictionary that grows, and one that another replaces.
one, two = [pa.DictionaryArray.from_arrays([0, 1, 0], texts) for texts in (["a", "b"], ["c", "d"])]
schema = pa.schema([("coded", one.type)])
with ipc.new_stream(f"{FOLDER}/replaced.arrow", schema) as w:
    for array in (one, two):
        w.write_batch(pa.record_batch([array], schema=schema))
longer = pa.DictionaryArray.from_arrays([2, 1, 0], ["a", "b", "c"])
with ipc.new_file(
    f"{FOLDER}/grown.arrow", schema, options=ipc.IpcWriteOptions(emit_dictionary_deltas=True)
) as w:
    for array in (one, longer):
        w.write_batch(pa.record_batch([array], schema=schema))
duration = pa.array([1500, None, -1], pa.duration("ms"))
with ipc.new_file(f"{FOLDER}/duration.arrow", pa.schema([("d", duration.type)])) as w:
    w.write_batch(pa.record_batch([duration], names=["d"]))
half = pa.array([1.5], pa.float16())
with ipc.new_file(f"{FOLDER}/half.arrow", pa.schema([("h", half.type), ("i", pa.int32())])) as w:
    w.write_batch(pa.record_batch([half, pa.array([1], pa.int32())], names=["h", "i"]))
