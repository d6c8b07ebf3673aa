"""Writes the Parquet files of test/data/parquet with pyspark, and what Spark shows of them to shown.txt there: `python3 test/support/spark/parquet_files.py`."""

import contextlib
import datetime
import decimal
import glob
import io
import os
import shutil
import tempfile

from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, DecimalType, IntegerType, StringType, StructField, StructType, TimestampType

FOLDER = os.path.join(os.path.dirname(__file__), '../../data/parquet')

LEGACY = {'spark.sql.parquet.writeLegacyFormat': 'true'}
NESTED = '''select * from values
 (1, array(1, null, 3), array(array('a'), null, array()), map('k', array(1D), 'l', null),
   named_struct('x', 1, 'y', array(named_struct('z', timestamp'2020-01-01 00:00:00.123456', 'w', 1.25BD)))),
 (2, null, null, null, null),
 (3, array(), array(), map(), named_struct('x', null, 'y', null)),
 (4, array(null), array(array(null, '')), map('ä', array()),
   named_struct('x', 4, 'y', array(null, named_struct('z', null, 'w', null))))
 as t(id, ints, texts, m, s)'''
INTERVALS = '''select 1 id, interval '1-2' year to month ym, interval '3' year y,
   interval '1 02:03:04.5' day to second ds, interval '5' hour h, array(interval '-7' month, null) l,
   named_struct('i', interval '-1' second) s, map('k', interval '9' minute) m
 union all select 2, null, null, null, null, null, null, null'''
# Arrays without NULLs, which the legacy format writes in two levels, decimals as fixed bytes and INT96.
TWO_LEVELS = StructType([
    StructField('id', IntegerType()),
    StructField('l', ArrayType(IntegerType(), False)),
    StructField('n', ArrayType(ArrayType(StringType(), False), False)),
    StructField('st', ArrayType(StructType([StructField('a', IntegerType()), StructField('b', StringType(), False)]), False)),
    StructField('d', DecimalType(5, 2)),
    StructField('ts', TimestampType()),
])
ROWS = [
    (1, [1, 2], [['a'], []], [(1, 'x'), (None, 'y')], decimal.Decimal('1.50'), datetime.datetime(1960, 1, 2, 3, 4, 5, 678901)),
    (2, None, None, None, None, None),
    (3, [], [], [], decimal.Decimal('-999.99'), datetime.datetime(2200, 1, 1)),
]


def write(frame, path, settings, spark):
    for key, value in settings.items():
        spark.conf.set(key, value)
    with tempfile.TemporaryDirectory() as folder:
        frame.coalesce(1).write.mode('overwrite').parquet(folder)
        shutil.copy(glob.glob(f'{folder}/part-*.parquet')[0], path)
    for key in settings:
        spark.conf.unset(key)


def main():
    builder = SparkSession.builder.master('local[1]').config('spark.sql.session.timeZone', 'UTC')
    spark = builder.config('spark.ui.enabled', 'false').getOrCreate()
    files = {
        'spark': (spark.sql(NESTED), {}),
        'spark-legacy': (spark.sql(NESTED), LEGACY),
        'spark-two-levels': (
            spark.createDataFrame(ROWS, TWO_LEVELS), {**LEGACY, 'spark.sql.parquet.outputTimestampType': 'INT96'}),
        'spark-intervals': (spark.sql(INTERVALS), {}),
    }
    with open(f'{FOLDER}/shown.txt', 'w') as shown:
        for name, (frame, settings) in files.items():
            path = f'{FOLDER}/{name}.parquet'
            write(frame, path, settings, spark)
            text = io.StringIO()
            with contextlib.redirect_stdout(text):
                spark.read.parquet(path).show(truncate=False)
            shown.write(f'# {name}\n{text.getvalue()}')


if __name__ == '__main__':
    main()
