import type { ConditionName } from '../../../common/errors/catalogue.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'

/** A part of a pattern of numbers: a group of digits, between two of which a separator may stand, or a sign. */
export type NumberToken =
  | { readonly kind: 'digits'; readonly groups: readonly (DigitGroup | 'separator')[] }
  | { readonly kind: SignKind }
  | { readonly kind: 'unknown'; readonly character: string }

export interface DigitGroup {
  readonly count: number
  /** Whether a number must have all of them; else they are the most it has. */
  readonly isExact: boolean
}

type SignKind = 'point' | 'dollar' | 'sign' | 'minus' | 'open' | 'close'

const SIGNS: readonly (readonly [text: string, kind: SignKind])[] = [
  ['.', 'point'],
  ['D', 'point'],
  ['$', 'dollar'],
  ['S', 'sign'],
  ['MI', 'minus'],
  ['PR', 'close'],
]

/** The parts of a pattern in upper case, in the order in which a number has them. @throws INVALID_FORMAT.* */
export function numberTokens(pattern: string): readonly NumberToken[] {
  const tokens = readTokens(pattern)
  check(tokens, pattern)
  return tokens
}

function readTokens(pattern: string): readonly NumberToken[] {
  const tokens: NumberToken[] = []
  let isFraction = false
  for (let at = 0; at < pattern.length; ) {
    const digits = /^[09,G]+/.exec(pattern.slice(at))?.[0]
    const sign = SIGNS.find(([text]) => pattern.startsWith(text, at))
    if (digits) tokens.push({ kind: 'digits', groups: groupsOf(digits, isFraction) })
    else if (sign) {
      // What stands around a number begins before it.
      if (sign[1] === 'close') tokens.unshift({ kind: 'open' })
      if (sign[1] === 'point') isFraction = true
      tokens.push({ kind: sign[1] })
    } else tokens.push({ kind: 'unknown', character: pattern[at]! })
    at += digits?.length ?? sign?.[0].length ?? 1
  }
  return tokens
}

function groupsOf(digits: string, isFraction: boolean): readonly (DigitGroup | 'separator')[] {
  const parts = digits.match(/[09]+|[,G]/g)!
  return parts.map((part) =>
    /[,G]/.test(part) ? 'separator' : { count: part.length, isExact: part.startsWith('0') && !isFraction },
  )
}

const ONCE: readonly (readonly [kind: SignKind, text: string])[] = [
  ['point', '. or D'],
  ['sign', 'S'],
  ['minus', 'MI'],
  ['dollar', '$'],
  ['close', 'PR'],
]

function check(tokens: readonly NumberToken[], pattern: string): void {
  const format = quotedText(pattern)
  const wrong = (reason: string, parameters: Readonly<Record<string, string>> = {}): MillraceError =>
    new MillraceError(`INVALID_FORMAT.${reason}` as ConditionName, { ...parameters, format })
  if (pattern === '') throw wrong('EMPTY')
  const groups = tokens.map((token) => (token.kind === 'digits' ? token.groups : []))
  const digits = groups.findIndex((of) => of.some((part) => part !== 'separator'))
  if (digits < 0) throw wrong('WRONG_NUM_DIGIT')
  if (tokens.some(({ kind }, i) => kind === 'dollar' && i > digits)) throw wrong('CUR_MUST_BEFORE_DIGIT')
  const point = tokens.findIndex(({ kind }) => kind === 'point')
  const whole = point < 0 ? groups : groups.slice(0, point)
  if (whole.some(hasLooseSeparator)) throw wrong('CONT_THOUSANDS_SEPS')
  if (point >= 0 && groups.slice(point).some((of) => of.includes('separator')))
    throw wrong('THOUSANDS_SEPS_MUST_BEFORE_DEC')
  for (const [kind, token] of ONCE)
    if (tokens.filter((each) => each.kind === kind).length > 1) throw wrong('WRONG_NUM_TOKEN', { token })
  const unexpected = firstUnexpected(tokens)
  if (unexpected) throw wrong('UNEXPECTED_TOKEN', { token: nameOf(unexpected) })
}

const hasLooseSeparator = (groups: readonly (DigitGroup | 'separator')[]): boolean =>
  groups.some((part, i) => {
    if (part !== 'separator') return false
    return i === 0 || i === groups.length - 1 || groups[i - 1] === 'separator'
  })

/** What may stand where, each once or not at all. */
const ORDER: readonly (readonly NumberToken['kind'][])[] = [
  ['open'],
  ['minus', 'sign'],
  ['dollar'],
  ['digits'],
  ['point'],
  ['digits'],
  ['dollar'],
  ['minus', 'sign', 'close'],
]

function firstUnexpected(tokens: readonly NumberToken[]): NumberToken | undefined {
  let next = 0
  for (const allowed of ORDER) if (next < tokens.length && allowed.includes(tokens[next]!.kind)) next++
  return tokens[next]
}

function nameOf(token: NumberToken): string {
  switch (token.kind) {
    case 'digits':
      return 'digit sequence'
    case 'unknown':
      return `character '${token.character}''`
    case 'open':
      return 'PR'
    case 'point':
    case 'dollar':
    case 'sign':
    case 'minus':
    case 'close':
      return ONCE.find(([kind]) => kind === token.kind)![1]
  }
}
