import test from 'ava'
import { BIGINT, BOOLEAN, field, STRING, struct } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { compileStage } from '../../executor/pipelines/compile-stage.js'
import { boundTo } from '../../planner/physical/bind.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { codeOf } from '../support/module-code.js'
import {
  aggregate,
  aggregateCall,
  bound,
  filter,
  join,
  named,
  order,
  project,
  sort,
  stageOf,
  table,
} from '../support/stages.js'

const range = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))
const input = table([field('a', BIGINT), field('b', BIGINT), field('s', STRING)], [])
const wide = (count: number): PhysicalPlan =>
  table(
    range(count, (i) => field(`c${i}`, i % 9 === 8 ? STRING : BIGINT)),
    [],
  )
const a = bound(input, 'a')
const b = bound(input, 'b')
const number = (i: number): Expression => literal(BIGINT, BigInt(i))
const is = (e: Expression, i: number): Expression => call('eq', BOOLEAN, [e, number(i)])
const like = (i: number): Expression => call('like', BOOLEAN, [bound(input, 's'), literal(STRING, `%${i}%`)])

/** A sum of each number, and of each text the greatest. */
const valuesOf = (plan: PhysicalPlan) =>
  plan.attributes.map(({ type }, i) =>
    aggregateCall(`v${i}`, type.kind === 'string' ? 'max' : 'sum', type, [boundTo(plan.attributes, i)]),
  )

/** Plans that grow with a number. */
const PLANS: Readonly<Record<string, (n: number) => PhysicalPlan>> = {
  'an OR of pairs as a filter': (n) =>
    filter(
      input,
      call(
        'or',
        BOOLEAN,
        range(n, (i) => call('and', BOOLEAN, [is(a, i), is(b, i + 1)])),
      ),
    ),
  'an AND of texts as a value': (n) => project(input, [named('x', call('and', BOOLEAN, range(n, like)))]),
  'an AND of ORs as a filter that may raise': (n) =>
    filter(
      input,
      call('and', BOOLEAN, [
        is(call('int_divide', BIGINT, [a, b]), 1),
        ...range(n, (i) => call('or', BOOLEAN, [is(a, i), is(b, i)])),
      ]),
    ),
  'a CASE': (n) =>
    project(input, [
      named('x', {
        kind: 'case',
        type: BIGINT,
        nullable: true,
        branches: range(n, (i) => ({ when: is(a, i), value: call('add', BIGINT, [b, number(i)]) })),
      }),
    ]),
  'a COALESCE': (n) => {
    const operand = (i: number): Expression => ({
      kind: 'case',
      type: BIGINT,
      nullable: true,
      branches: [{ when: is(a, i), value: b }],
    })
    return project(input, [named('x', call('coalesce', BIGINT, range(n, operand)))])
  },
  'sums of columns': (n) => {
    const columns = wide(n)
    return aggregate('partial', columns, [], valuesOf(columns))
  },
  'sums of columns by key': (n) => {
    const columns = wide(n)
    return aggregate('partial', columns, [named('k', bound(columns, 'c0'))], valuesOf(columns))
  },
  'a select list': (n) =>
    project(
      input,
      range(n, (i) => named(`x${i}`, call('add', BIGINT, [call('multiply', BIGINT, [a, number(i)]), b]))),
    ),
  'a sort of wide rows': (n) => {
    const columns = wide(n)
    return sort(columns, [order(bound(columns, 'c0'), 'asc')])
  },
  'a join of wide rows': (n) => join('inner', wide(n), wide(n), [['c0', 'c1']]),
}

for (const [name, planOf] of Object.entries(PLANS)) {
  test(`the code of ${name} grows with it, in functions of a bounded size`, (t) => {
    const [small, large] = [500, 2000].map((n) => codeOf(() => compileStage(stageOf(planOf(n)))))
    t.true(large!.mostLocals < 3_000, `${large!.mostLocals} locals in a function`)
    t.true(large!.largestFunction < 40_000, `${large!.largestFunction} bytes in a function`)
    t.true(large!.bytes < small!.bytes * 4.5, `${small!.bytes} bytes became ${large!.bytes}`)
  })
}

test('what the columns of a long select list share is computed once', (t) => {
  const shared = call('upper', STRING, [bound(input, 's')])
  const columns = (n: number): PhysicalPlan =>
    project(
      input,
      range(n, (i) => named(`x${i}`, call('concat', STRING, [shared, literal(STRING, `${i}`)]))),
    )
  const calls = codeOf(() => compileStage(stageOf(columns(2000)))).callsOf('changeCase')
  t.is(calls, 1)
})

test('of a struct that pieces of a list share, each piece takes only the fields it needs', (t) => {
  const sumsOf = (n: number): PhysicalPlan => {
    const type = struct(range(n, (i) => field(`f${i}`, BIGINT)))
    const json = call('from_json', type, [bound(input, 's')])
    const fields = range(
      n,
      (i): Expression => ({ kind: 'getField', child: json, ordinal: i, type: BIGINT, nullable: true }),
    )
    return aggregate(
      'partial',
      input,
      [],
      fields.map((e, i) => aggregateCall(`s${i}`, 'sum', BIGINT, [e])),
    )
  }
  const [small, large] = [300, 1200].map((n) => codeOf(() => compileStage(stageOf(sumsOf(n)))))
  t.true(large!.bytes < small!.bytes * 4.5, `${small!.bytes} bytes became ${large!.bytes}`)
})

test('code that cannot be cut into functions of a size that engines take ends in a condition', (t) => {
  const plan = wide(20_000)
  const keys = plan.attributes.map(({ name }, i) => named(name, boundTo(plan.attributes, i)))
  const error = t.throws(() => compileStage(stageOf(aggregate('partial', plan, keys, []))))
  t.true(MillraceError.is(error))
  t.is((error as MillraceError).condition, 'QUERY_TOO_COMPLEX')
})
