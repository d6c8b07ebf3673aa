import { inflateSync } from 'node:zlib'
import { type CollationElement, collationElements, elementsOf } from './collation-elements.js'
import { TAILORINGS_DATA } from './collation-tailorings-data.js'

/** What the order of a language consists of: elements of characters, and of several together. */
export interface CollationOrder {
  /** Of several code points that count together, by the text that they are. */
  readonly ofText: ReadonlyMap<string, readonly CollationElement[]>
  /** How many there are at most of those that begin with a code point. */
  readonly longest: ReadonlyMap<number, number>
  /** The weight of the digit 0, the first one that is usual in texts. */
  readonly usual: number
  readonly common: Pick<CollationElement, 'secondary' | 'tertiary' | 'size'>
  elementsOf(point: number): readonly CollationElement[]
}

/** Primary, secondary and tertiary weight and the size; a weight below 0 is one of the language's own: -1 is the first of them. */
type ToldElement = readonly [number, number, number, CollationElement['size']]

/** As collation_tailorings.py writes it: behind which weights of the root those of the language's own are, and the elements of texts. */
interface Tailoring {
  readonly bases: readonly [readonly number[], readonly number[], readonly number[]]
  readonly texts: readonly (readonly [text: string, elements: readonly ToldElement[]])[]
}

let tailorings: Readonly<Record<string, Tailoring>> | undefined

/** Of so many characters the elements are kept. */
const MOST_POINTS = 1 << 14

const orders = new Map<string, CollationOrder>()

/** The order of a language: that of the root where it has none of its own. */
export function collationOrder(locale: string): CollationOrder {
  const known = orders.get(locale)
  if (known) return known
  const tailoring = locale === 'root' ? undefined : told()[locale]
  const order = tailoring ? tailored(tailoring) : { ...collationElements(), elementsOf }
  orders.set(locale, order)
  return order
}

function told(): Readonly<Record<string, Tailoring>> {
  tailorings ??= JSON.parse(inflateSync(Buffer.from(TAILORINGS_DATA, 'base64')).toString('utf8')) as Record<
    string,
    Tailoring
  >
  return tailorings
}

/** Weights of a level, among which a language has some of its own. */
class Weights {
  readonly #bases: readonly number[]

  /** @param bases the weights of the root that those of the language are behind, in order */
  constructor(bases: readonly number[]) {
    this.#bases = bases
  }

  /** A weight of the root: so many of the language are before it. */
  ofRoot(weight: number): number {
    let [low, high] = [0, this.#bases.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#bases[middle]! < weight) low = middle + 1
      else high = middle
    }
    return weight + low
  }

  ofLanguage(index: number): number {
    return this.#bases[index]! + index + 1
  }
}

function tailored({ bases, texts }: Tailoring): CollationOrder {
  const root = collationElements()
  // Primary weights are one more than in the data (collation-elements.ts).
  const [primaries, secondaries, tertiaries] = [
    new Weights(bases[0].map((base) => base + 1)),
    new Weights(bases[1]),
    new Weights(bases[2]),
  ]
  const moved = ({ primary, secondary, tertiary, size }: CollationElement): CollationElement => ({
    primary: primaries.ofRoot(primary),
    secondary: secondaries.ofRoot(secondary),
    tertiary: tertiaries.ofRoot(tertiary),
    size,
  })
  const own = ([primary, secondary, tertiary, size]: ToldElement): CollationElement => ({
    primary: primary < 0 ? primaries.ofLanguage(-1 - primary) : primaries.ofRoot(primary === 0 ? 0 : primary + 1),
    secondary: secondary < 0 ? secondaries.ofLanguage(-1 - secondary) : secondaries.ofRoot(secondary),
    tertiary: tertiary < 0 ? tertiaries.ofLanguage(-1 - tertiary) : tertiaries.ofRoot(tertiary),
    size,
  })
  const ofText = new Map([...root.ofText].map(([text, elements]) => [text, elements.map(moved)]))
  const longest = new Map(root.longest)
  const ofPoint = new Map<number, readonly CollationElement[]>()
  for (const [text, elements] of texts) {
    const points = Array.from(text, (character) => character.codePointAt(0)!)
    const made = elements.map(own)
    if (points.length === 1) ofPoint.set(points[0]!, made)
    else {
      ofText.set(text, made)
      longest.set(points[0]!, Math.max(longest.get(points[0]!) ?? 0, points.length))
    }
  }
  const { secondary, tertiary, size } = moved({ primary: 0, ...root.common })
  return {
    ofText,
    longest,
    usual: primaries.ofRoot(root.usual),
    common: { secondary, tertiary, size },
    elementsOf: (point) => {
      const known = ofPoint.get(point)
      if (known) return known
      const made = elementsOf(point).map(moved)
      if (ofPoint.size < MOST_POINTS) ofPoint.set(point, made)
      return made
    },
  }
}
