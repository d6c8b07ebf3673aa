import { MillraceError } from '../../common/errors/millrace-error.js'
import { JOINS_WITHOUT_LATERAL } from '../analyze/joins/lateral-join.js'
import type { JoinType, Nearest } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

const MAX_RESULTS = 100_000

/** How a join is called that may not have a ranking. */
const REFUSED: Partial<Record<JoinType, string>> = { ...JOINS_WITHOUT_LATERAL, cross: 'CROSS' }

export const atNearest = (tokens: TokenStream): boolean =>
  tokens.at('APPROX', 'NEAREST') || tokens.at('EXACT', 'NEAREST')

/**
 * `APPROX NEAREST [n] BY DISTANCE ranking` behind a join, which begins at `start`. As there is no index to ask, both APPROX and EXACT compare all rows.
 * @throws NEAREST_BY_JOIN.*
 */
export function readNearest(tokens: TokenStream, type: JoinType, start: Token): Nearest {
  if (!tokens.accept('APPROX')) tokens.expect('EXACT')
  tokens.expect('NEAREST')
  const isCounted = tokens.peek().kind === 'number' && /^\d+$/.test(tokens.peek().text)
  const written = isCounted ? tokens.next().text : '1'
  tokens.expect('BY')
  const isSimilarity = tokens.accept('SIMILARITY')
  if (!isSimilarity) tokens.expect('DISTANCE')
  const ranking = readExpression(tokens)
  const origin = tokens.originFrom(start)
  return checkedNearest(type, { count: Number(written), ranking, first: isSimilarity ? 'greatest' : 'least', origin })
}

/** @throws NEAREST_BY_JOIN.* */
export function checkedNearest(type: JoinType, nearest: Nearest): Nearest {
  const { count, origin } = nearest
  const joinType = REFUSED[type]
  if (joinType !== undefined) {
    const parameters = { joinType, supported: "'INNER', 'LEFT OUTER'" }
    throw new MillraceError('NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE', parameters, { origin })
  }
  if (Number.isInteger(count) && count >= 1 && count <= MAX_RESULTS) return nearest
  const parameters = { numResults: String(count), min: 1, max: MAX_RESULTS }
  throw new MillraceError('NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE', parameters, { origin })
}
