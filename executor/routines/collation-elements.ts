import { inflateSync } from 'node:zlib'
import { COLLATION_DATA } from './collation-data.js'

/** What a part of a text counts for in the order of Unicode. Weights are numbers in their order; 0 is none. */
export interface CollationElement {
  /** The letter; below 0 it is the ideograph of that code point. */
  readonly primary: number
  /** The accent. */
  readonly secondary: number
  /** The form of the letter, capital or small among others. */
  readonly tertiary: number
  /** Only whether it is small, mixed or capital: 0, 1, 2. */
  readonly size: number
}

interface Elements {
  readonly ofPoint: ReadonlyMap<number, readonly CollationElement[]>
  /** Of several code points that count together, by the text that they are. */
  readonly ofText: ReadonlyMap<string, readonly CollationElement[]>
  /** How many there are at most of those that begin with a code point. */
  readonly longest: ReadonlyMap<number, number>
  /** The weight of the digit 0, the first one that is usual in texts. */
  readonly usual: number
  readonly common: Pick<CollationElement, 'secondary' | 'tertiary' | 'size'>
  /** The first weight that no character of the data has. */
  readonly beyond: number
}

/** What follows is for ever lower, or higher, than all other characters, and what stands for bytes that are no text. */
const [LOWEST, REPLACEMENT, HIGHEST] = [0xfffe, 0xfffd, 0xffff]
const FIRST_IDEOGRAPH = 0x3400
/** There are fewer ideographs, and so many code points. */
const [ALL_IDEOGRAPHS, ALL_POINTS] = [0x20000, 0x110000]

let known: Elements | undefined
let ideographs: ReadonlyMap<number, number> | undefined

export function collationElements(): Elements {
  known ??= readElements()
  return known
}

function readElements(): Elements {
  const bytes = inflateSync(Buffer.from(COLLATION_DATA, 'base64'))
  let at = 0
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const signed = (): number => {
    const value = number()
    return value & 1 ? -((value + 1) >> 1) : value >> 1
  }
  const kinds = Array.from({ length: number() }, () => ({ secondary: number(), tertiary: number(), size: number() }))
  const ranks = number()
  const usual = number() + 1
  const ofPoint = new Map<number, readonly CollationElement[]>()
  const ofText = new Map<string, readonly CollationElement[]>()
  const longest = new Map<number, number>()
  let [point, primary] = [0, 0]
  while (at < bytes.length) {
    const points = Array.from({ length: number() }, () => (point += signed()))
    const run = number()
    const found = Array.from({ length: number() }, (): CollationElement => {
      primary += signed()
      // One more than in the data, as U+FFFE is less than all others.
      const weight = primary === 0 ? 0 : primary + 1
      return { primary: primary < ranks ? weight : ranks - primary, ...kinds[number()]! }
    })
    if (points.length === 1) {
      for (let i = 0; i < run; i++)
        ofPoint.set(points[0]! + i, i === 0 ? found : [{ ...found[0]!, primary: found[0]!.primary + i }])
    } else {
      ofText.set(points.map((one) => String.fromCodePoint(one)).join(''), found)
      longest.set(points[0]!, Math.max(longest.get(points[0]!) ?? 0, points.length))
    }
    point += run - 1
    primary += run - 1
  }
  return { ofPoint, ofText, longest, usual, common: ofPoint.get(0x30)![0]!, beyond: ranks + 1 }
}

/** The places of the ideographs among each other, which Node knows. */
function placesOfIdeographs(): ReadonlyMap<number, number> {
  const texts: string[] = []
  for (let point = FIRST_IDEOGRAPH; point < 0x40000; point++) {
    const text = String.fromCodePoint(point)
    if (/\p{Unified_Ideograph}/u.test(text)) texts.push(text)
  }
  texts.sort(new Intl.Collator('und').compare)
  return new Map(texts.map((text, place) => [text.codePointAt(0)!, place]))
}

/** The elements of a code point that stands for itself. */
export function elementsOf(point: number): readonly CollationElement[] {
  const { ofPoint, beyond, common } = collationElements()
  if (point === REPLACEMENT) return [{ ...common, primary: beyond + ALL_IDEOGRAPHS + ALL_POINTS }]
  const found = ofPoint.get(point)
  if (found) return found.some(({ primary }) => primary < 0) ? found.map(withPlace) : found
  if (point === LOWEST) return [{ ...common, primary: 1 }]
  if (point === HIGHEST) return [{ ...common, primary: beyond + ALL_IDEOGRAPHS + ALL_POINTS + 1 }]
  const place = point < FIRST_IDEOGRAPH ? undefined : placeOf(point)
  return [{ ...common, primary: beyond + (place ?? ALL_IDEOGRAPHS + point) }]
}

function placeOf(point: number): number | undefined {
  ideographs ??= placesOfIdeographs()
  return ideographs.get(point)
}

const withPlace = (element: CollationElement): CollationElement =>
  element.primary < 0 ? { ...element, primary: collationElements().beyond + (placeOf(-element.primary) ?? 0) } : element
