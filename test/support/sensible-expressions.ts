import fc from 'fast-check'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  INT,
  INTERVAL_YM,
  STRING,
} from '../../columnar/types.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'

/*
 * Random expressions that mostly make sense, by what they give, over the columns i int, l bigint, f float, d double, m decimal,
 * s string, b boolean and day date.
 */

const named = (...names: readonly string[]) =>
  fc.constantFrom(...names).map((name) => ({ kind: 'attribute', parts: [name] }) as const)
const value = (type: DataType, ...values: readonly LiteralValue[]) =>
  fc.constantFrom(...values).map((v) => ({ kind: 'literal', type, value: v }) as const)
const called = (names: readonly string[], ...args: readonly fc.Arbitrary<UnresolvedExpression>[]) =>
  fc
    .tuple(fc.constantFrom(...names), fc.tuple(...args))
    .map(([name, list]) => ({ kind: 'function', name, args: list }) as const)
const casted = (child: fc.Arbitrary<UnresolvedExpression>, ...to: readonly DataType[]) =>
  fc.tuple(child, fc.constantFrom(...to)).map(([e, type]) => ({ kind: 'cast', child: e, type, mode: 'try' }) as const)

interface Sensible {
  readonly number: UnresolvedExpression
  readonly text: UnresolvedExpression
  readonly truth: UnresolvedExpression
  readonly day: UnresolvedExpression
}

export const sensible = fc.letrec<Sensible>((tie: fc.LetrecTypedTie<Sensible>) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    named('i', 'l', 'd', 'm', 'f'),
    value(INT, 0, 3, null),
    value(decimal(4, 2), 150n),
    called(['+', '-', '*', '/', '%', 'coalesce'], tie('number'), tie('number')),
    called(['negative', 'abs'], tie('number')),
    called(['length'], tie('text')),
    called(['year'], tie('day')),
    called(['if'], tie('truth'), tie('number'), tie('number')),
    casted(tie('number'), BIGINT, DOUBLE, decimal(20, 4)),
  ),
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    named('s'),
    value(STRING, 'a', '', null),
    called(['concat'], tie('text'), tie('number')),
    called(['upper', 'trim'], tie('text')),
    called(['substring'], tie('text'), value(INT, 1, -2), value(INT, 2)),
    casted(tie('number'), STRING),
  ),
  truth: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    named('b'),
    value(BOOLEAN, true, null),
    called(['=', '<', '>=', '!=', '<=>'], tie('number'), tie('number')),
    called(['=', '<'], tie('text'), tie('text')),
    called(['<', '='], tie('day'), tie('day')),
    called(['and', 'or'], tie('truth'), tie('truth')),
    called(['not'], tie('truth')),
    called(['isnull'], tie('number')),
    fc
      .tuple(tie('number'), fc.array(value(INT, 1, 2, 3), { minLength: 1, maxLength: 3 }))
      .map(([child, list]) => ({ kind: 'in', child, list }) as const),
  ),
  day: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    named('day'),
    value(DATE, 19000),
    called(['date_add'], tie('day'), value(INT, 1, 40)),
    called(['+', '-'], tie('day'), value(INTERVAL_YM, 2)),
    called(['if'], tie('truth'), tie('day'), tie('day')),
  ),
}))
export const anyExpression: fc.Arbitrary<UnresolvedExpression> = fc.oneof(
  sensible.number,
  sensible.text,
  sensible.truth,
  sensible.day,
)
export const anyAggregate = fc.oneof(
  called(['sum', 'avg', 'min', 'max', 'count', 'first'], sensible.number),
  called(['count_if'], sensible.truth),
  called(['min', 'max'], fc.oneof(sensible.text, sensible.day)),
  called(['+', '/'], called(['sum'], sensible.number), called(['count'], sensible.text)),
)
