"""Writes files of the layouts that `sample_files.py` has not with pyarrow, and what is in them: python3 test/support/arrow/layout_files.py"""

import datetime
import decimal
import json
import os

import pyarrow as pa
import pyarrow.ipc as ipc

FOLDER = os.path.join(os.path.dirname(__file__), "../../data/arrow")
ROWS = 150


def some(make, every=7):
    return [None if i % every == 3 else make(i) for i in range(ROWS)]


# Lists, NULL in them and around them, and what lies in dictionaries within: each with its first rows cut away, so that offsets do not begin at 0.
words = pa.array(["ä", None, "", "a text that is longer than twelve bytes", "b"])
element = pa.struct([("a", pa.int64()), ("b", pa.string()), ("c", pa.list_(pa.bool_()))])
columns = {
    "text_view": pa.array(some(lambda i: "äö€😀"[: i % 5] * (i % 9)), pa.string_view()),
    "bytes_view": pa.array(some(lambda i: bytes([i % 256]) * (i % 20)), pa.binary_view()),
    "large_list": pa.array(some(lambda i: [None if j == 1 else j for j in range(i % 4)]), pa.large_list(pa.int32())),
    "three": pa.array(some(lambda i: [i, None, i + 2]), pa.list_(pa.int16(), 3)),
    "vectors": pa.array(some(lambda i: [[i / 2, i / 4]] * (i % 3)), pa.list_(pa.list_(pa.float32(), 2))),
    "coded": pa.DictionaryArray.from_arrays(pa.array(some(lambda i: i % 5), pa.int16()), words),
    "codes": pa.ListArray.from_arrays(
        pa.array([0] + [i // 2 for i in range(ROWS)], pa.int32()),
        pa.DictionaryArray.from_arrays(pa.array(some(lambda i: i % 5)[: ROWS // 2], pa.uint8()), words),
    ),
    "flags": pa.array(some(lambda i: i % 3 == 0), pa.bool_()),
    "flag_lists": pa.array(some(lambda i: [None if j == 2 else j % 2 == 0 for j in range(i % 12)]), pa.list_(pa.bool_())),
    "structs": pa.array(
        some(lambda i: [None if j == 1 else {"a": i, "b": None if j == 0 else f"b{j}", "c": [True] * j}
                        for j in range(i % 4)]),
        pa.list_(element),
    ),
    "map": pa.array(
        some(lambda i: [(f"k{j}", None if j == 1 else [j] * j) for j in range(i % 4)]),
        pa.map_(pa.string(), pa.list_(pa.int64())),
    ),
    "maps": pa.array(some(lambda i: [[("x", i)]] * (i % 3)), pa.list_(pa.map_(pa.string(), pa.int32()))),
    "struct": pa.array(
        some(lambda i: {"a": None if i % 2 else i % 100, "b": ["x"] * (i % 3), "c": f"{i}" * (i % 4)}, 4),
        pa.struct([("a", pa.int8()), ("b", pa.list_(pa.string())), ("c", pa.large_string())]),
    ),
    "hidden": pa.StructArray.from_arrays(
        [pa.array([f"t{i}" for i in range(ROWS)]), pa.array([[i] for i in range(ROWS)])],
        names=["t", "l"],
        mask=pa.array([i % 3 == 0 for i in range(ROWS)]),
    ),
    "days": pa.array(some(lambda i: [datetime.date(1969, 12, 1) + datetime.timedelta(days=i)] * (i % 3)), pa.list_(pa.date64())),
    "nanos": pa.array(some(lambda i: [(i - 75) * 1001] * (i % 2)), pa.list_(pa.timestamp("ns"))),
    "seconds": pa.array(some(lambda i: (i - 75) * 10**8), pa.timestamp("s")),
    "unsigned": pa.array(some(lambda i: [2**64 - 1 - i, None, i]), pa.list_(pa.uint64())),
    "decimals": pa.array(some(lambda i: [decimal.Decimal(i - 75) / 100, None]), pa.list_(pa.decimal128(12, 2))),
    "narrow": pa.array(some(lambda i: decimal.Decimal(i - 75) / 10), pa.decimal32(7, 1)),
    "wide": pa.array(some(lambda i: decimal.Decimal(i - 75) * 10**30), pa.decimal256(38, 2)),
    "no": pa.array(some(lambda i: [None] * (i % 3)), pa.list_(pa.null())),
    "second": pa.array(some(lambda i: i * 7), pa.time32("s")),
    "milli": pa.array(some(lambda i: i * 7001), pa.time32("ms")),
    "nano": pa.array(some(lambda i: i * 7000001001), pa.time64("ns")),
}


def shown(value):
    """As the test shows what is read: `shownValue` of `test/files/arrow-layouts.test.ts`."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, decimal.Decimal)):
        return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, tuple):
        return [shown(one) for one in value]
    if isinstance(value, dict):
        return {key: shown(one) for key, one in value.items()}
    raise TypeError(type(value))


def plain(array):
    """Times as numbers, so that no library has to show them: days, microseconds, nanoseconds of a day."""
    if pa.types.is_list(array.type):
        inner = array.type.value_type
        if pa.types.is_timestamp(inner) or pa.types.is_date(inner):
            values = [None if one is None else plain(pa.array(one, inner)) for one in array.to_pylist()]
            return values
        return array.to_pylist()
    if pa.types.is_date64(array.type):
        return [None if v is None else v // 86400000 for v in array.cast(pa.int64()).to_pylist()]
    if pa.types.is_timestamp(array.type):
        factor = {"s": 10**6, "ms": 10**3, "us": 1}.get(array.type.unit)
        values = array.cast(pa.int64()).to_pylist()
        return [None if v is None else v * factor if factor else v // 1000 for v in values]
    if pa.types.is_time(array.type):
        factor = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}[array.type.unit]
        bits = pa.int32() if pa.types.is_time32(array.type) else pa.int64()
        values = array.cast(bits).to_pylist()
        return [None if v is None else v * factor // 1000 * 1000 for v in values]
    return array.to_pylist()


table = pa.table(columns)
sliced = table.slice(13, 125)
batches = [batch for part in (sliced.slice(0, 50), sliced.slice(50)) for batch in part.to_batches()]
for name, compression in [("layouts", None), ("layouts-lz4", "lz4"), ("layouts-zstd", "zstd")]:
    options = ipc.IpcWriteOptions(compression=compression, unify_dictionaries=True)
    with ipc.new_file(f"{FOLDER}/{name}.arrow", table.schema, options=options) as w:
        for batch in batches:
            w.write_batch(batch)
expected = {name: [shown(one) for one in plain(sliced[name].combine_chunks())] for name in table.column_names}
with open(f"{FOLDER}/layouts.json", "w") as out:
    out.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in expected.items()) + "\n}\n")

# What is refused by name.
for name, array in {
    "list-view": pa.array([[1], None], pa.list_view(pa.int32())),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array(["a"])),
    "union": pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])]),
}.items():
    with ipc.new_file(f"{FOLDER}/{name}.arrow", pa.schema([("odd", array.type)])) as w:
        w.write_batch(pa.record_batch([array], names=["odd"]))
