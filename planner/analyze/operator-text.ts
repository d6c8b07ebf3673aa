import { isCollated } from '../../columnar/text-types.js'
import { collationOf, type DataType, isAnyInterval } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { TextContext } from './printing.js'
import { literalValue, zonedLiteralText } from './session.js'
import { isIntegral } from './types/common-types.js'

/** What an interval moves; a text is a timestamp for intervals of days and shorter units. */
function isMoment(type: DataType | undefined, by: DataType | undefined): boolean {
  if (type?.kind === 'string') return by?.kind === 'interval_dt' || by?.kind === 'interval'
  return type !== undefined && ['date', 'time', 'timestamp', 'timestamp_ntz'].includes(type.kind)
}

/** `+`, `-`, `*` and `/`: with dates, times and intervals Spark prints the function that they stand for. */
export function temporalText(
  name: string,
  left: UnresolvedExpression,
  leftText: string,
  right: UnresolvedExpression,
  rightText: string,
  context: TextContext,
): string | undefined {
  if (name !== '+' && name !== '-' && name !== '*' && name !== '/') return undefined
  const [a, b] = [context.typeOf?.(left), context.typeOf?.(right)]
  if (name === '/') return a?.kind === 'interval' ? `divide_interval(${leftText}, ${rightText})` : undefined
  if (name === '*' && (a?.kind === 'interval' || b?.kind === 'interval'))
    return a?.kind === 'interval'
      ? `multiply_interval(${leftText}, ${rightText})`
      : `multiply_interval(${rightText}, ${leftText})`
  // An interval stands before what it is multiplied by.
  if (name === '*') return a && b && isAnyInterval(b) && !isAnyInterval(a) ? `(${rightText} * ${leftText})` : undefined
  const isOfTimes = name === '-' && (a?.kind === 'time' || b?.kind === 'time') && [a, b].every(isTimeLike)
  if (isOfTimes) return `${leftText} - ${rightText}`
  if (isMoment(a, b) && b && moves(name, b)) return movedText(name, leftText, a!, rightText, b)
  if (name === '+' && isMoment(b, a) && a && moves(name, a)) return movedText(name, rightText, b!, leftText, a)
  if (a?.kind === 'date' && b && isIntegral(b))
    return `${name === '+' ? 'date_add' : 'date_sub'}(${leftText}, ${rightText})`
  if (name === '+' && b?.kind === 'date' && a && isIntegral(a)) return `date_add(${rightText}, ${leftText})`
  return `(${leftText} ${name} ${rightText})`
}

/** What counts as a time of day beside one. */
const isTimeLike = (type: DataType | undefined): boolean =>
  type !== undefined && ['time', 'string', 'void'].includes(type.kind)

/** What is added to a time: an interval, for which NULL counts too. */
const moves = (name: '+' | '-', type: DataType): boolean =>
  isAnyInterval(type) || (name === '+' && type.kind === 'void')

function movedText(name: '+' | '-', moment: string, type: DataType, interval: string, by: DataType): string {
  if (type.kind !== 'date' || by.kind !== 'interval_dt' || by.fields?.[1] !== 'day')
    return `${moment} ${name} ${interval}`
  const days = `extractansiintervaldays(${interval})`
  return `date_add(${moment}, ${name === '+' ? days : `(- ${days})`})`
}

/** How an integer compares with a decimal literal: with the whole number below (-1) or above (1) it; the other way round for mirrored sides. */
const TOWARDS: Readonly<Record<string, 1 | -1>> = { '>': -1, '>=': 1, '<': 1, '<=': -1 }
const MIRRORED: Readonly<Record<string, string>> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' }

/** Comparisons of an integer with a decimal literal, in which Spark rounds the literal first. */
export function comparisonText(
  name: string,
  left: UnresolvedExpression,
  leftText: string,
  right: UnresolvedExpression,
  rightText: string,
  context: TextContext,
): string | undefined {
  if (!Object.hasOwn(TOWARDS, name)) return undefined
  const isInteger = (e: UnresolvedExpression): boolean => {
    const type = context.typeOf?.(e)
    return type !== undefined && isIntegral(type)
  }
  if (isInteger(left)) {
    const rounded = roundedLiteral(right, TOWARDS[name]!)
    return rounded === undefined ? undefined : `(${leftText} ${name} ${rounded})`
  }
  if (!isInteger(right)) return undefined
  const rounded = roundedLiteral(left, TOWARDS[MIRRORED[name]!]!)
  return rounded === undefined ? undefined : `(${rounded} ${name} ${rightText})`
}

function roundedLiteral(e: UnresolvedExpression, towards: 1 | -1): bigint | undefined {
  if (e.kind !== 'literal' || e.type.kind !== 'decimal' || typeof e.value !== 'bigint') return undefined
  const divisor = 10n ** BigInt(e.type.scale)
  const truncated = e.value / divisor
  const rest = e.value % divisor
  const rounded = rest === 0n || rest < 0n !== towards < 0 ? truncated : truncated + BigInt(towards)
  // What no bigint holds is decided by Spark without comparing.
  return BigInt.asIntN(64, rounded) === rounded ? rounded : undefined
}

/** A text without quotes, unless it got a collation from what stands beside it. */
export function literalWritten(
  e: Extract<UnresolvedExpression, { kind: 'literal' }>,
  type: DataType | undefined,
): string {
  if (e.type.kind !== 'string' || e.value === null) return zonedLiteralText(e.type, literalValue(e))
  return type?.kind === 'string' && isCollated(type) ? `'${e.value}' collate ${collationOf(type)}` : String(e.value)
}
