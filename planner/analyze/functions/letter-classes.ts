/** Upper case letters, lower case letters and digits, in the order of the classes of `mask`. */
const CLASSES = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u] as const

/** Behind this there are no letters or digits with a case. */
const POINTS = 0x20000

let classes: Uint8Array | undefined

/** The classes of letters as triples of u32: the first and the last code point of a range, and its class. */
export function letterClasses(): Uint8Array {
  if (classes) return classes
  const ranges: number[] = []
  let last = -1
  for (let point = 0; point < POINTS; point++) {
    const kind = CLASSES.findIndex((pattern) => pattern.test(String.fromCodePoint(point)))
    if (kind < 0) last = -1
    else if (kind === last) ranges[ranges.length - 2] = point
    else {
      ranges.push(point, point, kind)
      last = kind
    }
  }
  classes = new Uint8Array(Uint32Array.from(ranges).buffer)
  return classes
}
