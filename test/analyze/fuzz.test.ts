import test from 'ava'
import fc from 'fast-check'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  INT,
  INTERVAL_DT,
  INTERVAL_YM,
  STRING,
  struct,
  TIMESTAMP,
  VOID,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { optimize } from '../../planner/optimize/optimize.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseSchema } from '../../planner/sql/types.js'
import { catalogOf, idGenerator } from '../support/analysis.js'
import { planFaults } from '../support/plan-faults.js'
import { anyAggregate, anyExpression, sensible } from '../support/sensible-expressions.js'

const schema = parseSchema(
  'i int, l bigint not null, f float, d double, m decimal(12,2), s string, b boolean, day date, at timestamp, st struct<i: int, z: struct<y: string>>, a array<int>, k map<string,int>',
)
const source = { provider: 'parquet', options: {}, paths: ['t'], schema }
const catalog = catalogOf({ t: source, u: source })

const FUNCTIONS =
  '+ - * / % div = != < <= > >= <=> and or not negative abs isnull coalesce if nullif concat substring length like upper year hour date_add datediff window struct named_struct to_json from_json sum avg min max count count_if first int to_date timestamp_millis nope'.split(
    ' ',
  )
const NAMES = ['i', 'l', 'f', 'd', 'm', 's', 'b', 'day', 'at', 'st', 'a', 'k', 'n', 'I', 'window', 'nope']
const literals: readonly (readonly [DataType, LiteralValue])[] = [
  [VOID, null],
  [INT, 1],
  [INT, 7],
  [BIGINT, 5n],
  [DOUBLE, 0.5],
  [decimal(3, 2), 125n],
  [STRING, '10 seconds'],
  [STRING, 'x int'],
  [BOOLEAN, true],
  [DATE, 19000],
  [TIMESTAMP, 1_700_000_000_000_000n],
  [INTERVAL_DT, 10_000_000n],
  [INTERVAL_YM, 3],
]
const types: readonly DataType[] = [INT, BIGINT, DOUBLE, decimal(20, 4), STRING, BOOLEAN, DATE, TIMESTAMP, struct([])]

const parts = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => [name]),
  fc.tuple(fc.constantFrom('t', 'u', 'x', 'st', 'window'), fc.constantFrom(...NAMES, 'z', 'start')).map((p) => [...p]),
)
const literal = fc.constantFrom(...literals).map(([type, value]) => ({ kind: 'literal', type, value }) as const)
const attribute = parts.map((names) => ({ kind: 'attribute', parts: names }) as const)
const star = fc.subarray(['t', 'st', 'nope'], { maxLength: 1 }).map((target) => ({ kind: 'star', target }) as const)

const { expression } = fc.letrec<{ expression: UnresolvedExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    attribute,
    literal,
    star,
    fc
      .tuple(fc.constantFrom(...FUNCTIONS), fc.array(tie('expression'), { maxLength: 3 }), fc.boolean())
      .map(([name, args, distinct]) => ({ kind: 'function', name, args, ...(distinct ? { distinct } : {}) }) as const),
    fc
      .tuple(tie('expression'), fc.constantFrom(...types), fc.constantFrom('ansi', 'try'))
      .map(([child, type, mode]) => ({ kind: 'cast', child, type, mode }) as const),
    fc
      .tuple(tie('expression'), tie('expression'), fc.option(tie('expression'), { nil: undefined }))
      .map(([when, value, otherwise]) => ({
        kind: 'case' as const,
        branches: [{ when, value }],
        ...(otherwise ? { otherwise } : {}),
      })),
    fc
      .tuple(tie('expression'), fc.array(tie('expression'), { minLength: 1, maxLength: 3 }))
      .map(([child, list]) => ({ kind: 'in', child, list }) as const),
    fc
      .tuple(tie('expression'), fc.constantFrom('n', 'i', 'window'))
      .map(([child, name]) => ({ kind: 'alias', child, name }) as const),
    fc
      .tuple(tie('expression'), fc.constantFrom('i', 'start'))
      .map(([child, field]) => ({ kind: 'extractValue', child, field }) as const),
    tie('expression').map((child) => ({ kind: 'sortOrder', child, direction: 'desc' }) as const),
  ),
}))
const expressions = fc.array(expression, { minLength: 1, maxLength: 3 })

const { relation } = fc.letrec<{ relation: UnresolvedRelation }>((tie) => ({
  relation: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('t', 'u', 'c', 'nope').map((name) => ({ kind: 'table', name: [name] }) as const),
    fc.constant({
      kind: 'tableFunction',
      name: ['range'],
      args: [{ kind: 'literal', type: BIGINT, value: 9n }],
    } as const),
    fc
      .tuple(tie('relation'), expressions)
      .map(([input, list]) => ({ kind: 'project', input, expressions: list }) as const),
    fc.tuple(tie('relation'), expression).map(([input, condition]) => ({ kind: 'filter', input, condition }) as const),
    fc
      .tuple(tie('relation'), fc.array(expression, { maxLength: 2 }), expressions, fc.option(expression))
      .map(([input, groupBy, output, having]) => ({
        kind: 'aggregate' as const,
        input,
        groupBy,
        output,
        ...(having ? { having } : {}),
      })),
    fc
      .tuple(tie('relation'), fc.array(expression, { minLength: 1, maxLength: 2 }))
      .map(([input, orders]) => ({ kind: 'sort', input, orders }) as const),
    fc
      .tuple(tie('relation'), tie('relation'), fc.constantFrom('inner', 'left', 'right', 'full'), fc.option(expression))
      .map(([left, right, type, condition]) => ({
        kind: 'join' as const,
        left,
        right,
        type,
        ...(condition ? { condition } : { using: ['i'] }),
      })),
    tie('relation').map((input) => ({ kind: 'distinct', input }) as const),
    fc
      .tuple(tie('relation'), fc.constantFrom('x', 't'), fc.option(fc.constant(['i', 'l']), { nil: undefined }))
      .map(([input, alias, columns]) => ({
        kind: 'subqueryAlias' as const,
        input,
        alias,
        ...(columns ? { columns } : {}),
      })),
    fc
      .tuple(tie('relation'), tie('relation'))
      .map(([input, cte]) => ({ kind: 'with', ctes: [{ name: 'c', relation: cte }], input }) as const),
    fc
      .tuple(tie('relation'), fc.constantFrom('at', 'i'))
      .map(([input, column]) => ({ kind: 'withWatermark', input, column, delayMicros: 1n }) as const),
    fc
      .tuple(tie('relation'), expression, fc.constantFrom('i', 'n'))
      .map(([input, e, name]) => ({ kind: 'withColumns', input, columns: [{ name, expression: e }] }) as const),
    fc
      .tuple(tie('relation'), fc.constantFrom('i', 'missing'), fc.constantFrom('l', 'n'))
      .map(([input, from, to]) => ({ kind: 'withColumnsRenamed', input, renames: [{ from, to }] }) as const),
  ),
}))

/** One column of the other table, to join by. */
const keyed = (key: string): UnresolvedRelation => ({
  kind: 'project',
  input: { kind: 'table', name: ['u'] },
  expressions: [{ kind: 'attribute', parts: [key] }],
})
const TABLE: UnresolvedRelation = { kind: 'table', name: ['t'] }

/** Analyzes, and says what came of it. */
function outcome(plan: UnresolvedRelation): 'resolved' | 'refused' {
  try {
    const analyzed = analyze(plan, catalog, idGenerator())
    for (const sound of [analyzed, optimize(analyzed)]) {
      const faults = planFaults(sound)
      if (faults.length > 0) throw new Error(faults.join('; '))
    }
    return 'resolved'
  } catch (error) {
    if (!MillraceError.is(error) || error.condition === 'INTERNAL_ERROR') throw error
    return 'refused'
  }
}

test('whatever the plan, analysis ends with a sound plan or a condition of the user', (t) => {
  fc.assert(
    fc.property(relation, (plan) => {
      outcome(plan)
    }),
    { numRuns: 3000, seed: 11 },
  )
  t.pass()
})

test('sensible queries are resolved, and stay sound when optimized', (t) => {
  const from = fc.oneof(
    fc.constant(TABLE),
    sensible.truth.map((condition) => ({ kind: 'filter', input: TABLE, condition }) as const),
    sensible.number.map(
      (e) => ({ kind: 'withColumns', input: TABLE, columns: [{ name: 'n', expression: e }] }) as const,
    ),
    fc
      .tuple(fc.constantFrom('inner', 'left', 'right'), fc.constantFrom<'i' | 'l'>('i', 'l'))
      .map(([type, key]) => ({ kind: 'join', left: TABLE, right: keyed(key), type, using: [key] }) as const),
  )
  const plain = fc
    .tuple(from, fc.array(anyExpression, { minLength: 1, maxLength: 3 }))
    .map(([input, list]) => ({ kind: 'project', input, expressions: list }) as const)
  const grouped = fc
    .tuple(
      from,
      fc.array(anyExpression, { maxLength: 2 }),
      fc.array(anyAggregate, { minLength: 1, maxLength: 2 }),
      fc.option(anyAggregate),
    )
    .map(([input, groupBy, aggregates, extra]) => ({
      kind: 'aggregate' as const,
      input,
      groupBy: groupBy.filter((key) => key.kind !== 'literal'),
      output: [...groupBy, ...aggregates],
      ...(extra ? { having: { kind: 'function' as const, name: 'isnotnull', args: [extra] } } : {}),
    }))
  let resolved = 0
  fc.assert(
    fc.property(fc.oneof(plain, grouped), fc.option(fc.oneof(anyExpression, anyAggregate)), (select, order) => {
      const ordered: UnresolvedRelation = order ? { kind: 'sort', input: select, orders: [order] } : select
      if (outcome(ordered) === 'resolved') resolved++
    }),
    { numRuns: 2000, seed: 13 },
  )
  t.true(resolved > 1000, `only ${resolved} plans were resolved`)
})
