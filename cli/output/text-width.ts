import stringWidth from 'string-width'

const PLAIN = /^[\x20-\x7e]*$/
const ELLIPSIS = '…'
const GRAPHEMES = new Intl.Segmenter()

/** How many places a text takes in a terminal. */
export const textWidth = (text: string): number => (PLAIN.test(text) ? text.length : stringWidth(text))

/** What a reader sees as the letters of a text, whatever they consist of. */
export const graphemesOf = (text: string): readonly string[] =>
  PLAIN.test(text) ? [...text] : Array.from(GRAPHEMES.segment(text), ({ segment }) => segment)

/** A text in at most so many places; of a longer one its beginning and an ellipsis. */
export function fitted(text: string, places: number): string {
  if (text.length <= places && PLAIN.test(text)) return text
  if (textWidth(text) <= places) return text
  let kept = ''
  let taken = 0
  for (const grapheme of graphemesOf(text)) {
    taken += textWidth(grapheme)
    if (taken > places - 1) break
    kept += grapheme
  }
  return `${kept}${ELLIPSIS}`
}

/** A text with spaces up to a width. */
export function padded(text: string, places: number, to: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, places - textWidth(text)))
  return to === 'left' ? text + spaces : spaces + text
}
