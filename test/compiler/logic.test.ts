import test from 'ava'
import { BIGINT, BOOLEAN, DOUBLE, decimal, INT, STRING, struct } from '../../columnar/types.js'
import { conditionParts } from '../../executor/compiler/expression/condition.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import { evaluate, evaluateCondition, isError } from '../support/evaluate.js'
import { call, column, compare, literal } from '../support/expressions.js'

const input = (
  type: typeof BOOLEAN,
  values: readonly (null | boolean | number | bigint | string)[],
  nullable = true,
) => ({ type, nullable, values })
const values = (outcomes: ReturnType<typeof evaluate>) =>
  outcomes.map((x) => (isError(x) ? x.error.condition : x.value))
const TRUTH = [true, false, null] as const
const PAIRS = TRUTH.flatMap((a) => TRUTH.map((b) => [a, b] as const))
const [left, right] = [column(0, BOOLEAN), column(1, BOOLEAN)]
const pairs = [
  input(
    BOOLEAN,
    PAIRS.map((x) => x[0]),
  ),
  input(
    BOOLEAN,
    PAIRS.map((x) => x[1]),
  ),
]
/** The same value, but not cheap in the compiler's eyes. */
const dear = (x: Expression): Expression => ({
  kind: 'case',
  branches: [{ when: compare('is_not_null', x, x), value: x }],
  type: BOOLEAN,
  nullable: true,
})

test('logic has three values, whether evaluated lazily or at once', (t) => {
  const and = PAIRS.map(([a, b]) => (a === false || b === false ? false : a === null || b === null ? null : true))
  const or = PAIRS.map(([a, b]) => (a === true || b === true ? true : a === null || b === null ? null : false))
  for (const [fn, expected] of [
    ['and', and],
    ['or', or],
  ] as const) {
    for (const second of [right, dear(right)]) {
      const expression = call(fn, BOOLEAN, left, second)
      t.deepEqual(values(evaluate(expression, pairs, 9)), expected)
      const passing = expected.map((x) => x === true)
      t.deepEqual(values(evaluateCondition(expression, pairs, 9)), passing)
    }
  }
  t.deepEqual(
    values(evaluate(call('not', BOOLEAN, left), pairs, 9)),
    PAIRS.map(([a]) => (a === null ? null : !a)),
  )
  t.deepEqual(
    values(evaluate(call('eq_null_safe', BOOLEAN, left, right), pairs, 9)),
    PAIRS.map(([a, b]) => a === b),
  )
})

test('what decides a conjunction keeps the rest from raising', (t) => {
  const x = column(0, INT)
  const quotient = compare('gt', call('int_divide', BIGINT, literal(INT, 10), x), literal(BIGINT, 1n))
  const guarded = call('and', BOOLEAN, compare('ne', x, literal(INT, 0)), quotient)
  const columns = [input(INT, [5, 0, 20, null])]
  t.deepEqual(values(evaluate(guarded, columns, 4)), [true, false, false, null])
  t.deepEqual(values(evaluateCondition(guarded, columns, 4)), [true, false, false, false])
  t.deepEqual(
    values(evaluateCondition(call('and', BOOLEAN, quotient, compare('ne', x, literal(INT, 0))), columns, 4)),
    [true, 'DIVIDE_BY_ZERO', false, false],
  )
})

test('a filter tests cheap conjuncts first, but none before one that may raise and was written earlier', (t) => {
  const [a, b] = [column(0, INT, false), column(1, INT, false)]
  const columns = [
    { type: INT, nullable: false, values: [1, 0, 5] },
    { type: INT, nullable: false, values: [0, 0, 2] },
  ]
  const quotient = compare('eq', call('remainder', INT, literal(INT, 10), a), literal(INT, 0))
  const isLarge = compare('gt', b, literal(INT, 1))
  const outcomes = (conjuncts: readonly Expression[]) =>
    values(evaluateCondition(call('and', BOOLEAN, ...conjuncts), columns, 3))
  t.deepEqual(outcomes([quotient, isLarge]).slice(0, 2), [false, 'REMAINDER_BY_ZERO'])
  t.deepEqual(outcomes([isLarge, quotient]), [false, false, true])
  const parts = conditionParts(call('and', BOOLEAN, dear(isLarge), isLarge, quotient, compare('lt', b, a)))
  t.deepEqual(parts.groups, [[isLarge], [dear(isLarge)]], 'the cheap one first')
  t.deepEqual(parts.rest, [quotient, compare('lt', b, a)], 'nothing passes what may raise')
})

test('a case evaluates only the arm it takes, and forgets what untaken arms loaded', (t) => {
  const [x, y] = [column(0, INT), column(1, INT)]
  const sum = call('add', INT, x, y)
  const expression: Expression = {
    kind: 'case',
    branches: [
      { when: compare('eq', x, literal(INT, 1)), value: sum },
      { when: compare('gt', call('remainder', INT, y, x), literal(INT, 0)), value: literal(INT, -1) },
    ],
    otherwise: sum,
    type: INT,
    nullable: true,
  }
  const columns = [input(INT, [1, 2, 2, 0, null]), input(INT, [2147483647, 3, 4, 1, 1])]
  t.deepEqual(values(evaluate(expression, columns, 5)), ['ARITHMETIC_OVERFLOW', -1, 6, 'REMAINDER_BY_ZERO', null])
})

test('a case without else is NULL, one with constants is a select', (t) => {
  const when = compare('gt', column(0, INT), literal(INT, 3))
  const columns = [input(INT, [1, 5, null])]
  t.deepEqual(
    values(
      evaluate(
        { kind: 'case', branches: [{ when, value: literal(STRING, 'big') }], type: STRING, nullable: true },
        columns,
        3,
      ),
    ),
    [null, 'big', null],
  )
  for (const [a, b] of [
    [1, 0],
    [7, 9],
  ] as const) {
    const select: Expression = {
      kind: 'case',
      branches: [{ when, value: literal(INT, a) }],
      otherwise: literal(INT, b),
      type: INT,
      nullable: false,
    }
    t.deepEqual(values(evaluate(select, columns, 3)), [b, a, b])
  }
})

test('a filter with alternatives takes rows that satisfy one of them', (t) => {
  const is = (ordinal: number, value: string) => compare('eq', column(ordinal, STRING), literal(STRING, value))
  const between = (low: number, high: number) => [
    compare('ge', column(2, INT), literal(INT, low)),
    compare('le', column(2, INT), literal(INT, high)),
  ]
  const condition = call(
    'or',
    BOOLEAN,
    call('and', BOOLEAN, is(0, 'a'), is(1, 'x'), ...between(1, 5)),
    call('and', BOOLEAN, is(0, 'b'), ...between(3, 9)),
    is(1, 'z'),
  )
  const rows = [
    ['a', 'x', 1],
    ['a', 'x', 6],
    ['a', 'y', 1],
    ['b', 'y', 9],
    ['b', 'y', 2],
    ['c', 'z', 0],
    [null, 'z', 0],
    [null, 'x', 4],
    ['a', 'x', null],
  ] as const
  const columns = [STRING, STRING, INT].map((type, i) =>
    input(
      type,
      rows.map((row) => row[i]!),
    ),
  )
  t.deepEqual(values(evaluateCondition(condition, columns, rows.length)), [
    true,
    false,
    false,
    true,
    false,
    true,
    true,
    false,
    false,
  ])
})

test('two bounds of a column make one comparison that still knows the extremes', (t) => {
  const [low, high] = [-(1n << 63n), (1n << 63n) - 1n]
  const x = column(0, BIGINT)
  const rows = [low, low + 1n, -5n, 0n, 5n, 6n, high, null]
  for (const [from, to] of [
    [-5n, 6n],
    [low, 0n],
    [0n, high],
    [low, high],
  ] as const) {
    const condition = call(
      'and',
      BOOLEAN,
      compare('ge', x, literal(BIGINT, from)),
      compare('lt', x, literal(BIGINT, to)),
    )
    const expected = rows.map((v) => v !== null && v >= from && v < to)
    t.deepEqual(values(evaluateCondition(condition, [input(BIGINT, rows)], rows.length)), expected)
  }
})

test('NaN is equal to itself and greater than all else, and -0.0 is 0.0', (t) => {
  const order = [-Infinity, -1, 0, 1, Infinity, NaN]
  const rank = (x: number) => (Number.isNaN(x) ? 9 : order.indexOf(x === 0 ? 0 : x))
  const numbers = [...order, -0]
  const rows = numbers.flatMap((a) => numbers.map((b) => [a, b] as const))
  const holds: Record<string, (a: number, b: number) => boolean> = {
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    lt: (a, b) => a < b,
    le: (a, b) => a <= b,
    gt: (a, b) => a > b,
    ge: (a, b) => a >= b,
  }
  for (const [fn, test] of Object.entries(holds)) {
    const columns = [
      input(
        DOUBLE,
        rows.map((x) => x[0]),
        false,
      ),
      input(
        DOUBLE,
        rows.map((x) => x[1]),
        false,
      ),
    ]
    const expression = compare(fn as ScalarFunction, column(0, DOUBLE, false), column(1, DOUBLE, false))
    t.deepEqual(
      values(evaluate(expression, columns, rows.length)),
      rows.map(([a, b]) => test(rank(a), rank(b))),
      fn,
    )
    for (const constant of numbers) {
      const [a, b] = [column(0, DOUBLE), literal(DOUBLE, constant)]
      const single = [input(DOUBLE, numbers)]
      t.deepEqual(
        values(evaluate(compare(fn as ScalarFunction, a, b), single, 7)),
        numbers.map((x) => test(rank(x), rank(constant))),
        `${fn} ${constant}`,
      )
      t.deepEqual(
        values(evaluate(compare(fn as ScalarFunction, b, a), single, 7)),
        numbers.map((x) => test(rank(constant), rank(x))),
        `${constant} ${fn}`,
      )
    }
  }
})

test('wide decimals compare by both limbs', (t) => {
  const type = decimal(38, 0)
  const numbers = [0n, 1n, -1n, 1n << 64n, -(1n << 64n), (1n << 64n) - 1n, 10n ** 38n - 1n, 1n - 10n ** 38n, 1n << 63n]
  const rows = numbers.flatMap((a) => numbers.map((b) => [a, b] as const))
  const columns = [
    input(
      type,
      rows.map((x) => x[0]),
    ),
    input(
      type,
      rows.map((x) => x[1]),
    ),
  ]
  const run = (fn: ScalarFunction) =>
    values(evaluate(compare(fn, column(0, type), column(1, type)), columns, rows.length))
  t.deepEqual(
    run('lt'),
    rows.map(([a, b]) => a < b),
  )
  t.deepEqual(
    run('ge'),
    rows.map(([a, b]) => a >= b),
  )
  t.deepEqual(
    run('le'),
    rows.map(([a, b]) => a <= b),
  )
  t.deepEqual(
    run('eq'),
    rows.map(([a, b]) => a === b),
  )
})

test('in is NULL when nothing matches and the list has a NULL', (t) => {
  const member = (list: readonly (number | null)[]): Expression => ({
    kind: 'in',
    child: column(0, INT),
    list,
    type: BOOLEAN,
    nullable: true,
  })
  const columns = [input(INT, [1, 2, 3, null])]
  t.deepEqual(values(evaluate(member([1, 3]), columns, 4)), [true, false, true, null])
  t.deepEqual(values(evaluate(member([1, null]), columns, 4)), [true, null, null, null])
  const many: Expression = {
    kind: 'in',
    child: column(0, STRING),
    list: ['a', 'MAIL', 'SHIP', 'long enough to be compared by the kernel'],
    type: BOOLEAN,
    nullable: true,
  }
  t.deepEqual(
    values(evaluate(many, [input(STRING, ['SHIP', 'MAI', 'long enough to be compared by the kernel', '', null])], 5)),
    [true, false, true, false, null],
  )
})

test('coalesce evaluates no further than it must', (t) => {
  const [x, y] = [column(0, INT), column(1, INT)]
  const expression = call('coalesce', INT, x, y, call('add', INT, literal(INT, 2147483647), literal(INT, 1)))
  t.deepEqual(values(evaluate(expression, [input(INT, [1, null, null]), input(INT, [null, 2, null])], 3)), [
    1,
    2,
    'ARITHMETIC_OVERFLOW',
  ])
})

test('fields of a NULL struct are NULL', (t) => {
  const type = struct([
    { name: 'a', type: INT, nullable: false },
    { name: 'b', type: STRING, nullable: true },
  ])
  const cells = [[1, 'x'], [2, null], null]
  const field = (ordinal: number) =>
    ({ kind: 'getField', child: column(0, type), ordinal, type: type.fields[ordinal]!.type, nullable: true }) as const
  const columns = [{ type, nullable: true, values: cells }]
  t.deepEqual(values(evaluate(field(0), columns, 3)), [1, 2, null])
  t.deepEqual(values(evaluate(field(1), columns, 3)), ['x', null, null])
  t.deepEqual(values(evaluate(call('named_struct', type, field(0), field(1)), columns, 2)), [
    [1, 'x'],
    [2, null],
  ])
})

test('a long list is searched instead of compared with each member', (t) => {
  const numbers = Array.from({ length: 100 }, (_, i) => (i - 50) * 7)
  const texts = numbers.map((x) => `text number ${x}`)
  const rows = Array.from({ length: 1000 }, (_, i) => i - 500)
  const member = (type: typeof INT, list: readonly (number | bigint | string)[]): Expression => ({
    kind: 'in',
    child: column(0, type),
    list,
    type: BOOLEAN,
    nullable: true,
  })
  const expected = rows.map((x) => numbers.includes(x))
  t.deepEqual(values(evaluate(member(INT, numbers), [input(INT, rows)], 1000)), expected)
  t.deepEqual(values(evaluate(member(BIGINT, numbers.map(BigInt)), [input(BIGINT, rows.map(BigInt))], 1000)), expected)
  const columns = [
    input(
      STRING,
      rows.map((x) => `text number ${x}`),
    ),
  ]
  t.deepEqual(values(evaluate(member(STRING, texts), columns, 1000)), expected)
})
