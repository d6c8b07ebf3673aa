import test from 'ava'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  decimal,
  field,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
} from '../../columnar/types.js'
import { compileExpression } from '../../executor/compiler/expression/compile.js'
import { CompilerContext } from '../../executor/compiler/expression/context.js'
import { vectorTest } from '../../executor/pipelines/codegen/vector-test.js'
import { call } from '../../planner/plan/expression/build.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { literal } from '../support/expressions.js'
import { Random } from '../support/random.js'
import { bound, filter, join, named, project, run, table } from '../support/stages.js'

const I32 = [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1]
const I64 = [-(2n ** 63n), -1n, 0n, 1n, 2n ** 63n - 1n, 2n ** 32n]
const KINDS: readonly (readonly [DataType, readonly (number | bigint)[]])[] = [
  [INT, I32],
  [BIGINT, I64],
  [SMALLINT, [-32768, 0, 7, 32767]],
]
const OPERATORS = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
} as const satisfies Record<string, (a: number | bigint, b: number | bigint) => boolean>
type Operator = keyof typeof OPERATORS

interface Condition {
  readonly expression: Expression
  holds(row: Readonly<Record<string, unknown>>): boolean
}

type Row = Readonly<Record<string, number | bigint | null>>

/** A comparison of a column with a constant or with the other column of its type; NULL does not hold. */
function randomComparison(random: Random, plan: PhysicalPlan, kind: number): Condition {
  const [type, values] = KINDS[kind]!
  const fn = random.pick(Object.keys(OPERATORS) as Operator[])
  const value = random.pick(values)
  const [a, b] = [`a${kind}`, `b${kind}`]
  const compared = random.chance(0.5)
  const right = compared ? bound(plan, b) : literal(type, value)
  const isMirrored = random.chance(0.3)
  const args = isMirrored ? [right, bound(plan, a)] : [bound(plan, a), right]
  return {
    expression: call(fn, BOOLEAN, args),
    holds: (row) => {
      const [x, y] = [(row as Row)[a]!, compared ? (row as Row)[b]! : value]
      if (x === null || y === null) return false
      return isMirrored ? OPERATORS[fn](y, x) : OPERATORS[fn](x, y)
    },
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`filters of integer columns keep the rows that satisfy them, four at a time and one by one (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    const fields = KINDS.flatMap(([type], i) => [field(`a${i}`, type, seed % 2 === 0), field(`b${i}`, type)])
    const rows = Array.from({ length: random.pick([1, 3, 4, 5, 8191, 8192, 8195, 20_000]) }, () =>
      Object.fromEntries(
        fields.map(({ name, nullable }) => {
          const values = KINDS[Number(name.slice(1))]![1]
          return [name, nullable && random.chance(0.2) ? null : random.pick(values)]
        }),
      ),
    )
    const input = table(fields, rows, random.pick([7, 1000, 8192, 10_000]))
    for (let i = 0; i < 12; i++) {
      const conditions = Array.from({ length: random.pick([1, 2, 3, 8]) }, () =>
        randomComparison(random, input, random.pick([0, 0, 1, 1, 2])),
      )
      const [first, ...rest] = conditions.map(({ expression }) => expression)
      const plan = filter(input, rest.length === 0 ? first! : call('and', BOOLEAN, [first!, ...rest]))
      const expected = rows.filter((row) => conditions.every(({ holds }) => holds(row)))
      t.deepEqual(
        (await run(plan)).rows,
        expected.map((row) => Object.values(row)),
      )
    }
  })
}

test('integers are compared four rows at a time, also through a projection; strings, small integers and what is computed are not', (t) => {
  const columns = [
    field('i', INT),
    field('l', BIGINT),
    field('d', DATE),
    field('m', decimal(12, 2)),
    field('w', decimal(30, 2)),
    field('at', TIMESTAMP),
    field('s', STRING),
    field('n', SMALLINT),
  ]
  const input = table(columns, [])
  const context = new CompilerContext([], compileExpression)
  const leaf = { data: { kind: 'constant', type: 'i32', value: 0 }, validity: undefined } as const
  const isVector = (...conjuncts: readonly Expression[]): boolean =>
    vectorTest(conjuncts, (ordinal) => ({ type: columns[ordinal]!.type, leaf }), context) !== undefined
  const compared = (name: string, value: number | bigint | string): Expression => {
    const column = bound(input, name)
    return call('lt', BOOLEAN, [column, literal(column.type, value)])
  }
  t.true(isVector(compared('i', 1), compared('l', 1n), compared('d', 1), compared('m', 1n), compared('at', 1n)))
  for (const [name, value] of [
    ['w', 1n],
    ['s', 'x'],
    ['n', 1],
  ] as const)
    t.false(isVector(compared('i', 1), compared(name, value)), name)
  t.false(isVector(call('is_not_null', BOOLEAN, [bound(input, 'i')])))
  t.is(
    vectorTest([compared('i', 1)], () => undefined, context),
    undefined,
  )
})

test('a selection goes on through projections and into the probe of a join, and what may raise is evaluated only for its rows', async (t) => {
  const numbers = Array.from({ length: 10_000 }, (_, i) => ({ id: i, divisor: i % 2 }))
  const left = table([field('id', INT), field('divisor', INT, false)], numbers)
  const right = table(
    [field('key', INT), field('name', STRING)],
    [
      { key: 10, name: 'ten' },
      { key: 9_999, name: 'last' },
      { key: 9_999, name: 'last again' },
      { key: 4_000, name: 'even' },
      { key: null, name: 'nobody' },
    ],
  )
  const odd = filter(left, call('ne', BOOLEAN, [bound(left, 'divisor'), literal(INT, 0)]))
  const renamed = project(odd, [
    named('n', bound(odd, 'id')),
    named('quotient', call('divide', decimal(10, 2), [literal(decimal(10, 2), 100n), literal(decimal(10, 2), 200n)])),
  ])
  const large = filter(renamed, call('gt', BOOLEAN, [bound(renamed, 'n'), literal(INT, 5)]))
  const { rows } = await run(join('inner', large, right, [['n', 'key']]))
  t.deepEqual(rows.map((row) => [row[0], row[3]]).sort(), [
    [9_999, 'last'],
    [9_999, 'last again'],
  ])
  const guarded = filter(
    left,
    call('and', BOOLEAN, [
      call('ne', BOOLEAN, [bound(left, 'divisor'), literal(INT, 0)]),
      call('eq', BOOLEAN, [call('remainder', INT, [bound(left, 'id'), bound(left, 'divisor')]), literal(INT, 0)]),
      call('lt', BOOLEAN, [bound(left, 'id'), literal(INT, 6)]),
    ]),
  )
  t.deepEqual((await run(guarded)).rows, [
    [1, 1],
    [3, 1],
    [5, 1],
  ])
})
