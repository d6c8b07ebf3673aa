import { STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

const UNITS: ReadonlySet<string> = new Set([
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DAYOFYEAR',
  'HOUR',
  'MINUTE',
  'SECOND',
  'MILLISECOND',
  'MICROSECOND',
])

/** What `dateadd` and `datediff` are when they begin with a unit. */
const UNIT_CALLS: Readonly<Record<string, string>> = {
  DATEADD: 'timestampadd',
  DATE_ADD: 'timestampadd',
  TIMESTAMPADD: 'timestampadd',
  DATEDIFF: 'timestampdiff',
  DATE_DIFF: 'timestampdiff',
  TIMESTAMPDIFF: 'timestampdiff',
  TIMEDIFF: 'timestampdiff',
}

/** Names that only call with a unit what the engine has; else they may be those of functions in SQL. */
const WITH_UNIT_ALONE: ReadonlySet<string> = new Set(Object.values(UNIT_CALLS))

/** What a call says of its function where that is none of the engine, although the name is known to it. */
export const foreignPath = (name: string): { readonly path?: readonly string[] } =>
  WITH_UNIT_ALONE.has(name.toLowerCase()) ? { path: [name] } : {}

export const isUnitCall = (name: string): boolean => Object.hasOwn(UNIT_CALLS, name)

/**
 * `dateadd(MONTH, 2, at)` and the like, from after the parenthesis on; undefined when no unit comes next.
 * @throws INVALID_PARAMETER_VALUE.DATETIME_UNIT for a unit in quotes
 */
export function readUnitCall(tokens: TokenStream, start: Token): UnresolvedExpression | undefined {
  const unit = tokens.peek()
  const isFirst = tokens.peek(1).kind === 'symbol' && tokens.peek(1).match === ','
  const isUnit = unit.kind === 'word' && UNITS.has(unit.match)
  if (!isFirst || (!isUnit && unit.kind !== 'string')) return undefined
  tokens.next()
  tokens.next()
  const args = tokens.list(() => tokens.expression())
  tokens.expect(')')
  const origin = tokens.originFrom(start)
  const name = start.text.toLowerCase()
  // A date in quotes, or a column called like a unit, and a number of days.
  if (args.length !== 2) {
    const first: UnresolvedExpression = isUnit
      ? { kind: 'attribute', parts: [unit.text], origin }
      : { kind: 'literal', type: STRING, value: unit.text, origin }
    return { kind: 'function', name, ...foreignPath(start.text), args: [first, ...args], origin }
  }
  if (isUnit) {
    const first: UnresolvedExpression = { kind: 'literal', type: STRING, value: unit.text, origin }
    return { kind: 'function', name: UNIT_CALLS[start.match]!, args: [first, ...args], origin }
  }
  throw new MillraceError(
    'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
    { functionName: quotedName(start.text), parameter: '`unit`', invalidValue: `'${unit.text}'` },
    { origin },
  )
}
