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
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
} from '../../columnar/types.js'
import type { Cell } from '../support/cells.js'
import { evaluate, isError } from '../support/evaluate.js'
import { cast, column } from '../support/expressions.js'

function casts(from: DataType, to: DataType, values: readonly Cell[], mode: 'ansi' | 'try' = 'ansi') {
  const outcomes = evaluate(cast(column(0, from), to, mode), [{ type: from, nullable: true, values }], values.length)
  return outcomes.map((x) => (isError(x) ? x.error.condition : x.value))
}

const [INVALID, OVERFLOW, RANGE] = ['CAST_INVALID_INPUT', 'CAST_OVERFLOW', 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION']
const micros = (text: string) => BigInt(Date.parse(text)) * 1000n
const days = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000

test('a text becomes an integer or is refused', (t) => {
  const texts = [
    '12',
    ' -7\n',
    '+3',
    '',
    ' ',
    '-',
    '1.5',
    '1e3',
    '2147483647',
    '2147483648',
    '-2147483648',
    'x',
    null,
    '٣',
  ]
  const expected = [
    12,
    -7,
    3,
    INVALID,
    INVALID,
    INVALID,
    INVALID,
    INVALID,
    2147483647,
    INVALID,
    -2147483648,
    INVALID,
    null,
    INVALID,
  ]
  t.deepEqual(casts(STRING, INT, texts), expected)
  t.deepEqual(
    casts(STRING, INT, texts, 'try'),
    expected.map((x) => (x === INVALID ? null : x)),
  )
  const longs = [
    '9223372036854775807',
    '-9223372036854775808',
    '9223372036854775808',
    '-9223372036854775809',
    '00000000000000000000001',
  ]
  t.deepEqual(casts(STRING, BIGINT, longs), [(1n << 63n) - 1n, -(1n << 63n), INVALID, INVALID, 1n])
  t.deepEqual(casts(STRING, TINYINT, ['127', '128', '-128', '-129']), [127, INVALID, -128, INVALID])
  t.deepEqual(casts(BIGINT, STRING, longs.slice(0, 2).map(BigInt)), longs.slice(0, 2))
  t.deepEqual(casts(INT, STRING, [0, -1, 100, null]), ['0', '-1', '100', null])
})

test('the message of a refused text shows it', (t) => {
  const [outcome] = evaluate(cast(column(0, STRING), INT), [{ type: STRING, nullable: true, values: ['grün'] }], 1)
  t.regex(
    isError(outcome!) ? outcome.error.message : '',
    /The value 'grün' of the type "STRING" cannot be cast to "INT"/,
  )
})

test('a text becomes a boolean', (t) => {
  const texts = ['t', 'TRUE', 'y', 'Yes', '1', 'f', 'false', 'N', 'no', '0', ' true ', 'tru', '', '2', null]
  const expected = [
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    true,
    INVALID,
    INVALID,
    INVALID,
    null,
  ]
  t.deepEqual(casts(STRING, BOOLEAN, texts), expected)
  t.deepEqual(casts(BOOLEAN, STRING, [true, false, null]), ['true', 'false', null])
  t.deepEqual(casts(BOOLEAN, INT, [true, false]), [1, 0])
  t.deepEqual(casts(DOUBLE, BOOLEAN, [0, -0, 0.5, NaN]), [false, false, true, true])
})

test('numbers that do not fit an integer type raise', (t) => {
  t.deepEqual(casts(INT, SMALLINT, [32767, 32768, -32769, null]), [32767, OVERFLOW, OVERFLOW, null])
  t.deepEqual(casts(BIGINT, INT, [2147483647n, 2147483648n, -2147483649n, -5n]), [2147483647, OVERFLOW, OVERFLOW, -5])
  t.deepEqual(casts(DOUBLE, INT, [1.9, -1.9, 2147483647.9, 2147483648, NaN, Infinity]), [
    1,
    -1,
    2147483647,
    OVERFLOW,
    OVERFLOW,
    OVERFLOW,
  ])
  t.deepEqual(casts(DOUBLE, BIGINT, [2 ** 63 - 1024, 2 ** 63, -(2 ** 63), 2 ** 63 + 2048]), [
    9223372036854774784n,
    (1n << 63n) - 1n,
    -(1n << 63n),
    OVERFLOW,
  ])
  t.deepEqual(casts(decimal(10, 2), INT, [199n, -199n, null]), [1, -1, null])
  t.deepEqual(casts(decimal(38, 10), BIGINT, [-(10n ** 20n) - 9n, 10n ** 37n]), [-10000000000n, OVERFLOW])
  t.deepEqual(casts(TIMESTAMP, BIGINT, [-1n, 1_500_000n]), [-1n, 1n])
})

test('decimals are rescaled half up, and raise when they do not fit', (t) => {
  t.deepEqual(casts(decimal(10, 2), decimal(5, 1), [125n, -125n, 99994n, 99995n, 9999994n, null]), [
    13n,
    -13n,
    9999n,
    10000n,
    RANGE,
    null,
  ])
  t.deepEqual(casts(decimal(4, 2), decimal(3, 1), [9994n, 9995n]), [999n, RANGE])
  t.deepEqual(casts(decimal(5, 0), decimal(38, 30), [12345n]), [12345n * 10n ** 30n])
  t.deepEqual(casts(decimal(38, 30), decimal(4, 1), [-12350000000000000000000000000000n, 10n ** 37n]), [-124n, RANGE])
  t.deepEqual(casts(INT, decimal(4, 2), [99, 100, -99]), [9900n, RANGE, -9900n])
  t.deepEqual(casts(BIGINT, decimal(20, 0), [-(1n << 63n)]), [-(1n << 63n)])
  t.deepEqual(casts(DOUBLE, decimal(10, 2), [1.005, -2.675, 1e8, 99999999.99, NaN]), [
    101n,
    -268n,
    RANGE,
    9999999999n,
    null,
  ])
  t.deepEqual(casts(DOUBLE, decimal(10, 2), [NaN, 1.5], 'try'), [null, 150n])
})

test('decimals are read and printed in full', (t) => {
  const texts = ['1.005', '-.5', '5.', '1e3', '1E-3', '12345678901', '', '.', 'e1', '1e', '99999999.995', ' 7 ']
  t.deepEqual(casts(STRING, decimal(10, 2), texts), [
    101n,
    -50n,
    500n,
    100000n,
    0n,
    RANGE,
    INVALID,
    INVALID,
    INVALID,
    INVALID,
    RANGE,
    700n,
  ])
  t.deepEqual(casts(STRING, decimal(38, 0), ['9'.repeat(38), '9'.repeat(39), '1e38', '1e99999', '0e99999']), [
    10n ** 38n - 1n,
    RANGE,
    RANGE,
    RANGE,
    0n,
  ])
  t.deepEqual(casts(decimal(10, 2), STRING, [0n, 5n, -5n, 12345n, -100n]), ['0.00', '0.05', '-0.05', '123.45', '-1.00'])
  t.deepEqual(casts(decimal(38, 38), STRING, [1n, 1n - 10n ** 38n]), [`0.${'0'.repeat(37)}1`, `-0.${'9'.repeat(38)}`])
  t.deepEqual(casts(decimal(38, 0), STRING, [-(10n ** 37n)]), [`-1${'0'.repeat(37)}`])
})

/** Java's layout from JavaScript's shortest digits, which are the same. */
function javaText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [mantissa, exponent] = value.toExponential().split('e')
  return `${mantissa!.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}

const DOUBLES = [
  0,
  -0,
  1,
  0.1,
  1e7,
  9999999.999,
  1e-3,
  0.00099,
  123.456,
  1e10,
  1e22,
  1e23,
  5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  2 ** 53,
  2 ** 63,
  1 / 3,
  NaN,
  Infinity,
  -Infinity,
  4.35,
  0.3,
  100,
  1234567,
  12345678,
]

test('a double prints as in Java', (t) => {
  // JavaScript prints one digit of the smallest ones, Java two.
  const known = DOUBLES.filter((x) => x !== 5e-324)
  t.deepEqual(casts(DOUBLE, STRING, known), known.map(javaText))
  t.deepEqual(casts(DOUBLE, STRING, [1e10, 1.5e-5, 0.001, 5e-324]), ['1.0E10', '1.5E-5', '0.001', '4.9E-324'])
  const floats = [0.1, 3.4028234663852886e38, 1.401298464324817e-45, 16777216, 1e10, 8.5e-5].map(Math.fround)
  const texts = ['0.1', '3.4028235E38', '1.4E-45', '1.6777216E7', '1.0E10', '8.5E-5']
  t.deepEqual(casts(FLOAT, STRING, floats), texts)
})

test('any double survives being printed and read', (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 20, maxLength: 20 }), (values) => {
      t.deepEqual(
        casts(DOUBLE, STRING, values).map((text) => (String(text).includes('E-32') ? '' : text)),
        values.map(javaText).map((text) => (text.includes('E-32') ? '' : text)),
      )
      t.deepEqual(
        casts(
          STRING,
          DOUBLE,
          values.map((x) => (Object.is(x, -0) ? '-0' : String(x))),
        ),
        values,
      )
    }),
    { numRuns: 40 },
  )
})

test('a double right between two texts of the same length prints the one with the even digit', (t) => {
  const whole = 1_526_562_215_560_378
  const values = [whole + 0.25, whole + 0.75, -whole - 0.25]
  t.deepEqual(casts(DOUBLE, STRING, values), values.map(javaText))
})

test('any digits become the nearest double', (t) => {
  const number = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: -360, max: 320 }))
    .map(([m, e]) => `${m}e${e}`)
  fc.assert(
    fc.property(fc.array(number, { minLength: 20, maxLength: 20 }), (texts) => {
      t.deepEqual(casts(STRING, DOUBLE, texts), texts.map(Number))
    }),
    { numRuns: 40 },
  )
  t.deepEqual(
    casts(STRING, DOUBLE, [
      'inf',
      '-Infinity',
      'NaN',
      ' 1.5D',
      '1f',
      'd',
      '',
      '1e400',
      '0x1',
      '9007199254740993',
      '2.4703282292062327e-324',
    ]),
    [Infinity, -Infinity, NaN, 1.5, 1, INVALID, INVALID, Infinity, INVALID, 9007199254740992, 0],
  )
})

test('a decimal becomes the nearest double', (t) => {
  const values = [10n ** 37n + 1n, 123456789012345678901234567890n, -1n, 0n, 1n << 53n, (1n << 53n) + 1n]
  t.deepEqual(
    casts(decimal(38, 7), DOUBLE, values),
    values.map((x) => Number(`${x}e-7`)),
  )
  t.deepEqual(casts(decimal(15, 2), DOUBLE, [1n, 999999999999999n]), [0.01, 9999999999999.99])
  t.deepEqual(casts(BIGINT, DOUBLE, [(1n << 53n) + 1n]), [2 ** 53])
})

test('a text becomes a date', (t) => {
  const texts = [
    '2024-02-29',
    '2023-02-29',
    '1999',
    '1999-7',
    '1999-07-4',
    '1999-07-04T10:00',
    '1999-07-04x',
    '-0001-01-01',
    '24-01-01',
    '',
    'x',
    '1999-13-01',
    ' 1970-01-01 ',
    null,
  ]
  const expected = [
    days('2024-02-29'),
    INVALID,
    days('1999-01-01'),
    days('1999-07-01'),
    days('1999-07-04'),
    days('1999-07-04'),
    INVALID,
    -719893,
    INVALID,
    INVALID,
    INVALID,
    INVALID,
    0,
    null,
  ]
  t.deepEqual(casts(STRING, DATE, texts), expected)
  t.deepEqual(casts(DATE, STRING, [0, -1, days('0099-03-01'), -719893, 2932897, null]), [
    '1970-01-01',
    '1969-12-31',
    '0099-03-01',
    '-0001-01-01',
    '+10000-01-01',
    null,
  ])
})

test('a text becomes a timestamp', (t) => {
  const texts = [
    '2024-02-29 13:14:15',
    '2024-02-29T13:14:15.123456789Z',
    '2024-02-29',
    '2024-02-29 13:14',
    '2024-02-29 13:14:15+02:00',
    '2024-02-29 13:14:15-0130',
    '1969-12-31 23:59:59.5 UTC',
    '2024-02-29 24:00:00',
    '2024-02-29 1:2:3',
    '2024-02-29x',
    '2024-02-29 13:',
    null,
  ]
  const expected = [
    micros('2024-02-29T13:14:15Z'),
    micros('2024-02-29T13:14:15Z') + 123456n,
    micros('2024-02-29'),
    micros('2024-02-29T13:14:00Z'),
    micros('2024-02-29T11:14:15Z'),
    micros('2024-02-29T14:44:15Z'),
    -500_000n,
    INVALID,
    micros('2024-02-29T01:02:03Z'),
    INVALID,
    INVALID,
    null,
  ]
  t.deepEqual(casts(STRING, TIMESTAMP, texts), expected)
  t.deepEqual(casts(STRING, TIMESTAMP_NTZ, ['2024-02-29 13:14:15+02:00']), [micros('2024-02-29T13:14:15Z')])
  t.deepEqual(casts(TIMESTAMP, STRING, [0n, -1n, 1_500_000n, 123n, null]), [
    '1970-01-01 00:00:00',
    '1969-12-31 23:59:59.999999',
    '1970-01-01 00:00:01.5',
    '1970-01-01 00:00:00.000123',
    null,
  ])
})

test('dates and timestamps become each other', (t) => {
  t.deepEqual(casts(TIMESTAMP, DATE, [-1n, 0n, 86_400_000_000n, null]), [-1, 0, 1, null])
  t.deepEqual(casts(DATE, TIMESTAMP, [-1, 1, null]), [-86_400_000_000n, 86_400_000_000n, null])
  t.deepEqual(casts(BIGINT, TIMESTAMP, [2n, 1n << 60n]), [2_000_000n, (1n << 63n) - 1n])
})

test('a float becomes a decimal by all digits that it has', (t) => {
  const values = [Math.fround(123456.7), Math.fround(0.1), Number.NaN]
  t.deepEqual(casts(FLOAT, decimal(20, 10), values), [1234567031250000n, 1000000015n, null])
})
