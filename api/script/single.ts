import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { readAssigned } from '../statements/set-variable.js'
import type { ReadStatement } from '../statements/statement.js'

/**
 * Reads a statement of a script that there is without scripts, too. SET gives variables values there, whatever the name.
 * @throws UNSUPPORTED_FEATURE.SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE
 */
export function readSingle(tokens: TokenStream, readStatement: ReadStatement): { readonly kind: string } {
  const start = tokens.peek()
  if (tokens.accept('SET')) return readAssigned(tokens, start)
  const statement = readStatement(tokens)
  if (statement.kind === 'dropVariable')
    throw new MillraceError(
      'UNSUPPORTED_FEATURE.SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE',
      {},
      { origin: tokens.originFrom(start) },
    )
  return statement
}
