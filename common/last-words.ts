/** What Node prints behind an error: its stack, its fields and causes, which are indented, their end, and its own version. */
const BEHIND_ERROR = /^(?:\s.*|\}|)$|^Node\.js v/

const FRAME = /^\s+at /
const BEGINS_ERROR = /^(?:Uncaught )?(?:[\w$.]*(?:Error|Exception)\b|\[[A-Z_.0-9]+\])/

/** The line of all that a process wrote to standard error that tells best why it ended: that of its last error, or the last one. */
export function lastWordsOf(text: string): string {
  const lines = text.split(/\r?\n/)
  const last = lines.findLastIndex((line) => !BEHIND_ERROR.test(line))
  if (last < 0) return text.trim().split('\n').at(-1)!.trim()
  if (!lines.slice(last + 1).some((line) => FRAME.test(line))) return lines[last]!
  // Messages may have several lines.
  const before = lines.slice(0, last + 1)
  const begins = before.findLastIndex((line) => BEGINS_ERROR.test(line))
  return begins > before.findLastIndex((line) => FRAME.test(line)) ? lines[begins]! : lines[last]!
}
