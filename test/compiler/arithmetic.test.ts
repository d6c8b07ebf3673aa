import test from 'ava'
import { BIGINT, type DataType, DOUBLE, decimal, INT, SMALLINT, TINYINT } from '../../columnar/types.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import type { Cell } from '../support/cells.js'
import { evaluate, isError } from '../support/evaluate.js'
import { call, column, literal } from '../support/expressions.js'

/** Results of `a fn b` per row; the name of the condition where it raised. */
function binary(
  fn: ScalarFunction,
  type: DataType,
  rows: readonly (readonly [Cell, Cell])[],
  result = type,
  other = type,
) {
  const expression = call(fn, result, column(0, type), column(1, other))
  const columns = [
    { type, nullable: true, values: rows.map(([a]) => a) },
    { type: other, nullable: true, values: rows.map(([, b]) => b) },
  ]
  return evaluate(expression, columns, rows.length).map((x) => (isError(x) ? x.error.condition : x.value))
}

const MAX = (1n << 63n) - 1n
const MIN = -(1n << 63n)

test('integer arithmetic raises exactly when the result does not fit', (t) => {
  t.deepEqual(
    binary('add', INT, [
      [1, 2],
      [2147483647, 1],
      [-2147483648, -1],
      [2147483647, -1],
      [null, 1],
    ]),
    [3, 'ARITHMETIC_OVERFLOW', 'ARITHMETIC_OVERFLOW', 2147483646, null],
  )
  t.deepEqual(
    binary('subtract', INT, [
      [1, 2],
      [-2147483648, 1],
      [0, -2147483648],
      [2147483647, null],
    ]),
    [-1, 'ARITHMETIC_OVERFLOW', 'ARITHMETIC_OVERFLOW', null],
  )
  t.deepEqual(
    binary('multiply', INT, [
      [46341, 46341],
      [46340, 46340],
      [-2147483648, -1],
    ]),
    ['ARITHMETIC_OVERFLOW', 2147395600, 'ARITHMETIC_OVERFLOW'],
  )
  t.deepEqual(
    binary('add', TINYINT, [
      [100, 27],
      [100, 28],
      [-128, -1],
    ]),
    [127, 'BINARY_ARITHMETIC_OVERFLOW', 'BINARY_ARITHMETIC_OVERFLOW'],
  )
  t.deepEqual(
    binary('multiply', SMALLINT, [
      [182, 180],
      [182, 181],
    ]),
    [32760, 'BINARY_ARITHMETIC_OVERFLOW'],
  )
  t.deepEqual(
    binary('add', BIGINT, [
      [MAX, 0n],
      [MAX, 1n],
      [MIN, -1n],
      [MAX, MIN],
    ]),
    [MAX, 'ARITHMETIC_OVERFLOW', 'ARITHMETIC_OVERFLOW', -1n],
  )
  t.deepEqual(
    binary('multiply', BIGINT, [
      [3037000499n, 3037000499n],
      [3037000500n, 3037000500n],
      [MIN, -1n],
      [-1n, MIN],
      [MIN, 1n],
      [0n, MIN],
      [MAX, 2n],
      [null, MIN],
    ]),
    [
      9223372030926249001n,
      'ARITHMETIC_OVERFLOW',
      'ARITHMETIC_OVERFLOW',
      'ARITHMETIC_OVERFLOW',
      MIN,
      0n,
      'ARITHMETIC_OVERFLOW',
      null,
    ],
  )
})

test('dividing by zero raises, except under NULL', (t) => {
  t.deepEqual(
    binary('int_divide', BIGINT, [
      [7n, -2n],
      [1n, 0n],
      [null, 0n],
      [MIN, -1n],
      [null, null],
    ]),
    [-3n, 'DIVIDE_BY_ZERO', null, 'ARITHMETIC_OVERFLOW', null],
  )
  t.deepEqual(
    binary('remainder', INT, [
      [7, -2],
      [-7, 2],
      [1, 0],
      [null, 0],
      [-2147483648, -1],
    ]),
    [1, -1, 'REMAINDER_BY_ZERO', null, 0],
  )
  t.deepEqual(
    binary('divide', DOUBLE, [
      [1, 4],
      [1, 0],
      [1, -0],
      [null, 0],
    ]),
    [0.25, 'DIVIDE_BY_ZERO', 'DIVIDE_BY_ZERO', null],
  )
  t.deepEqual(
    binary('remainder', DOUBLE, [
      [7.5, 2],
      [-7.5, 2],
      [5, Infinity],
    ]),
    [1.5, -1.5, 5],
  )
})

test('negating the smallest integer raises', (t) => {
  for (const fn of ['negate', 'abs'] as const) {
    const outcome = evaluate(
      call(fn, BIGINT, column(0, BIGINT)),
      [{ type: BIGINT, nullable: true, values: [5n, -5n, MIN, null] }],
      4,
    )
    const values = outcome.map((x) => (isError(x) ? x.error.condition : x.value))
    t.deepEqual(values, [fn === 'abs' ? 5n : -5n, 5n, 'ARITHMETIC_OVERFLOW', null])
  }
})

test('an arithmetic error names the operation and its place', (t) => {
  const origin = { text: 'select a + b', start: 7, end: 12 }
  const expression = { ...call('add', INT, column(0, INT), literal(INT, 1)), origin }
  const [outcome] = evaluate(expression, [{ type: INT, nullable: false, values: [2147483647] }], 1)
  t.true(isError(outcome!))
  if (isError(outcome!)) {
    t.regex(outcome.error.message, /overflow\. Use 'try_add'/)
    t.deepEqual(outcome.error.origin, origin)
  }
})

const MAX38 = 10n ** 38n - 1n

test('sums of decimals are exact in the type Spark gives them', (t) => {
  const [a, b] = [decimal(15, 2), decimal(3, 1)]
  t.deepEqual(
    binary(
      'add',
      a,
      [
        [123n, 5n],
        [-1n, -15n],
        [null, 5n],
      ],
      decimal(16, 2),
      b,
    ),
    [173n, -151n, null],
  )
  t.deepEqual(
    binary(
      'subtract',
      a,
      [
        [123n, 5n],
        [10n ** 15n - 1n, -999n],
      ],
      decimal(16, 2),
      b,
    ),
    [73n, 10n ** 15n - 1n + 9990n],
  )
  const long = decimal(38, 0)
  t.deepEqual(
    binary(
      'add',
      long,
      [
        [MAX38, 1n],
        [MAX38, -1n],
        [-MAX38, -MAX38],
        [1n << 64n, (1n << 64n) - 1n],
        [null, MAX38],
      ],
      long,
    ),
    [
      'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
      MAX38 - 1n,
      'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
      (1n << 65n) - 1n,
      null,
    ],
  )
  t.deepEqual(
    binary(
      'subtract',
      decimal(30, 10),
      [
        [-(10n ** 29n), 10n ** 17n],
        [5n, 7n],
      ],
      decimal(31, 10),
      decimal(18, 0),
    ),
    [-(10n ** 29n) - 10n ** 27n, 5n - 70000000000n],
  )
  // decimal(38,10) + decimal(38,4) is decimal(38,9): a digit is lost, half up.
  t.deepEqual(
    binary(
      'add',
      decimal(38, 10),
      [
        [5n, 0n],
        [-5n, 0n],
        [4n, 1n],
        [10n ** 37n, 10n ** 30n],
      ],
      decimal(38, 9),
      decimal(38, 4),
    ),
    [1n, -1n, 100000n, 10n ** 36n + 10n ** 35n],
  )
})

test('products of decimals go from 64 to 128 bits without a seam', (t) => {
  const [a, b] = [decimal(15, 2), decimal(16, 2)]
  const rows: [bigint, bigint][] = []
  for (const x of [
    0n,
    1n,
    -1n,
    3037000499n,
    3037000500n,
    -3037000500n,
    10n ** 15n - 1n,
    1n - 10n ** 15n,
    2147483648n,
  ]) {
    for (const y of [0n, 1n, -1n, 3037000500n, 10n ** 16n - 1n, 1n - 10n ** 16n, 4294967296n]) rows.push([x, y])
  }
  t.deepEqual(
    binary('multiply', a, rows, decimal(32, 4), b),
    rows.map(([x, y]) => x * y),
  )
  t.deepEqual(binary('multiply', decimal(5, 1), [[99999n, -99999n]], decimal(11, 2), decimal(5, 1)), [-9999800001n])
  t.deepEqual(
    binary(
      'multiply',
      decimal(38, 0),
      [
        [MAX38, 10n],
        [MAX38, 1n],
        [1n << 70n, -3n],
        [null, MAX38],
      ],
      decimal(38, 0),
    ),
    ['NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', MAX38, -3n << 70n, null],
  )
  // decimal(30,10) * decimal(30,10) is decimal(38,6): 14 digits are dropped, half up.
  t.deepEqual(
    binary(
      'multiply',
      decimal(30, 10),
      [
        [5n, 10n ** 13n],
        [-5n, 10n ** 13n],
        [10n ** 22n, 10n ** 22n],
        [4n, 10n ** 13n],
      ],
      decimal(38, 6),
    ),
    [1n, -1n, 10n ** 30n, 0n],
  )
})

test("decimals divide half up and keep the dividend's sign in remainders", (t) => {
  t.deepEqual(
    binary(
      'divide',
      decimal(10, 2),
      [
        [100n, 300n],
        [200n, -300n],
        [1n, 0n],
        [null, 0n],
        [100n, null],
      ],
      decimal(23, 13),
    ),
    [3333333333333n, -6666666666667n, 'DIVIDE_BY_ZERO', null, null],
  )
  t.deepEqual(
    binary(
      'divide',
      decimal(38, 2),
      [
        [MAX38, 3n],
        [MAX38, 1n],
        [10n ** 30n, 7n * 10n ** 20n],
      ],
      decimal(38, 6),
    ),
    ['NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', 1428571428571429n],
  )
  t.deepEqual(
    binary(
      'remainder',
      decimal(10, 2),
      [
        [-750n, 20n],
        [750n, -20n],
        [1n, 0n],
      ],
      decimal(10, 2),
      decimal(5, 1),
    ),
    [-150n, 150n, 'REMAINDER_BY_ZERO'],
  )
  t.deepEqual(
    binary(
      'int_divide',
      decimal(38, 2),
      [
        [-750n, 200n],
        [MAX38, 1n],
        [MAX38, 10n ** 30n],
      ],
      BIGINT,
    ),
    [-3n, BigInt.asIntN(64, MAX38), 99999999n],
  )
})

test('a chain of products as in TPC-H 1 is exact', (t) => {
  const [money, one] = [decimal(15, 2), literal(decimal(1, 0), 1n)]
  const discounted = call(
    'multiply',
    decimal(32, 4),
    column(0, money),
    call('subtract', decimal(16, 2), one, column(1, money)),
  )
  const charge = call('multiply', decimal(38, 6), discounted, call('add', decimal(16, 2), one, column(2, money)))
  const values: [bigint, bigint, bigint][] = [
    [10494950n, 10n, 8n],
    [999999999999999n, -9999999n, 8n],
    [-999999999999999n, 99n, 999999999999999n],
  ]
  const columns = [0, 1, 2].map((i) => ({ type: money, nullable: i === 1, values: values.map((row) => row[i]!) }))
  t.deepEqual(
    evaluate(charge, columns, 3),
    values.map(([p, d, x]) => ({ value: p * (100n - d) * (100n + x) })),
  )
})
