import { isFunction } from '../../planner/analyze/functions/registry.js'
import { KEYWORDS } from '../../planner/analyze/table-functions/sql-keywords.js'
import type { Span } from './editor/layout.js'
import { type Piece, piecesOf } from './pieces.js'

const STYLES = {
  keyword: '\u001b[1;34m',
  function: '\u001b[36m',
  string: '\u001b[32m',
  name: '\u001b[33m',
  number: '\u001b[35m',
  comment: '\u001b[2m',
  command: '\u001b[1;36m',
} as const

const WORDS: ReadonlySet<string> = new Set(KEYWORDS)

/** The colours of what is typed: keywords, functions, strings, numbers and comments, or a command with a dot. */
export function highlighted(text: string): readonly Span[] {
  const command = /^\s*\.\w*/.exec(text)?.[0]
  if (command !== undefined) return [{ start: 0, end: command.length, style: STYLES.command }]
  return piecesOf(text).flatMap((piece, i, all) => {
    const style = styleOf(piece, text, all[i - 1])
    return style === undefined ? [] : [{ start: piece.start, end: piece.end, style }]
  })
}

function styleOf({ kind, start, end }: Piece, text: string, before: Piece | undefined): string | undefined {
  if (kind !== 'word') return kind === 'symbol' ? undefined : STYLES[kind]
  const word = text.slice(start, end)
  const isMember = before !== undefined && text.slice(before.start, before.end) === '.'
  if (isMember || text[end] === '.') return undefined
  if (text[end] === '(' && isFunction(word.toLowerCase())) return STYLES.function
  return WORDS.has(word.toUpperCase()) ? STYLES.keyword : undefined
}
