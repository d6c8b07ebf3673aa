import { append } from '../../common/append.js'
import type { CollationElement } from './collation-elements.js'
import { type CollationOrder, collationOrder } from './collation-tailorings.js'
import { refuseLong } from './long-text.js'

/* Keys of texts in the order of Unicode: bytes in the order in which ICU has the texts, equal where it says that these are. */

/** From here on characters may be made of others. */
const FIRST_COMPOSED = 0xc0

/** The characters of a text, each one that is made of others taken apart. */
const partsOf = (text: string): string[] =>
  Array.from(text).flatMap((one) => (one.codePointAt(0)! < FIRST_COMPOSED ? one : Array.from(one.normalize('NFD'))))

/** Whether a mark belongs to what stands before another one, which is put on at another place. */
const passes = (mark: string, before: string): boolean =>
  mark !== before && (mark + before).normalize('NFD') === before + mark

const MARK = /^\p{M}$/u

/** @throws UNSUPPORTED_FEATURE for a text that is too long */
function elementsIn(text: string, { ofText, longest, elementsOf }: CollationOrder): readonly CollationElement[] {
  refuseLong(text)
  const parts = partsOf(text)
  const found: CollationElement[] = []
  for (let i = 0; i < parts.length; ) {
    const point = parts[i]!.codePointAt(0)!
    const most = longest.get(point)
    if (most === undefined) {
      append(found, elementsOf(point))
      i++
      continue
    }
    let length = Math.min(most, parts.length - i)
    while (length > 1 && !ofText.has(parts.slice(i, i + length).join(''))) length--
    let together = parts.slice(i, i + length).join('')
    // Marks behind others may belong to it, too.
    for (let k = i + length; k < parts.length && MARK.test(parts[k]!); k++) {
      const longer = together + parts[k]!
      if (!ofText.has(longer) || !parts.slice(i + length, k).every((before) => passes(parts[k]!, before))) continue
      together = longer
      parts.splice(k--, 1)
    }
    append(found, ofText.get(together) ?? elementsOf(point))
    i += length
  }
  return found
}

/** Bytes below are no weights: one ends a level. */
const END_OF_LEVEL = 1
/** The letters and digits that are usual take one byte each, between those of three. */
const [FIRST_USUAL, FIRST_HIGH] = [0x20, 0xe0]
/** Weights of accents beyond have a second byte. */
const MOST_SHORT = 0xf0

/** How texts are told apart: in the order of a language, with case, with accents. */
export interface Levels {
  readonly locale: string
  readonly ignoresCase: boolean
  readonly ignoresAccents: boolean
}

/** Levels as plans tell them: `sv_CI_AI` (`collationLevels` of columnar/collation.ts). */
export function levelsOf(told: string): Levels {
  const [, locale, ignoredCase, ignoredAccents] = /^(.*?)(_CI)?(_AI)?$/.exec(told)!
  return { locale: locale!, ignoresCase: ignoredCase !== undefined, ignoresAccents: ignoredAccents !== undefined }
}

export function keyOf(text: string, { locale, ignoresCase, ignoresAccents }: Levels): Uint8Array {
  const order = collationOrder(locale)
  const { usual, common } = order
  const elements = elementsIn(text, order)
  const bytes: number[] = []
  for (const { primary } of elements) {
    const place = primary - usual
    if (primary === 0) continue
    if (place >= 0 && place < FIRST_HIGH - FIRST_USUAL) bytes.push(FIRST_USUAL + place)
    else {
      const lead = place < 0 ? END_OF_LEVEL + 1 : FIRST_HIGH
      const value = place < 0 ? primary : place
      bytes.push(lead + (value >> 16), (value >> 8) & 0xff, value & 0xff)
    }
  }
  if (!ignoresAccents)
    pushLevel(
      bytes,
      elements.map(({ secondary }) => secondary),
      common.secondary,
    )
  else if (!ignoresCase)
    pushLevel(
      bytes,
      elements.flatMap(({ primary, size }) => (primary === 0 ? [] : [size + 1])),
      common.size + 1,
    )
  if (!ignoresCase && !ignoresAccents)
    pushLevel(
      bytes,
      elements.map(({ tertiary }) => tertiary),
      common.tertiary,
    )
  return Uint8Array.from(bytes)
}

/** The weights of a level, without those at the end that letters have by themselves: none is less. */
function pushLevel(bytes: number[], weights: readonly number[], common: number): void {
  const counted = weights.filter((weight) => weight !== 0)
  while (counted.at(-1) === common) counted.pop()
  bytes.push(END_OF_LEVEL)
  for (const weight of counted) {
    if (weight < MOST_SHORT) bytes.push(weight + END_OF_LEVEL)
    else bytes.push(MOST_SHORT + END_OF_LEVEL, weight - MOST_SHORT)
  }
}

/** The key as a text, which is equal where keys are. */
export const keyText = (text: string, levels: Levels): string => Buffer.from(keyOf(text, levels)).toString('latin1')
