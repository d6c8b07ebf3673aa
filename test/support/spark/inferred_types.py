"""Asks Spark what columns it finds in lines of CSV and JSON: `python3 test/support/spark/inferred_types.py`. Writes test/data/spark/inferred-types.jsonl."""

import json
import os
import random
import re
import tempfile

from pyspark.sql import SparkSession

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../data/spark')
COLUMNS = 40

WORDS = [
    '', '', 'NA', '0', '1', '-1', '+1', '007', '2147483647', '2147483648', '-2147483648', '-2147483649', '9223372036854775807',
    '9223372036854775808', '-9223372036854775809', '12345678901234567890123456789012345678', '1' * 39, '0' * 45, '1.5', '.5', '5.', '1e3',
    '1E-3', '1e400', '1.0f', '2d', '0x1p3', '1_000', 'NaN', 'nan', 'Inf', '-Inf', '+Inf', 'Infinity', '-Infinity', 'INF', 'true', 'FALSE',
    ' true', ' 1', '1 ', ' 1.5 ', 'x', '-', '+', '.', '2020-01-02', '2020-1-2', '2020-02-30', '2020-01', '2020', '02020-01-02', '2020-01-02 03:04:05',
    '2020-01-02T03:04:05.123456Z', '2020-01-02 03:04', '2020-01-02 03', '2020-01-02 03:04:05 Europe/Berlin', '2020-01-02T', '2020-01-02 x',
    '03:04:05', '02/01/2020', '02/01/2020 03:04', '12/31/2020', ' 2020-01-02', '2020-01-02 ', '"1"', '""', '"a b"', '-0', '1-2', '12:30', 'T12:30',
    '0.1', '123456789012345678901.5', '1,5', 'ä',
]
CSV_OPTIONS = [
    {}, {}, {}, {'preferDate': 'false'}, {'dateFormat': 'dd/MM/yyyy'}, {'timestampFormat': 'dd/MM/yyyy HH:mm'},
    {'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'dd/MM/yyyy HH:mm'}, {'nullValue': 'NA'}, {'nanValue': 'NA'}, {'emptyValue': 'EMPTY'},
    {'ignoreLeadingWhiteSpace': 'true', 'ignoreTrailingWhiteSpace': 'true'}, {'timestampFormat': 'yyyy-MM-dd HH:mm:ss'}, {'positiveInf': 'x', 'negativeInf': 'INF'},
]
SCALARS = [
    'null', '""', '"x"', '"1"', '"1.50"', '"1e3"', '"2020-01-02"', '"2020-01-02 03:04:05"', 'true', 'false', '0', '-1', '9223372036854775807',
    '9223372036854775808', '-9223372036854775809', '1' * 38, '1' * 39, '1.5', '0.05', '0.0', '-12.5e-3', '1.5E2', 'NaN', '"NaN"', '-Infinity', '[]', '{}', '"\\u00e4"',
    '123456789012345678.123456789012345678901', '1e-40', "'y'", '"+.5"', '"5."', '"0x1"', '" 1"',
]
BROKEN = ['{"a":', '{"a":1', 'x', '5', '"s"', '[1]', '[{"a":1},{"b":2}]', '[]', '[null]', 'null', '{"a":01}', '{a:1}', '{"a":1}}', '{"a" 1}', '{"a":tru}', '{"a":"\\q"}', '[{"a":1},2]', '{"a":1} /* c */', '{"z":1,"z":"x"}']
JSON_OPTIONS = [
    {}, {}, {}, {'primitivesAsString': 'true'}, {'prefersDecimal': 'true'}, {'dropFieldIfAllNull': 'true'}, {'inferTimestamp': 'true'},
    {'inferTimestamp': 'true', 'timestampFormat': 'yyyy-MM-dd'}, {'allowSingleQuotes': 'false'}, {'allowNonNumericNumbers': 'false'},
    {'allowUnquotedFieldNames': 'true', 'allowNumericLeadingZeros': 'true'}, {'allowComments': 'true'}, {'allowBackslashEscapingAnyCharacter': 'true'},
    {'mode': 'DROPMALFORMED'}, {'mode': 'FAILFAST'}, {'prefersDecimal': 'true', 'primitivesAsString': 'true'},
]


def value(depth):
    kind = random.random()
    if depth < 3 and kind < 0.15:
        return '[' + ','.join(value(depth + 1) for _ in range(random.randint(0, 3))) + ']'
    if depth < 3 and kind < 0.3:
        return thing(depth + 1)
    return random.choice(SCALARS)


def thing(depth):
    names = random.sample(['a', 'b', 'ab', 'abcdefgh', 'abcdefghi', 'abcdefghj', 'é', 'A', '\\u0061c', ''], random.randint(0, 5))
    return '{' + ', '.join(f'"{name}": {value(depth)}' for name in names) + '}'


def csv_case(options, pool):
    rows = [[random.choice(pool) for _ in range(COLUMNS)] for _ in range(random.choice([1, 1, 2, 3]))]
    return '\n'.join('|'.join(row) for row in rows) + '\n'


def main():
    random.seed(7)
    spark = SparkSession.builder.master('local[1]').config('spark.sql.session.timeZone', 'UTC').config('spark.sql.caseSensitive', 'true').getOrCreate()
    spark.sparkContext.setLogLevel('OFF')
    cases = []
    for _ in range(8):
        for options in CSV_OPTIONS:
            pool = random.choice([WORDS, random.sample(WORDS, 6), ['1', '2147483648', '1.5', '1e3', '9223372036854775808', ''], ['2020-01-02', '2020-01-02 03:04:05', '']])
            cases.append(('csv', csv_case(options, pool), {'inferSchema': 'true', 'sep': '|', **options}))
    for _ in range(16):
        for options in JSON_OPTIONS:
            lines = [random.choice(BROKEN) if random.random() < 0.1 else thing(0) for _ in range(random.randint(1, 6))]
            cases.append(('json', '\n'.join(lines) + '\n', options))
    for word in BROKEN:
        cases.append(('json', f'{{"k":1}}\n{word}\n', {}))
    for word in SCALARS:
        for options in [{}, {'prefersDecimal': 'true'}, {'inferTimestamp': 'true'}]:
            cases.append(('json', f'{{"k":{word}}}\n', options))
    for ratio in ['0.3', '0.5', '0.9']:
        cases.append(('csv', ''.join(f'{"x" if i % 50 == 7 else i}|{"2.5" if i == 33 else i}|{"1.5" if i in (1, 2) else i}\n' for i in range(100)), {'inferSchema': 'true', 'sep': '|', 'samplingRatio': ratio}))
        cases.append(('json', ''.join(f'{{"k{i}":1}}\n' for i in range(60)), {'samplingRatio': ratio}))
    with open(f'{DATA}/inferred-types.jsonl', 'w') as out:
        for form, content, options in cases:
            # A line that is malformed behind a number that no decimal holds raises for that number in Spark.
            if 'prefersDecimal' in options and 'E2' in content and re.search('NaN|Infinity', content):
                continue
            with tempfile.TemporaryDirectory() as folder:
                with open(f'{folder}/x', 'w', newline='') as f:
                    f.write(content)
                case = {'format': form, 'content': content, 'options': options}
                try:
                    case['schema'] = spark.read.format(form).options(**options).load(folder).schema.simpleString()
                except Exception as e:  # noqa: BLE001
                    case['error'] = (e.getCondition() if hasattr(e, 'getCondition') else None) or re.search(r'\[([A-Z_.]+)\]', str(e))[1]
                out.write(json.dumps(case, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
