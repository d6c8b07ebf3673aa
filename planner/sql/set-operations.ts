import type { SetOperation, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { startsClause } from './keywords.js'
import type { TokenStream } from './token-stream.js'

type Read = (tokens: TokenStream) => UnresolvedRelation
type Words = Readonly<Record<string, SetOperation>>

/** The words of set operations; those that bind more tightly come later. */
const LOOSEST_FIRST: readonly Words[] = [
  { UNION: 'union', EXCEPT: 'except', MINUS: 'except' },
  { INTERSECT: 'intersect' },
]
const ALL_WORDS: Words = Object.assign({}, ...LOOSEST_FIRST)

/** Queries and the set operations between them, from left to right; the first of them may have been read before. */
export function readCombined(tokens: TokenStream, readQuery: Read, first?: UnresolvedRelation): UnresolvedRelation {
  return readLevel(tokens, LOOSEST_FIRST, readQuery, first)
}

/** The set operation that comes next, with one query on its right; undefined if none comes. */
export function readSetOperation(
  tokens: TokenStream,
  left: UnresolvedRelation,
  readQuery: Read,
): UnresolvedRelation | undefined {
  return readOperation(tokens, ALL_WORDS, left, readQuery)
}

function readLevel(
  tokens: TokenStream,
  [operations, ...tighter]: readonly Words[],
  readQuery: Read,
  first: UnresolvedRelation | undefined,
): UnresolvedRelation {
  if (operations === undefined) return first ?? readQuery(tokens)
  const start = tokens.peek()
  let left = readLevel(tokens, tighter, readQuery, first)
  for (;;) {
    const next = readOperation(tokens, operations, left, () => readLevel(tokens, tighter, readQuery, undefined), start)
    if (!next) return left
    left = next
  }
}

function readOperation(
  tokens: TokenStream,
  operations: Words,
  left: UnresolvedRelation,
  readRight: Read,
  start = tokens.peek(),
): UnresolvedRelation | undefined {
  const word = Object.keys(operations).find((one) => tokens.at(one))
  if (word === undefined || !startsClause(tokens, 0)) return undefined
  tokens.next()
  const all = tokens.accept('ALL')
  if (!all) tokens.accept('DISTINCT')
  const operation = operations[word]!
  const right = readRight(tokens)
  // A union of many is one relation: generated SQL has chains of thousands.
  const chain = operation === 'union' && all && isUnionAll(left) ? left.inputs : [left]
  return { kind: 'setOperation', operation, all, inputs: [...chain, right], origin: tokens.originFrom(start) }
}

const isUnionAll = (relation: UnresolvedRelation): relation is Extract<UnresolvedRelation, { kind: 'setOperation' }> =>
  relation.kind === 'setOperation' && relation.operation === 'union' && relation.all
