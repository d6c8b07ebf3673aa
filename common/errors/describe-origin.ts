import type { FilePlace, Origin } from './condition.js'

/** Of a line longer than this only the part around the place is shown. */
const SHOWN_CHARACTERS = 240
const SHOWN_BEFORE = 80

/** Tells of a place in a file in the same way: `== File trips.csv (line 8) ==`. */
export const describeFilePlace = ({ path, line }: FilePlace): string =>
  `== File ${path}${line === undefined ? '' : ` (line ${line})`} ==`

/** Marks a place in a text as Spark does: `== SQL (line 1, position 8) ==`, the line, and carets below it. */
export function describeOrigin(origin: Origin): string {
  const { text, start, end, cutFrom = { line: 1, position: 1 } } = origin
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const nextBreak = text.indexOf('\n', start)
  const lineEnd = nextBreak < 0 ? text.length : nextBreak
  const lineNumber = text.slice(0, lineStart).split('\n').length - 1 + cutFrom.line
  const position = start - lineStart + (lineStart === 0 ? cutFrom.position : 1)
  const isLong = lineEnd - lineStart > SHOWN_CHARACTERS
  const from = isLong ? Math.max(lineStart, start - SHOWN_BEFORE) : lineStart
  const to = isLong ? Math.min(lineEnd, from + SHOWN_CHARACTERS) : lineEnd
  const before = from > lineStart || (lineStart === 0 && cutFrom.position > 1) ? '…' : ''
  const after = to < lineEnd || (to === text.length && origin.cutFrom !== undefined) ? '…' : ''
  const carets = '^'.repeat(Math.max(1, Math.min(end, to) - start))
  return [
    `== SQL (line ${lineNumber}, position ${position}) ==`,
    `${before}${text.slice(from, to).replace(/\r$/, '')}${after}`,
    `${' '.repeat(before.length + start - from)}${carets}`,
  ].join('\n')
}
