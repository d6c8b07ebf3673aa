"""Writes test/data/avro/values.json: values that fastavro wrote, by schema, beside the same in SQL. Needs fastavro."""
import datetime, decimal, io, json, os
import fastavro

UTC = datetime.timezone.utc
def named(kind, **more): return {'type': kind, 'name': 'n', **more}
def of(kind, meaning, **more): return {'type': kind, 'logicalType': meaning, **more}
TIME = datetime.datetime(2001, 2, 3, 4, 5, 6, 123456)
CASES = [
    ('boolean', True, 'true'),
    ('int', -64, '-64'),
    ('int', 2147483647, '2147483647'),
    ('long', -9223372036854775808, '-9223372036854775808L'),
    ('float', 1.5, '1.5F'),
    ('double', -0.1, '-0.1D'),
    ('bytes', b'\x00\xff', "x'00ff'"),
    ('string', 'äöü€', "'äöü€'"),
    ('string', '', "''"),
    (['null', 'string'], 'a', "nullif('a', 'b')"),
    (['long', 'null'], 7, 'nullif(7L, 8L)'),
    (named('enum', symbols=['A', 'B', 'C_1']), 'C_1', "'C_1'"),
    (named('fixed', size=3), b'abc', "x'616263'"),
    (of('int', 'date'), datetime.date(1969, 12, 31), "date'1969-12-31'"),
    (of('long', 'timestamp-micros'), TIME.replace(tzinfo=UTC), "timestamp'2001-02-03 04:05:06.123456Z'"),
    (of('long', 'timestamp-millis'), TIME.replace(tzinfo=UTC, microsecond=123000), "timestamp'2001-02-03 04:05:06.123Z'"),
    (of('long', 'local-timestamp-micros'), TIME, "timestamp_ntz'2001-02-03 04:05:06.123456'"),
    (of('long', 'time-micros'), datetime.time(23, 59, 59, 999999), "time'23:59:59.999999'"),
    (of('bytes', 'decimal', precision=20, scale=2), decimal.Decimal('-12345678901234567.89'), 'cast(-12345678901234567.89 as decimal(20, 2))'),
    (of('bytes', 'decimal', precision=3, scale=2), decimal.Decimal('1.28'), 'cast(1.28 as decimal(3, 2))'),
    ({**named('fixed', size=9), 'logicalType': 'decimal', 'precision': 20, 'scale': 2}, decimal.Decimal('-0.01'), 'cast(-0.01 as decimal(20, 2))'),
    ({'type': 'array', 'items': 'long'}, [3, 27], 'array(3L, 27L)'),
    ({'type': 'array', 'items': ['null', {'type': 'array', 'items': 'string'}]}, [[], None, ['a', '']], "array(array(), null, array('a', ''))"),
    ({'type': 'map', 'values': ['null', 'double']}, {'a': 0.5, 'b': None}, "map('a', 0.5D, 'b', null)"),
    (named('record', fields=[{'name': 'a', 'type': 'long'}, {'name': 'b', 'type': 'string'}]), {'a': 27, 'b': 'foo'}, "named_struct('a', 27L, 'b', 'foo')"),
    (named('record', fields=[{'name': 'list', 'type': {'type': 'array', 'items': {'type': 'record', 'name': 'm', 'fields': [{'name': 'x', 'type': ['null', 'int']}, {'name': 'd', 'type': of('int', 'date')}]}}}, {'name': 'none', 'type': ['null', 'int']}]),
     {'list': [{'x': None, 'd': datetime.date(1, 1, 1)}, {'x': 5, 'd': datetime.date(9999, 12, 31)}], 'none': None},
     "named_struct('list', array(named_struct('x', cast(null as int), 'd', date'0001-01-01'), named_struct('x', 5, 'd', date'9999-12-31')), 'none', cast(null as int))"),
]

values = []
for schema, value, sql in CASES:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(json.dumps(schema))), value)
    values.append({'schema': json.dumps(schema, ensure_ascii=False), 'bytes': out.getvalue().hex().upper(), 'sql': sql})
folder = os.path.join(os.path.dirname(__file__), '../data/avro')
with open(os.path.join(folder, 'values.json'), 'w') as file:
    file.write('[\n' + ',\n'.join('  ' + json.dumps(one, ensure_ascii=False) for one in values) + '\n]\n')
