/**
 * The statements of a text, cut at semicolons outside of strings, quoted names and comments. Each stands behind as many line breaks and
 * spaces as put it at its own line and position, so that errors tell those of the whole text.
 */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = []
  let line = 0
  let lineStart = 0
  let start = 0
  const take = (end: number): void => {
    const whole = text.slice(start, end)
    const first = start + whole.length - whole.trimStart().length
    for (let at = text.indexOf('\n', lineStart); at >= 0 && at < first; at = text.indexOf('\n', lineStart)) {
      line++
      lineStart = at + 1
    }
    if (whole.replace(COMMENTS, '').trim() === '') return
    statements.push(`${'\n'.repeat(line)}${' '.repeat(first - lineStart)}${whole.trim()}`)
  }
  for (let at = 0; at < text.length; ) {
    const token = TOKEN.exec(text.slice(at))![0]
    if (token === ';') {
      take(at)
      start = at + 1
    }
    at += token.length
  }
  take(text.length)
  return statements
}

/** A string, a quoted name, a comment, or any one character; what is not closed goes to the end and is the parser's to refuse. */
const TOKEN = /^(?:'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|`[^`]*(?:`|$)|--[^\n]*|\/\*.*?(?:\*\/|$)|.)/s
const COMMENTS = /--[^\n]*|\/\*.*?\*\//gs
