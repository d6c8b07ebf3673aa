import {
  endOfBracketedComment,
  endOfLineComment,
  endOfQuoted,
  isBracketedComment,
  isLineComment,
  isRawString,
} from '../../planner/sql/scan.js'
import { OpenBlocks } from './open-blocks.js'

/** What a text holds: the statements that a semicolon ends, and what stands behind the last one. */
export interface SplitText {
  readonly complete: readonly string[]
  /** The statement that is not ended yet, white space at its end included; empty when nothing but white space and closed comments is left. */
  readonly rest: string
}

/** Whether a part of a text is no statement but a command, which is a line that begins with a dot. */
export const isCommand = (part: string): boolean => part.trimStart().startsWith('.')

/**
 * Cuts a text at the semicolons outside of strings, quoted names, comments and scripts (BEGIN … END). Each statement stands behind as many line breaks and spaces
 * as put it at its own line and position, so that errors tell those of the whole text. A command ends with its line.
 */
export function splitText(text: string): SplitText {
  const complete: string[] = []
  const placed = placer(text)
  let start = 0
  let isBlank = true
  let blocks = new OpenBlocks()
  for (let at = 0; at < text.length; ) {
    const comment = commentAt(text, at)
    if (comment !== undefined) {
      if (comment.isOpen) isBlank = false
      at = comment.end
    } else if (isBlank && text[at] === '.' && isAtLineStart(text, at)) {
      const end = text.indexOf('\n', at)
      if (end < 0) return { complete, rest: placed(at, text.length) }
      complete.push(placed(at, end).trimEnd())
      start = at = end
    } else if (text[at] === ';' && !blocks.isWithin) {
      if (!isBlank) complete.push(placed(start, at).trimEnd())
      isBlank = true
      blocks = new OpenBlocks()
      start = ++at
    } else {
      const end = endOfUnit(text, at)
      if (/\S/.test(text[at]!)) {
        isBlank = false
        blocks.take(text.slice(at, end))
      }
      at = end
    }
  }
  return { complete, rest: isBlank ? '' : placed(start, text.length) }
}

const isAtLineStart = (text: string, at: number): boolean =>
  text.slice(text.lastIndexOf('\n', at) + 1, at).trim() === ''

/** All statements of a text; the last one needs no semicolon. */
export function splitStatements(text: string): readonly string[] {
  const { complete, rest } = splitText(text)
  return rest === '' ? complete : [...complete, rest.trimEnd()]
}

/** Takes pieces of a text, in order, each behind the line breaks and spaces that put it at its place. */
function placer(text: string): (start: number, end: number) => string {
  let line = 0
  let lineStart = 0
  return (start, end) => {
    const whole = text.slice(start, end)
    const first = start + whole.length - whole.trimStart().length
    for (let at = text.indexOf('\n', lineStart); at >= 0 && at < first; at = text.indexOf('\n', lineStart)) {
      line++
      lineStart = at + 1
    }
    return `${'\n'.repeat(line)}${' '.repeat(first - lineStart)}${whole.trimStart()}`
  }
}

/** A comment that begins at `at`; one that is not closed goes to the end, and may be closed in what follows or is the parser's to refuse. */
function commentAt(text: string, at: number): { readonly end: number; readonly isOpen: boolean } | undefined {
  if (isLineComment(text, at)) return { end: endOfLineComment(text, at), isOpen: false }
  if (!isBracketedComment(text, at)) return undefined
  const end = endOfBracketedComment(text, at)
  return { end: end ?? text.length, isOpen: end === undefined }
}

const WORD = /[\p{L}\p{N}_$]+/uy

/** The end of a string, a quoted name, a word or another character. */
function endOfUnit(text: string, at: number): number {
  if (isRawString(text, at)) return endOfQuoted(text, at + 1, true) ?? text.length
  if (/['"`]/.test(text[at]!)) return endOfQuoted(text, at) ?? text.length
  WORD.lastIndex = at
  return at + (WORD.exec(text)?.[0].length ?? 1)
}
