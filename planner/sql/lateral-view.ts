import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readName, readQualifiedName } from './expressions.js'
import { endsAt, isBareAlias } from './keywords.js'
import { readPivot, readUnpivot } from './reshape.js'
import type { TokenStream } from './token-stream.js'

/** `LATERAL VIEW [OUTER] f(…) alias [[AS] a, b]`, as often as it stands there. */
export function readLateralViews(tokens: TokenStream, over: UnresolvedRelation): UnresolvedRelation {
  let input = over
  while (tokens.accept('LATERAL', 'VIEW')) {
    const isOuter = tokens.at('OUTER') && tokens.peek(1).match !== '(' && tokens.accept('OUTER')
    const start = tokens.peek()
    const name = readQualifiedName(tokens, 'expected a function').join('.').toLowerCase()
    tokens.expect('(')
    const args = tokens.at(')') ? [] : tokens.list(() => tokens.expression())
    tokens.expect(')')
    const call = { kind: 'function', name, args, origin: tokens.originFrom(start) } as const
    const alias = readName(tokens, 'expected an alias')
    const isNamed = (tokens.at('AS') && !endsAt(tokens, 1) && tokens.accept('AS')) || isBareAlias(tokens, 'column')
    const columns = isNamed ? tokens.list(() => readName(tokens, 'expected the name of a column')) : undefined
    input = { kind: 'lateralView', input, call, isOuter, alias, ...(columns ? { columns } : {}) }
  }
  if (input !== over) refuseReshaping(tokens, input)
  return input
}

/** @throws NOT_ALLOWED_IN_FROM.* before a PIVOT or an UNPIVOT of lateral views */
function refuseReshaping(tokens: TokenStream, views: UnresolvedRelation): void {
  const start = tokens.peek()
  const isPivot = readPivot(tokens, views) !== undefined
  if (!isPivot && !readUnpivot(tokens, views)) return
  const condition = `NOT_ALLOWED_IN_FROM.LATERAL_WITH_${isPivot ? 'PIVOT' : 'UNPIVOT'}` as const
  throw new MillraceError(condition, {}, { origin: tokens.originFrom(start) })
}
