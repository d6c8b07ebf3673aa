import { bytesOf, wordsOf } from './column.js'

/** Integers of another width, by their lowest bytes or with their sign: both widths are whole words of 32 bits. */
export function resized(values: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return values
  const source = wordsOf(values)
  const [have, want] = [from / 4, to / 4]
  const target = new Int32Array((source.length / have) * want)
  for (let at = 0, out = 0; at < source.length; at += have) {
    const sign = source[at + have - 1]! >> 31
    for (let i = 0; i < want; i++) target[out++] = i < have ? source[at + i]! : sign
  }
  return bytesOf(target)
}
