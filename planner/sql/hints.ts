import { unresolvedText } from '../analyze/unresolved-text.js'
import {
  broadcasting,
  type Hint,
  isBroadcast,
  isPartitioning,
  namesIn,
  partitioned,
  relationsNamed,
} from '../plan/unresolved/hints.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readUnary } from './expressions.js'
import type { TokenStream } from './token-stream.js'

/** The hints that stand behind SELECT: `/*+ name, name(parameters) … *​/`, several times. */
export function readHints(tokens: TokenStream): readonly Hint[] {
  const hints: Hint[] = []
  while (tokens.peek().kind === 'hint') {
    tokens.next()
    do hints.push(readHint(tokens))
    while (tokens.accept(',') || !tokens.accept('*/'))
  }
  return hints
}

function readHint(tokens: TokenStream): Hint {
  const start = tokens.peek()
  if (start.kind !== 'word' && start.kind !== 'quoted') throw tokens.unexpected('expected a hint')
  const name = tokens.next().text.toUpperCase()
  const parameters = tokens.accept('(') ? tokens.list(() => readUnary(tokens)) : undefined
  if (parameters) tokens.expect(')')
  return { name, parameters: parameters ?? [], origin: tokens.originFrom(start) }
}

/** What is below a select list, joined as its hints say; those that nothing follows are kept to be told. */
export function hintedInput(input: UnresolvedRelation, hints: readonly Hint[]): UnresolvedRelation {
  const named = hints.map((hint) => relationsNamed(hint, unresolvedText))
  const broadcast = new Set(hints.flatMap((hint, i) => (isBroadcast(hint) ? named[i]! : [])))
  const known = namesIn(input)
  const ignored = hints.flatMap((hint, i) => {
    if (isPartitioning(hint)) return []
    if (!isBroadcast(hint) || named[i]!.length === 0) return [hint.name]
    const unknown = named[i]!.filter((name) => !known.includes(name))
    return unknown.length > 0 ? [`${hint.name}(${unknown.join(', ')})`] : []
  })
  return ignored.reduce<UnresolvedRelation>(
    (over, name) => ({ kind: 'hint', input: over, name }),
    broadcasting(input, broadcast),
  )
}

/** The rows of a select divided as its hints say, the first of these last. */
export const hintedRows = (select: UnresolvedRelation, hints: readonly Hint[]): UnresolvedRelation =>
  hints.filter(isPartitioning).reduceRight((rows, hint) => partitioned(rows, hint, unresolvedText), select)
