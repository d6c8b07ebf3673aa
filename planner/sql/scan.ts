/*
 * Where strings, quoted names and comments of SQL end; for the lexer, and for whoever cuts a text into statements without parsing it.
 */

const SPACE = /\s+/y

/** The end of white space that begins at `at`, or `at` if there is none. */
export function endOfSpace(text: string, at: number): number {
  SPACE.lastIndex = at
  return at + (SPACE.exec(text)?.[0].length ?? 0)
}

export const isLineComment = (text: string, at: number): boolean => text.startsWith('--', at)
export const isBracketedComment = (text: string, at: number): boolean =>
  text.startsWith('/*', at) && text[at + 2] !== '+'

/** The end of a comment from `--` to the end of its line; a line that ends with a backslash goes on in the next one. */
export function endOfLineComment(text: string, start: number): number {
  for (let at = start; ; ) {
    const end = text.indexOf('\n', at)
    if (end < 0) return text.length
    if (text[end - 1] !== '\\') return end + 1
    at = end + 1
  }
}

/** The end of a bracketed comment, comments within it included; undefined when it is not closed. A hint is no comment. */
export function endOfBracketedComment(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; ) {
    if (isBracketedComment(text, at)) {
      depth++
      at += 2
    } else if (text.startsWith('*/', at)) {
      depth--
      at += 2
      if (depth === 0) return at
    } else at++
  }
  return undefined
}

/** Whether the letter at `at` makes the string behind it a raw one, in which a backslash is a backslash. */
export const isRawString = (text: string, at: number): boolean => {
  const [prefix, quote] = [text[at], text[at + 1]]
  return (prefix === 'r' || prefix === 'R') && (quote === "'" || quote === '"')
}

/**
 * The end of a string or quoted name whose opening quote is at `start`; a doubled quote stands for itself, and so does one behind a
 * backslash, unless the string is raw or a name. Undefined when it is not closed.
 */
export function endOfQuoted(text: string, start: number, isRaw = false, isName = false): number | undefined {
  const quote = text[start]!
  const hasEscapes = quote !== '`' && !isRaw && !isName
  for (let at = start + 1; at < text.length; at++) {
    if (hasEscapes && text[at] === '\\') at++
    else if (text[at] === quote) {
      if (isRaw || text[at + 1] !== quote) return at + 1
      at++
    }
  }
  return undefined
}
