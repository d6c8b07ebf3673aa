import { graphemesOf, textWidth } from '../../output/text-width.js'
import type { EditedText } from './edited-text.js'

/** A part of a text that is shown in another way, by the codes that terminals know. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly style: string
}

export interface Layout {
  /** As they are printed, with the codes of their styles. */
  readonly rows: readonly string[]
  /** How many places each takes. */
  readonly widths: readonly number[]
  readonly cursorRow: number
  readonly cursorColumn: number
}

export interface Prompts {
  readonly first: string
  /** Before lines behind the first. */
  readonly further: string
}

const PLAIN = '\u001b[0m'

/** The rows of a window that a text takes. The last place of a row stays free, so that the terminal never goes to the next by itself. */
export function laidOut(edited: EditedText, spans: readonly Span[], prompts: Prompts, columns: number): Layout {
  const rows = new Rows(Math.max(columns - 1, 2))
  const styleAt = styles(spans)
  let offset = 0
  for (const [i, line] of edited.text.split('\n').entries()) {
    rows.begin(i === 0 ? prompts.first : prompts.further)
    for (const grapheme of graphemesOf(line)) {
      rows.add(grapheme, styleAt(offset), offset === edited.at)
      offset += grapheme.length
    }
    if (offset === edited.at) rows.markCursor()
    offset++
  }
  return rows.layout()
}

/** Tells the style of offsets that are asked for in order. */
function styles(spans: readonly Span[]): (offset: number) => string {
  let next = 0
  return (offset) => {
    while (next < spans.length && spans[next]!.end <= offset) next++
    const span = spans[next]
    return span && span.start <= offset ? span.style : ''
  }
}

class Rows {
  readonly #places: number
  readonly #rows: string[] = []
  readonly #widths: number[] = []
  #style = ''
  #cursor: readonly [row: number, column: number] = [0, 0]

  constructor(places: number) {
    this.#places = places
  }

  begin(prompt: string): void {
    this.#close()
    this.#rows.push(prompt)
    this.#widths.push(textWidth(prompt))
  }

  add(grapheme: string, style: string, isCursor: boolean): void {
    const width = textWidth(grapheme)
    if (this.#widths.at(-1)! + width > this.#places) {
      this.#close()
      this.#rows.push('')
      this.#widths.push(0)
    }
    if (isCursor) this.markCursor()
    if (style !== this.#style) {
      this.#append(`${this.#style === '' ? '' : PLAIN}${style}`)
      this.#style = style
    }
    this.#append(grapheme)
    this.#widths[this.#widths.length - 1]! += width
  }

  markCursor(): void {
    this.#cursor = [this.#rows.length - 1, this.#widths.at(-1)!]
  }

  layout(): Layout {
    this.#close()
    const [cursorRow, cursorColumn] = this.#cursor
    return { rows: this.#rows, widths: this.#widths, cursorRow, cursorColumn }
  }

  #append(text: string): void {
    this.#rows[this.#rows.length - 1]! += text
  }

  /** Styles end with their row. */
  #close(): void {
    if (this.#style !== '') this.#append(PLAIN)
    this.#style = ''
  }
}
