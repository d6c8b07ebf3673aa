import {
  endOfBracketedComment,
  endOfLineComment,
  endOfQuoted,
  endOfSpace,
  isBracketedComment,
  isLineComment,
  isRawString,
} from '../../planner/sql/scan.js'

/** A part of SQL that is still being typed, which may end anywhere. */
export interface Piece {
  readonly kind: 'word' | 'number' | 'string' | 'name' | 'comment' | 'symbol'
  readonly start: number
  readonly end: number
  /** Of a string, name or comment: whether its end is there. */
  readonly isClosed: boolean
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*/y

/** The pieces of a text, in order; white space is none. Unlike the lexer it refuses nothing. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  for (let at = endOfSpace(text, 0); at < text.length; at = endOfSpace(text, pieces.at(-1)!.end))
    pieces.push(pieceAt(text, at))
  return pieces
}

function pieceAt(text: string, start: number): Piece {
  const piece = (kind: Piece['kind'], end: number | undefined): Piece => ({
    kind,
    start,
    end: end ?? text.length,
    isClosed: end !== undefined,
  })
  if (isLineComment(text, start)) return piece('comment', endOfLineComment(text, start))
  if (isBracketedComment(text, start)) return piece('comment', endOfBracketedComment(text, start))
  if (isRawString(text, start)) return piece('string', endOfQuoted(text, start + 1, true))
  const letter = text[start]!
  if (letter === '`') return piece('name', endOfQuoted(text, start))
  if (letter === "'" || letter === '"') return piece('string', endOfQuoted(text, start))
  const number = matchAt(NUMBER, text, start)
  if (number > 0) return piece('number', start + number)
  return piece(matchAt(WORD, text, start) > 0 ? 'word' : 'symbol', start + Math.max(1, matchAt(WORD, text, start)))
}

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}
