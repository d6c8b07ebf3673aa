/** A function of a file and how many lines it takes. */
export interface FunctionLength {
  readonly name: string
  readonly line: number
  readonly lines: number
}

const HEAD =
  /^(?<indent>\s*)(?:export )?(?:(?:default |async |static |private |public |protected |override |get |set )*)(?:function\*? (?<fn>\w+).*|(?:const|let) (?<arrow>\w+)(?:: [^=]+)? = (?:async )?(?:\(.*|\w+ =>.*)|(?<method>#?\w+)(?:<.*>)?\(.*)$/
const NOT_METHODS = new Set([
  'if',
  'for',
  'while',
  'switch',
  'return',
  'catch',
  'constructor_',
  'test',
  'await',
  'super',
])

/**
 * Functions by layout: the formatter puts the closing brace of a function on a line of its own, indented as its head. So
 * a head ends at the first later line that is `}` at that indentation, or before the next line that is indented no more.
 */
export function functionLengths(text: string): readonly FunctionLength[] {
  const lines = text.split('\n')
  const found: FunctionLength[] = []
  lines.forEach((line, i) => {
    const match = HEAD.exec(line)
    const name = match?.groups?.['fn'] ?? match?.groups?.['arrow'] ?? match?.groups?.['method']
    if (!match || name === undefined || NOT_METHODS.has(name)) return
    const opens = lines.findIndex((l, j) => j >= i && (/[{]\s*$/.test(l) || /^\s*[})]/.test(l)) && j - i < 12)
    const indent = match.groups!['indent']!
    const isInside = (l: string): boolean => l === line || l.startsWith(`${indent} `) || /^\s*[)}\]]/.test(l)
    if (opens < 0 || !/[{]\s*$/.test(lines[opens]!) || !lines.slice(i, opens + 1).every(isInside)) return
    const closing = new RegExp(`^${indent}\\}`)
    // What an arrow function of one expression is made of has no brace at its indentation: there it ends before what follows.
    const end = lines.findIndex((l, j) => j > opens && (closing.test(l) || (l !== '' && !isInside(l))))
    const last = closing.test(lines[end] ?? '') ? end : lines.findLastIndex((l, j) => j < end && l !== '')
    if (end > 0) found.push({ name, line: i + 1, lines: last - i + 1 })
  })
  return found
}
