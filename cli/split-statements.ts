/** The statements of a text, cut at semicolons outside of strings, quoted names and comments. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = []
  let start = 0
  for (let at = 0; at < text.length; ) {
    const rest = TOKEN.exec(text.slice(at))![0]
    if (rest === ';') {
      statements.push(text.slice(start, at))
      start = at + 1
    }
    at += rest.length
  }
  statements.push(text.slice(start))
  return statements
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(COMMENTS, '').trim() !== '')
}

/** A string, a quoted name, a comment, or any one character; what is not closed goes to the end and is the parser's to refuse. */
const TOKEN = /^(?:'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|`[^`]*(?:`|$)|--[^\n]*|\/\*.*?(?:\*\/|$)|.)/s
const COMMENTS = /--[^\n]*|\/\*.*?\*\//gs
