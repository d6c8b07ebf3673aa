import { BOOLEAN, INT, STRING } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { beginsQuery } from './keywords.js'
import { fn } from './operators.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

type Extreme = 'min' | 'max'

/** With which of the values of a query an operand is compared in place of any, or all, of them. */
const EXTREMES: Readonly<Record<string, Readonly<Record<'any' | 'all', readonly Extreme[]>>>> = {
  '=': { any: [], all: ['min', 'max'] },
  '!=': { any: ['min', 'max'], all: [] },
  '<': { any: ['max'], all: ['min'] },
  '<=': { any: ['max'], all: ['min'] },
  '>': { any: ['min'], all: ['max'] },
  '>=': { any: ['min'], all: ['max'] },
}

/** Its column. No name in the operand, which stands outside, can mean it. */
const VALUE = 'value of the query'

/** `> any (select …)` or `<= all (select …)` behind an operand and the comparison. @returns undefined when something else stands there */
export function readQuantified(
  tokens: TokenStream,
  left: UnresolvedExpression,
  comparison: string,
  start: Token,
): UnresolvedExpression | undefined {
  const word = ['ANY', 'SOME', 'ALL'].find((one) => tokens.at(one, '(') && beginsQuery(tokens, 2))
  const quantifier = word === 'ALL' ? 'all' : 'any'
  const extremes = EXTREMES[comparison]?.[quantifier]
  if (word === undefined || extremes === undefined) return undefined
  tokens.next()
  const query = tokens.subquery()
  const origin = tokens.originFrom(start)
  if (extremes.length === 0) {
    const isMember: UnresolvedExpression = { kind: 'inSubquery', children: [left], query, origin }
    return quantifier === 'any' ? isMember : fn('not', [isMember], origin)
  }
  return compared(query, quantifier, origin, (field) =>
    extremes.map((extreme) => fn(comparison, [left, field(extreme)], origin)),
  )
}

/**
 * Without values it holds for all and for none. Otherwise the extremes decide, unless a NULL among the values may be what decides
 * (ISO 9075-2, 8.9).
 */
function compared(
  query: UnresolvedRelation,
  quantifier: 'any' | 'all',
  origin: Origin,
  comparisonsWith: (field: (name: string) => UnresolvedExpression) => readonly UnresolvedExpression[],
): UnresolvedExpression {
  const summary = summaryOf(query, origin)
  const field = (name: string): UnresolvedExpression => ({ kind: 'extractValue', child: summary, field: name, origin })
  const holdsForNone: UnresolvedExpression = { kind: 'literal', type: BOOLEAN, value: quantifier === 'all', origin }
  const unknown: UnresolvedExpression = { kind: 'literal', type: BOOLEAN, value: null, origin }
  const rest = fn('if', [field('hasNull'), unknown, holdsForNone], origin)
  const combine = quantifier === 'all' ? 'and' : 'or'
  const decided = [...comparisonsWith(field), rest].reduce((a, b) => fn(combine, [a, b], origin))
  return fn('if', [field('isEmpty'), holdsForNone, decided], origin)
}

/** What there is to know of the values of a query, in a struct. */
function summaryOf(query: UnresolvedRelation, origin: Origin): UnresolvedExpression {
  const whole = (n: number): UnresolvedExpression => ({ kind: 'literal', type: INT, value: n, origin })
  const value: UnresolvedExpression = { kind: 'attribute', parts: [VALUE], origin }
  const rows = fn('count', [whole(1)], origin)
  const fields: Readonly<Record<string, UnresolvedExpression>> = {
    min: fn('min', [value], origin),
    max: fn('max', [value], origin),
    isEmpty: fn('=', [rows, whole(0)], origin),
    hasNull: fn('<', [fn('count', [value], origin), rows], origin),
  }
  const members = Object.entries(fields).flatMap(([name, e]): UnresolvedExpression[] => [
    { kind: 'literal', type: STRING, value: name, origin },
    e,
  ])
  const input: UnresolvedRelation = { kind: 'subqueryAlias', input: query, alias: VALUE, columns: [VALUE] }
  const output = [fn('named_struct', members, origin)]
  return { kind: 'scalarSubquery', query: { kind: 'aggregate', input, groupBy: [], output, origin }, origin }
}
