"""Asks Spark what it writes to text files, and what it reads from these again: `python3 test/support/spark/text_writes.py`. Writes
test/data/spark/text-writes.jsonl, one case a line."""

import glob
import gzip
import json
import os
import tempfile
import zlib

from pyspark.sql import SparkSession

from text_files import DATA, answer

NULLS = "select * from values (1, 'x', 1.5), (2, '', null), (3, null, 2.5), (null, null, null) t(a, b, c)"
QUOTES = "select * from values ('a,b'), ('say \"hi\"'), ('back\\\\slash'), ('two\\nlines'), ('#c'), (' x '), ('ä😀'), ('a;b') t(s)"
TIMES = "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.678' t, timestamp_ntz'2020-01-02 03:04:05' n"
NUMBERS = "select 1Y a, 2S b, 3 c, 4L d, cast(1.5 as float) e, 1e100D f, cast('NaN' as double) g, cast('-Infinity' as double) h, 12.50BD i, true j"
NESTED = "select named_struct('x', 1, 'y', null) a, array(1, null) b, map('k', array('v')) c, named_struct('z', named_struct('w', null)) d"
NAMES = "select 'x' `a,b`, 1 `c d`, 2 ` e `, 3 `q\"u`, 4 `#f`, 5 `i;j`"
FEW = "select * from values (1, 'x', 'p'), (2, 'y', 'q'), (3, 'z', null) t(a, b, k)"
HEADER = {'header': 'true'}

# Format, query, options, columns that divide the rows.
CASES = [
    ('csv', NULLS, {}, []),
    ('csv', NULLS, HEADER, []),
    ('csv', NULLS, {**HEADER, 'nullValue': 'NA', 'emptyValue': 'EMPTY'}, []),
    ('csv', NULLS, {'quoteAll': 'true', 'header': 'true'}, []),
    ('csv', QUOTES, {}, []),
    ('csv', QUOTES, {'quoteAll': 'true'}, []),
    ('csv', QUOTES, {'escape': '"'}, []),
    ('csv', QUOTES, {'quote': "'", 'sep': ';'}, []),
    ('csv', QUOTES, {'ignoreLeadingWhiteSpace': 'false', 'ignoreTrailingWhiteSpace': 'false'}, []),
    ('csv', NAMES, HEADER, []),
    ('csv', NAMES, {**HEADER, 'quoteAll': 'true', 'sep': ';'}, []),
    ('csv', NAMES, {**HEADER, 'sep': '::'}, []),
    ('csv', NAMES, {**HEADER, 'lineSep': '\r\n'}, []),
    ('csv', NAMES, {**HEADER, 'ignoreLeadingWhiteSpace': 'false', 'emptyValue': '-'}, []),
    ('csv', NAMES + ' where false', HEADER, []),
    ('csv', NAMES + ' where false', {}, []),
    ('csv', "select * from values (null), (''), ('x') t(a)", HEADER, []),
    ('csv', 'select 1 ` `', {**HEADER, 'emptyValue': ''}, []),
    ('csv', TIMES, HEADER, []),
    ('csv', TIMES, {'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'yyyy-MM-dd HH', 'timestampNTZFormat': 'HH:mm'}, []),
    ('csv', TIMES, {'timeZone': 'America/New_York'}, []),
    ('csv', NUMBERS, {}, []),
    ('csv', FEW, HEADER, ['k']),
    ('csv', FEW, {**HEADER, 'compression': 'gzip'}, []),
    ('csv', FEW, {'compression': 'deflate'}, []),
    ('csv', FEW, {'compression': 'none', 'lineSep': '\n'}, []),
    ('json', NULLS, {}, []),
    ('json', NULLS, {'ignoreNullFields': 'false'}, []),
    ('json', QUOTES, {}, []),
    ('json', QUOTES, {'lineSep': '|'}, []),
    ('json', NAMES, {}, []),
    ('json', NAMES + ' where false', {}, []),
    ('json', TIMES, {}, []),
    ('json', TIMES, {'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'yyyy-MM-dd HH', 'timeZone': 'Asia/Tokyo'}, []),
    ('json', NUMBERS, {}, []),
    ('json', NESTED, {}, []),
    ('json', NESTED, {'ignoreNullFields': 'false'}, []),
    ('json', NESTED, {'pretty': 'true'}, []),
    ('json', "select x'00ff' b, null v, 1 n", {}, []),
    ('json', """select parse_json('{"x":[1,null]}') a, 1 b""", {}, []),
    ('json', FEW, {}, ['k']),
    ('json', FEW, {'compression': 'gzip'}, ['k']),
    ('text', QUOTES, {}, []),
    ('text', "select * from values ('a'), (null), (''), ('b') t(s)", {}, []),
    ('text', "select b, k from (" + FEW + ")", {}, ['k']),
    ('text', "select b from (" + FEW + ")", {'lineSep': '<>', 'compression': 'deflate'}, []),
    ('text', "select b from (" + FEW + ") where false", {}, []),
    # What Spark refuses.
    ('text', FEW, {}, []),
    ('text', 'select 1 a', {}, []),
    ('text', "select 'x' a, 'y' b", {}, []),
    ('text', "select 'x' a", {'compression': 'zip'}, []),
    ('csv', 'select array(1) a', {}, []),
    ('csv', 'select null a', {}, []),
    ('csv', "select parse_json('1') a", {}, []),
    ('csv', "select 1 a", {'compression': 'brotli'}, []),
    ('json', 'select 1 a, 2 A', {}, []),
    ('json', 'select 1 a', {}, ['a']),
]


def content(path):
    with open(path, 'rb') as f:
        data = f.read()
    if path.endswith('.gz'):
        data = gzip.decompress(data)
    if path.endswith('.deflate'):
        data = zlib.decompress(data)
    return data.decode()


def ending(path):
    return path[path.index('.', path.index('c000')):]


def write(spark, form, query, options, columns):
    with tempfile.TemporaryDirectory() as folder:
        spark.sql(query).coalesce(1).write.format(form).options(**options).partitionBy(*columns).mode('overwrite').save(folder)
        files = sorted(glob.glob(f'{folder}/**/part-*', recursive=True))
        found = [[os.path.relpath(os.path.dirname(f), folder), ending(f), content(f)] for f in files]
        schema = spark.sql(query).drop(*columns).schema.simpleString()[len('struct<'):-1]
        read = None
        if form != 'text' and 'void' not in schema and 'variant' not in schema and 'pretty' not in options:
            named = ', '.join(f'`{f.name}` {f.dataType.simpleString()}' for f in spark.sql(query).drop(*columns).schema)
            read = {'asked': named, **answer(spark, form, folder, options, named)}
        return {'files': found, 'read': read}


def main():
    spark = SparkSession.builder.master('local[1]').config('spark.sql.session.timeZone', 'UTC').getOrCreate()
    spark.sparkContext.setLogLevel('OFF')
    with open(f'{DATA}/text-writes.jsonl', 'w') as out:
        for form, query, options, columns in CASES:
            case = {'format': form, 'query': query, 'options': options, 'partitionBy': columns}
            try:
                case.update(write(spark, form, query, options, columns))
            except Exception as e:  # noqa: BLE001
                case['condition'] = e.getCondition()
            out.write(json.dumps(case, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
