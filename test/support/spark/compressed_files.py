"""Lets Spark write a text with each of its codecs: `python3 test/support/spark/compressed_files.py`. Writes test/data/spark/compressed/, and what the lines are
as lines.txt."""

import glob
import os
import shutil
import subprocess
import tempfile

from pyspark.sql import SparkSession

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../data/spark/compressed')
LINES = [f'line {i} ' + 'ab' * (i % 40) + 'x' * (300 * (i % 97 == 0)) for i in range(1500)]


def main():
    os.makedirs(DATA, exist_ok=True)
    spark = SparkSession.builder.master('local[1]').getOrCreate()
    spark.sparkContext.setLogLevel('OFF')
    frame = spark.createDataFrame([(line,) for line in LINES], 'value string').coalesce(1)
    for codec in ['gzip', 'deflate', 'bzip2', 'lz4', 'snappy']:
        with tempfile.TemporaryDirectory() as folder:
            frame.write.mode('overwrite').option('compression', codec).text(folder)
            (path,) = glob.glob(f'{folder}/part-*')
            shutil.copy(path, f'{DATA}/lines.txt.{path.rsplit(".", 1)[1]}')
    with open(f'{DATA}/lines.txt', 'w') as f:
        f.write('\n'.join(LINES) + '\n')
    # Spark itself has no codec of that name, but reads such files where Hadoop was built with it.
    subprocess.run(['zstd', '-q', '-f', f'{DATA}/lines.txt', '-o', f'{DATA}/lines.txt.zst'], check=True)


if __name__ == '__main__':
    main()
