import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../common/errors/quoting.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { declareVariable } from '../statements/declare-variable.js'
import type { ReadStatement } from '../statements/statement.js'

/** What a DECLARE that comes next declares. @throws UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER, UNSUPPORTED_FEATURE.SQL_CURSOR */
export function declarationAt(tokens: TokenStream): 'variable' | 'condition' | 'handler' | undefined {
  if (!tokens.at('DECLARE')) return undefined
  const [first, second, third] = [tokens.peek(1), tokens.peek(2), tokens.peek(3)]
  const origin = tokens.originBetween(tokens.peek(), second)
  if (second.match === 'HANDLER' && third.match === 'FOR') {
    if (first.match === 'EXIT') return 'handler'
    if (first.match === 'CONTINUE')
      throw new MillraceError('UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER', {}, { origin })
  }
  if (second.match === 'CURSOR' || third.match === 'CURSOR')
    throw new MillraceError('UNSUPPORTED_FEATURE.SQL_CURSOR', {}, { origin })
  return second.match === 'CONDITION' ? 'condition' : 'variable'
}

/** What a variable of a script is called and has. @throws INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE, INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE */
export function readVariable(tokens: TokenStream, readStatement: ReadStatement): void {
  const { names, replace, origin } = declareVariable.read(tokens, readStatement)!
  const qualified = names.find((name) => name.length > 1)
  if (replace)
    throw new MillraceError(
      'INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE',
      { varName: quotedPath(names[0]!) },
      { origin },
    )
  if (qualified)
    throw new MillraceError(
      'INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE',
      { varName: quotedPath(qualified) },
      { origin },
    )
}

/** Refuses a declaration, or what is done with a cursor, where statements stand. @throws INVALID_VARIABLE_DECLARATION.*, INVALID_ERROR_CONDITION_DECLARATION.NOT_AT_START_OF_COMPOUND_STATEMENT, INVALID_HANDLER_DECLARATION.WRONG_PLACE_OF_DECLARATION */
export function refuseDeclaration(tokens: TokenStream, isInCompound: boolean): void {
  const origin = tokens.originBetween(tokens.peek(), tokens.peek(1))
  if (tokens.at('OPEN') || tokens.at('FETCH') || tokens.at('CLOSE'))
    throw new MillraceError('UNSUPPORTED_FEATURE.SQL_CURSOR', {}, { origin })
  const declared = declarationAt(tokens)
  if (!declared) return
  const name = tokens.peek(1).text
  if (declared === 'handler')
    throw new MillraceError('INVALID_HANDLER_DECLARATION.WRONG_PLACE_OF_DECLARATION', {}, { origin })
  if (declared === 'condition') {
    const conditionName = quotedName(name.toUpperCase())
    throw new MillraceError(
      'INVALID_ERROR_CONDITION_DECLARATION.NOT_AT_START_OF_COMPOUND_STATEMENT',
      { conditionName },
      { origin },
    )
  }
  const condition = isInCompound ? 'ONLY_AT_BEGINNING' : 'NOT_ALLOWED_IN_SCOPE'
  throw new MillraceError(`INVALID_VARIABLE_DECLARATION.${condition}`, { varName: quotedName(name) }, { origin })
}
