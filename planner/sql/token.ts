/** What the lexer finds. `start` and `end` are offsets into the text, `end` exclusive. */
export interface Token {
  readonly kind: TokenKind
  /** As written; of a quoted identifier what is between the backquotes, of a string its value. */
  readonly text: string
  /** Upper case, for words; the symbol itself otherwise. What keywords and symbols are matched by. */
  readonly match: string
  readonly start: number
  readonly end: number
}

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'hint' | 'end'
