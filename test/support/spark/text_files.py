"""Asks Spark what it reads from text files: `python3 test/support/spark/text_files.py`. Writes test/data/spark/text-files.jsonl, one case a line, and what
it makes of the files of vega-datasets to test/data/spark/vega-files.jsonl."""

import glob
import json
import os
import tempfile

from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, '../../data/spark')
VEGA = os.path.join(HERE, '../../../node_modules/vega-datasets/data')

PEOPLE = 'id,name,price,day,ok\n1,"a,b",1.5,2020-01-02,true\n2,"say ""hi""",2,2020-01-03,false\n\n3,,,,\n'
MIXED = 'a,b\r\n1,2\r3,4\n5,6'
BAD = 'id,n\n1,2\nx,3\n4\n5,6,7\n8,9\n'
HEADER = {'header': 'true'}
INFER = {'header': 'true', 'inferSchema': 'true'}
OBJECTS = '{"a":1,"b":"x","c":[1,2]}\n{"a":2.5,"d":{"e":"2020-01-01"}}\n\n{"b":null}\n'
DAMAGED = '{"a":1}\nbroken\n{"a":"x"}\n{"a":3,\n'

LISTS = '[{"a":1},{"a":2}]\n{"a":3}\n[]\n[{"a":4},{"b":5}]\n'
BROKEN_LISTS = '\n [{"a":1}, 7]\n{"a":3}\n[{"a":4}\nnull\n'

# Format, content, options, schema.
CASES = [
    ('text', MIXED, {}, None),
    ('text', 'a\n\n b \n', {}, None),
    ('text', 'a|b|c', {'lineSep': '|'}, None),
    ('text', 'a<>b<c><>', {'lineSep': '<>'}, None),
    ('text', 'a\nb\n', {'wholetext': 'true'}, None),
    ('text', '\ufeffa\nb', {}, None),
    ('csv', PEOPLE, {}, None),
    ('csv', PEOPLE, HEADER, None),
    ('csv', PEOPLE, INFER, None),
    ('csv', PEOPLE, {**INFER, 'escape': '"'}, None),
    ('csv', '\ufeff' + PEOPLE, INFER, None),
    ('csv', MIXED, INFER, None),
    ('csv', 'a;b\n1;2,5\n', {**INFER, 'sep': ';'}, None),
    ('csv', 'a\tb\n1\tx\n', {**INFER, 'sep': '\\t'}, None),
    ('csv', 'a::b\n1::x\n', {**INFER, 'sep': '::'}, None),
    ('csv', '# c\na,b\n#1,2\n3,4\n', {**INFER, 'comment': '#'}, None),
    ('csv', 'a,a,,A,b\n1,2,3,4,5\n', HEADER, None),
    ('csv', 'a,b\nNA,1\n2,NA\n', {**INFER, 'nullValue': 'NA'}, None),
    ('csv', 'a,b\n"",1\n,2\n', {**HEADER, 'emptyValue': 'EMPTY'}, None),
    ('csv', 'a , b\n 1 , x \n', {**INFER, 'ignoreLeadingWhiteSpace': 'true', 'ignoreTrailingWhiteSpace': 'true'}, None),
    ('csv', "a,b\n'1,2',3\n", {**HEADER, 'quote': "'"}, None),
    ('csv', 'a,b\n"x\ny",1\n"p ""q"" r",2\n', {**INFER, 'multiLine': 'true', 'escape': '"'}, None),
    ('csv', 'a,b\n"x\n\ny",1\n2,"z\n"\n', {**HEADER, 'multiLine': 'true'}, None),
    ('csv', 'a,b\r\n"x\r\ny",1\r\n2,"z"\r\n', {**HEADER, 'multiLine': 'true'}, None),
    ('csv', 'a,b\nx"y,1\n', HEADER, None),
    ('csv', 'a,b\nx"y,1\nz,"2"\n', {**HEADER, 'multiLine': 'true'}, None),
    ('csv', 'i,l,d,m,e\n1,3000000000,1.5,1234567890123456789012,1e3\n-2,4,2,1,x\n', INFER, None),
    ('csv', 'd,t,n,b\n2020-01-02,2020-01-02 03:04:05,NaN,TRUE\n2020-01-03,2020-01-03,1,false\n', INFER, None),
    ('csv', 'a\n1\n2.5\n', INFER, None),
    ('csv', 'a\n1\ntrue\n', INFER, None),
    ('csv', 'a,b\n1\n2,3\n', INFER, None),
    ('csv', 'a,b\n1,2,3\n4,5\n', INFER, None),
    ('csv', 'a,b\n', INFER, None),
    ('csv', BAD, HEADER, 'id int, n int'),
    ('csv', BAD, HEADER, 'id int, n int, _corrupt_record string'),
    ('csv', BAD, {**HEADER, 'columnNameOfCorruptRecord': 'bad'}, 'id int, bad string, n int'),
    ('csv', BAD, {**HEADER, 'mode': 'DROPMALFORMED'}, 'id int, n int'),
    ('csv', BAD, {**HEADER, 'mode': 'dropmalformed'}, 'id int, n int, _corrupt_record string'),
    ('csv', '1,2020-01-02,2020-01-02T03:04:05Z\n', {}, 'i int, d date, t timestamp'),
    ('csv', '1,02/01/2020\n', {'dateFormat': 'dd/MM/yyyy'}, 'i int, d date'),
    ('csv', 'x,1.50,abc\n', {}, 'c string, d decimal(5,2), b binary'),
    ('csv', 'ä,"ö,ü",😀\n', {}, None),
    ('csv', 'a|b\n1|2\n', {'sep': '|', 'header': 'true', 'lineSep': '\n'}, None),
    ('csv', 'p,q\n1,2;3,4;', {'header': 'true', 'lineSep': ';'}, None),
    ('json', OBJECTS, {}, None),
    ('json', OBJECTS, {}, 'b string, a double'),
    ('json', DAMAGED, {}, None),
    ('json', DAMAGED, {}, 'a int'),
    ('json', DAMAGED, {}, 'a int, _corrupt_record string'),
    ('json', DAMAGED, {'mode': 'DROPMALFORMED'}, 'a int'),
    ('json', DAMAGED, {'mode': 'DROPMALFORMED'}, None),
    ('json', DAMAGED, {'columnNameOfCorruptRecord': 'bad'}, None),
    ('json', '[{"a":1,"b":"x"},\n {"a":2}]', {'multiLine': 'true'}, None),
    ('json', '{"a":1,\n"b":{"c":[{"d":null}]}}', {'multiLine': 'true'}, None),
    ('json', '[{"a":1},{"a":2}]\n{"a":3}\n', {}, None),
    ('json', LISTS, {}, 'a int'),
    ('json', LISTS, {}, 'a int, _corrupt_record string'),
    ('json', BROKEN_LISTS, {}, 'a int'),
    ('json', BROKEN_LISTS, {}, 'a int, _corrupt_record string'),
    ('json', BROKEN_LISTS, {'columnNameOfCorruptRecord': 'bad'}, 'bad string, a int'),
    ('json', '[{"a":1},', {'multiLine': 'true'}, 'a int, _corrupt_record string'),
    ('json', "{'a':'x'}\n{'a':\"y\"}\n", {}, None),
    ('json', '{a:1}\n', {'allowUnquotedFieldNames': 'true'}, None),
    ('json', '{"a":1.5,"b":true}\n{"a":2}\n', {'primitivesAsString': 'true'}, None),
    ('json', '{"a":1.5}\n{"a":12345678901234567890}\n', {'prefersDecimal': 'true'}, None),
    ('json', '{"a":1}|{"a":2}', {'lineSep': '|'}, None),
    ('json', '{"a":[]}\n{"a":[1]}\n{"a":[null,2]}\n', {}, None),
    ('json', '{"a":{"b":1}}\n{"a":{"c":"x"}}\n{"a":null}\n', {}, None),
    ('json', '{"a":1}\n{"a":"x"}\n{"a":true}\n', {}, None),
    ('json', '{}\n{"a":{}}\n', {}, None),
]


def answer(spark, form, folder, options, schema):
    reader = spark.read.format(form).options(**options)
    frame = (reader.schema(schema) if schema else reader).load(folder)
    rows = [list(row) for row in frame.cache().selectExpr(*[f'to_json(struct(`{c}`))' for c in frame.columns]).collect()]
    return {'schema': frame.schema.simpleString(), 'rows': sorted(rows, key=str)}


def main():
    spark = SparkSession.builder.master('local[1]').config('spark.sql.session.timeZone', 'UTC').getOrCreate()
    spark.sparkContext.setLogLevel('OFF')
    with open(f'{DATA}/text-files.jsonl', 'w') as out:
        for form, content, options, schema in CASES:
            with tempfile.TemporaryDirectory() as folder:
                with open(f'{folder}/x', 'w', newline='') as f:
                    f.write(content)
                case = {'format': form, 'content': content, 'options': options, 'asked': schema}
                try:
                    case.update(answer(spark, form, folder, options, schema))
                except Exception as e:  # noqa: BLE001
                    case['error'] = str(e)[:300]
                    print('error', case)
                out.write(json.dumps(case, ensure_ascii=False) + '\n')
    with open(f'{DATA}/vega-files.jsonl', 'w') as out:
        for path in sorted(glob.glob(f'{VEGA}/*.csv') + glob.glob(f'{VEGA}/*.json')):
            if os.path.getsize(path) > 2_000_000:
                continue
            form = 'csv' if path.endswith('csv') else 'json'
            options = INFER if form == 'csv' else {'multiLine': 'true'}
            frame = spark.read.format(form).options(**options).load(path)
            if '_corrupt_record' in frame.columns:
                continue
            digest = frame.selectExpr('count(*)', f"cast(sum(cast(xxhash64({','.join(f'`{c}`' for c in frame.columns)}) as decimal(38, 0))) as string)").first()
            case = {'file': os.path.basename(path), 'options': options, 'schema': frame.schema.simpleString(), 'rows': digest[0], 'digest': digest[1]}
            out.write(json.dumps(case) + '\n')


if __name__ == '__main__':
    main()
