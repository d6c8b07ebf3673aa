import type { Origin } from './condition.js'

/** An origin carries the whole of a text up to this length, and of a longer one only what is near, since every expression has an origin. */
const WHOLE_CHARACTERS = 2000
const NEAR_CHARACTERS = 400

/** A text given by the user, which can tell where in it something stands. */
export class SourceText {
  readonly text: string
  #lineStarts: readonly number[] | undefined

  constructor(text: string) {
    this.text = text
  }

  origin(start: number, end: number): Origin {
    const { text } = this
    if (text.length <= WHOLE_CHARACTERS) return { text, start, end }
    const from = Math.max(0, start - NEAR_CHARACTERS)
    const near = text.slice(from, start + NEAR_CHARACTERS)
    return { text: near, start: start - from, end: Math.min(end - from, near.length), cutFrom: this.#place(from) }
  }

  /** Line and position of an offset, both from 1. */
  #place(offset: number): { readonly line: number; readonly position: number } {
    this.#lineStarts ??= [0, ...[...this.text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    let [low, high] = [0, this.#lineStarts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#lineStarts[middle]! <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, position: offset - this.#lineStarts[low]! + 1 }
  }
}
