"""Writes the Parquet files of test/data/parquet that pyarrow made: `python3 test/support/spark/arrow_files.py` (needs pyarrow). Pages are so small that lists lie across them."""

import os
import random

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = os.path.join(os.path.dirname(__file__), '../../data/parquet')


def texts(r):
    return None if r.random() < .1 else [r.choice([None, 'a', 'bb', '']) for _ in range(r.randint(0, 6))]


def lists(r):
    return None if r.random() < .1 else [texts(r) for _ in range(r.randint(0, 5))]


def structs(r):
    return [
        {'a': r.randint(0, 9), 'b': None if r.random() < .3 else [r.random() for _ in range(3)]}
        for _ in range(r.randint(0, 9))
    ]


def main():
    r = random.Random(7)
    schema = pa.schema([
        ('i', pa.int32()),
        ('l', pa.list_(pa.list_(pa.string()))),
        ('s', pa.large_list(pa.struct([('a', pa.int16()), ('b', pa.list_(pa.float32(), 3))]))),
    ])
    table = pa.Table.from_pylist([{'i': i, 'l': lists(r), 's': structs(r)} for i in range(70)], schema=schema)
    small = {'data_page_size': 60, 'write_batch_size': 7, 'write_statistics': False}
    pq.write_table(table, f'{FOLDER}/pyarrow-v1.parquet', data_page_version='1.0', compression='none',
                   use_compliant_nested_type=False, **small)
    pq.write_table(table, f'{FOLDER}/pyarrow-v2.parquet', data_page_version='2.0', compression='snappy',
                   use_dictionary=False, **small)
    rows = range(6000)
    text = [None if i % 7 == 0 else f'word {i % 40}' if i < 3000 else f'a text of its own {i}' for i in rows]
    num = [None if i % 5 == 0 else i % 30 if i < 3000 else i * 7919 for i in rows]
    columns = {'id': pa.array(rows, pa.int32()), 'text': text, 'num': pa.array(num, pa.int64())}
    # Pages of codes, then pages of values: the dictionaries become too large within the chunks.
    pq.write_table(pa.table(columns), f'{FOLDER}/pyarrow-fallback.parquet', use_dictionary=['text', 'num'],
                   dictionary_pagesize_limit=1500, data_page_size=1000, write_batch_size=200)
    entries = [{'i': 1, 'm': [('a', 1), ('b', None)]}, {'i': 2, 'm': None}, {'i': 3, 'm': []}]
    maps = pa.schema([('i', pa.int32()), ('m', pa.map_(pa.string(), pa.int64()))])
    pq.write_table(pa.Table.from_pylist(entries, schema=maps), f'{FOLDER}/pyarrow-map.parquet')


if __name__ == '__main__':
    main()
