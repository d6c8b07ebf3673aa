import {
  endOfBracketedComment,
  endOfLineComment,
  endOfQuoted,
  isBracketedComment,
  isLineComment,
  isRawString,
} from '../../planner/sql/scan.js'

/** What a text holds: the statements that a semicolon ends, and what stands behind the last one. */
export interface SplitText {
  readonly complete: readonly string[]
  /** The statement that is not ended yet, white space at its end included; empty when nothing but white space and closed comments is left. */
  readonly rest: string
}

/**
 * Cuts a text at the semicolons outside of strings, quoted names and comments. Each statement stands behind as many line breaks and spaces
 * as put it at its own line and position, so that errors tell those of the whole text.
 */
export function splitText(text: string): SplitText {
  const complete: string[] = []
  const placed = placer(text)
  let start = 0
  let isBlank = true
  for (let at = 0; at < text.length; ) {
    const comment = commentAt(text, at)
    if (comment !== undefined) {
      if (comment.isOpen) isBlank = false
      at = comment.end
    } else if (text[at] === ';') {
      if (!isBlank) complete.push(placed(start, at).trimEnd())
      isBlank = true
      start = ++at
    } else {
      if (/\S/.test(text[at]!)) isBlank = false
      at = endOfUnit(text, at)
    }
  }
  return { complete, rest: isBlank ? '' : placed(start, text.length) }
}

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
