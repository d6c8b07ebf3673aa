import type { TokenStream } from './token-stream.js'

/*
 * Which words are names. In Spark's default mode every keyword may name a column, a table, an alias or a function; only the words that make
 * joins and set operations cannot be the alias of a table. Whether a word is a keyword or a name is therefore decided by what follows it.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Spark's strict non-reserved keywords: they cannot be the alias of a table without backquotes. */
const NO_TABLE_ALIAS = words(
  'ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LATERAL LEFT MINUS NATURAL ON RIGHT SEMI UNION USING',
)

/** Operators that are words and stand behind an operand. */
const OPERATORS = words('AND OR NOT IN BETWEEN LIKE ILIKE RLIKE REGEXP IS DIV')

/** Words that may go on behind a member of a select list, a table or an alias. */
const CONTINUATIONS: ReadonlySet<string> = new Set([
  ...OPERATORS,
  ...words(
    `SELECT FROM WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET WINDOW QUALIFY UNION EXCEPT MINUS INTERSECT LATERAL PIVOT UNPIVOT
     TABLESAMPLE FOR AS APPROX EXACT JOIN INNER CROSS LEFT RIGHT FULL SEMI ANTI NATURAL ON USING OVER`,
  ),
])

/** Symbols before which a word is a name, as no construct that begins with a word goes on with them. */
const AFTER_NAME = new Set(', ) ; |> . = == <=> <> != < <= > >= / % || & | ^ :: ]'.split(' '))

/** Whether the word `ahead` tokens away ends what it stands in: a name there has a separator, the end or another clause behind it. */
export function endsAt(tokens: TokenStream, ahead: number): boolean {
  const { kind, match } = tokens.peek(ahead)
  if (kind === 'end') return true
  if (kind === 'symbol') return match === ',' || match === ')' || match === ';' || match === '|>'
  return kind === 'word' && startsClause(tokens, ahead)
}

type Follows = (tokens: TokenStream, next: number) => boolean

const by: Follows = (tokens, next) => isWord(tokens, next, 'BY')
const join: Follows = (tokens, next) => isWord(tokens, next, 'JOIN', 'OUTER', 'SEMI', 'ANTI')
const query: Follows = (tokens, next) =>
  isWord(tokens, next, 'ALL', 'DISTINCT', 'SELECT', 'VALUES', 'TABLE', 'FROM', 'WITH') || isSymbol(tokens, next, '(')

/** Begins a parameter. */
const isMarker = (match: string): boolean => match === ':' || match === '?'

const count: Follows = (tokens, next) => {
  const { kind, match } = tokens.peek(next)
  return kind === 'number' || (kind === 'symbol' && isMarker(match))
}

/** Begins an operand, as far as one token tells; operators and clauses do not. */
const operand: Follows = (tokens, next) => {
  const { kind, match } = tokens.peek(next)
  if (kind === 'word') return (!OPERATORS.has(match) || match === 'NOT') && !isWord(tokens, next + 1, 'BY')
  return kind !== 'end' && (kind !== 'symbol' || match === '(' || isMarker(match))
}

/** What makes a word the beginning of a clause. */
const CLAUSES: Readonly<Record<string, Follows>> = {
  FROM: (tokens, next) => operand(tokens, next) && tokens.peek(next).kind !== 'number',
  WHERE: operand,
  HAVING: operand,
  QUALIFY: operand,
  ON: operand,
  GROUP: by,
  ORDER: by,
  SORT: by,
  CLUSTER: by,
  DISTRIBUTE: by,
  LIMIT: (tokens, next) => count(tokens, next) || isWord(tokens, next, 'ALL'),
  OFFSET: count,
  WINDOW: (tokens, next) => isWord(tokens, next + 1, 'AS') || tokens.peek(next).match === 'IDENTIFIER',
  UNION: query,
  EXCEPT: query,
  MINUS: query,
  INTERSECT: query,
  LATERAL: (tokens, next) => isWord(tokens, next, 'VIEW'),
  APPROX: (tokens, next) => isWord(tokens, next, 'NEAREST'),
  EXACT: (tokens, next) => isWord(tokens, next, 'NEAREST'),
  JOIN: operand,
  INNER: join,
  CROSS: join,
  LEFT: join,
  RIGHT: join,
  FULL: join,
  SEMI: join,
  ANTI: join,
  NATURAL: (tokens, next) => isWord(tokens, next, 'JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'SEMI', 'ANTI'),
  USING: (tokens, next) => isSymbol(tokens, next, '('),
}

/** Whether the word `ahead` tokens away begins a clause, a join or a set operation. */
export function startsClause(tokens: TokenStream, ahead: number): boolean {
  const { match } = tokens.peek(ahead)
  return Object.hasOwn(CLAUSES, match) && CLAUSES[match]!(tokens, ahead + 1)
}

function isWord(tokens: TokenStream, ahead: number, ...matches: readonly string[]): boolean {
  const { kind, match } = tokens.peek(ahead)
  return kind === 'word' && matches.includes(match)
}

function isSymbol(tokens: TokenStream, ahead: number, symbol: string): boolean {
  const { kind, match } = tokens.peek(ahead)
  return kind === 'symbol' && match === symbol
}

/** Whether the next token is an alias that stands without AS: any word, unless it goes on with the query. */
export function isBareAlias(tokens: TokenStream, of: 'column' | 'table'): boolean {
  const { kind, match } = tokens.peek()
  if (kind !== 'word') return kind === 'quoted'
  if (tokens.isAtEndWord) return false
  if (of === 'table' && NO_TABLE_ALIAS.has(match)) return false
  return !CONTINUATIONS.has(match) || endsAt(tokens, 1)
}

/** Whether AS comes next and an alias behind it; `select x as from t` has the alias `as`. */
export function isExplicitAlias(tokens: TokenStream, ahead = 0): boolean {
  if (!isWord(tokens, ahead, 'AS')) return false
  const { kind } = tokens.peek(ahead + 1)
  return !endsAt(tokens, ahead + 1) || (kind === 'word' && endsAt(tokens, ahead + 2))
}

/** Whether the next word is a name although it may also begin something, as a symbol follows that can only follow a name. */
export function isNameBeforeSymbol(tokens: TokenStream, ahead = 0): boolean {
  const { kind, match } = tokens.peek(ahead + 1)
  return kind === 'end' || (kind === 'symbol' && AFTER_NAME.has(match))
}

/** Reads COLLATE where a name comes behind it; before FROM it is an alias. */
export function acceptCollate(tokens: TokenStream): boolean {
  const { kind, match } = tokens.peek(1)
  return (kind === 'word' || kind === 'quoted') && match !== 'FROM' && tokens.accept('COLLATE')
}

/** Whether NOT comes next as a name: a symbol follows that only follows names, or ORDER BY and the like. */
export const isNameOfNot = (tokens: TokenStream): boolean => isNameBeforeSymbol(tokens) || isWord(tokens, 2, 'BY')

/** Whether CASE comes next as a name: what follows can only follow a name. */
export function isNameOfCase(tokens: TokenStream): boolean {
  const { kind, match } = tokens.peek(1)
  return (kind === 'word' && OPERATORS.has(match) && match !== 'NOT') || endsAt(tokens, 1) || isNameBeforeSymbol(tokens)
}

/** What an operator that is a word needs behind it. */
const OPERANDS: Readonly<Record<string, Follows>> = {
  IN: (tokens, next) => isSymbol(tokens, next, '('),
  IS: (tokens, next) =>
    isWord(tokens, next, 'NOT', 'NULL', 'TRUE', 'FALSE', 'UNKNOWN', 'DISTINCT') || isSymbol(tokens, next, '!'),
  BETWEEN: (tokens, next) => !endsAt(tokens, next),
  RLIKE: (tokens, next) => !endsAt(tokens, next),
  REGEXP: (tokens, next) => !endsAt(tokens, next),
}
/** Spark takes `x and from t` for a conjunction with the column `from`. */
const anything: Follows = (tokens, next) => {
  const { kind, match } = tokens.peek(next)
  return kind !== 'end' && !(kind === 'symbol' && (match === ',' || match === ')' || match === ';'))
}

/** Whether this word comes next as an operator; `select x like, y` has an alias. */
export const isOperator = (tokens: TokenStream, word: string): boolean =>
  isWord(tokens, 0, word) && (OPERANDS[word] ?? anything)(tokens, 1)

/** What makes a word the beginning of a query. */
const QUERIES: Readonly<Record<string, Follows>> = {
  SELECT: (tokens, next) => !isNameBeforeSymbol(tokens, next - 1),
  WITH: (tokens, next) => !isNameBeforeSymbol(tokens, next - 1),
  VALUES: operand,
  FROM: operand,
  TABLE: (tokens, next) => operand(tokens, next) && !isSymbol(tokens, next, '('),
}

/** What may stand behind a query in parentheses that is part of another. */
const GOES_ON = new Set('UNION EXCEPT MINUS INTERSECT ORDER CLUSTER DISTRIBUTE SORT LIMIT OFFSET'.split(' '))

/** Whether what stands in parentheses is a query, rather than tables or operands; in further parentheses it is one if nothing else goes on behind them. */
export function beginsQuery(tokens: TokenStream, ahead: number): boolean {
  let inner = ahead
  while (isSymbol(tokens, inner, '(')) inner++
  const { kind, match } = tokens.peek(inner)
  if (kind !== 'word' || !Object.hasOwn(QUERIES, match) || !QUERIES[match]!(tokens, inner + 1)) return false
  for (let opening = inner - 1; opening >= ahead; opening--) {
    const behind = tokens.closing(opening) + 1
    const goesOn =
      isSymbol(tokens, behind, '|>') || (GOES_ON.has(tokens.peek(behind).match) && startsClause(tokens, behind))
    if (!goesOn && !isSymbol(tokens, behind, ')')) return false
  }
  return true
}
