import { once } from 'node:events'
import { writeSync } from 'node:fs'
import type { ReadStream, WriteStream } from 'node:tty'
import type { EditorTerminal } from './editor/editor.js'
import { type Key, KeyDecoder } from './editor/keys.js'

/** What is pasted then comes marked as such, so that line ends in it do not count as Enter. */
const MARK_PASTES = '\u001b[?2004h'
const DO_NOT_MARK_PASTES = '\u001b[?2004l'
/** What is typed while a statement runs, is kept up to so many keys. */
const MOST_KEYS = 10_000
const KEPT_ALIVE_MS = 60_000

/** The terminal of this process, key by key. */
export class Terminal implements EditorTerminal {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #decoder = new KeyDecoder()
  #keys: Key[] = []
  #wake: ((key: Key | 'resized' | undefined) => void) | undefined
  #isEnded = false
  /** What Ctrl-C does while no key is awaited. */
  #interrupt: (() => void) | undefined

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input
    this.#output = output
  }

  get columns(): number {
    return this.#output.columns || 80
  }

  get rows(): number {
    return this.#output.rows || 24
  }

  write(text: string): void {
    this.#output.write(text)
  }

  open(): void {
    this.#input.setEncoding('utf8')
    this.#input.on('data', this.#onData)
    this.#input.once('end', this.#onEnd)
    this.#output.on('resize', this.#onResize)
    // However the process ends.
    process.once('exit', this.#unmark)
    this.take()
  }

  close(): void {
    this.release()
    this.#input.off('data', this.#onData)
    this.#input.off('end', this.#onEnd)
    this.#output.off('resize', this.#onResize)
    process.off('exit', this.#unmark)
  }

  /** Gets keys one by one instead of lines. */
  take(): void {
    this.#input.setRawMode(true)
    this.#input.resume()
    this.write(MARK_PASTES)
  }

  /** Leaves the terminal to others for a while. */
  release(): void {
    this.write(DO_NOT_MARK_PASTES)
    this.#input.setRawMode(false)
    this.#input.pause()
  }

  nextKey(): Promise<Key | 'resized' | undefined> {
    const key = this.#keys.shift()
    if (key || this.#isEnded) return Promise.resolve(key)
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Does something that Ctrl-C cancels; what was typed before that is dropped. */
  async interruptible<T>(interrupt: () => void, body: () => Promise<T>): Promise<T> {
    this.#interrupt = interrupt
    try {
      return await body()
    } finally {
      this.#interrupt = undefined
    }
  }

  /** Ctrl-C, or the signal that stands for it. @returns whether there was something to cancel */
  cancel(): boolean {
    if (!this.#interrupt) return false
    this.#keys = []
    this.#interrupt()
    return true
  }

  async suspend(): Promise<void> {
    this.release()
    // Nothing else keeps the process from ending, as listeners of signals do not.
    const keepsAlive = setInterval(() => undefined, KEPT_ALIVE_MS)
    const continued = once(process, 'SIGCONT')
    process.kill(process.pid, 'SIGTSTP')
    await continued
    clearInterval(keepsAlive)
    this.take()
  }

  readonly #unmark = (): void => void writeSync(process.stdout.fd, DO_NOT_MARK_PASTES)

  readonly #onData = (text: string): void => {
    for (const key of this.#decoder.push(text)) {
      if (key.kind === 'key' && key.name === 'ctrl-c' && this.cancel()) continue
      if (this.#wake) this.#resolve(key)
      else if (this.#keys.length < MOST_KEYS) this.#keys.push(key)
    }
  }

  readonly #onResize = (): void => this.#resolve('resized')

  readonly #onEnd = (): void => {
    this.#isEnded = true
    this.#resolve(undefined)
  }

  #resolve(key: Key | 'resized' | undefined): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.(key)
  }
}
