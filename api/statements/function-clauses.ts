import type { DataType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { FunctionParameter } from '../../connectors/catalog.js'
import { readName } from '../../planner/sql/expressions.js'
import { readExpressionText, readText } from '../../planner/sql/statement-parts.js'
import type { Token } from '../../planner/sql/token.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { readParameterType } from '../../planner/sql/types.js'

/** What CREATE FUNCTION says between the parameters and the body. */
export interface FunctionClauses {
  readonly comment?: string
  readonly isDeterministic?: boolean
  /** What the statement says of the data that the function reads. */
  readonly dataAccess?: 'CONTAINS SQL' | 'READS SQL DATA'
}

export type ReturnedColumn = Pick<FunctionParameter, 'name' | 'type' | 'comment'>

/** What the words behind a column say that no parameter may have. */
const CONSTRAINTS: ReadonlySet<string> = new Set(['UNIQUE', 'CHECK', 'PRIMARY', 'REFERENCES', 'CONSTRAINT'])

/**
 * `(a INT DEFAULT 1 COMMENT 'x', …)`.
 * @throws USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS, INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_*, UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING
 */
export function readParameters(tokens: TokenStream, statement: Token): readonly FunctionParameter[] {
  tokens.expect('(')
  if (tokens.accept(')')) return []
  const inner = new Inner(tokens)
  const parameters = tokens.list((): FunctionParameter => {
    let parameter: FunctionParameter = readTypedName(tokens, 'expected the name of a parameter')
    for (;;) {
      if (tokens.accept('NOT', 'NULL')) inner.hasNotNull = true
      else if (tokens.accept('COMMENT')) parameter = { ...parameter, comment: readComment(tokens) }
      else if (tokens.accept('DEFAULT')) parameter = { ...parameter, defaultText: readExpressionText(tokens) }
      else break
    }
    refuseColumnWords(tokens, statement)
    return parameter
  })
  inner.close()
  return parameters
}

/** `(a INT COMMENT 'x', …)` behind RETURNS TABLE. @throws USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS */
export function readReturnedColumns(tokens: TokenStream): readonly ReturnedColumn[] {
  tokens.expect('(')
  const inner = new Inner(tokens)
  const columns = tokens.list((): ReturnedColumn => {
    const column = readTypedName(tokens, 'expected the name of a column')
    if (tokens.accept('NOT', 'NULL')) inner.hasNotNull = true
    return tokens.accept('COMMENT') ? { ...column, comment: readComment(tokens) } : column
  })
  inner.close()
  return columns
}

const readComment = (tokens: TokenStream): string => readText(tokens, 'expected the comment in quotes')

const readTypedName = (tokens: TokenStream, expected: string): { readonly name: string; readonly type: DataType } => {
  const name = readName(tokens, expected)
  return { name, type: readParameterType(tokens) }
}

/** A list in parentheses whose text is told when one of its members is NOT NULL. */
class Inner {
  hasNotNull = false
  readonly #tokens: TokenStream
  readonly #start: Token

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
    this.#start = tokens.peek()
  }

  close(): void {
    const { text, start, end } = this.#tokens.originFrom(this.#start)
    this.#tokens.expect(')')
    if (!this.hasNotNull) return
    const parameters = { input: text.slice(start, end) }
    throw new MillraceError('USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS', parameters)
  }
}

function refuseColumnWords(tokens: TokenStream, statement: Token): void {
  const isGenerated = tokens.at('GENERATED')
  if (!isGenerated && !CONSTRAINTS.has(tokens.peek().match)) return
  while (tokens.peek().kind !== 'end') tokens.next()
  const origin = tokens.originFrom(statement)
  throw isGenerated
    ? new MillraceError('INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS', {}, { origin })
    : new MillraceError('INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS', {}, { origin })
}

/** `LANGUAGE SQL`, `[NOT] DETERMINISTIC`, `COMMENT 'x'`, `CONTAINS SQL`, `SQL SECURITY DEFINER`, in any order. @throws _LEGACY_ERROR_TEMP_0035 */
export function readFunctionClauses(tokens: TokenStream): FunctionClauses {
  let clauses: FunctionClauses = {}
  for (;;) {
    const start = tokens.peek()
    const notAllowed = (message: string): MillraceError =>
      new MillraceError('_LEGACY_ERROR_TEMP_0035', { message }, { origin: tokens.originFrom(start) })
    if (tokens.accept('LANGUAGE')) {
      const language = readName(tokens, 'expected the name of a language')
      if (language.toLowerCase() !== 'sql')
        throw notAllowed(`Unsupported language for user defined functions: ${language}`)
    } else if (tokens.accept('DETERMINISTIC')) clauses = { ...clauses, isDeterministic: true }
    else if (tokens.accept('NOT', 'DETERMINISTIC')) clauses = { ...clauses, isDeterministic: false }
    else if (tokens.accept('COMMENT')) clauses = { ...clauses, comment: readComment(tokens) }
    else if (tokens.accept('CONTAINS', 'SQL')) clauses = { ...clauses, dataAccess: 'CONTAINS SQL' }
    else if (tokens.accept('READS', 'SQL', 'DATA')) clauses = { ...clauses, dataAccess: 'READS SQL DATA' }
    else if (tokens.accept('SQL', 'SECURITY', 'INVOKER'))
      throw notAllowed('SQL function with SQL SECURITY INVOKER is not supported')
    else if (!tokens.accept('SQL', 'SECURITY', 'DEFINER')) return clauses
  }
}

/** Names of a list that are there twice, the first of each in lower case and in quotes. */
export function namesTwice(named: readonly { readonly name: string }[]): string | undefined {
  const names = named.map(({ name }) => name.toLowerCase())
  const twice = new Set(names.filter((name, i) => names.indexOf(name) < i))
  return twice.size === 0 ? undefined : [...twice].map(quotedName).join(', ')
}
