import { fitted, padded, textWidth } from '../../output/text-width.js'

const BETWEEN = 2

/** Texts in columns, in as many rows as there is room for. */
export function listed(texts: readonly string[], places: number, mostRows: number): readonly string[] {
  const room = Math.max(places - 1, 1)
  const widest = texts.reduce((width, text) => Math.max(width, textWidth(text)), 0)
  const width = Math.min(room, widest + BETWEEN)
  const perRow = Math.max(1, Math.floor(room / width))
  const isCut = texts.length > Math.max(1, mostRows) * perRow
  const shown = isCut ? texts.slice(0, Math.max(1, mostRows - 1) * perRow) : texts
  const lines: string[] = []
  for (let at = 0; at < shown.length; at += perRow) {
    const line = shown.slice(at, at + perRow).map((text) => padded(fitted(text, room), width, 'left'))
    lines.push(line.join('').trimEnd())
  }
  return isCut ? [...lines, `and ${texts.length - shown.length} more`] : lines
}
