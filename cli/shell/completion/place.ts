import { FORMAT_NAMES } from '../../output/formats.js'
import { splitText } from '../../sql/split-statements.js'
import { commandCalled } from '../commands/commands.js'
import { type Piece, piecesOf } from '../pieces.js'

/** What a cursor stands in or behind, and where the word begins that is being typed. */
export type Place = { readonly from: number } & (
  | { readonly kind: 'nothing' | 'command' | 'setting' | 'table' }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  /** `closing` is the quote that ends its name. */
  | { readonly kind: 'file'; readonly closing: string }
  /** Behind `t.`; the relation as it is written in FROM. */
  | { readonly kind: 'member'; readonly relation: string }
  /** `isFirst` where a statement begins. */
  | { readonly kind: 'expression'; readonly relations: readonly string[]; readonly isFirst: boolean }
)

/** The words behind which a table stands. */
const BEFORE_TABLES = new Set('FROM JOIN INTO TABLE DESCRIBE DESC UPDATE'.split(' '))
/** The words behind a table that are no other name of it. */
const BEHIND_TABLES = new Set(
  'WHERE GROUP ORDER HAVING LIMIT JOIN LEFT RIGHT FULL INNER CROSS ON USING UNION SELECT QUALIFY LATERAL NATURAL ANTI SEMI'.split(
    ' ',
  ),
)

export function placeOf(text: string, at: number): Place {
  const before = text.slice(0, at)
  const command = /^\s*(\.\w*)$/.exec(before)
  if (command) return { kind: 'command', from: at - command[1]!.length }
  if (/^\s*\./.test(before)) return placeInCommand(before)
  const begin = statementStart(before)
  const pieces = piecesOf(before.slice(begin)).map((piece) => shifted(piece, begin))
  const last = pieces.at(-1)
  if (last?.kind === 'comment' && (!last.isClosed || before[last.end - 1] !== '/')) return { kind: 'nothing', from: at }
  if (last?.kind === 'string' && !last.isClosed)
    return text[last.start] === "'"
      ? { kind: 'file', from: last.start + 1, closing: "'" }
      : { kind: 'nothing', from: at }
  const setting = /^\s*(?:set|reset)\s+([\w.]*)$/i.exec(before.slice(begin))
  if (setting) return { kind: 'setting', from: at - setting[1]!.length }
  const isTyping = last !== undefined && last.end === at && (last.kind === 'word' || last.kind === 'name')
  return placeInQuery(text, begin, isTyping ? pieces.slice(0, -1) : pieces, isTyping ? last.start : at)
}

function placeInQuery(text: string, begin: number, pieces: readonly Piece[], from: number): Place {
  const word = (piece: Piece | undefined): string => (piece ? text.slice(piece.start, piece.end) : '')
  const relations = relationsIn(text, begin)
  const before = word(pieces.at(-1))
  if (before === '.') {
    const name = word(pieces.at(-2))
    const named = relations.find(({ alias, written }) => alias === name.toLowerCase() || written === name)
    return { kind: 'member', from, relation: named?.written ?? name }
  }
  if (BEFORE_TABLES.has(before.toUpperCase())) return { kind: 'table', from }
  return { kind: 'expression', from, relations: relations.map(({ written }) => written), isFirst: pieces.length === 0 }
}

interface NamedRelation {
  /** As it is written: a name with its dots, or a file in quotes. */
  readonly written: string
  readonly alias: string
}

/** The tables that stand in FROM and JOIN of the statement that begins there, before the cursor and behind it. */
function relationsIn(text: string, begin: number): readonly NamedRelation[] {
  const pieces = piecesOf(text.slice(begin)).map((piece) => shifted(piece, begin))
  const word = (i: number): string => (pieces[i] ? text.slice(pieces[i].start, pieces[i].end) : '')
  const found: NamedRelation[] = []
  for (let i = 0; i < pieces.length && word(i) !== ';'; i++) {
    if (!BEFORE_TABLES.has(word(i).toUpperCase()) || !/[\w`']/.test(word(i + 1)[0] ?? '')) continue
    let end = i + 1
    while (word(end + 1) === '.' && pieces[end + 2]?.start === pieces[end + 1]!.end) end += 2
    const behind = word(end + 1).toUpperCase() === 'AS' ? end + 2 : end + 1
    const alias = pieces[behind]?.kind === 'word' && !BEHIND_TABLES.has(word(behind).toUpperCase()) ? word(behind) : ''
    found.push({
      written: text.slice(pieces[i + 1]!.start, pieces[end]!.end),
      alias: (alias || word(end)).toLowerCase(),
    })
  }
  return found
}

function placeInCommand(before: string): Place {
  const [, name = '', , written = ''] = /^\s*\.(\w+)\s+(.*\s)?(\S*)$/s.exec(before) ?? []
  const from = before.length - written.length
  switch (commandCalled(name)?.takes) {
    case 'file':
      return { kind: 'file', from, closing: '' }
    case 'table':
      return { kind: 'table', from }
    case 'format':
      return { kind: 'word', from, words: FORMAT_NAMES }
    case 'switch':
      return { kind: 'word', from, words: ['on', 'off'] }
    default:
      return { kind: 'nothing', from: before.length }
  }
}

/** Where the statement begins that a text ends with. */
const statementStart = (before: string): number => {
  const { complete, rest } = splitText(before)
  return complete.length === 0 ? 0 : rest === '' ? before.length : before.length - rest.trimStart().length
}

const shifted = (piece: Piece, by: number): Piece => ({ ...piece, start: piece.start + by, end: piece.end + by })
