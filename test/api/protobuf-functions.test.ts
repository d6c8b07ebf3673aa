import { readFileSync } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { functions, Session } from '../../api/index.js'
import { raised } from '../support/raised.js'

interface Values {
  readonly descriptors: Readonly<Record<'shop' | 'old', string>>
  readonly messages: Readonly<Record<string, string>>
}

/** Descriptors of protoc, and messages that Google's library wrote (test/support/protobuf_values.py). */
const DATA = join(import.meta.dirname, '../../../test/data/protobuf/values.json')
const { descriptors, messages } = JSON.parse(readFileSync(DATA, 'utf8')) as Values
const [SHOP, OLD] = [`x'${descriptors.shop}'`, `x'${descriptors.old}'`]

const session = await Session.builder().master('local[1]').getOrCreate()
test.after.always(() => session.stop())

const valueIn = async (expression: string, from = ''): Promise<unknown> => {
  const [row] = await session.sql(`select ${expression} v ${from}`).collect()
  return row!['v']
}
const bytesOf = (name: string): string => `x'${messages[name]!}'`
const read = (bytes: string, message: string, set = SHOP, options = ''): string =>
  `from_protobuf(${bytes}, '${message}', ${set}${options === '' ? '' : `, map(${options})`})`
const json = (expression: string): Promise<unknown> => valueIn(`to_json(${expression})`)

const ORDER =
  '"i32":-5,"i64":-1152921504606846976,"u32":-294967296,"u64":-1,"s32":-7,"s64":-8,"f32":-294967295,"f64":-2,"sf32":-9,"sf64":-10,"f":1.5,"d":-2.25,' +
  '"b":true,"s":"é","raw":"AP8=","kind":"CASH","place":{"city":"B","lat":1.0},"numbers":[1,-1,300],"names":["a",""],"places":[{"city":"x"},{}],' +
  '"counts":{"k":1},"by_id":{"7":{"lat":2.5}},"maybe":0,"right":9,"at":"2020-01-02T03:04:05.678Z","took":"INTERVAL \'-0 00:00:01.5\' DAY TO SECOND",' +
  '"kinds":["UNKNOWN","CARD","CASH"],"boxed":{"value":3}'

test.serial('fields of all kinds are read', async (t) => {
  t.is(await json(read(bytesOf('order'), 'shop.Order')), `{${ORDER}}`)
  const options = "'enums.as.ints', 'true', 'upcast.unsigned.ints', 'true', 'unwrap.primitive.wrapper.types', 'true'"
  const wider = await json(read(bytesOf('order'), 'Order', SHOP, options))
  t.regex(String(wider), /"u32":4000000000,"u64":18446744073709551615,.*"kind":2,.*"kinds":\[0,1,2\],"boxed":3}$/)
  t.is(
    await json(read(bytesOf('lists'), 'Lists')),
    '{"a":[-1,1099511627776],"b":[1,2],"c":[0.5],"d":[true,false],"e":["","YQ=="]}',
  )
})

test.serial('what is not in a message is NULL, a list of nothing, or what its descriptor says', async (t) => {
  const lists = '"numbers":[],"names":[],"places":[],"counts":{},"by_id":{}'
  t.is(await json(read(bytesOf('empty'), 'Order')), `{${lists},"kinds":[]}`)
  t.is(await json(read(bytesOf('left'), 'Order')), `{${lists},"left":"","kinds":[]}`)
  const usual = await json(read(bytesOf('empty'), 'Order', SHOP, "'emit.default.values', 'true'"))
  t.regex(String(usual), /^{"i32":0,.*"b":false,"s":"","raw":"","kind":"UNKNOWN","numbers":\[\],.*"kinds":\[\]}$/)
  t.is(await json(read(bytesOf('log'), 'Log', OLD)), '{"id":1,"text":"none","level":"HIGH","n":[]}')
  t.is(await json(read(bytesOf('whole log'), 'Log', OLD)), '{"id":2,"text":"t","level":"LOW","n":[1,2],"part":{"x":4}}')
})

for (const [name, message, set] of [
  ['order', 'Order', SHOP],
  ['early', 'Order', SHOP],
  ['empty', 'Order', SHOP],
  ['left', 'Order', SHOP],
  ['lists', 'Lists', SHOP],
  ['whole log', 'Log', OLD],
] as const)
  test.serial(`the message '${name}' is written to the bytes that it was read from`, async (t) => {
    const written = `to_protobuf(${read(bytesOf(name), message, set)}, '${message}', ${set})`
    t.is(String(await valueIn(`lower(hex(${written}))`)), messages[name]!)
  })

test.serial('messages lie in those of their kind as often as they may', async (t) => {
  await raised(t, valueIn(read(bytesOf('node'), 'Node')), 'RECURSIVE_PROTOBUF_SCHEMA')
  const depth = (most: number): Promise<unknown> =>
    json(read(bytesOf('node'), 'Node', SHOP, `'recursive.fields.max.depth', '${most}'`))
  t.is(await depth(1), '{"v":1}')
  t.is(await depth(2), '{"v":1,"next":{"v":2}}')
  t.is(await depth(10), '{"v":1,"next":{"v":2,"next":{"v":3}}}')
  for (const most of [-1, 0]) await raised(t, depth(most), 'RECURSIVE_PROTOBUF_SCHEMA')
  for (const most of [-2, 11, 1.5, Number.NaN]) await raised(t, depth(most), 'UNSUPPORTED_FEATURE')
})

test.serial('messages without fields are left out, or kept', async (t) => {
  t.is(await json(read(bytesOf('holder'), 'Holder')), '{"a":1}')
  const kept = read(bytesOf('holder'), 'Holder', SHOP, "'retain.empty.message.types', 'true'")
  t.is(await json(kept), '{"e":{},"a":1}')
  await raised(t, valueIn(read("x''", 'Empty')), 'UNSUPPORTED_FEATURE')
})

test.serial('bytes that are no message raise, or are a row of NULLs', async (t) => {
  const cases = [
    ["x'0a'", 'Place', SHOP],
    ["x'0a01ff'", 'Place', SHOP],
    // The field is there in another way than the descriptor says.
    ["x'0805'", 'Place', SHOP],
    ["x'9a0605'", 'Place', SHOP],
    [bytesOf('log without an id'), 'Log', OLD],
  ] as const
  for (const [bytes, message, set] of cases) {
    await raised(t, valueIn(read(bytes, message, set)), 'MALFORMED_PROTOBUF_MESSAGE')
    t.is(await json(read(bytes, message, set, "'mode', 'PERMISSIVE'")), '{}')
  }
  await raised(t, valueIn(read("x'0a'", 'Place', SHOP, "'mode', 'DROPMALFORMED'")), 'PARSE_MODE_UNSUPPORTED')
  t.regex(String(await json(read("x'80011e'", 'Order'))), /"kind":"UNKNOWN_ENUM_VALUE_Kind_30"/)
  // Parts of one message come together, and of what excludes each other the last counts.
  t.is(await json(read("x'0a0161110000000000000840'", 'Place')), '{"city":"a","lat":3.0}')
  t.regex(
    String(await json(read("x'8a01030a01628a0109110000000000000840'", 'Order'))),
    /"place":{"city":"b","lat":3.0}/,
  )
  t.regex(String(await json(read("x'c2010161c80105'", 'Order'))), /"right":5/)
})

test.serial('bytes of any kind are a message or refused', async (t) => {
  const bytes = 'unhex(substring(md5(string(id)), 1, 2 * int(id % 17)))'
  for (const [message, set] of [
    ['Order', SHOP],
    ['Lists', SHOP],
    ['Log', OLD],
  ] as const)
    t.is(await valueIn(`count(${read(bytes, message, set, "'mode', 'PERMISSIVE'")})`, 'from range(3000)'), 3000n)
})

test.serial('descriptors are bytes or a file, and have the message', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-protobuf-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'shop.desc')
  await writeFile(file, Buffer.from(descriptors.shop, 'hex'))
  t.is(await json(`from_protobuf(${bytesOf('holder')}, 'Holder', '${file}')`), '{"a":1}')
  const frame = session.sql(`select ${bytesOf('holder')} b`)
  const [row] = await frame.select(functions.fromProtobuf('b', 'Holder', file).as('v')).collect()
  t.deepEqual(row, { v: { a: 1 } })
  const set = Buffer.from(descriptors.shop, 'hex')
  const value = functions.fromProtobuf('b', 'Holder', set, { 'emit.default.values': 'true' })
  const [again] = await frame.select(functions.toProtobuf(value, 'Holder', set).as('v')).collect()
  t.deepEqual(Buffer.from(again!['v'] as Uint8Array).toString('hex'), '1001')
  const large = join(folder, 'large.desc')
  await writeFile(large, '')
  await truncate(large, 64 * 1024 * 1024 + 1)
  // A device has no end.
  for (const path of ['/nowhere.desc', folder, large, '/dev/zero'])
    await raised(t, valueIn(`from_protobuf(x'', 'A', '${path}')`), 'PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND')
  await raised(t, valueIn(read("x''", 'Nothing')), 'PROTOBUF_MESSAGE_NOT_FOUND')
  await raised(t, valueIn(read("x''", 'Place', "x'01'")), 'CANNOT_PARSE_PROTOBUF_DESCRIPTOR')
  // A file that names another one, which is not there.
  await raised(t, valueIn(read("x''", 'Place', "x'0a060a01611a0162'")), 'PROTOBUF_DEPENDENCY_NOT_FOUND')
  await raised(
    t,
    valueIn(read("x''", 'Place', 'cast(null as binary)')),
    'DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT',
  )
})

test.serial('values are written as fields of their names and types', async (t) => {
  const place = (fields: string): Promise<unknown> =>
    valueIn(`hex(to_protobuf(named_struct(${fields}), 'Place', ${SHOP}))`)
  t.is(await place("'city', 'a', 'lat', 1.5D"), '0A016111000000000000F83F')
  t.is(await place("'LAT', 1.5D, 'city', cast(null as string)"), '11000000000000F83F')
  t.is(await place("'lat', 0D, 'city', ''"), '')
  t.is(await valueIn(`to_protobuf(if(rand() < 2, null, named_struct('city', '', 'lat', 0D)), 'Place', ${SHOP})`), null)
  await raised(t, place("'lat', 1.5D"), 'PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA')
  await raised(t, place("'lat', 1.5D, 'city', '', 'more', 1"), 'NO_SQL_TYPE_IN_PROTOBUF_SCHEMA')
  const error = await raised(t, place("'lat', 1.5D, 'city', 1"), 'CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE')
  t.deepEqual(error.parameters, {
    sqlColumn: '`city`',
    protobufColumn: "field 'city'",
    protobufType: 'string',
    sqlType: '"INT"',
  })
  const level = "named_struct('id', 1L, 'text', null, 'level', 'MIDDLE', 'part', null)"
  const unknown = valueIn(`to_protobuf(${level}, 'Log', ${OLD})`)
  await raised(t, unknown, 'CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE')
  await raised(t, valueIn(`to_protobuf(1, 'Log', ${OLD})`), 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE')
  const lists = (a: string, e: string): Promise<unknown> =>
    valueIn(`hex(to_protobuf(named_struct('a', ${a}, 'e', ${e}), 'Lists', ${SHOP}))`)
  t.is(await lists('array(-1L)', "array(x'00')"), '0A01012A0100')
  await raised(t, lists('array(-1L, null)', "array(x'00')"), 'CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD')
  await raised(t, lists('array(-1L)', "array(x'00', null)"), 'CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD')
})
