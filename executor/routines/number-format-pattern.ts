/* A pattern as Java's DecimalFormat reads it: `#,##0.00`, `0.###E0`, `0%`, `0;(0)`. */

export interface NumberFormat {
  readonly before: Affixes
  readonly behind: Affixes
  /** The number is multiplied with ten to this power: of percent and per mille. */
  readonly power: number
  readonly wholeLeast: number
  readonly wholeMost: number
  readonly placesLeast: number
  readonly placesMost: number
  /** How many digits stand between two commas; 0 for none. */
  readonly groupSize: number
  readonly hasPoint: boolean
  /** The least number of digits of the exponent, where there is one. */
  readonly exponentDigits: number | undefined
}

/** What stands on a side of numbers above and below zero. */
interface Affixes {
  readonly positive: string
  readonly negative: string
}

interface Part {
  readonly before: string
  readonly behind: string
  readonly power: number
  readonly number: string
}

/** The format of so many places, with commas. */
export const numberFormatOfPlaces = (places: number): NumberFormat => ({
  before: { positive: '', negative: '-' },
  behind: { positive: '', negative: '' },
  power: 0,
  wholeLeast: 1,
  wholeMost: Number.POSITIVE_INFINITY,
  placesLeast: places,
  placesMost: places,
  groupSize: 3,
  hasPoint: false,
  exponentDigits: undefined,
})

/** @param refuse makes what is thrown for a text that is no pattern, of why it is none */
export function numberFormat(pattern: string, refuse: (reason: string) => Error): NumberFormat {
  if (pattern === '') return numberFormatOfPlaces(0)
  const [positive, rest] = partOf(pattern, refuse)
  const below = rest === undefined ? undefined : partOf(rest, refuse)[0]
  const isOwn = below && (below.before !== positive.before || below.behind !== positive.behind)
  return {
    ...digitsOf(positive.number, pattern, refuse),
    before: { positive: positive.before, negative: isOwn ? below.before : `-${positive.before}` },
    behind: { positive: positive.behind, negative: isOwn ? below.behind : positive.behind },
    power: positive.power,
  }
}

const NUMBER = /^[#0,.]+(?:E0*)?/

/** A pattern up to a semicolon, and what stands behind it. */
function partOf(pattern: string, refuse: (reason: string) => Error): readonly [Part, string | undefined] {
  const sides: [string, string] = ['', '']
  let [side, power, number]: [0 | 1, number, string] = [0, 0, '']
  let isQuoted = false
  for (let at = 0; at < pattern.length; ) {
    const sign = pattern[at]!
    const digits = isQuoted ? undefined : NUMBER.exec(pattern.slice(at))?.[0]
    if (digits) {
      if (side === 1) throw refuse(`Unquoted special character '${sign}' in pattern "${pattern}"`)
      number = digits
      side = 1
      at += digits.length
      continue
    }
    at++
    if (sign === "'") {
      if (pattern[at] === "'") sides[side] += pattern[at++]
      else isQuoted = !isQuoted
    } else if (isQuoted) sides[side] += sign
    else if (sign === ';') return [{ before: sides[0], behind: sides[1], power, number }, pattern.slice(at)]
    else {
      if (sign === '%') power = 2
      if (sign === '‰') power = 3
      sides[side] += sign === '¤' ? '$' : sign
    }
  }
  if (isQuoted) throw refuse(`Malformed pattern "${pattern}"`)
  return [{ before: sides[0], behind: sides[1], power, number }, undefined]
}

type Digits = Omit<NumberFormat, 'before' | 'behind' | 'power'>

function digitsOf(number: string, pattern: string, refuse: (reason: string) => Error): Digits {
  const [mantissa, exponent] = number.split('E') as [string, string | undefined]
  const points = mantissa.split('.')
  if (points.length > 2) throw refuse(`Multiple decimal separators in pattern "${pattern}"`)
  const malformed = (): Error => refuse(`Malformed pattern "${pattern}"`)
  const [whole, fraction = ''] = points as [string, string | undefined]
  const commas = whole.split(',')
  if (fraction.includes(',') || (commas.length > 1 && commas.at(-1) === '')) throw malformed()
  const wholeDigits = commas.join('')
  if (/0.*#.*0|0#/.test(wholeDigits) || /#.*0/.test(fraction))
    throw /0.*#.*0|#.*0/.test(wholeDigits + fraction) ? refuse(`Unexpected '0' in pattern "${pattern}"`) : malformed()
  if (exponent === '' || (exponent !== undefined && wholeDigits === ''))
    throw refuse(`Malformed exponential pattern "${pattern}"`)
  const hasPoint = points.length === 2
  const zeros = [countOf(wholeDigits, '0'), countOf(fraction, '0')] as const
  // Without any 0 the digit before the point is one, or that behind it where there is none.
  const isImplied = hasPoint && zeros[0] + zeros[1] === 0 && wholeDigits.length + fraction.length > 0
  const wholeLeast = isImplied && wholeDigits !== '' ? 1 : zeros[0]
  return {
    wholeLeast,
    wholeMost: exponent === undefined ? Number.POSITIVE_INFINITY : wholeDigits.length,
    placesLeast: isImplied && wholeDigits === '' ? 1 : zeros[1],
    placesMost: fraction.length,
    groupSize: commas.length > 1 ? commas.at(-1)!.length : 0,
    hasPoint: hasPoint && (wholeDigits === '' || fraction === ''),
    exponentDigits: exponent?.length,
  }
}

const countOf = (text: string, sign: string): number => text.split(sign).length - 1
