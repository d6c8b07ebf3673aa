import type { Completion } from '../completion/completion.js'
import type { History } from '../history.js'
import { listed } from './candidates.js'
import {
  CUTS,
  type Edit,
  type EditedText,
  EMPTY,
  endingAt,
  inserted,
  MOVES,
  movedByLine,
  newLine,
} from './edited-text.js'
import type { Key } from './keys.js'
import { type Layout, laidOut, type Prompts, type Span } from './layout.js'
import { Screen, type Window } from './screen.js'

/** A terminal, as far as an editor needs one. */
export interface EditorTerminal extends Window {
  /** The next key; undefined when there will be none. */
  nextKey(): Promise<Key | 'resized' | undefined>
  /** Stops the process until the shell around it goes on with it. */
  suspend(): Promise<void>
}

/** What an editor asks others. */
export interface EditorParts {
  readonly prompts: Prompts
  readonly history: History
  highlight(text: string): readonly Span[]
  complete(text: string, at: number): Promise<Completion>
  /** Whether Enter hands a text over instead of beginning a new line. */
  isComplete(text: string): boolean
}

/** What came of editing: a text, one that was dropped by Ctrl-C, or the end by Ctrl-D. */
export type Edited =
  | { readonly kind: 'entered'; readonly text: string }
  | { readonly kind: 'dropped'; readonly wasEmpty: boolean }
  | { readonly kind: 'ended' }

const MOST_UNDONE = 200

/** The keys that move the cursor. */
const MOVING: Readonly<Record<string, Edit>> = {
  left: MOVES.left,
  'ctrl-b': MOVES.left,
  right: MOVES.right,
  'ctrl-f': MOVES.right,
  'ctrl-left': MOVES.wordLeft,
  'alt-b': MOVES.wordLeft,
  'ctrl-right': MOVES.wordRight,
  'alt-f': MOVES.wordRight,
  home: MOVES.lineStart,
  'ctrl-a': MOVES.lineStart,
  end: MOVES.lineEnd,
  'ctrl-e': MOVES.lineEnd,
  'ctrl-home': MOVES.textStart,
  'page-up': MOVES.textStart,
  'ctrl-end': MOVES.textEnd,
  'page-down': MOVES.textEnd,
}

/** The keys that take something out; words and lines come back with Ctrl-Y. */
const CUTTING: Readonly<Record<string, (typeof CUTS)[keyof typeof CUTS]>> = {
  backspace: CUTS.left,
  delete: CUTS.right,
  'ctrl-d': CUTS.right,
  'ctrl-w': CUTS.wordLeft,
  'alt-backspace': CUTS.wordLeft,
  'alt-d': CUTS.wordRight,
  'ctrl-delete': CUTS.wordRight,
  'ctrl-u': CUTS.toLineStart,
  'ctrl-k': CUTS.toLineEnd,
}
const CUTTING_LETTERS: ReadonlySet<string> = new Set(['backspace', 'delete', 'ctrl-d'])

/** Lets someone edit a text of several lines in a terminal. */
export class Editor {
  readonly #terminal: EditorTerminal
  readonly #parts: EditorParts
  readonly #screen: Screen
  #edited = EMPTY
  /** What can be undone, the last at the end. */
  #before: EditedText[] = []
  /** What was cut last. */
  #cut = ''
  /** Rows under the text, until the next key. */
  #below: readonly string[] = []

  constructor(terminal: EditorTerminal, parts: EditorParts) {
    this.#terminal = terminal
    this.#parts = parts
    this.#screen = new Screen(terminal)
  }

  /** One text, from an empty one to what becomes of it. */
  async read(): Promise<Edited> {
    this.#edited = EMPTY
    this.#before = []
    this.#parts.history.rewind()
    for (;;) {
      this.#draw()
      const key = await this.#terminal.nextKey()
      this.#below = []
      const done = key === undefined ? ENDED : key === 'resized' ? undefined : await this.#take(key)
      if (done) {
        this.#screen.finish(this.#layout())
        return done
      }
    }
  }

  async #take(key: Key): Promise<Edited | undefined> {
    const { text } = this.#edited
    if (key.kind === 'text') return this.#change(inserted(key.text)(this.#edited))
    switch (key.name) {
      case 'enter':
        if (this.#parts.isComplete(text)) return { kind: 'entered', text }
        return this.#change(newLine(this.#edited))
      case 'alt-enter':
        return this.#change(newLine(this.#edited))
      case 'ctrl-c':
        return { kind: 'dropped', wasEmpty: text === '' }
      case 'ctrl-d':
        return text === '' ? ENDED : this.#edit(key.name)
      case 'tab':
        return await this.#complete()
      case 'ctrl-r':
        return await this.#search()
      case 'ctrl-l':
        return this.#screen.clear()
      case 'ctrl-z':
        return await this.#suspend()
      default:
        return this.#edit(key.name)
    }
  }

  /** Keys that only change the text or move in it; others mean nothing. */
  #edit(name: string): undefined {
    const move = MOVING[name]
    const cut = CUTTING[name]
    if (move) this.#edited = move(this.#edited)
    else if (cut) {
      const taken = cut(this.#edited)
      if (!CUTTING_LETTERS.has(name) && taken.cut !== '') this.#cut = taken.cut
      this.#change(taken.rest)
    } else if (name === 'up' || name === 'ctrl-p') this.#moveByLine(-1)
    else if (name === 'down' || name === 'ctrl-n') this.#moveByLine(1)
    else if (name === 'ctrl-y') this.#change(inserted(this.#cut)(this.#edited))
    else if (name === 'ctrl-_') this.#edited = this.#before.pop() ?? this.#edited
  }

  #change(edited: EditedText): undefined {
    if (edited.text !== this.#edited.text) this.#before.push(this.#edited)
    if (this.#before.length > MOST_UNDONE) this.#before.shift()
    this.#edited = edited
  }

  /** Up and down go from line to line, and from the first and the last one on to other texts. */
  #moveByLine(by: -1 | 1): void {
    const moved = movedByLine(this.#edited, by)
    if (moved) {
      this.#edited = moved
      return
    }
    const { history } = this.#parts
    const remembered = by < 0 ? history.older(this.#edited.text) : history.newer()
    if (remembered !== undefined) this.#change(endingAt(remembered))
  }

  async #complete(): Promise<undefined> {
    const { text, at } = this.#edited
    const { from, common, candidates } = await this.#parts.complete(text, at)
    if (candidates.length === 0) return
    if (common !== text.slice(from, at))
      this.#change({ text: text.slice(0, from) + common + text.slice(at), at: from + common.length })
    else if (candidates.length > 1) this.#below = listed(candidates, this.#terminal.columns, this.#terminal.rows >> 1)
  }

  /** Ctrl-R: the newest text that has what is typed, and with each further Ctrl-R one that is older. */
  async #search(): Promise<Edited | undefined> {
    const before = this.#edited
    let wanted = ''
    let skipped = 0
    for (;;) {
      const found = this.#parts.history.find(wanted, skipped)
      if (found !== undefined) this.#edited = endingAt(found)
      this.#draw({ ...this.#parts.prompts, first: `search '${wanted}'${found === undefined ? ' (none)' : ''}: ` })
      const key = await this.#terminal.nextKey()
      if (key === undefined) return ENDED
      if (key === 'resized') continue
      if (key.kind === 'key' && key.name === 'ctrl-r') skipped += found === undefined ? 0 : 1
      else if (key.kind === 'key' && key.name !== 'backspace') {
        const isLeft = key.name === 'ctrl-c' || key.name === 'ctrl-g'
        if (isLeft) this.#edited = before
        return isLeft || key.name === 'enter' || key.name === 'tab' ? undefined : await this.#take(key)
      } else {
        wanted = key.kind === 'text' ? wanted + key.text : wanted.slice(0, -1)
        skipped = 0
      }
    }
  }

  async #suspend(): Promise<undefined> {
    this.#screen.finish(this.#layout())
    await this.#terminal.suspend()
  }

  #draw(prompts = this.#parts.prompts): void {
    this.#screen.draw(this.#layout(prompts), this.#below)
  }

  #layout(prompts = this.#parts.prompts): Layout {
    return laidOut(this.#edited, this.#parts.highlight(this.#edited.text), prompts, this.#terminal.columns)
  }
}

const ENDED: Edited = { kind: 'ended' }
