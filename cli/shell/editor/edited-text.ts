import { graphemesOf, textWidth } from '../../output/text-width.js'

/** A text that is edited, and the offset of the cursor in it. */
export interface EditedText {
  readonly text: string
  readonly at: number
}

export type Edit = (edited: EditedText) => EditedText

export const EMPTY: EditedText = { text: '', at: 0 }

/** A text with the cursor at its end. */
export const endingAt = (text: string): EditedText => ({ text, at: text.length })

const lineStart = ({ text, at }: EditedText): number => text.lastIndexOf('\n', at - 1) + 1
const lineEnd = ({ text, at }: EditedText): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

const WORD_BEFORE = /[\p{L}\p{N}_$]*[^\p{L}\p{N}_$]*$/u
const WORD_BEHIND = /^[^\p{L}\p{N}_$]*[\p{L}\p{N}_$]*/u

const wordStart = ({ text, at }: EditedText): number => at - WORD_BEFORE.exec(text.slice(0, at))![0].length
const wordEnd = ({ text, at }: EditedText): number => at + WORD_BEHIND.exec(text.slice(at))![0].length

function before(edited: EditedText): number {
  const { text, at } = edited
  const line = text.slice(lineStart(edited), at)
  // Of a line end, only that.
  return at === 0 ? 0 : at - (line === '' ? 1 : graphemesOf(line).at(-1)!.length)
}

function behind(edited: EditedText): number {
  const { text, at } = edited
  const line = text.slice(at, lineEnd(edited))
  return at === text.length ? at : at + (line === '' ? 1 : graphemesOf(line)[0]!.length)
}

const movedTo =
  (place: (edited: EditedText) => number): Edit =>
  (edited) => ({ text: edited.text, at: place(edited) })

export const MOVES = {
  left: movedTo(before),
  right: movedTo(behind),
  wordLeft: movedTo(wordStart),
  wordRight: movedTo(wordEnd),
  lineStart: movedTo(lineStart),
  lineEnd: movedTo(lineEnd),
  textStart: movedTo(() => 0),
  textEnd: movedTo(({ text }) => text.length),
} as const

/** The cursor a line above or below, at the same place if the line is so long; undefined when there is none. */
export function movedByLine(edited: EditedText, by: -1 | 1): EditedText | undefined {
  const { text } = edited
  const start = lineStart(edited)
  const end = lineEnd(edited)
  if (by < 0 ? start === 0 : end === text.length) return undefined
  const wanted = textWidth(text.slice(start, edited.at))
  const from = by < 0 ? lineStart({ text, at: start - 1 }) : end + 1
  const line = text.slice(from, lineEnd({ text, at: from }))
  let at = from
  let width = 0
  for (const grapheme of graphemesOf(line)) {
    width += textWidth(grapheme)
    if (width > wanted) break
    at += grapheme.length
  }
  return { text, at }
}

export const inserted =
  (added: string): Edit =>
  ({ text, at }) => ({ text: text.slice(0, at) + added + text.slice(at), at: at + added.length })

/** A new line, indented as the one of the cursor. */
export const newLine: Edit = (edited) => {
  const line = edited.text.slice(lineStart(edited), edited.at)
  return inserted(`\n${/^ */.exec(line)![0]}`)(edited)
}

/** What is taken out up to a place, and the rest. */
const cutTo =
  (place: (edited: EditedText) => number) =>
  (edited: EditedText): { readonly rest: EditedText; readonly cut: string } => {
    const [from, until] = [edited.at, place(edited)].toSorted((a, b) => a - b) as [number, number]
    const { text } = edited
    return { rest: { text: text.slice(0, from) + text.slice(until), at: from }, cut: text.slice(from, until) }
  }

export const CUTS = {
  left: cutTo(before),
  right: cutTo(behind),
  wordLeft: cutTo(wordStart),
  wordRight: cutTo(wordEnd),
  toLineStart: cutTo((edited) => (edited.at > lineStart(edited) ? lineStart(edited) : before(edited))),
  toLineEnd: cutTo((edited) => (edited.at < lineEnd(edited) ? lineEnd(edited) : behind(edited))),
} as const
