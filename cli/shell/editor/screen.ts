import type { Layout } from './layout.js'

/** A window, as far as drawing needs one. */
export interface Window {
  readonly columns: number
  readonly rows: number
  write(text: string): void
}

const ERASE_BELOW = '\u001b[J'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '')
const right = (columns: number): string => (columns > 0 ? `\u001b[${columns}C` : '')

/** Draws what is edited where it stands in a terminal, over what was drawn before. */
export class Screen {
  readonly #window: Window
  /** What stands on the screen, and where the cursor is in it. */
  #widths: readonly number[] = []
  #cursorRow = 0
  #cursorColumn = 0

  constructor(window: Window) {
    this.#window = window
  }

  /** @param below rows that stand under the text until it is drawn again */
  draw(layout: Layout, below: readonly string[] = []): void {
    const { rows, widths, cursorRow } = inWindow(layout, Math.max(this.#window.rows - below.length - 1, 1))
    const all = [...rows, ...below]
    const toCursor = `\r${up(all.length - 1 - cursorRow)}${right(layout.cursorColumn)}`
    this.#window.write(`${HIDE_CURSOR}${this.#toTop()}${ERASE_BELOW}${all.join('\r\n')}${toCursor}${SHOW_CURSOR}`)
    this.#widths = widths
    this.#cursorRow = cursorRow
    this.#cursorColumn = layout.cursorColumn
  }

  /** Leaves the text on the screen, as it is drawn, and goes on below it. */
  finish(layout: Layout): void {
    this.draw({ ...layout, cursorRow: layout.rows.length - 1, cursorColumn: 0 })
    this.#window.write('\r\n')
    this.forget()
  }

  /** What is drawn next begins where the cursor is. */
  forget(): void {
    this.#widths = []
    this.#cursorRow = 0
    this.#cursorColumn = 0
  }

  clear(): undefined {
    this.#window.write('\u001b[H\u001b[2J')
    this.forget()
  }

  /** To where the first row begins. In a window that became narrower rows were broken, so that there are more of them. */
  #toTop(): string {
    const rowsOf = (width: number): number => Math.max(1, Math.ceil(width / this.#window.columns))
    const above = this.#widths.slice(0, this.#cursorRow).reduce((sum, width) => sum + rowsOf(width), 0)
    return `\r${up(above + Math.floor(this.#cursorColumn / this.#window.columns))}`
  }
}

/** Of a text that is taller than the window, the rows around the cursor. */
function inWindow(layout: Layout, most: number): Pick<Layout, 'rows' | 'widths' | 'cursorRow'> {
  const { rows, widths, cursorRow } = layout
  const from = Math.max(0, Math.min(cursorRow - most + 1, rows.length - most))
  return { rows: rows.slice(from, from + most), widths: widths.slice(from, from + most), cursorRow: cursorRow - from }
}
