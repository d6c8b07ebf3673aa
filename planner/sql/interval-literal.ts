import {
  fieldOfUnit,
  type IntervalField,
  type IntervalProblem,
  microsOf,
  type ParsedInterval,
  parseInterval,
  parseUnitToUnit,
} from '../../columnar/times/interval-amounts.js'
import { packInterval } from '../../columnar/times/interval-parts.js'
import { DAY_TIME_FIELDS, type DataType, INTERVAL, YEAR_MONTH_FIELDS } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** Reads `interval '3' month`, `interval 3 days 2 hours`, `interval '1-2' year to month` or `interval '3 days'` if one comes next. */
export function readInterval(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  if (!tokens.at('INTERVAL') || !isAmount(tokens, 1)) return undefined
  if (tokens.peek(1).kind === 'string' && !hasUnit(tokens, 2)) return readWhole(tokens)
  tokens.next()
  const valueStart = tokens.peek()
  const first = readAmount(tokens)
  if (tokens.peek().kind === 'word' && /^NANOSECONDS?$/.test(tokens.peek().match)) {
    const unit = tokens.next().text.toLowerCase()
    throw malformed('INVALID_UNIT', { input: ` ${first.text} ${unit}`, unit }, tokens.originFrom(start))
  }
  const unit = readUnit(tokens)
  if (tokens.accept('TO')) {
    const interval = readUnitToUnit(tokens, start, valueStart, first, unit)
    if (!isAmount(tokens, 0) || !hasUnit(tokens, signs(tokens, 0) + 1)) return interval
    throw severalValues(tokens, start)
  }
  const parts = [{ amount: first, unit }]
  while (isAmount(tokens, 0) && hasUnit(tokens, signs(tokens, 0) + 1))
    parts.push({ amount: readAmount(tokens), unit: readUnit(tokens) })
  if (tokens.at('TO')) throw severalValues(tokens, start)
  const origin = tokens.originFrom(start)
  const text = parts.map(({ amount, unit: name }) => ` ${amount.text} ${name}`).join('')
  const bad = parts.find(({ amount }) => amount.isText && /\p{L}/u.test(amount.text))
  if (bad) {
    const parameters = { value: bad.amount.text }
    throw new MillraceError('_LEGACY_ERROR_TEMP_0026', parameters, { origin: tokens.originFrom(valueStart) })
  }
  const parsed = parseInterval(text, (problem) => refused(problem, text, origin))
  return literalOf(
    tokens,
    parsed,
    parts.map((part) => part.unit),
    start,
  )
}

/** The error of several values, of which one goes from unit to unit; it takes what belongs to the interval. */
function severalValues(tokens: TokenStream, start: Token): MillraceError {
  while (isAmount(tokens, 0) || tokens.at('TO') || hasUnit(tokens, 0)) tokens.next()
  return new MillraceError('_LEGACY_ERROR_TEMP_0024', {}, { origin: tokens.originFrom(start) })
}

interface Amount {
  readonly text: string
  readonly isText: boolean
  readonly token: Token
}

/** How many signs stand at a place: none or one. */
const signs = (tokens: TokenStream, ahead: number): number => {
  const { kind, match } = tokens.peek(ahead)
  return kind === 'symbol' && (match === '-' || match === '+') ? 1 : 0
}

function isAmount(tokens: TokenStream, ahead: number): boolean {
  const { kind } = tokens.peek(ahead + signs(tokens, ahead))
  return kind === 'number' || kind === 'string'
}

const hasUnit = (tokens: TokenStream, ahead: number): boolean => {
  const { kind, match } = tokens.peek(ahead)
  return kind === 'word' && fieldOfUnit(match) !== undefined
}

/** A number or a text, with its sign; two minuses are none. */
function readAmount(tokens: TokenStream): Amount {
  const isNegative = tokens.accept('-')
  if (!isNegative) tokens.accept('+')
  const token = tokens.next()
  const { kind, text } = token
  const signed = !isNegative ? text : text.startsWith('-') ? text.slice(1) : `-${text}`
  return { text: signed, isText: kind === 'string', token }
}

function readUnit(tokens: TokenStream): string {
  if (!hasUnit(tokens, 0)) throw tokens.unexpected('expected the unit of the interval')
  return tokens.next().match.toLowerCase()
}

/** `interval '1 day 2 hours'`: everything in the text. */
function readWhole(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.next()
  const { text } = tokens.next()
  const invalid = (): MillraceError =>
    new MillraceError(
      'INVALID_TYPED_LITERAL',
      { valueType: '"INTERVAL"', value: quotedText(text) },
      { origin: tokens.originFrom(start) },
    )
  const parsed = parseInterval(text, invalid)
  return literalOf(tokens, parsed, parsed.units, start)
}

function readUnitToUnit(
  tokens: TokenStream,
  start: Token,
  valueStart: Token,
  amount: Amount,
  from: string,
): UnresolvedExpression {
  const to = readUnit(tokens)
  const origin = tokens.originFrom(valueStart)
  if (!amount.isText) throw new MillraceError('_LEGACY_ERROR_TEMP_0027', {}, { origin })
  const [first, last] = [from, to].map((unit) => unit.replace(/s$/, '')) as [string, string]
  const parsed = parseUnitToUnit(amount.text, first, last, (problem) => refused(problem, amount.text, origin))
  return literalOf(tokens, parsed, [from, to], start)
}

/** The literal, of the type that its units span. */
function literalOf(
  tokens: TokenStream,
  parsed: ParsedInterval,
  units: readonly string[],
  start: Token,
): UnresolvedExpression {
  const origin = tokens.originFrom(start)
  if (tokens.settings.joinsIntervals) return { kind: 'literal', type: INTERVAL, value: packInterval(parsed), origin }
  const fields = units.map((unit) => fieldOfUnit(unit)!)
  const type = intervalOf(fields)
  if (!type) {
    const written = origin.text.slice(origin.start, origin.end)
    throw new MillraceError('_LEGACY_ERROR_TEMP_0029', { literal: written }, { origin })
  }
  if (type.kind === 'interval_ym') return { kind: 'literal', type, value: parsed.months, origin }
  const micros = microsOf(parsed)
  if (BigInt.asIntN(64, micros) !== micros)
    throw new MillraceError('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {}, { origin })
  return { kind: 'literal', type, value: micros, origin }
}

/** The type from the largest to the smallest of some fields; undefined when they are of both families. */
function intervalOf(fields: readonly IntervalField[]): DataType | undefined {
  const months = YEAR_MONTH_FIELDS.filter((field) => fields.includes(field))
  const times = DAY_TIME_FIELDS.filter((field) => fields.includes(field))
  if (months.length > 0 && times.length > 0) return undefined
  return months.length > 0
    ? Object.freeze({ kind: 'interval_ym', fields: [months[0]!, months.at(-1)!] as const })
    : Object.freeze({ kind: 'interval_dt', fields: [times[0]!, times.at(-1)!] as const })
}

type Problem = Exclude<IntervalProblem['problem'], 'OUT_OF_RANGE'>
type PlaceOf = ReturnType<TokenStream['originFrom']>

function refused(problem: IntervalProblem, input: string, origin: PlaceOf): MillraceError {
  if (problem.problem !== 'OUT_OF_RANGE') {
    const { problem: name, ...parameters } = problem
    return malformed(name, { input, ...parameters }, origin)
  }
  const { unit, amount, limit } = problem
  const msg = `requirement failed: ${unit} ${amount} outside range [0, ${limit}]`
  return new MillraceError('_LEGACY_ERROR_TEMP_0063', { msg }, { origin })
}

const malformed = (problem: Problem, parameters: Readonly<Record<string, string>>, origin: PlaceOf): MillraceError =>
  new MillraceError(`INVALID_INTERVAL_FORMAT.${problem}`, parameters, { origin })
