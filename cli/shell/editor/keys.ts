/** A key as the editor knows it: a name such as `left`, `ctrl-a` or `alt-b`, or a text that was typed or pasted. */
export type Key =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string; readonly isPasted: boolean }

const ESCAPE = '\u001b'
const PASTE_BEGINS = `${ESCAPE}[200~`
const PASTE_ENDS = `${ESCAPE}[201~`
/** A sequence of a terminal that begins with an escape, such as that of an arrow. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send them
const SEQUENCE = /^\u001b(?:\[([\d;]*)([A-Za-z~])|O([A-Za-z]))/
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send them
const PART_OF_SEQUENCE = /^\u001b(?:[[O][\d;]*)?$/
/** What is typed up to the next key that is no letter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys that are no letters
const LETTERS = /^[^\u0000-\u001f\u007f]+/

const BY_FINAL: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
}
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
}
const BY_CONTROL: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u001c': 'ctrl-\\',
  '\u001d': 'ctrl-]',
  '\u001f': 'ctrl-_',
}

/** Makes keys of what a terminal sends, in pieces of any size. */
export class KeyDecoder {
  #pending = ''
  /** What was pasted so far, while the end is to come. */
  #pasted: string | undefined

  push(text: string): readonly Key[] {
    this.#pending += text
    const keys: Key[] = []
    for (let key = this.#next(); key !== undefined; key = this.#next()) if (key !== 'none') keys.push(key)
    return keys
  }

  /** The next key; `none` for what means nothing; undefined when more must come. */
  #next(): Key | 'none' | undefined {
    if (this.#pasted !== undefined) return this.#nextOfPaste(this.#pasted)
    const text = this.#pending
    if (text === '' || PART_OF_SEQUENCE.test(text)) return undefined
    if (text.startsWith(PASTE_BEGINS)) {
      this.#take(PASTE_BEGINS.length)
      this.#pasted = ''
      return 'none'
    }
    if (text.startsWith(ESCAPE)) return this.#escaped(text)
    const letters = LETTERS.exec(text)?.[0]
    if (letters !== undefined) {
      this.#take(letters.length)
      return { kind: 'text', text: letters, isPasted: false }
    }
    this.#take(1)
    return named(controlName(text[0]!))
  }

  #escaped(text: string): Key | 'none' {
    const [whole, parameters = '', final, single] = SEQUENCE.exec(text) ?? []
    if (whole !== undefined) {
      this.#take(whole.length)
      return sequenceKey(parameters, final ?? single!)
    }
    const letter = String.fromCodePoint(text.codePointAt(1)!)
    this.#take(1 + letter.length)
    if (letter === ESCAPE) return 'none'
    return named(`alt-${letter in BY_CONTROL ? BY_CONTROL[letter] : letter}`)
  }

  #nextOfPaste(before: string): Key | undefined {
    const pasted = before + this.#pending
    const end = pasted.indexOf(PASTE_ENDS)
    this.#pasted = end < 0 ? pasted : undefined
    this.#pending = end < 0 ? '' : pasted.slice(end + PASTE_ENDS.length)
    return end < 0 ? undefined : { kind: 'text', text: pasteText(pasted.slice(0, end)), isPasted: true }
  }

  #take(length: number): void {
    this.#pending = this.#pending.slice(length)
  }
}

const named = (name: string): Key => ({ kind: 'key', name })

const controlName = (control: string): string =>
  BY_CONTROL[control] ?? `ctrl-${String.fromCharCode(control.charCodeAt(0) + 0x60)}`

function sequenceKey(parameters: string, final: string): Key | 'none' {
  const [number = '', modifier = '1'] = parameters.split(';')
  const name = final === '~' ? BY_NUMBER[number] : BY_FINAL[final]
  if (name === undefined) return 'none'
  // Modifiers are one more than the sum of Shift 1, Alt 2 and Control 4; words are moved over with either of the last two.
  return named(((Number(modifier) - 1) & 6) === 0 ? name : `ctrl-${name}`)
}

/** Line ends as ours, tabs as spaces; other control characters would move the cursor. */
const pasteText = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '    ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are taken out
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
