import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { mapExpressionsOf } from '../analyze/depth.js'
import { someNode, withOperands } from '../analyze/unresolved-nodes.js'
import { missingWindow } from '../analyze/windows/missing.js'
import type {
  UnresolvedBound,
  UnresolvedExpression,
  UnresolvedFrame,
  UnresolvedWindow,
  WindowSpec,
} from '../plan/unresolved/expression.js'
import { withUnresolvedInputs } from '../plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { acceptIdentifierPart } from './identifier-clause.js'
import { startsClause } from './keywords.js'
import { readSortOrder } from './sort-order.js'
import type { TokenStream } from './token-stream.js'

/** What a WINDOW clause defines, by names in lower case. */
export type NamedWindows = ReadonlyMap<string, WindowSpec>

/** What stands behind OVER, or behind AS in a WINDOW clause: a name, with or without parentheses, or a window. */
export function readWindow(tokens: TokenStream): UnresolvedWindow {
  const start = tokens.peek()
  if (!tokens.accept('(')) return { kind: 'named', name: readWindowName(tokens) }
  const isName = tokens.peek().kind !== 'symbol' && tokens.peek(1).kind === 'symbol' && tokens.peek(1).match === ')'
  if (isName) {
    const name = readWindowName(tokens)
    tokens.expect(')')
    return { kind: 'named', name }
  }
  const isClustered = tokens.accept('CLUSTER', 'BY')
  const isPartitioned = isClustered || tokens.accept('PARTITION', 'BY') || tokens.accept('DISTRIBUTE', 'BY')
  const partitionBy = isPartitioned ? tokens.list(() => tokens.expression()) : []
  const isOrdered = !isClustered && (tokens.accept('ORDER', 'BY') || tokens.accept('SORT', 'BY'))
  const orderBy = isOrdered ? tokens.list(() => readSortOrder(tokens)) : []
  const frame = readFrame(tokens)
  tokens.expect(')')
  return { kind: 'spec', partitionBy, orderBy, ...(frame ? { frame } : {}), origin: tokens.originFrom(start) }
}

function readWindowName(tokens: TokenStream): string {
  const identifier = acceptIdentifierPart(tokens)
  if (identifier !== undefined) return identifier
  const { kind } = tokens.peek()
  if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected('expected a window')
  return tokens.next().text
}

function readFrame(tokens: TokenStream): UnresolvedFrame | undefined {
  const unit = tokens.accept('ROWS') ? 'rows' : tokens.accept('RANGE') ? 'range' : undefined
  if (unit === undefined) return undefined
  if (!tokens.accept('BETWEEN')) return { unit, lower: readBound(tokens), upper: { kind: 'currentRow' } }
  const lower = readBound(tokens)
  tokens.expect('AND')
  return { unit, lower, upper: readBound(tokens) }
}

/** @throws _LEGACY_ERROR_TEMP_0064 for an offset that is not constant */
function readBound(tokens: TokenStream): UnresolvedBound {
  if (tokens.accept('UNBOUNDED', 'PRECEDING')) return { kind: 'unboundedPreceding' }
  if (tokens.accept('UNBOUNDED', 'FOLLOWING')) return { kind: 'unboundedFollowing' }
  if (tokens.accept('CURRENT', 'ROW')) return { kind: 'currentRow' }
  const start = tokens.peek()
  const offset = tokens.expression()
  const kind = tokens.accept('PRECEDING') ? 'preceding' : tokens.accept('FOLLOWING') ? 'following' : undefined
  if (kind === undefined) throw tokens.unexpected('expected PRECEDING or FOLLOWING')
  if (someNode(offset, isName)) {
    const origin = tokens.originFrom(start)
    throw new MillraceError('_LEGACY_ERROR_TEMP_0064', { msg: 'Frame bound value must be a literal.' }, { origin })
  }
  return { kind, offset }
}

/** A name of a column or of a function; what operators make of literals is constant. */
const isName = (e: UnresolvedExpression): boolean =>
  e.kind === 'attribute' || (e.kind === 'function' && /^\w/.test(e.name) && !WORD_OPERATORS.has(e.name))

const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'div'])

/** `WINDOW w AS (…), …`. @throws INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION, INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE */
export function readWindowClause(tokens: TokenStream): NamedWindows | undefined {
  if (!tokens.at('WINDOW') || !startsClause(tokens, 0)) return undefined
  const start = tokens.next()
  const written = tokens.list(() => {
    const name = readWindowName(tokens)
    tokens.expect('AS')
    return [name, readWindow(tokens)] as const
  })
  const origin = tokens.originFrom(start)
  const all = new Map<string, UnresolvedWindow>()
  for (const [name, window] of written) {
    const key = name.toLowerCase()
    if (all.has(key)) {
      const parameters = { windowName: quotedName(name) }
      throw new MillraceError('INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION', parameters, { origin })
    }
    all.set(key, window)
  }
  const defined = ({ name }: { readonly name: string }): WindowSpec => {
    const window = all.get(name.toLowerCase())
    if (window?.kind === 'spec') return window
    const condition = window ? 'INVALID_WINDOW_REFERENCE' : 'UNRESOLVED_WINDOW_REFERENCE'
    throw new MillraceError(`INVALID_SQL_SYNTAX.${condition}`, { windowName: quotedName(name) }, { origin })
  }
  return new Map([...all].map(([name, window]) => [name, window.kind === 'spec' ? window : defined(window)]))
}

/**
 * A select with the names of windows replaced by what they stand for, in what it reads, too, if that is wanted. A clause further out defines
 * none of those that are missing.
 * @throws MISSING_WINDOW_SPECIFICATION
 */
export function withWindows(
  select: UnresolvedRelation,
  windows: NamedWindows,
  reachesInputs: boolean,
): UnresolvedRelation {
  const replaced = (e: UnresolvedExpression): UnresolvedExpression => {
    if (!someNode(e, isNamed)) return e
    const inner = withOperands(e, replaced)
    if (inner.kind !== 'window' || inner.over.kind !== 'named') return inner
    const over = windows.get(inner.over.name.toLowerCase())
    if (!over) throw missingWindow(inner.over.name, inner.origin)
    return { ...inner, over }
  }
  const within = (one: UnresolvedRelation): UnresolvedRelation =>
    mapExpressionsOf(reachesInputs ? withUnresolvedInputs(one, within) : one, replaced)
  return within(select)
}

const isNamed = (e: UnresolvedExpression): boolean => e.kind === 'window' && e.over.kind === 'named'
