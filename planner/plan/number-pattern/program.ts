import {
  NUMBER_ALL_DIGITS,
  NUMBER_CLOSE,
  NUMBER_DIGITS,
  NUMBER_DOLLAR,
  NUMBER_MINUS,
  NUMBER_OPEN,
  NUMBER_POINT,
  NUMBER_SEPARATOR,
  NUMBER_SIGN,
  NUMBER_STEP_BYTES,
  NUMBER_STEP_COUNT,
} from '../../../executor/kernels/interface/number-pattern.js'
import { type DigitGroup, type NumberToken, numberTokens } from './tokens.js'

/** What kernels run of a pattern of numbers, and how many digits one has in all and behind the point. */
export interface NumberProgram {
  readonly steps: Uint8Array
  readonly precision: number
  readonly scale: number
}

const SIGNS = {
  point: NUMBER_POINT,
  dollar: NUMBER_DOLLAR,
  sign: NUMBER_SIGN,
  minus: NUMBER_MINUS,
  open: NUMBER_OPEN,
  close: NUMBER_CLOSE,
} as const

/** @throws INVALID_FORMAT.* */
export function numberProgram(pattern: string): NumberProgram {
  const tokens = numberTokens(pattern.toUpperCase())
  const steps = tokens.flatMap(stepsOf)
  const point = tokens.findIndex(({ kind }) => kind === 'point')
  const view = new DataView(new ArrayBuffer(steps.length * NUMBER_STEP_BYTES))
  for (const [i, { kind, count }] of steps.entries()) {
    view.setInt32(i * NUMBER_STEP_BYTES, kind, true)
    view.setInt32(i * NUMBER_STEP_BYTES + NUMBER_STEP_COUNT, count, true)
  }
  return {
    steps: new Uint8Array(view.buffer),
    precision: digitsIn(tokens),
    scale: point < 0 ? 0 : digitsIn(tokens.slice(point)),
  }
}

interface Step {
  readonly kind: number
  readonly count: number
}

function stepsOf(token: NumberToken): readonly Step[] {
  if (token.kind === 'unknown') return []
  return token.kind === 'digits' ? token.groups.map(groupStep) : [{ kind: SIGNS[token.kind], count: 0 }]
}

const groupStep = (group: DigitGroup | 'separator'): Step =>
  group === 'separator'
    ? { kind: NUMBER_SEPARATOR, count: 0 }
    : { kind: group.isExact ? NUMBER_ALL_DIGITS : NUMBER_DIGITS, count: group.count }

const digitsIn = (tokens: readonly NumberToken[]): number =>
  tokens.reduce((sum, token) => (token.kind === 'digits' ? sum + countOf(token.groups) : sum), 0)

const countOf = (groups: readonly (DigitGroup | 'separator')[]): number =>
  groups.reduce((sum, group) => (group === 'separator' ? sum : sum + group.count), 0)
