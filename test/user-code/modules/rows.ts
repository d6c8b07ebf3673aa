/** The letters of a text with their places. */
export function* letters(text: string | null) {
  let at = 0
  for (const letter of text ?? '') yield { at: at++, letter }
}

export function* stumbling(last: number) {
  for (let n = 0; n <= last; n++) {
    if (n === 3) throw new RangeError('three')
    yield { n }
  }
}
