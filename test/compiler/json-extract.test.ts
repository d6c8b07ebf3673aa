import test from 'ava'
import fc from 'fast-check'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  field,
  INT,
  SMALLINT,
  STRING,
  struct,
  TIMESTAMP,
} from '../../columnar/types.js'
import type { Cell } from '../support/cells.js'
import { evaluate } from '../support/evaluate.js'
import { call, column } from '../support/expressions.js'

/** What from_json makes of texts, with the real kernel. */
function fromJson(type: DataType, texts: readonly string[]): readonly unknown[] {
  const columns = [{ type: STRING, nullable: true, values: [...texts] as Cell[] }]
  const expression = call('from_json', type, column(0, STRING))
  return evaluate(expression, columns, texts.length).map((x) => ('value' in x ? x.value : x.error))
}

const one = (type: DataType, values: readonly string[]): readonly unknown[] =>
  fromJson(
    struct([field('v', type)]),
    values.map((value) => `{"v":${value}}`),
  ).map((row) => (row as unknown[])[0])

test('fields come in any order, others are skipped, missing ones are NULL, of equal keys the last counts', (t) => {
  const type = struct([field('user_id', BIGINT), field('type', STRING), field('a longer name', INT)])
  const texts = [
    '{"user_id":7919,"type":"click","a longer name":3}',
    ' { "a longer name" : -1 , "x" : [1,{"y":"}"},"]"] , "type" : "é" , "user_id" : 0 } ',
    '{}',
    '{"type":null,"user_id":1,"user_id":2,"a longer nama":5}',
    '{"a longer name":1,"\\u0074ype":"escaped key"}',
  ]
  t.deepEqual(fromJson(type, texts), [
    [7919n, 'click', 3],
    [0n, 'é', -1],
    [null, null, null],
    [2n, null, null],
    [null, 'escaped key', 1],
  ])
})

test('what is not one JSON object gives NULLs', (t) => {
  const malformed = [
    'null',
    '[{"v":1}]',
    '1',
    '"v"',
    '{',
    '{"v"',
    '{"v":',
    '{"v":1',
    '{"v":1,}',
    '{"v":01}',
    '{"v":1.}',
    '{"v":1e}',
    '{"v":-}',
    '{"v":tru}',
    '{v:1}',
    '{"v":1,"s":"a\nb"}',
    '{"v":1,"s":"\\x"}',
    '{"v":1,"s":"\\u12g4"}',
    `{"v":1,"s":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    '{"v":1,"s":"',
    '{"v":1,"s":"\\',
  ]
  t.deepEqual(
    fromJson(struct([field('v', INT)]), malformed),
    malformed.map(() => [null]),
  )
  t.deepEqual(fromJson(struct([field('v', INT)]), ['', ' \n', '{"v":1}x', ' {"v":2} {']), [null, null, [1], [2]])
})

test('objects may lie in one another a thousand deep', (t) => {
  const nested = (depth: number) => `{"v":1,"s":${'['.repeat(depth)}${']'.repeat(depth)}}`
  t.deepEqual(fromJson(struct([field('v', INT)]), [nested(999), nested(1000)]), [[1], [null]])
})

test('numbers that do not fit are NULL, decimals are exact', (t) => {
  t.deepEqual(one(INT, ['2147483647', '2147483648', '-2147483648', '1.5', '"1"', 'true', '1e2']), [
    2147483647,
    null,
    -2147483648,
    null,
    null,
    null,
    null,
  ])
  t.deepEqual(one(SMALLINT, ['-32768', '32768']), [-32768, null])
  const bigints = ['9223372036854775807', '-9223372036854775808', '9223372036854775808', '18446744073709551617']
  t.deepEqual(one(BIGINT, bigints), [(1n << 63n) - 1n, -(1n << 63n), null, null])
  t.deepEqual(one(decimal(5, 2), ['1.005', '-1.5', '999.99', '999.995', '1e2', '"12.3"', '"x"', '7']), [
    101n,
    -150n,
    99999n,
    null,
    10000n,
    1230n,
    null,
    700n,
  ])
  t.deepEqual(one(decimal(38, 3), ['12345678901234567890123456789.0125', '-0.001']), [
    12345678901234567890123456789013n,
    -1n,
  ])
  t.deepEqual(one(DOUBLE, ['0.1', '-1e300', '1', '12345678901234567168', '"NaN"', '"1"', '1e400']), [
    0.1,
    -1e300,
    1,
    12345678901234567000,
    NaN,
    null,
    Infinity,
  ])
  t.deepEqual(one(FLOAT, ['0.5']), [0.5])
})

test('strings are taken from values of any kind, without their escapes', (t) => {
  t.deepEqual(one(STRING, ['"a\\n\\"\\u00e9\\ud83d\\ude00/"', '{"a": [1, 2]}', '-1.50', 'true', 'null', '""']), [
    'a\n"é😀/',
    '{"a":[1,2]}',
    '-1.5',
    'true',
    null,
    '',
  ])
  t.deepEqual(one(STRING, ['"\\ud83d"', '"\\ude00"', '"\\ud83dx"']), ['?', '?', '?x'])
})

test('booleans, dates and timestamps', (t) => {
  t.deepEqual(one(BOOLEAN, ['true', 'false', '1', '"true"']), [true, false, null, null])
  t.deepEqual(one(DATE, ['"2024-02-29"', '"2023-02-29"', '5']), [19782, null, null])
  const times = ['"2024-02-29T13:14:15.123Z"', '"2024-02-29 13:14:15"', '"2024-02-29T13:14:15+01:00"', '"x"', '5']
  t.deepEqual(one(TIMESTAMP, times), [
    1_709_212_455_123_000n,
    1_709_212_455_000_000n,
    1_709_208_855_000_000n,
    null,
    5_000_000n,
  ])
})

test('structs are taken apart, and one that is absent or of another kind is NULL', (t) => {
  const type = struct([
    field('a', INT),
    field('in', struct([field('b', STRING), field('deep', struct([field('c', INT)]))])),
    field('z', INT),
  ])
  const texts = [
    '{"a":1,"in":{"b":"x","deep":{"c":2}},"z":3}',
    '{"in":{"b":"x"},"in":{"deep":{"c":5}},"a":1}',
    '{"in":[1],"z":4}',
    '{"in":{"b":},"z":4}',
  ]
  t.deepEqual(fromJson(type, texts), [
    [1, ['x', [2]], 3],
    [1, [null, [5]], null],
    [null, null, 4],
    [null, null, null],
  ])
})

test('agrees with JSON.parse on well-formed texts, and takes broken ones apart without a fault', (t) => {
  const type = struct([field('a', DOUBLE), field('b', STRING), field('c', BOOLEAN)])
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.jsonValue(),
  )
  const record = fc.record({ a: value, b: value, c: value, other: value }, { requiredKeys: [] })
  const broken = fc
    .tuple(record, fc.nat(), fc.constantFrom('', '"', '{', '}', ',', '\\', '1', ' '))
    .map(([r, n, c]) => {
      const text = JSON.stringify(r)
      const at = n % (text.length + 1)
      return text.slice(0, at) + c + text.slice(at + 1)
    })
  const texts = fc.sample(
    fc.oneof(
      record.map((r) => JSON.stringify(r)),
      record.map((r) => JSON.stringify(r, null, 2)),
      broken,
    ),
    { seed: 1, numRuns: 3000 },
  )
  const whole = texts.filter((text) => Buffer.from(text).toString() === text && !/\\u[dD][89a-fA-F]/.test(text))
  const expected = whole.map((text) => {
    let parsed: Record<string, unknown>
    try {
      parsed = JSON.parse(text) as Record<string, unknown>
    } catch {
      return 'broken'
    }
    const { a, b, c } = parsed
    const isText = typeof b === 'string'
    return [typeof a === 'number' ? a : null, isText ? b : null, typeof c === 'boolean' ? c : null]
  })
  const actual = fromJson(type, whole).map((row, i) => {
    if (expected[i] === 'broken') return 'broken'
    const [a, b, c] = row as unknown[]
    // Strings of other values are their text, which JSON.parse does not keep.
    return [typeof a === 'number' && !Number.isFinite(a) ? null : a, expected[i]![1] === null ? null : b, c]
  })
  t.deepEqual(actual, expected)
})
