import {
  DAY_TIME_FIELDS,
  type DataType,
  type DayTimeField,
  YEAR_MONTH_FIELDS,
  type YearMonthField,
} from '../../columnar/types.js'
import type { TokenStream } from './token-stream.js'

/** Reads the fields of `INTERVAL field [TO field]` behind INTERVAL, the token before; undefined where there are none. @throws PARSE_SYNTAX_ERROR */
export function readIntervalType(tokens: TokenStream): DataType | undefined {
  const first = readField(tokens)
  if (first === undefined) return undefined
  const to = tokens.peek(1)
  const last = tokens.accept('TO') ? readField(tokens) : first
  if (last === undefined) throw tokens.unexpected('expected the last field of the interval')
  const months = spanOf(YEAR_MONTH_FIELDS, first, last)
  if (months) return Object.freeze({ kind: 'interval_ym', fields: months })
  const times = spanOf(DAY_TIME_FIELDS, first, last)
  if (times) return Object.freeze({ kind: 'interval_dt', fields: times })
  throw tokens.syntaxErrorAt(to, 'expected a later field of the same kind')
}

const FIELDS: readonly string[] = [...YEAR_MONTH_FIELDS, ...DAY_TIME_FIELDS]

function readField(tokens: TokenStream): YearMonthField | DayTimeField | undefined {
  const name = tokens.peek().match.toLowerCase()
  if (!FIELDS.includes(name)) return undefined
  tokens.next()
  return name as YearMonthField | DayTimeField
}

/** From one field of a kind to another or the same; undefined when they are not of it, or in this order. */
function spanOf<F extends string>(all: readonly F[], first: string, last: string): readonly [F, F] | undefined {
  const [from, to] = [all.indexOf(first as F), all.indexOf(last as F)]
  return from >= 0 && to >= from ? [all[from]!, all[to]!] : undefined
}
