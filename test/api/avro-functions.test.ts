import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { functions, Session } from '../../api/index.js'
import { quotedText } from '../../common/errors/quoting.js'
import { raised, refusal } from '../support/raised.js'

interface Written {
  readonly schema: string
  readonly bytes: string
  readonly sql: string
}

const DATA = join(import.meta.dirname, '../../../test/data/avro/values.json')
/** Values that fastavro wrote (test/support/avro_values.py). */
const VALUES = JSON.parse(readFileSync(DATA, 'utf8')) as readonly Written[]

const session = await Session.builder().master('local[1]').getOrCreate()
test.after.always(() => session.stop())

const valueIn = async (expression: string, from = ''): Promise<unknown> => {
  const [row] = await session.sql(`select ${expression} v ${from}`).collect()
  return row!['v']
}
const record = (...fields: readonly string[]): string =>
  quotedText(`{"type": "record", "name": "r", "fields": [${fields.join(', ')}]}`)
const INT = record('{"name": "a", "type": "int"}')

for (const { schema, bytes, sql } of VALUES)
  test.serial(`${sql} is read from and written to the bytes that fastavro has for ${schema}`, async (t) => {
    const json = quotedText(schema)
    t.is(await valueIn(`hex(to_avro(${sql}, ${json}))`), bytes)
    const [read, told] = [`from_avro(x'${bytes}', ${json})`, sql].map((one) => `to_json(named_struct('v', ${one}))`)
    t.is(await valueIn(read!), await valueIn(told!))
  })

test.serial('values are written by the schema of files, and read again by it, in rows', async (t) => {
  const schema =
    '[{"type":"record","name":"r","fields":[{"name":"i","type":"long"},{"name":"s","type":["string","null"]}]},"null"]'
  const value = "if(id % 7 = 0, null, named_struct('i', id, 's', if(id % 3 = 0, null, repeat('x', int(id % 50)))))"
  const read = `from_avro(to_avro(v), ${quotedText(schema)})`
  const from = `from (select id, ${value} v from range(5000))`
  t.is(await valueIn(`count_if(${read} <=> v)`, from), 5000n)
})

test.serial('bytes that are no value of the schema raise, or are NULL where that is wanted', async (t) => {
  const cut = `from_avro(x'80', ${INT}`
  const error = await raised(t, valueIn(`${cut})`), 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION')
  t.is(error.parameters['badRecord'], 'bytes that are no STRUCT<a: INT NOT NULL>')
  t.deepEqual(await valueIn(`${cut}, map('mode', 'permissive'))`), { a: null })
  t.is(await valueIn(`from_avro(x'80', '"int"', map('mode', 'PERMISSIVE'))`), null)
  t.is(await valueIn(`from_avro(cast(null as binary), ${INT}, map('mode', 'PERMISSIVE'))`), null)
  await raised(t, valueIn(`${cut}, map('mode', 'DROPMALFORMED'))`), 'PARSE_MODE_UNSUPPORTED')
  await raised(t, valueIn(`${cut}, map('positionalFieldMatching', 'true'))`), 'UNSUPPORTED_FEATURE')
})

test.serial('bytes of any kind are a value or refused', async (t) => {
  const schema = record(
    '{"name": "l", "type": {"type": "array", "items": ["null", {"type": "map", "values": "bytes"}]}}',
    '{"name": "e", "type": {"type": "enum", "name": "e", "symbols": ["a", "b"]}}',
    '{"name": "d", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 1}}',
  )
  const bytes = 'unhex(substring(md5(string(id)), 1, int(id % 33)))'
  const rows = `count(from_avro(${bytes}, ${schema}, map('mode', 'PERMISSIVE')))`
  t.is(await valueIn(rows, 'from range(20000)'), 20000n)
})

test.serial('values are read by another schema', async (t) => {
  const written = record(
    '{"name": "a", "type": "int"}',
    '{"name": "gone", "type": "string"}',
    '{"name": "c", "type": "float"}',
  )
  const read = (...fields: readonly string[]): Promise<unknown> =>
    valueIn(`from_avro(x'0E02780000003F', ${written}, map('avroSchema', ${record(...fields)}))`)
  t.deepEqual(
    await read(
      '{"name": "c", "type": "double"}',
      '{"name": "b", "aliases": ["a"], "type": ["null", "long"]}',
      '{"name": "new", "type": ["null", "string"], "default": null}',
    ),
    { c: 0.5, b: 7n, new: null },
  )
  const refused = (...fields: readonly string[]): Promise<string> => refusal(t, read(...fields))
  t.regex(await refused('{"name": "new", "type": "int"}'), /the field new was not written and has no default/)
  t.regex(await refused('{"name": "new", "type": "int", "default": 1}'), /its default is not null/)
  t.regex(await refused('{"name": "c", "type": "int"}'), /what is float in it cannot be read as int/)
  t.regex(await refused('{"name": "a", "type": ["int", "string"]}'), /a union of several types was written otherwise/)
})

test.serial(
  'a logical type of the schema that values are wanted in counts for those written without one',
  async (t) => {
    const read = (bytes: string, written: string, reading: string, shown = 'string'): Promise<unknown> =>
      valueIn(`${shown}(from_avro(x'${bytes}', ${quotedText(written)}, map('avroSchema', ${quotedText(reading)})))`)
    const logical = (type: string, logicalType: string): string => JSON.stringify({ type, logicalType })
    const [micros, millis] = [logical('long', 'timestamp-micros'), logical('long', 'timestamp-millis')]
    t.is(await read('02', '"long"', micros, 'unix_micros'), 1n)
    t.is(await read('02', '"int"', micros, 'unix_micros'), 1n)
    t.is(await read('02', '"long"', millis, 'unix_micros'), 1000n)
    t.is(await read('02', millis, micros, 'unix_micros'), 1000n)
    t.is(await read('02', micros, millis, 'unix_micros'), 1n)
    t.is(await read('02', millis, '"long"'), '1')
    t.is(await read('02', '"long"', logical('long', 'local-timestamp-micros')), '1970-01-01 00:00:00.000001')
    t.is(await read('02', '"long"', logical('long', 'time-micros')), '00:00:00.000001')
    t.is(await read('02', '"int"', logical('int', 'date')), '1970-01-02')
    const decimal = { logicalType: 'decimal', precision: 3, scale: 1 }
    t.is(await read('0219', '"bytes"', JSON.stringify({ type: 'bytes', ...decimal })), '2.5')
    const fixed = { type: 'fixed', name: 'f', size: 1 }
    t.is(await read('19', JSON.stringify(fixed), JSON.stringify({ ...fixed, ...decimal })), '2.5')
  },
)

test.serial('all lists of a value together have a million elements without bytes at most', async (t) => {
  const counted = (inner: string, times: number): Promise<unknown> => {
    const bytes = `unhex(concat('A00F', repeat('${inner}00', ${times}), repeat('00', ${1000 - times}), '00'))`
    const schema = '\'{"type":"array","items":{"type":"array","items":"null"}}\''
    return valueIn(`aggregate(from_avro(${bytes}, ${schema}), 0, (sum, one) -> sum + size(one))`)
  }
  // 2 ** 17 elements.
  t.is(await counted('808010', 8), 2 ** 20)
  await raised(t, counted('808010', 9), 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION')
  const rows =
    'from_avro(unhex(concat(\'80808001\', \'00\', left(\'\', int(id)))), \'{"type":"array","items":"null"}\')'
  t.is(await valueIn(`sum(size(${rows}))`, 'from range(3)'), 3n * 2n ** 20n)
})

test.serial('fields of a record have names of their own', async (t) => {
  const twice = record('{"name": "a", "type": "int"}', '{"name": "a", "type": "int"}')
  t.regex(await refusal(t, valueIn(`from_avro(x'0202', ${twice})`)), /two fields of the record r are called a/)
  const value = "named_struct('a', 1, 'a', 2)"
  t.regex(await refusal(t, valueIn(`to_avro(${value})`)), /two fields of the record topLevelRecord are called a/)
  t.regex(await refusal(t, valueIn(`to_avro(${value}, ${INT})`)), /two fields of the value are called a/)
})

test.serial('a schema of reused names has no more types than can be walked', async (t) => {
  const doubled = (times: number): string => {
    let type: unknown = { type: 'record', name: 'r0', fields: [{ name: 'x', type: 'int' }] }
    for (let i = 1; i <= times; i++) {
      const fields = [
        { name: 'x', type },
        { name: 'y', type: `r${i - 1}` },
      ]
      type = { type: 'record', name: `r${i}`, fields }
    }
    return quotedText(JSON.stringify(type))
  }
  t.regex(String(await valueIn(`schema_of_avro(${doubled(10)})`)), /^STRUCT<x: STRUCT</)
  const refused = /^FAILED_FUNCTION_CALL: .*it has more than 100000 types within each other/s
  t.regex(await refusal(t, valueIn(`schema_of_avro(${doubled(16)})`)), refused)
  t.regex(await refusal(t, valueIn(`from_avro(x'', ${doubled(100)})`)), refused)
})

test.serial('a union of several types is a struct of them', async (t) => {
  const schema = record('{"name": "u", "type": ["int", "string"]}')
  t.deepEqual(await valueIn(`from_avro(x'020262', ${schema})`), { u: { member0: null, member1: 'b' } })
  t.is(await valueIn(`schema_of_avro(${schema})`), 'STRUCT<u: STRUCT<member0: INT, member1: STRING> NOT NULL>')
})

test.serial('what a schema does not hold is not written', async (t) => {
  const refused = (value: string, schema: string): Promise<string> =>
    refusal(t, valueIn(`to_avro(${value}, ${quotedText(schema)})`))
  t.regex(await refused('1', '"long"'), /what is int cannot be written as long/)
  t.regex(await refused("'c'", '{"type": "enum", "name": "e", "symbols": ["a", "b"]}'), /"c" is no symbol of e: a, b/)
  t.regex(await refused("x'01'", '{"type": "fixed", "name": "f", "size": 2}'), /1 bytes are no f, which has 2/)
  t.regex(await refused("named_struct('b', 1)", '{"type": "record", "name": "r", "fields": []}'), /has no field b/)
  t.regex(await refused('array(1, null)', '{"type": "array", "items": "int"}'), /^AVRO_CANNOT_WRITE_NULL_FIELD/)
  t.regex(
    await refused("timestamp_ntz'2020-01-01 00:00:00'", '{"type": "long", "logicalType": "timestamp-micros"}'),
    /timestamp_ntz is no/,
  )
  t.regex(await refused("time'01:00:00'", '"long"'), /what is time\(6\) cannot be written as long/)
  const decimal = '{"type": "fixed", "name": "f", "size": 1, "logicalType": "decimal", "precision": 3, "scale": 0}'
  t.regex(await refused('cast(999 as decimal(3, 0))', decimal), /what is decimal\(3,0\) cannot be written as fixed/)
  t.is(await valueIn('to_avro(null)'), null)
  t.is(
    await valueIn(
      'hex(to_avro(timestamp_ntz\'1969-12-31 23:59:59.9995\', \'{"type": "long", "logicalType": "local-timestamp-millis"}\'))',
    ),
    '01',
  )
})

test.serial('a schema must be a constant that is one', async (t) => {
  await raised(
    t,
    valueIn("from_avro(x'00', s)", 'from values (\'"int"\') as t(s)'),
    'DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT',
  )
  t.regex(
    await refusal(t, valueIn("from_avro(x'00', 'x')")),
    /^FAILED_FUNCTION_CALL: .*`from_avro`.* is not valid JSON/s,
  )
  t.regex(
    await refusal(t, valueIn('from_avro(x\'00\', \'{"type": "record", "name": "r"}\')')),
    /the record r has no fields/,
  )
})

test.serial('programs call them', async (t) => {
  const { toAvro, fromAvro, schemaOfAvro, struct } = functions
  const schema = '{"type": "record", "name": "r", "fields": [{"name": "id", "type": "long"}]}'
  const bytes = session.range(3).select(toAvro(struct('id')).as('b'), schemaOfAvro(schema).as('s'))
  t.deepEqual(await bytes.select(fromAvro('b', schema).as('v'), 's').collect(), [
    { v: { id: 0n }, s: 'STRUCT<id: BIGINT NOT NULL>' },
    { v: { id: 1n }, s: 'STRUCT<id: BIGINT NOT NULL>' },
    { v: { id: 2n }, s: 'STRUCT<id: BIGINT NOT NULL>' },
  ])
})
