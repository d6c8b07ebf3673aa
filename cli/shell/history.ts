import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolders } from '../../common/make-folders.js'

/** So many texts are kept; the file is cut to as many when it has twice that. */
const MOST_TEXTS = 1000
const MOST_TEXT_LENGTH = 100_000

/** In the user's folder of settings, as `XDG_CONFIG_HOME` says it. */
export const historyFile = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'millrace', 'history')

/**
 * What was typed before, in this shell and in others. The file has a text a line, as JSON because texts have lines of their own. Shells only ever
 * append to it, so that several of them keep what each other wrote. Without a folder to write to, only this shell remembers.
 */
export class History {
  readonly #path: string
  readonly #texts: string[]
  /** Which text is shown; as many as there are for the one that is being typed. */
  #at: number
  #typed = ''

  private constructor(path: string, texts: string[]) {
    this.#path = path
    this.#texts = texts
    this.#at = texts.length
  }

  static async open(path: string): Promise<History> {
    const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
    if (lines.length >= 2 * MOST_TEXTS) await cutTo(path, lines.slice(-MOST_TEXTS))
    return new History(path, lines.slice(-MOST_TEXTS).flatMap(textOf))
  }

  /** Keeps a text, unless it is that of before or begins with a space. */
  async add(text: string): Promise<void> {
    const kept = text.trimEnd()
    if (kept === '' || kept.startsWith(' ') || kept.length > MOST_TEXT_LENGTH || kept === this.#texts.at(-1)) return
    this.#texts.push(kept)
    if (this.#texts.length > MOST_TEXTS) this.#texts.shift()
    try {
      await makeFolders(dirname(this.#path), { mode: 0o700 })
      await appendFile(this.#path, `${JSON.stringify(kept)}\n`, { mode: 0o600 })
    } catch {
      // Nothing depends on it.
    }
  }

  /** Goes back to what is being typed. */
  rewind(): void {
    this.#at = this.#texts.length
    this.#typed = ''
  }

  /** The text before the one that is shown. @param shown is kept when it is what is being typed */
  older(shown: string): string | undefined {
    if (this.#at === 0) return undefined
    if (this.#at === this.#texts.length) this.#typed = shown
    return this.#texts[--this.#at]
  }

  /** The text behind the one that is shown, at last what was being typed. */
  newer(): string | undefined {
    if (this.#at === this.#texts.length) return undefined
    this.#at++
    return this.#texts[this.#at] ?? this.#typed
  }

  /** The newest text that has a part, but for some that have it too. */
  find(part: string, skipped: number): string | undefined {
    const wanted = part.toLowerCase()
    if (wanted === '') return undefined
    return this.#texts.toReversed().filter((text) => text.toLowerCase().includes(wanted))[skipped]
  }
}

/** Takes the place of the file at once. A shell that is writing at this moment may lose its line, not the others. */
async function cutTo(path: string, lines: readonly string[]): Promise<void> {
  const renewed = `${path}.${process.pid}`
  try {
    await writeFile(renewed, `${lines.join('\n')}\n`, { mode: 0o600 })
    await rename(renewed, path)
  } catch {
    // It is cut the next time.
  }
}

function textOf(line: string): readonly string[] {
  try {
    const text: unknown = JSON.parse(line)
    return typeof text === 'string' ? [text] : []
  } catch {
    return []
  }
}
