import type { Origin } from './condition.js'

/** Marks a place in a text as Spark does: `== SQL (line 1, position 8) ==`, the line, and carets below it. */
export function describeOrigin(origin: Origin): string {
  const { text, start, end } = origin
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const nextBreak = text.indexOf('\n', start)
  const lineEnd = nextBreak < 0 ? text.length : nextBreak
  const lineNumber = text.slice(0, lineStart).split('\n').length
  const carets = '^'.repeat(Math.max(1, Math.min(end, lineEnd) - start))
  return [
    `== SQL (line ${lineNumber}, position ${start - lineStart + 1}) ==`,
    text.slice(lineStart, lineEnd),
    `${' '.repeat(start - lineStart)}${carets}`,
  ].join('\n')
}
