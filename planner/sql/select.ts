import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Hint } from '../plan/unresolved/hints.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { acceptQuantifier } from './calls.js'
import { readExpression, readNamedExpression } from './expressions.js'
import { readFrom } from './from.js'
import { readGroupBy } from './group-by.js'
import { hintedInput, hintedRows, readHints } from './hints.js'
import { startsClause } from './keywords.js'
import { readLateralViews } from './lateral-view.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'
import { readWindowClause, withWindows } from './windows.js'

/** The members of a select list and what stands before them. */
interface SelectList {
  readonly start: Token
  readonly hints: readonly Hint[]
  readonly isDistinct: boolean
  readonly output: readonly UnresolvedExpression[]
}

function readSelectList(tokens: TokenStream): SelectList {
  const start = tokens.peek()
  tokens.expect('SELECT')
  refuseScript(tokens)
  const hints = readHints(tokens)
  const isDistinct = acceptQuantifier(tokens)
  return { start, hints, isDistinct, output: tokens.list(() => readNamedExpression(tokens)) }
}

/** `TRANSFORM (…) [ROW FORMAT …] USING 'program'`; without what stands behind, it is a function. */
function refuseScript(tokens: TokenStream): void {
  if (!tokens.at('TRANSFORM', '(')) return
  const behind = tokens.closing(1) + 1
  const { match } = tokens.peek(behind)
  const isUsing = match === 'USING' && tokens.peek(behind + 1).kind === 'string'
  const hasFormat = (match === 'ROW' && tokens.peek(behind + 1).match === 'FORMAT') || match === 'RECORDWRITER'
  if (isUsing || hasFormat) throw tokens.unsupported("TRANSFORM (…) USING 'program'")
}

/** `SELECT …` of a relation, with nothing but `GROUP BY …` and `WINDOW …` behind it, which that relation does not see. */
export function readSelectOf(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  const list = readSelectList(tokens)
  const { start, hints, output } = list
  const groupBy = tokens.accept('GROUP', 'BY') ? readGroupBy(tokens) : undefined
  const windows = readWindowClause(tokens)
  const over = { input: hintedInput(input, hints), origin: tokens.originFrom(start) }
  const written: UnresolvedRelation = groupBy
    ? { kind: 'aggregate', ...groupBy, output, ...over }
    : { kind: 'project', expressions: output, ...over }
  return finished(list, windows ? withWindows(written, windows, false) : written)
}

/** A select with DISTINCT, and its rows divided as hints say. */
const finished = ({ isDistinct, hints }: SelectList, input: UnresolvedRelation): UnresolvedRelation =>
  hintedRows(isDistinct ? { kind: 'distinct', input } : input, hints)

/** `FROM …`, and the selects behind it, of which each has its own order and limit; their rows are united. */
export function readFromFirst(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  tokens.expect('FROM')
  const from = readFrom(tokens)
  const selects: UnresolvedRelation[] = []
  while (tokens.at('SELECT')) selects.push(readSelect(tokens, from))
  if (selects.length <= 1) return selects[0] ?? from
  return { kind: 'setOperation', operation: 'union', all: true, inputs: selects, origin: tokens.originFrom(start) }
}

/** `SELECT … FROM … WHERE … GROUP BY … HAVING …`, without FROM where that stands before. */
export function readSelect(tokens: TokenStream, from?: UnresolvedRelation): UnresolvedRelation {
  const list = readSelectList(tokens)
  const { start, hints, output } = list
  let input = from ?? (tokens.accept('FROM') ? readFrom(tokens) : ({ kind: 'oneRow' } as const))
  input = readLateralViews(tokens, input)
  if (tokens.accept('WHERE')) {
    const whereStart = tokens.peek()
    const condition = readExpression(tokens)
    input = { kind: 'filter', input, condition, origin: tokens.originFrom(whereStart) }
  }
  input = hintedInput(input, hints)
  const groupBy = tokens.accept('GROUP', 'BY') ? readGroupBy(tokens) : undefined
  const having = tokens.accept('HAVING') ? readExpression(tokens) : undefined
  const windows = readWindowClause(tokens)
  const qualify = tokens.at('QUALIFY') && startsClause(tokens, 0) ? readQualify(tokens) : undefined
  const over = { input, ...(qualify ? { qualify } : {}), origin: tokens.originFrom(start) }
  const written: UnresolvedRelation =
    groupBy || having
      ? { kind: 'aggregate', ...(groupBy ?? { groupBy: [] }), output, ...(having ? { having } : {}), ...over }
      : { kind: 'project', expressions: output, ...over }
  const selected = windows ? withWindows(written, windows, true) : written
  return finished(list, selected)
}

function readQualify(tokens: TokenStream): UnresolvedExpression {
  tokens.expect('QUALIFY')
  return readExpression(tokens)
}
