import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { acceptQuantifier } from './calls.js'
import { readExpression, readNamedExpression } from './expressions.js'
import { readFrom } from './from.js'
import { endsAt } from './keywords.js'
import type { TokenStream } from './token-stream.js'

const AFTER_SELECT_UNSUPPORTED = new Set(['LATERAL', 'WINDOW', 'QUALIFY', 'CLUSTER', 'DISTRIBUTE', 'SORT'])

/** `SELECT … FROM … WHERE … GROUP BY … HAVING …`. */
export function readSelect(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  tokens.expect('SELECT')
  const broadcast = readBroadcastHint(tokens)
  const distinct = acceptQuantifier(tokens)
  const output = tokens.list(() => readNamedExpression(tokens))
  let input: UnresolvedRelation = tokens.accept('FROM') ? readFrom(tokens, broadcast) : { kind: 'oneRow' }
  if (tokens.accept('WHERE')) {
    const whereStart = tokens.peek()
    const condition = readExpression(tokens)
    input = { kind: 'filter', input, condition, origin: tokens.originFrom(whereStart) }
  }
  const groupBy = tokens.accept('GROUP', 'BY') ? readGroupBy(tokens) : undefined
  const having = tokens.accept('HAVING') ? readExpression(tokens) : undefined
  if (tokens.atAny(AFTER_SELECT_UNSUPPORTED) && !endsAt(tokens, 1)) throw tokens.unsupported(tokens.peek().match)
  const origin = tokens.originFrom(start)
  const selected: UnresolvedRelation =
    groupBy || having
      ? { kind: 'aggregate', input, groupBy: groupBy ?? [], output, ...(having ? { having } : {}), origin }
      : { kind: 'project', input, expressions: output, origin }
  return distinct ? { kind: 'distinct', input: selected } : selected
}

/** Names in `/*+ BROADCAST(t) *​/` (also MAPJOIN, BROADCASTJOIN); other hints are refused rather than ignored. */
function readBroadcastHint(tokens: TokenStream): ReadonlySet<string> {
  const hint = tokens.peek()
  if (hint.kind !== 'hint') return new Set()
  tokens.next()
  const match = /^(?:BROADCAST|BROADCASTJOIN|MAPJOIN)\s*\(([^()]*)\)$/i.exec(hint.text)
  if (!match) throw tokens.unsupported(`the hint ${hint.text}`, hint)
  return new Set(match[1]!.split(',').map((name) => name.trim().replaceAll('`', '').toLowerCase()))
}

function readGroupBy(tokens: TokenStream): UnresolvedExpression[] {
  if (tokens.at('ALL') && endsAt(tokens, 1)) throw tokens.unsupported('GROUP BY ALL')
  for (const extension of ['ROLLUP', 'CUBE']) if (tokens.at(extension, '(')) throw tokens.unsupported(extension)
  if (tokens.at('GROUPING', 'SETS')) throw tokens.unsupported('GROUPING SETS')
  const keys = tokens.list(() => readExpression(tokens))
  if (tokens.at('WITH', 'ROLLUP') || tokens.at('WITH', 'CUBE')) throw tokens.unsupported('ROLLUP and CUBE')
  return keys
}
